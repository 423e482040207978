// A labelled control for a property: its markup, what it holds as a value for the server, and what is wrong with it.

import { attributes, html } from "./dom.js";
import { isRequired, labelOf } from "./catalog.js";
import { t } from "./texts.js";

const LONG_TEXT = 300;
let count = 0;
export const freshId = (prefix = "field") => `${prefix}-${count += 1}`;

/** A label, a control and the places for a hint and for what is wrong. `control` gets the attributes that tie them together. */
export function labelled({ id = freshId(), label, required = false, hint = null, note = null, wide = false }, control) {
  const described = [hint ? `${id}-hint` : null, `${id}-error`].filter(Boolean).join(" ");
  return html`<div class="field${wide ? " wide" : ""}" data-field="${id}">
    <label for="${id}">${label}${required ? html` <span class="required" aria-hidden="true">*</span>` : null}${note ? html` <span class="note">${note}</span>` : null}</label>
    ${control({ id, "aria-describedby": described, "aria-required": required ? "true" : null })}
    ${hint ? html`<p class="hint" id="${id}-hint">${hint}</p>` : null}
    <p class="field-error" id="${id}-error"></p>
  </div>`;
}

export const textField = ({ name, value = "", type = "text", maxLength = null, ...rest }) => labelled(rest, (tied) =>
  html`<input${attributes({ ...tied, name, type, value, maxlength: maxLength, autocomplete: rest.autocomplete ?? "off", spellcheck: "false", inputmode: rest.inputmode, autofocus: rest.autofocus, min: rest.min, max: rest.max })}>`);

export const selectField = ({ name, value = "", options, ...rest }) => labelled(rest, (tied) =>
  html`<select${attributes({ ...tied, name })}>${options.map(([key, text]) => html`<option${attributes({ value: key, selected: String(key) === String(value ?? "") })}>${text}</option>`)}</select>`);

/** Milliseconds since 1970 as the control wants a moment; what is none of its years is left to the text. */
function epochToLocal(value) {
  const moment = typeof value === "number" ? new Date(value) : null;
  return moment && !Number.isNaN(moment.getTime()) && moment.getUTCFullYear() > 0 && moment.getUTCFullYear() < 10000 ? moment.toISOString().slice(0, 19) : value ?? "";
}

function typeHint(property) {
  if (property.type === "timestamp") return t("field.utc");
  if (property.type === "json") return t("field.json");
  return null;
}

/**
 * A control for a property of a row. `isNew` says that the row is yet to be made; `contentHref` leads to the bytes it has.
 * The control carries the property's name and type, by which `readField` understands it.
 */
export function propertyField(property, value, { isNew = true, label = labelOf(property.name), contentHref = null, readOnly = false, maxLength = property.maxLength } = {}) {
  const { name, type } = property;
  const required = isNew ? isRequired(property) : !property.nullable && !property.writeOnly;
  const base = { label, required, hint: typeHint(property), note: !isNew && property.writeOnly ? t("field.unchangedIfEmpty") : null };
  const common = { name, "data-type": type, "data-nullable": property.nullable ? "true" : null, readonly: readOnly };
  if (type === "boolean") {
    return labelled(base, (tied) => html`<select${attributes({ ...tied, ...common })}>
      ${property.nullable || value === undefined || value === null ? html`<option value=""></option>` : null}
      <option${attributes({ value: "true", selected: value === true || value === "true" })}>${t("yes")}</option>
      <option${attributes({ value: "false", selected: value === false || value === "false" })}>${t("no")}</option></select>`);
  }
  if (type === "bytes") {
    return labelled({ ...base, required: isNew && required }, (tied) => html`<input${attributes({ ...tied, name, "data-type": type, type: "file" })}>
      ${contentHref ? html`<a class="hint" href="${contentHref}" target="_blank" rel="noopener">${t("field.showContent")}</a>` : null}`);
  }
  const text = value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value, null, 2) : String(value);
  if (type === "json" || type === "any" || (type === "text" && !property.writeOnly && ((maxLength ?? 0) > LONG_TEXT || text.includes("\n")))) {
    return labelled({ ...base, wide: true }, (tied) => html`<textarea${attributes({ ...tied, ...common, rows: 4, maxlength: maxLength, spellcheck: "false" })}>
${text}</textarea>`);
  }
  const inputs = {
    date: { type: "date", value: text },
    time: { type: "time", step: 1, value: text },
    datetime: { type: "datetime-local", step: 1, value: text.slice(0, 23) },
    timestamp: { type: "datetime-local", step: 1, value: epochToLocal(value) },
    integer: { inputmode: "numeric", value: text },
    number: { inputmode: "decimal", value: text },
    decimal: { inputmode: "decimal", value: text },
  };
  const special = property.writeOnly ? { type: "password", autocomplete: "new-password", value: null, maxlength: 128 } : inputs[type] ?? { value: text, maxlength: maxLength };
  return labelled(base, (tied) => html`<input${attributes({ type: "text", autocomplete: "off", spellcheck: "false", ...tied, ...common, ...special })}>`);
}

