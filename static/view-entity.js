// The rows of any entity: filtered, sorted, paged, exported, with the columns that somebody chose.

import * as api from "./api.js";
import { addressOf } from "./address.js";
import { can, entityOf, keyOf, keyText, labelOf, loadCatalog, nameOfRow, namingProperties, readable } from "./catalog.js";
import { html, on } from "./dom.js";
import { button, emptyState, heading, messageOf } from "./component-states.js";
import { confirmDialog, notice } from "./component-dialog.js";
import { columnsOf, recordAddress } from "./component-rows.js";
import { dataTable, pager } from "./component-table.js";
import { icon } from "./icons.js";
import { queryBox, wireQueryBox } from "./component-query-box.js";
import { recordDialog } from "./component-record-form.js";
import { t } from "./texts.js";

const FIRST_COLUMNS = 10;
const FILE_TYPES = ["CSV", "EXCEL", "JSON"];

/** The columns that are shown: those of the address, else the first ones. */
export const chosenColumns = (entity, text) => {
  const names = readable(entity).map((property) => property.name);
  const asked = (text ?? "").split(",").filter((name) => names.includes(name));
  if (asked.length > 0) return asked;
  // First what says which row it is and what it refers to, then the others in their order.
  const telling = [...entity.key, ...namingProperties(entity), ...entity.relations.flatMap((relation) => relation.from)];
  const chosen = new Set([...new Set([...telling, ...names])].filter((name) => names.includes(name)).slice(0, FIRST_COLUMNS));
  return names.filter((name) => chosen.has(name));
};

const exportsOf = (params, query, entity) => {
  const columns = chosenColumns(entity, query.columns);
  const isAll = columns.length === readable(entity).length;
  return html`<details class="menu" id="export-menu"><summary class="button">${icon("download")}<span>${t("entity.export")}</span></summary><div class="menu-body">
    ${FILE_TYPES.map((type) => html`<a class="menu-item" href="${api.exportPath(params.service, params.entity, type, query)}" download>${t(`entity.export${type}`)}</a>`)}
    ${isAll ? null : ["CSV", "EXCEL"].map((type) => html`<button class="menu-item" type="button" data-action="export-columns" data-type="${type}">${t(`entity.columns${type}`)}</button>`)}</div></details>`;
};

const columnMenu = (entity, query) => {
  const columns = chosenColumns(entity, query.columns);
  return html`<details class="menu" id="column-menu"><summary class="button">${icon("columns")}<span>${t("entity.columns")}</span></summary><div class="menu-body tall" role="group" aria-label="${t("entity.columns")}">
    ${readable(entity).map((property) => html`<label class="menu-item"><input type="checkbox" data-column="${property.name}"${columns.includes(property.name) ? html` checked` : null}>${labelOf(property.name)}</label>`)}</div></details>`;
};

