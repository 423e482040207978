// Rows from a CSV file: look at them, say which column is what, send them, and see what became of each.

import * as api from "./api.js";
import { addressOf } from "./address.js";
import { can, entityOf, isMade, isRequired, labelOf, loadCatalog } from "./catalog.js";
import { matchColumns, parseCsv, writeCsv } from "./csv.js";
import { announce, attributes, html, on } from "./dom.js";
import { button, heading, message, messageOf } from "./component-states.js";
import { understand } from "./fields.js";
import { icon } from "./icons.js";
import { t } from "./texts.js";

const ROWS_PREVIEWED = 8;
const AT_ONCE = 4;
const MOST_ROWS = 20000;
const MILLISECONDS_BETWEEN_LOOKS = 150;

/** The properties that a file can set. */
const settable = (entity) => entity.properties.filter((property) => !property.readOnly && !isMade(entity, property) && property.type !== "bytes");

/** A row of the file as values for the server: `{ values, problems: { column: text } }`. Pure. */
export function valuesOf(entity, columns, fields) {
  const values = {};
  const problems = {};
  columns.forEach((name, at) => {
    if (!name) return;
    const property = entity.properties.find((one) => one.name === name);
    const text = fields[at] ?? "";
    if (text.trim() === "") {
      if (isRequired(property)) problems[at] = t("problem.required");
      return;
    }
    const { value, problem } = understand(text, property.type);
    if (problem) problems[at] = problem;
    else if (property.type === "text" && property.maxLength && [...text].length > property.maxLength) problems[at] = t("problem.tooLong", { most: property.maxLength });
    else values[name] = value;
  });
  return { values, problems };
}

const preview = ({ entity, rows, headings, columns }) => html`<div class="scroller" tabindex="0" role="region" aria-label="${t("import.preview")}"><table>
  <thead><tr><th scope="col">${t("import.row")}</th>${headings.map((text, at) => html`<th scope="col"><label class="map"><span>${text}</span>
    <select class="small" data-map="${at}" aria-label="${t("import.columnFor", { heading: text })}"><option value="">${t("import.skip")}</option>${settable(entity).map((property) => html`<option${attributes({ value: property.name, selected: columns[at] === property.name })}>${property.name}</option>`)}</select></label></th>`)}</tr></thead>
  <tbody>${rows.slice(0, ROWS_PREVIEWED).map((fields, index) => {
    const { problems } = valuesOf(entity, columns, fields);
    return html`<tr><td class="muted">${index + 1}</td>${headings.map((_, at) => html`<td${attributes({ class: problems[at] ? "bad-cell" : columns[at] ? null : "skipped" })}>${fields[at] ?? ""}${problems[at] ? html`<span class="cell-problem">${problems[at]}</span>` : null}</td>`)}</tr>`;
  })}</tbody></table></div>`;

