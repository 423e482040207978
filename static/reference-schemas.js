// Schemas of openapi.json: what a reference stands for, a schema as people read it, and a value that it would take.

import { element } from "./reference-elements.js";

let description;

/** References are looked up in this description from now on. */
export function lookUpIn(found) {
  description = found;
}

/** What a reference stands for; what stands beside a reference is kept. */
export function resolved(object) {
  if (object?.$ref === undefined) return object;
  const target = object.$ref.slice(2).split("/").reduce((inside, key) => inside?.[key.replaceAll("~1", "/").replaceAll("~0", "~")], description);
  const { $ref, ...beside } = object;
  return { ...resolved(target), ...beside };
}

export const typesOf = (schema) => [schema.type ?? []].flat().filter((type) => type !== "null");

/** A reference to null or an object is the way in which a relation is described. */
function withoutNull(schema) {
  const inner = schema.oneOf?.find((option) => option.type !== "null");
  return inner ? { schema: inner, nullable: true } : { schema, nullable: [schema.type ?? []].flat().includes("null") };
}

export function typeText(given) {
  const { schema: inner, nullable } = withoutNull(given);
  const schema = resolved(inner);
  const items = schema.items ? ` of ${typeText(schema.items)}` : "";
  let text = typesOf(schema)[0] ?? (schema.enum || "const" in schema ? "" : "any");
  if (inner.$ref && text === "object") text = inner.$ref.split("/").pop().replace(/^\w+\.|\.cut\d+$/g, "");
  const limits = [];
  if (schema.format) limits.push(schema.format);
  if (schema.maxLength > 0) limits.push(`up to ${schema.maxLength} characters`);
  if (schema.enum) limits.push(`one of ${schema.enum.map((value) => JSON.stringify(value)).join(", ")}`);
  if ("const" in schema) limits.push(JSON.stringify(schema.const));
  const also = typesOf(schema).slice(1);
  return [text + items, ...limits, nullable ? "or null" : "", also.length > 0 ? `also taken: ${also.join(", ")}` : ""]
    .filter((part) => part !== "").join(" · ");
}

/** The object's members, those of `allOf` included. */
export function membersOf(given) {
  const schema = resolved(withoutNull(given).schema) ?? {};
  const all = { properties: {}, required: [] };
  for (const part of [...(schema.allOf ?? []).map(membersOf), { properties: schema.properties, required: schema.required }]) {
    Object.assign(all.properties, part.properties);
    all.required.push(...(part.required ?? []));
  }
  return all;
}

/**
 * The members of an object or of an array's objects, as a list; those within are shown when they are opened. What is
 * required is said of what people send; an answer has all its members anyway.
 */
export function schemaView(given, isSent = false) {
  const schema = resolved(withoutNull(given).schema) ?? {};
  if (schema.items) return schemaView(schema.items, isSent);
  const { properties, required } = membersOf(given);
  const items = Object.entries(properties).map(([name, property]) => {
    const full = resolved(withoutNull(property).schema) ?? {};
    const head = [
      element("code", { class: "name" }, name), " ",
      element("span", { class: "muted" }, typeText(property)),
      isSent && required.includes(name) ? element("span", { class: "flag" }, "required") : null,
      full.readOnly ? element("span", { class: "flag" }, "read-only") : null,
      full.writeOnly ? element("span", { class: "flag" }, "write-only") : null,
      full.default !== undefined ? element("span", { class: "flag" }, `default ${JSON.stringify(full.default)}`) : null,
    ];
    const about = property.description ?? (full.properties ? null : full.description);
    const note = about ? element("span", { class: "about muted" }, about) : null;
    const within = full.items ? resolved(full.items) : full;
    if (!within?.properties && !within?.allOf) return element("li", {}, ...head, note);
    const details = element("details", {}, element("summary", {}, ...head), note);
    details.addEventListener("toggle", () => { if (details.childElementCount < 3 && details.open) details.append(schemaView(property, isSent)); });
    return element("li", {}, details);
  });
  return element("ul", { class: "schema" }, ...items);
}

/** A value that the schema would take, as a start. */
export function sample(given, depth = 0) {
  const schema = resolved(withoutNull(given).schema) ?? {};
  if (schema.default !== undefined) return schema.default;
  if (schema.examples) return schema.examples[0];
  if (schema.enum) return schema.enum[0];
  if ("const" in schema) return schema.const;
  const { properties, required } = membersOf(given);
  switch (typesOf(schema)[0]) {
    case "object": {
      // A foreign key says the same as the object of its relation, so one of the two is enough.
      const wanted = Object.entries(properties).filter(([name, property]) => required.includes(name) || !property.properties);
      return depth > 2 ? {} : Object.fromEntries(wanted.map(([name, property]) => [name, sample(property, depth + 1)]));
    }
    case "array": return schema.items ? [sample(schema.items, depth + 1)] : [];
    case "integer": case "number": return 1;
    case "boolean": return true;
    case "string": return schema.format === "password" ? "secret" : "text".slice(0, schema.maxLength ?? 4);
    default: return null;
  }
}