export default {
  title: ({ params }) => params.entity,

  load: async ({ params, query, signal, before }) => {
    const catalog = await loadCatalog(params.service);
    const entity = entityOf(catalog, params.entity);
    if (!entity || !can(entity, "read")) throw Object.assign(new Error(t("entity.unknown", { entity: params.entity })), { status: 404 });
    try {
      const page = await api.listRows(params.service, params.entity, query, signal);
      return { catalog, entity, page, problem: null };
    } catch (error) {
      // A filter that is not right yet leaves the rows there that were found before it.
      if (error.status !== 400 || !query.q) throw error;
      return { catalog, entity, page: before?.page ?? null, problem: error };
    }
  },

  markup: ({ params, query, data: { catalog, entity, page, problem }, addressWith }) => {
    const rows = page?.content ?? [];
    const table = dataTable({
      label: entity.name, rows, sort: query.sort, addressWith, columns: columnsOf(params.service, catalog, entity, chosenColumns(entity, query.columns)),
      keyOf: (row) => { const key = keyOf(entity, row); return key ? keyText(key) : null; },
      actions: entity.key.length > 0 ? (row) => {
        const key = keyOf(entity, row);
        const name = nameOfRow(entity, row);
        return key ? html`<a class="button icon-only small quiet" href="${recordAddress(params.service, entity, row)}" aria-label="${t("row.open", { name })}" title="${t("row.open", { name })}">${icon("right")}</a>${can(entity, "update") ? button("", { image: "edit", tone: "icon-only small quiet", action: "edit", data: { row: keyText(key) }, label: t("row.edit", { name }) }) : null}
          ${can(entity, "delete") ? button("", { image: "trash", tone: "icon-only small quiet", action: "delete", data: { row: keyText(key) }, label: t("row.delete", { name }) }) : null}` : null;
      } : null,
    });
    return html`${heading({
      title: entity.name, crumbs: [[t("data.title"), addressOf(["data"])], [params.service, addressOf(["data", params.service])]],
      actions: html`${columnMenu(entity, query)}${exportsOf(params, query, entity)}
        ${can(entity, "create") ? html`<a class="button" href="${addressOf(["import", params.service, entity.name])}">${icon("upload")}<span>${t("entity.import")}</span></a>${button(t("entity.new"), { image: "plus", tone: "primary", action: "new" })}` : null}`,
    })}
    ${queryBox({ entity, q: query.q ?? "", problem })}
    ${page === null ? null : html`<section class="surface panel">${rows.length === 0
    ? emptyState(query.q ? { title: t("entity.noneFound"), text: t("entity.noneFoundText"), action: button(t("q.clear"), { action: "clear-query" }) }
      : { title: t("entity.empty"), image: "table", action: can(entity, "create") ? button(t("entity.new"), { image: "plus", action: "new" }) : null })
    : table}${pager(page, addressWith)}</section>`}`;
  },

  wire: (root, context) => {
    const here = () => ({ service: context.params.service, catalog: context.data.catalog, entity: context.data.entity });
    const rowOf = (element) => context.data.page.content.find((row) => {
      const key = keyOf(context.data.entity, row);
      return key !== null && keyText(key) === element.dataset.row;
    });
    wireQueryBox(root, { where: here, apply: (q) => context.change({ q, page: "" }, { replace: false }) });
    on(root, "change", "[data-query=size]", (event, select) => context.change({ size: select.value, page: "" }));
    on(root, "change", "[data-column]", () => {
      const chosen = [...root.querySelectorAll("[data-column]:checked")].map((box) => box.dataset.column);
      context.change({ columns: chosen.join(",") });
    });
    on(root, "click", "[data-action=new]", async () => {
      const { service, catalog, entity } = here();
      const made = await recordDialog({ service, catalog, entity, title: t("entity.newTitle", { entity: entity.name }) });
      if (!made) return;
      notice(t("row.created", { name: nameOfRow(entity, made) }));
      context.reload();
    });
    on(root, "click", "[data-action=edit]", async (event, control) => {
      const { service, catalog, entity } = here();
      try {
        const { data: row, etag } = await api.getRow(service, entity.name, keyOf(entity, rowOf(control)));
        const saved = await recordDialog({ service, catalog, entity, row, etag, title: nameOfRow(entity, row) });
        if (!saved) return;
        notice(t("row.saved", { name: nameOfRow(entity, saved) }));
        context.reload();
      } catch (error) { notice(messageOf(error), { tone: "wrong" }); }
    });
    on(root, "click", "[data-action=delete]", async (event, control) => {
      const { service, entity } = here();
      const row = rowOf(control);
      const name = nameOfRow(entity, row);
      const isDone = await confirmDialog({ title: t("row.deleteTitle", { name }), text: t("row.deleteText"), confirmText: t("delete"), act: () => api.deleteRow(service, entity.name, keyOf(entity, row)) });
      if (!isDone) return;
      notice(t("row.deleted", { name }));
      context.reload();
    });
    on(root, "click", "[data-action=export-columns]", async (event, control) => {
      const { service, entity } = here();
      const fields = chosenColumns(entity, context.query.columns).map((field) => ({ field, header: field }));
      try {
        const link = document.createElement("a");
        link.href = await api.prepareExport(service, entity.name, control.dataset.type, fields, context.query);
        link.download = "";
        link.click();
      } catch (error) { notice(messageOf(error), { tone: "wrong" }); }
    });
  },
};