/** What a text in a field of that type means to the server: `{ value }` or `{ problem }`. Pure. */
export function understand(text, type) {
  const trimmed = text.trim();
  switch (type) {
    case "integer":
      if (!/^[+-]?\d+$/.test(trimmed)) return { problem: t("problem.integer") };
      return { value: Number.isSafeInteger(Number(trimmed)) ? Number(trimmed) : trimmed };
    case "number":
    case "decimal":
      if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) return { problem: t("problem.number") };
      return { value: type === "decimal" ? trimmed : Number(trimmed) };
    case "boolean":
      if (!/^(true|false|1|0|yes|no)$/i.test(trimmed)) return { problem: t("problem.boolean") };
      return { value: /^(true|1|yes)$/i.test(trimmed) };
    case "date":
      return /^\d{4}-\d{2}-\d{2}$/.test(trimmed) && !Number.isNaN(Date.parse(trimmed)) ? { value: trimmed } : { problem: t("problem.date") };
    case "time":
      return /^\d{2}:\d{2}(:\d{2})?$/.test(trimmed) ? { value: trimmed.length === 5 ? `${trimmed}:00` : trimmed } : { problem: t("problem.time") };
    case "datetime":
      return /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(trimmed) ? { value: trimmed.length === 16 ? `${trimmed}:00`.replace(" ", "T") : trimmed.replace(" ", "T") } : { problem: t("problem.datetime") };
    case "timestamp": {
      if (/^-?\d+$/.test(trimmed)) return { value: Number(trimmed) };
      const parsed = Date.parse(`${trimmed.replace(" ", "T")}Z`);
      return Number.isNaN(parsed) ? { problem: t("problem.datetime") } : { value: parsed };
    }
    case "json":
      try { return { value: JSON.parse(trimmed) }; } catch { return { problem: t("problem.json") }; }
    case "any":
      return { value: /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : text };
    default:
      return { value: text };
  }
}

/** The value in a control: `{ value }`, `{ file }`, `{ problem }`, or `{}` for nothing to send. */
export function readField(control, { isNew, required }) {
  const { type } = control.dataset;
  if (type === "bytes") {
    const file = control.files[0];
    return file ? { file } : required ? { problem: t("problem.required") } : {};
  }
  if (control.validity?.badInput) return { problem: t("problem.unfinished") };
  if (control.value === "") {
    if (control.type === "password") return isNew && required ? { problem: t("problem.required") } : {};
    // A text can be there and empty; what was null stays null.
    if (required) return { problem: t("problem.required") };
    return isNew ? {} : { value: null };
  }
  return understand(control.value, type);
}

/** Shows below a control what is wrong with it, or that nothing is. */
export function showProblem(form, control, problem) {
  const place = form.querySelector(`#${CSS.escape(control.id)}-error`);
  if (place) place.textContent = problem ?? "";
  if (problem) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
}

/** Puts the keyboard into the first control that something is wrong with. */
export function focusFirstProblem(form) {
  form.querySelector('[aria-invalid="true"]')?.focus();
}
