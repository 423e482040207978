// The rows of any entity: which columns there are, and what stands in them.

import { addressOf } from "./address.js";
import { can, entityOf, isNumeric, isSortable, keyOf, keyText, labelOf, nameOfRow, readable, relationBy } from "./catalog.js";
import * as api from "./api.js";
import { html } from "./dom.js";
import { cell } from "./format.js";
import { t } from "./texts.js";

export const recordAddress = (service, entity, row) => {
  const key = keyOf(entity, row);
  return key ? addressOf(["data", service, entity.name, keyText(key)]) : null;
};

/** The value of a property in a row, with a link where it refers to another row. */
export function valueView(service, catalog, entity, property, row) {
  const value = row[property.name];
  if (value === null || value === undefined) return null;
  const relation = relationBy(entity, property.name);
  const target = relation ? entityOf(catalog, relation.entity) : null;
  const other = relation ? row[relation.name] : null;
  if (target && can(target, "read") && other && keyOf(target, other)) return html`<a href="${recordAddress(service, target, other)}">${nameOfRow(target, other)}</a>`;
  if (property.type === "bytes") {
    const key = keyOf(entity, row);
    return key ? html`<a href="${api.contentPath(service, entity.name, key, property.name)}" target="_blank" rel="noopener">${t("record.bytes")}</a>` : t("record.bytes");
  }
  return cell(value, property.type);
}

/** Columns for the table component, for the properties of those names. */
export function columnsOf(service, catalog, entity, names = null) {
  const all = readable(entity);
  const shown = names ? names.map((name) => all.find((property) => property.name === name)).filter(Boolean) : all;
  return shown.map((property, at) => ({
    name: property.name,
    label: labelOf(relationBy(entity, property.name)?.name ?? property.name),
    isNumber: isNumeric(property) && !relationBy(entity, property.name),
    isSortable: isSortable(property),
    cell: (row) => {
      const view = valueView(service, catalog, entity, property, row);
      const address = at === 0 ? recordAddress(service, entity, row) : null;
      return address && !relationBy(entity, property.name) && view !== null ? html`<a href="${address}">${view}</a>` : view;
    },
  }));
}
