// Named queries: what there is to ask, with its parameters, and the answer.

import * as api from "./api.js";
import { addressOf } from "./address.js";
import { labelOf, loadCatalog, loadServices, queryOf } from "./catalog.js";
import { attributes, html, on, show } from "./dom.js";
import { button, emptyState, heading, message, messageOf } from "./component-states.js";
import { dataTable } from "./component-table.js";
import { focusFirstProblem, propertyField, readField, showProblem } from "./fields.js";
import { cell } from "./format.js";
import { t } from "./texts.js";

const parameterField = (parameter, value) => propertyField({ name: parameter.name, type: parameter.type, maxLength: null, nullable: !parameter.required, hasDefault: !parameter.required, generated: false, writeOnly: false, readOnly: false }, value, { label: parameter.name });

const answerView = (answer) => {
  if (answer.error) return message(messageOf(answer.error));
  const { data, milliseconds } = answer;
  const rows = Array.isArray(data?.content) ? data.content : null;
  const columns = rows?.[0] ? Object.keys(rows[0]) : [];
  return html`<p class="muted">${rows ? t("queries.rows", { count: data.totalElements }) : ""} ${t("queries.took", { count: milliseconds })}</p>
    ${rows ? rows.length === 0 ? emptyState({ title: t("queries.none") }) : dataTable({ label: t("queries.answer"), rows, columns: columns.map((name) => ({ name, label: labelOf(name), isNumber: typeof rows[0][name] === "number", cell: (row) => cell(row[name], "any") })) })
    : html`<pre class="code">${JSON.stringify(data, null, 2)}</pre>`}`;
};

export default {
  title: ({ params }) => params.name ?? t("queries.title"),
  load: async ({ params }) => {
    const services = await loadServices();
    const catalogs = await Promise.all(services.map((service) => loadCatalog(service.name)));
    const all = catalogs.flatMap((catalog) => catalog.queries.map((query) => ({ service: catalog.service, query })));
    const catalog = catalogs.find((one) => one.service === params.service);
    const chosen = catalog ? queryOf(catalog, params.name) : null;
    if (params.name && !chosen) throw Object.assign(new Error(t("queries.unknown")), { status: 404 });
    return { all, chosen };
  },
  markup: ({ params, query, data: { all, chosen }, state }) => html`${heading({ title: t("queries.title"), lead: t("queries.lead") })}
    ${all.length === 0 ? emptyState({ title: t("queries.noneThere"), image: "query" }) : html`<div class="split">
      <nav class="surface list" aria-label="${t("queries.title")}"><ul>${all.map((one) => html`<li><a href="${addressOf(["queries", one.service, one.query.name])}"${attributes({ "aria-current": one.query === chosen ? "page" : null })}>
        <span><strong>${one.query.name}</strong><span class="method ${one.query.method.toLowerCase()}">${one.query.method}</span></span><span class="muted">${one.service} · ${one.query.about}</span></a></li>`)}</ul></nav>
      <section class="surface padded stack">${chosen ? html`<div><h2>${chosen.name}</h2><p class="lead">${chosen.about}</p></div>
        <form class="stack" data-run novalidate>${chosen.parameters.length > 0 ? html`<div class="fields">${chosen.parameters.map((parameter) => parameterField(parameter, query[parameter.name]))}</div>` : html`<p class="muted">${t("queries.noParameters")}</p>`}
        <div class="actions">${button(t("queries.run"), { tone: "primary", type: "submit" })}<a class="button" href="${addressOf(["api"], { service: params.service, call: `query:${chosen.name}` })}">${t("queries.asCall")}</a>
        ${chosen.method === "GET" ? null : html`<span class="hint">${t("api.changes")}</span>`}</div></form>
        <div id="query-answer" aria-live="polite">${state.answer ? answerView(state.answer) : null}</div>` : emptyState({ title: t("queries.choose"), image: "query" })}</section></div>`}`,
  wire: (root, context) => {
    on(root, "submit", "[data-run]", async (event, form) => {
      event.preventDefault();
      const { chosen } = context.data;
      const values = {};
      let isWrong = false;
      for (const parameter of chosen.parameters) {
        const control = form.elements[parameter.name];
        const read = readField(control, { isNew: true, required: parameter.required });
        showProblem(form, control, read.problem ?? null);
        if (read.problem) isWrong = true;
        else if ("value" in read) values[parameter.name] = read.value;
      }
      if (isWrong) {
        focusFirstProblem(form);
        return;
      }
      const started = performance.now();
      let answer;
      try {
        answer = { data: await api.runQuery(context.params.service, chosen.name, chosen.method, values, { size: 100 }) };
      } catch (error) { answer = { error }; }
      if (!context.isCurrent()) return;
      context.set({ answer: { ...answer, milliseconds: Math.round(performance.now() - started) } });
      show(root.querySelector("#query-answer"), answerView(context.state.answer));
    });
  },
};
