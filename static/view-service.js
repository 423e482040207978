// One service: its entities as a list or as a diagram.

import { addressOf } from "./address.js";
import { can, loadCatalog } from "./catalog.js";
import { attributes, html, on } from "./dom.js";
import { diagram } from "./component-diagram.js";
import { heading } from "./component-states.js";
import { dataTable } from "./component-table.js";
import { icon } from "./icons.js";
import { t } from "./texts.js";

const verbsOf = (entity) => ["read", "create", "update", "delete"].filter((verb) => can(entity, verb)).map((verb) => t(`verb.${verb}`)).join(", ");

export default {
  title: ({ params }) => params.service,
  load: ({ params }) => loadCatalog(params.service),
  markup: ({ params, query, data, addressWith }) => {
    const isDiagram = query.show === "diagram";
    const words = (query.search ?? "").toLowerCase();
    const entities = data.entities.filter((entity) => can(entity, "read") && entity.name.toLowerCase().includes(words));
    const choice = (text, image, value, isCurrent) => html`<a href="${addressWith({ show: value })}" data-keep="true"${attributes({ "aria-current": isCurrent ? "true" : null })}>${icon(image)}${text}</a>`;
    return html`${heading({
      title: params.service, lead: t("service.lead", { count: data.entities.length }), crumbs: [[t("data.title"), addressOf(["data"])]],
      actions: html`<div class="segmented" role="group" aria-label="${t("service.show")}">${choice(t("service.list"), "table", "", !isDiagram)}${choice(t("service.diagram"), "diagram", "diagram", isDiagram)}</div>`,
    })}
    <div class="filters"><div class="search-box">${icon("search")}<input data-search type="search" aria-label="${t("service.search")}" placeholder="${t("service.search")}" value="${query.search ?? ""}" autocomplete="off" data-live="search"></div></div>
    ${isDiagram ? diagram(params.service, { ...data, entities }) : html`<section class="surface panel">${dataTable({
      label: t("service.list"), rows: entities, keyOf: (entity) => entity.name, columns: [
        { label: t("service.entity"), cell: (entity) => html`<a href="${addressOf(["data", params.service, entity.name])}">${entity.name}</a>` },
        { label: t("service.properties"), isNumber: true, cell: (entity) => entity.properties.length },
        { label: t("service.key"), cell: (entity) => html`<code>${entity.key.join(", ")}</code>` },
        { label: t("service.relations"), cell: (entity) => entity.relations.map((relation) => relation.entity).join(", ") },
        { label: t("service.verbs"), cell: verbsOf },
      ],
    })}</section>`}`;
  },
  wire: (root, context) => {
    on(root, "input", "[data-live]", (event, input) => context.change({ search: input.value }));
  },
};