export default {
  title: ({ params }) => t("import.title", { entity: params.entity }),

  load: async ({ params, before }) => {
    if (before) return before;
    const catalog = await loadCatalog(params.service);
    const entity = entityOf(catalog, params.entity);
    if (!entity || !can(entity, "create")) throw Object.assign(new Error(t("entity.unknown", { entity: params.entity })), { status: 404 });
    return { entity };
  },

  markup: ({ params, state, data: { entity } }) => {
    const { rows, headings, columns, progress, failures, problem, isRunning } = state;
    const missing = columns ? settable(entity).filter((property) => isRequired(property) && !columns.includes(property.name)) : [];
    const done = progress && !isRunning;
    const faulty = rows ? rows.filter((fields) => Object.keys(valuesOf(entity, columns, fields).problems).length > 0).length : 0;
    return html`${heading({
      title: t("import.title", { entity: entity.name }), lead: t("import.lead"),
      crumbs: [[t("data.title"), addressOf(["data"])], [params.service, addressOf(["data", params.service])], [entity.name, addressOf(["data", params.service, entity.name])]],
    })}
    <section class="surface padded drop" data-drop>
      <label class="button${rows ? "" : " primary"}" for="csv-file">${icon("upload")}<span>${t(rows ? "import.another" : "import.choose")}</span></label>
      <input class="unseen" type="file" id="csv-file" accept=".csv,text/csv,text/plain">
      <p class="muted">${state.name ? t("import.file", { name: state.name, count: rows.length }) : t("import.drop", { names: settable(entity).slice(0, 6).map((property) => property.name).join(", ") })}</p></section>
    ${message(problem)}
    ${rows ? html`<section class="surface panel"><div class="panel-head"><h2>${t("import.preview")}</h2><p class="muted">${t("import.previewed", { count: Math.min(ROWS_PREVIEWED, rows.length), total: rows.length })}</p></div>${preview({ entity, rows, headings, columns })}</section>
      ${missing.length > 0 ? message(t("import.missing", { names: missing.map((property) => labelOf(property.name)).join(", ") }), "notice") : null}
      ${faulty > 0 && !progress ? message(t("import.faulty", { count: faulty }), "notice") : null}
      <div class="actions">${isRunning ? button(t("import.stop"), { action: "stop" }) : button(done ? t("import.again") : t("import.start", { count: rows.length }), { image: "upload", tone: "primary", action: "start", disabled: columns.every((name) => !name) })}
      ${progress ? html`<label class="inline"><progress max="${rows.length}" value="${progress.done}"></progress><output>${t("import.progress", { done: progress.done, total: rows.length })}</output></label>` : null}</div>` : null}
    ${done ? html`<div class="stack" id="import-result">${message(t("import.result", { count: progress.made }), failures.length > 0 ? "notice" : "good")}
      ${failures.length > 0 ? html`<section class="surface panel"><div class="panel-head"><h2>${t("import.failures", { count: failures.length })}</h2>${button(t("import.saveFailures"), { image: "download", tone: "small", action: "save-failures" })}</div>
        <div class="scroller" tabindex="0" role="region" aria-label="${t("import.failures", { count: failures.length })}"><table><thead><tr><th scope="col">${t("import.row")}</th><th scope="col">${t("import.reason")}</th><th scope="col">${t("import.content")}</th></tr></thead>
        <tbody>${failures.slice(0, 200).map((failure) => html`<tr><td>${failure.number}</td><td class="wrap"><span class="bad-text">${failure.text}</span></td><td class="muted">${failure.fields.join(", ")}</td></tr>`)}</tbody></table></div></section>` : null}
      <p><a href="${addressOf(["data", params.service, entity.name])}">${t("import.toRows", { entity: entity.name })}</a></p></div>` : null}`;
  },

  wire: (root, context) => {
    const take = async (file) => {
      if (!file) return;
      const parsed = parseCsv(await file.text());
      const { entity } = context.data;
      if (parsed.length < 2) {
        context.set({ problem: t("import.noRows"), rows: null, name: null, progress: null });
        return;
      }
      const [headings, ...rows] = parsed;
      if (rows.length > MOST_ROWS) {
        context.set({ problem: t("import.tooMany", { most: MOST_ROWS }), rows: null, name: null, progress: null });
        return;
      }
      context.set({ problem: null, name: file.name, headings, rows, columns: matchColumns(headings, settable(entity).map((property) => property.name)), progress: null, failures: [] });
    };
    on(root, "change", "#csv-file", (event, input) => take(input.files[0]));
    on(root, "dragover", "[data-drop]", (event, zone) => {
      event.preventDefault();
      zone.classList.add("over");
    });
    on(root, "dragleave", "[data-drop]", (event, zone) => zone.classList.remove("over"));
    on(root, "drop", "[data-drop]", (event, zone) => {
      event.preventDefault();
      zone.classList.remove("over");
      take(event.dataTransfer.files[0]);
    });
    on(root, "change", "[data-map]", (event, select) => {
      const columns = [...context.state.columns];
      columns[Number(select.dataset.map)] = select.value || null;
      context.set({ columns });
    });
    on(root, "click", "[data-action=stop]", () => context.set({ isRunning: false }));
    on(root, "click", "[data-action=start]", async () => {
      const { rows, columns } = context.state;
      const { entity } = context.data;
      if (columns.every((name) => !name)) return;
      const progress = { done: 0, made: 0 };
      const failures = [];
      const repeated = context.state.progress ? new Set(context.state.failures.map((failure) => failure.number)) : null;
      const waiting = rows.map((fields, at) => ({ fields, number: at + 1 })).filter((row) => !repeated || repeated.has(row.number));
      progress.done = rows.length - waiting.length;
      context.set({ progress, failures, isRunning: true });
      let shownAt = Date.now();
      const work = async () => {
        while (waiting.length > 0 && context.state.isRunning && context.isCurrent()) {
          const { fields, number } = waiting.shift();
          const { values, problems } = valuesOf(entity, columns, fields);
          const [[at, problem] = []] = Object.entries(problems);
          try {
            if (problem) throw new Error(`${columns[at]}: ${problem}`);
            await api.createRow(context.params.service, entity.name, values);
            progress.made += 1;
          } catch (error) {
            failures.push({ number, fields, text: messageOf(error) });
            // Without the server, or the right, each further row would only say the same.
            if (error.status === 0 || error.status === 403) context.set({ isRunning: false });
          }
          progress.done += 1;
          if (Date.now() - shownAt > MILLISECONDS_BETWEEN_LOOKS) {
            shownAt = Date.now();
            context.set({ progress, failures });
          }
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      failures.sort((left, right) => left.number - right.number);
      context.set({ isRunning: false, failures });
      announce(t("import.result", { count: progress.made }));
    });
    on(root, "click", "[data-action=save-failures]", () => {
      const { headings, failures } = context.state;
      const url = URL.createObjectURL(new Blob([writeCsv([[...headings, "error"], ...failures.map((failure) => [...headings.map((_, at) => failure.fields[at] ?? ""), failure.text])])], { type: "text/csv" }));
      const link = document.createElement("a");
      link.href = url;
      link.download = `${context.params.entity}-failed.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60000);
    });
  },
};
