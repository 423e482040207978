// What the server's data is, as far as the caller may see it: services, entities, properties, relations.
// Only the two `load` functions talk to the server; the rest is pure.

import * as api from "./api.js";
import { wordsOf } from "./format.js";

const loaded = new Map();
let services = null;

/** `[{ name, entities, queries, readOnly }]` */
export function loadServices() {
  services ??= api.services().then((answer) => answer.services).catch((error) => {
    services = null;
    throw error;
  });
  return services;
}

/** The catalog of a service. */
export function loadCatalog(service) {
  if (!loaded.has(service)) {
    loaded.set(service, api.catalog(service).catch((error) => {
      loaded.delete(service);
      throw error;
    }));
  }
  return loaded.get(service);
}

export const entityOf = (catalog, name) => catalog.entities.find((entity) => entity.name === name) ?? null;
export const queryOf = (catalog, name) => catalog.queries.find((query) => query.name === name) ?? null;
export const propertyOf = (entity, name) => entity.properties.find((property) => property.name === name) ?? null;
export const relationOf = (entity, name) => entity.relations.find((relation) => relation.name === name) ?? null;
export const can = (entity, verb) => Boolean(entity?.verbs.includes(verb));

/** Whether the server makes this property's values: keys that count up, and columns that are computed. */
export const isMade = (entity, property) => property.generated || (entity.generatedKey && entity.key.includes(property.name));

/** Whether a new row must be given this. */
export const isRequired = (property) => !property.nullable && !property.hasDefault && !property.generated && !property.readOnly;

/** The relation whose only foreign key is this property. */
export const relationBy = (entity, property) => entity.relations.find((relation) => relation.from.length === 1 && relation.from[0] === property) ?? null;

/** The properties that can be read, in order. */
export const readable = (entity) => entity.properties.filter((property) => !property.writeOnly);

/** The key of a row as `[[property, value]]`, or null where rows cannot be addressed. */
export function keyOf(entity, row) {
  if (!entity.key || entity.key.length === 0) return null;
  const key = entity.key.map((name) => [name, row[name]]);
  // A path has no segment for an empty text, and bytes are not in the row.
  if (key.length === 1 && key[0][1] === "") return null;
  return key.every(([, value]) => value !== null && value !== undefined) ? key : null;
}

/** A key as one segment of an address, and back. */
export const keyText = (key) => key.map(([, value]) => encodeURIComponent(value)).join(",");
export const keyFromText = (entity, text) => {
  const values = text.split(",").map(decodeURIComponent);
  return values.length === entity.key.length ? entity.key.map((name, at) => [name, values[at]]) : null;
};

const FIRST_NAME = /^(first|given)_?name$/i;
const LAST_NAME = /^(last|family|sur)_?name$/i;
const NAMES = [/^(full|display)_?name$/i, /^name$/i, /^title$/i, /^label$/i, /name$/i, /title$/i, /^(code|sku|slug|email)$/i];

/** The properties that say to people which row one is, best first. */
export function namingProperties(entity) {
  const texts = readable(entity).filter((property) => property.type === "text").map((property) => property.name);
  const first = texts.find((name) => FIRST_NAME.test(name));
  const last = texts.find((name) => LAST_NAME.test(name));
  if (first && last) return [first, last];
  for (const pattern of NAMES) {
    const found = texts.find((name) => pattern.test(name));
    if (found) return [found];
  }
  const unique = (entity.uniqueKeys ?? []).find((key) => key.length === 1 && texts.includes(key[0]));
  if (unique) return [unique[0]];
  return texts.length > 0 ? [texts[0]] : [];
}

/** How people call a row: its name, else its key. */
export function nameOfRow(entity, row) {
  if (!row) return "";
  const words = namingProperties(entity).map((name) => row[name]).filter((value) => value !== null && value !== undefined && value !== "");
  if (words.length > 0) return words.join(" ");
  const key = keyOf(entity, row);
  return key ? `${wordsOf(entity.name)} ${key.map(([, value]) => value).join(", ")}` : wordsOf(entity.name);
}

/** How people call a property or a relation. */
export const labelOf = (name) => wordsOf(name);

const NUMERIC = new Set(["integer", "number", "decimal"]);
export const isNumeric = (property) => NUMERIC.has(property.type);
const SORTABLE_EXCEPT = new Set(["bytes", "json"]);
export const isSortable = (property) => !SORTABLE_EXCEPT.has(property.type);

/** Text as a literal of the filter language. */
export const literal = (text) => `'${String(text).replaceAll("'", "''")}'`;

/** A value as a literal for that property. */
export function literalFor(property, value) {
  if (value === null || value === undefined) return "null";
  return isNumeric(property) && /^-?\d+(\.\d+)?$/.test(String(value)) ? String(value) : literal(value);
}

/** A condition that finds rows by words people type, in the properties that name a row; each word must be in one of them. */
export function searchCondition(entity, text, properties = namingProperties(entity)) {
  const words = text.trim().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return "";
  if (properties.length === 0) {
    const key = entity.key?.length === 1 ? propertyOf(entity, entity.key[0]) : null;
    return key && isNumeric(key) && /^\d+$/.test(words[0]) ? `${key.name} = ${words[0]}` : "";
  }
  return words
    .map((word) => properties.map((name) => `lower(${name}) like lower(${literal(`%${word}%`)})`).join(" or "))
    .map((condition) => (properties.length > 1 ? `(${condition})` : condition))
    .join(" and ");
}

/** All conditions together; empty ones are left out. */
export const allOf = (...conditions) => conditions.filter((condition) => condition).map((condition, at, all) => (all.length > 1 ? `(${condition})` : condition)).join(" and ");
