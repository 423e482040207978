// One row of any entity, and the rows that refer to it.

import * as api from "./api.js";
import { addressOf } from "./address.js";
import { can, entityOf, keyFromText, keyOf, keyText, labelOf, literalFor, loadCatalog, nameOfRow, namingProperties, propertyOf, readable, relationOf } from "./catalog.js";
import { html, on } from "./dom.js";
import { avatar, button, emptyState, heading, messageOf } from "./component-states.js";
import { confirmDialog, notice } from "./component-dialog.js";
import { columnsOf, valueView } from "./component-rows.js";
import { dataTable } from "./component-table.js";
import { recordDialog } from "./component-record-form.js";
import { t } from "./texts.js";

const ROWS_SHOWN = 8;
const COLUMNS_SHOWN = 6;

/** The condition that finds all rows of a collection, or null where that takes more than one property. */
function conditionOf(catalog, entity, collection, row) {
  const child = entityOf(catalog, collection.entity);
  const relation = child && collection.relation ? relationOf(child, collection.relation) : null;
  if (!relation || relation.from.length !== 1) return null;
  const property = propertyOf(child, relation.from[0]);
  return property ? `${property.name} = ${literalFor(property, row[relation.to[0]])}` : null;
}

export default {
  title: ({ data }) => nameOfRow(data.entity, data.row),

  load: async ({ params, signal }) => {
    const catalog = await loadCatalog(params.service);
    const entity = entityOf(catalog, params.entity);
    const key = entity ? keyFromText(entity, params.key) : null;
    if (!key) throw Object.assign(new Error(t("entity.unknown", { entity: params.entity })), { status: 404 });
    const { data: row, etag } = await api.getRow(params.service, params.entity, key, signal);
    const shown = key.length === 1 ? entity.collections.filter((collection) => can(entityOf(catalog, collection.entity), "read")) : [];
    const pages = await Promise.all(shown.map((collection) => api.relatedRows(params.service, params.entity, key[0][1], collection.name, { page: 1, size: ROWS_SHOWN }, signal).catch((error) => {
      if (error.name === "AbortError") throw error;
      return { error };
    })));
    return { catalog, entity, key, row, etag, related: shown.map((collection, at) => ({ collection, page: pages[at] })) };
  },

  markup: ({ params, data: { catalog, entity, row, related } }) => {
    const name = nameOfRow(entity, row);
    return html`${heading({
      title: name, lead: entity.name, before: avatar(name),
      crumbs: [[t("data.title"), addressOf(["data"])], [params.service, addressOf(["data", params.service])], [entity.name, addressOf(["data", params.service, entity.name])]],
      actions: html`${can(entity, "update") ? button(t("edit"), { image: "edit", action: "edit" }) : null}${can(entity, "delete") ? button(t("delete"), { image: "trash", tone: "bad", action: "delete" }) : null}`,
    })}
    <section class="surface padded"><dl class="facts">${readable(entity).map((property) => { const view = valueView(params.service, catalog, entity, property, row);
      return html`<div><dt>${labelOf(property.name)}</dt><dd>${view === null || view === "" ? html`<span class="nothing">–</span>` : view}</dd></div>`; })}</dl></section>
    ${related.map(({ collection, page }) => {
      const child = entityOf(catalog, collection.entity);
      const condition = conditionOf(catalog, entity, collection, row);
      const foreign = collection.relation ? relationOf(child, collection.relation)?.from ?? [] : [];
      const names = [...new Set([...child.key, ...namingProperties(child), ...readable(child).map((property) => property.name)])].filter((one) => !foreign.includes(one)).slice(0, COLUMNS_SHOWN);
      return html`<section class="surface panel" data-key="related-${collection.name}"><div class="panel-head"><h2>${labelOf(collection.name)} ${page.error ? null : html`<span class="muted count">${page.totalElements}</span>`}</h2>
        <div class="actions">${condition ? html`<a class="button small" href="${addressOf(["data", params.service, child.name], { q: condition })}">${t("record.showAll")}</a>` : null}
        ${can(child, "create") && foreign.length === 1 ? button(t("record.add"), { image: "plus", tone: "small", action: "add", data: { collection: collection.name } }) : null}</div></div>
        ${page.error ? html`<p class="panel-body muted">${messageOf(page.error)}</p>` : page.content.length === 0 ? emptyState({ title: t("record.noneRelated", { name: labelOf(collection.name) }), image: "table" })
        : dataTable({ label: labelOf(collection.name), rows: page.content, columns: columnsOf(params.service, catalog, child, names).map((column) => ({ ...column, isSortable: false })), keyOf: (one) => { const key = keyOf(child, one); return key ? keyText(key) : null; } })}</section>`;
    })}`;
  },

  wire: (root, context) => {
    on(root, "click", "[data-action=edit]", async () => {
      const { catalog, entity, row, etag } = context.data;
      const saved = await recordDialog({ service: context.params.service, catalog, entity, row, etag, title: nameOfRow(entity, row) });
      if (!saved) return;
      notice(t("row.saved", { name: nameOfRow(entity, saved) }));
      context.reload();
    });
    on(root, "click", "[data-action=delete]", async () => {
      const { entity, row, key } = context.data;
      const name = nameOfRow(entity, row);
      const { service } = context.params;
      const isDone = await confirmDialog({ title: t("row.deleteTitle", { name }), text: t("row.deleteText"), confirmText: t("delete"), act: () => api.deleteRow(service, entity.name, key) });
      if (!isDone) return;
      notice(t("row.deleted", { name }));
      context.go(addressOf(["data", service, entity.name]), { replace: true });
    });
    on(root, "click", "[data-action=add]", async (event, control) => {
      const { catalog, entity, row } = context.data;
      const collection = entity.collections.find((one) => one.name === control.dataset.collection);
      const child = entityOf(catalog, collection.entity);
      const relation = relationOf(child, collection.relation);
      const made = await recordDialog({ service: context.params.service, catalog, entity: child, title: t("entity.newTitle", { entity: child.name }), preset: { [relation.from[0]]: row[relation.to[0]], [relation.name]: row } });
      if (!made) return;
      notice(t("row.created", { name: nameOfRow(child, made) }));
      context.reload();
    });
  },
};
