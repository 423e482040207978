// The form of a row, built from the catalog: made, changed, or refused in words that point at a field.

import * as api from "./api.js";
import { can, entityOf, isMade, isRequired, keyOf, labelOf, nameOfRow, readable, relationBy } from "./catalog.js";
import { html, show } from "./dom.js";
import { formDialog } from "./component-dialog.js";
import { message } from "./component-states.js";
import { propertyField, readField, selectField, showProblem } from "./fields.js";
import { readRelation, relationField, wireRelation } from "./field-relation.js";
import { t } from "./texts.js";

/** The relations that the form offers instead of their foreign keys: those by one property whose rows can be read. */
function relationFor(catalog, entity, property) {
  const relation = relationBy(entity, property.name);
  const target = relation ? entityOf(catalog, relation.entity) : null;
  return can(target, "read") ? { relation, target } : null;
}

const isInForm = (entity, property, isNew) => !property.readOnly && !property.generated && !(isNew && isMade(entity, property));

/**
 * Asks for a row, new or changed, and has the server keep it; answers what the server made of it, or null.
 *
 * `only` names the properties and their order, `labels` and `choices` (`{ role: [[value, text]] }`) what a screen knows better
 * than the catalog, `check(values)` answers `{ property: problem }` or nothing, and may ask the server.
 */
export function recordDialog({ service, catalog, entity, row = null, etag = null, title, only = null, labels = {}, choices = {}, preset = {}, check = null, lead = null, limits = {} }) {
  const isNew = row === null;
  const key = isNew ? null : keyOf(entity, row);
  const given = isNew ? preset : row;
  const properties = (only ? only.map((name) => entity.properties.find((property) => property.name === name)).filter(Boolean) : entity.properties)
    .filter((property) => isInForm(entity, property, isNew));
  /** The row as the server has it, where it is another than the one that the form began with. */
  let base = row;
  let tag = etag;
  const isFixed = (property) => !isNew && entity.key.includes(property.name);
  const required = (property) => (isNew ? isRequired(property) : !property.nullable && property.type !== "bytes" && !property.writeOnly);

  const fields = properties.map((property) => {
    const label = labels[property.name];
    const related = isFixed(property) ? null : relationFor(catalog, entity, property);
    if (related) return relationField(related.relation, related.target, given, { required: required(property), label: label ?? labelOf(related.relation.name), name: property.name });
    if (choices[property.name]) {
      const options = choices[property.name];
      const value = given[property.name] ?? "";
      const known = options.some(([option]) => option === value);
      return selectField({ name: property.name, label: label ?? labelOf(property.name), required: required(property), value, options: [...(property.nullable ? [["", ""]] : []), ...(known || value === "" ? [] : [[value, value]]), ...options] });
    }
    const contentHref = property.type === "bytes" && !isNew && row[property.name] !== null && key ? api.contentPath(service, entity.name, key, property.name) : null;
    return propertyField(property, given[property.name], { isNew, label: label ?? labelOf(property.name), contentHref, readOnly: isFixed(property), maxLength: limits[property.name] ?? property.maxLength });
  });

  async function collect(form) {
    const values = {};
    const files = {};
    const problems = [];
    for (const property of properties) {
      if (isFixed(property)) continue;
      const control = form.elements[property.name];
      let read;
      if (control.dataset.relation !== undefined) {
        read = readRelation(control, { required: required(property) });
        if (read.value) read = { value: read.value[0] };
        if (isNew && read.value === null) read = {};
      } else if (choices[property.name]) read = control.value === "" ? (isNew ? {} : { value: null }) : { value: control.value };
      else read = readField(control, { isNew, required: required(property) });
      if (read.problem) problems.push([control, read.problem]);
      else if (read.file) files[property.name] = read.file;
      else if ("value" in read && (isNew || property.writeOnly || !isSame(row[property.name], read.value))) values[property.name] = read.value;
    }
    if (problems.length === 0 && check) {
      const found = await check({ ...(base ?? {}), ...values }, values);
      for (const [name, problem] of Object.entries(found ?? {})) if (problem) problems.push([form.elements[name], problem]);
    }
    return { values, files, problems };
  }

  async function submit(form) {
    const { values, files, problems } = await collect(form);
    if (problems.length > 0) return { problems };
    if (isNew) return api.createRow(service, entity.name, values, files);
    if (Object.keys(files).length > 0) {
      const whole = Object.fromEntries(readable(entity).filter((property) => property.type !== "bytes" && !property.readOnly && !property.generated).map((property) => [property.name, base[property.name]]));
      return api.replaceRowWithFiles(service, entity.name, key, { ...whole, ...values }, files, { etag: tag });
    }
    if (Object.keys(values).length === 0) return row;
    try {
      return await api.changeRow(service, entity.name, key, values, { etag: tag });
    } catch (error) {
      if (error.status !== 412) throw error;
      // Somebody was faster. Say where, and let the next try be one that knows of it.
      const theirs = await api.getRow(service, entity.name, key);
      const changed = readable(entity).filter((property) => !isSame(base[property.name], theirs.data[property.name])).map((property) => labels[property.name] ?? labelOf(property.name));
      base = theirs.data;
      tag = theirs.etag;
      show(form.querySelector(".form-message"), message(t("form.conflict", { fields: changed.join(", ") || nameOfRow(entity, base) }), "notice"));
      throw Object.assign(error, { isShown: true });
    }
  }

  return formDialog({
    title, lead, fields: html`${fields}`, submitText: isNew ? t("form.create") : t("form.save"), submit, isWide: properties.length > 12,
    wire: (form) => {
      for (const property of properties) {
        const related = relationFor(catalog, entity, property);
        const control = form.elements[property.name];
        if (related && control?.dataset.relation !== undefined) wireRelation(control, { service, target: related.target, to: related.relation.to });
      }
      // Said as soon as somebody leaves a field, rather than at the end.
      form.addEventListener("focusout", (event) => {
        const property = properties.find((one) => one.name === event.target.name);
        if (!property || choices[property.name] || event.target.dataset.relation !== undefined || event.target.value === "") return;
        showProblem(form, event.target, readField(event.target, { isNew, required: required(property) }).problem ?? null);
      });
    },
    onFailure: (error, form) => {
      if (error.isShown) return true;
      const named = properties.find((property) => new RegExp(`(^|[^A-Za-z0-9_])${property.name}([^A-Za-z0-9_]|$)`).test(error.message));
      if (!named || error.status < 400 || error.status >= 500) return false;
      showProblem(form, form.elements[named.name], String(error.message).replace(/^Data Integrity Violation: /, ""));
      return true;
    },
  });
}

export function isSame(left, right) {
  if (left === right || (left ?? null) === (right ?? null)) return true;
  return typeof left === "object" || typeof right === "object" ? JSON.stringify(left) === JSON.stringify(right) : String(left) === String(right) && left !== null && right !== null;
}
