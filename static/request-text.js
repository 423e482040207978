// A call of the API as a request, and as a line for curl, JavaScript or Python. Pure.

import { can, isMade, isNumeric, isRequired, readable } from "./catalog.js";
import { exampleFor } from "./query-language.js";

const EXAMPLES = { integer: 1, number: 1.5, decimal: "1.50", text: "text", boolean: true, date: "2024-02-29", time: "12:30:00", datetime: "2024-02-29T12:30:00", timestamp: 1709208000000, json: {}, any: "text" };

const example = (property) => (property.type === "text" && property.maxLength ? "text".slice(0, property.maxLength) : EXAMPLES[property.type] ?? "text");
const writable = (entity) => entity.properties.filter((property) => !isMade(entity, property) && !property.readOnly && property.type !== "bytes");

function bodyFor(entity, isWhole) {
  const all = writable(entity).filter((property) => !property.writeOnly && !entity.key.includes(property.name));
  const needed = writable(entity).filter(isRequired);
  const chosen = isWhole ? [...new Set([...needed, ...all])].slice(0, 6) : all.slice(0, 1);
  return JSON.stringify(Object.fromEntries(chosen.map((property) => [property.name, example(property)])), null, 2);
}

/** The calls that an entity has for this caller: `[{ id, method, path, query: [[name, value, example]], body }]`. */
export function callsOf(service, entity) {
  const base = `services/${service}/${entity.name}`;
  const one = entity.key.length === 1 ? `${base}/1` : `${base}/composite-id?${entity.key.map((name) => `${name}=1`).join("&")}`;
  const name = readable(entity).find((property) => property.type === "text") ?? readable(entity)[0];
  const list = [["q", "", exampleFor(entity)], ["sort", name ? `${name.name} asc` : ""], ["page", "1"], ["size", "5"]];
  const number = readable(entity).find((property) => isNumeric(property) && !entity.key.includes(property.name));
  const group = readable(entity).find((property) => property.type === "text") ?? readable(entity)[0];
  const hasKey = entity.key.length > 0;
  const calls = [];
  if (can(entity, "read")) {
    calls.push({ id: "list", method: "GET", path: base, query: list }, { id: "count", method: "GET", path: `${base}/count`, query: [["q", ""]] });
    if (hasKey) calls.push({ id: "get", method: "GET", path: one, query: [] });
    if (entity.key.length === 1) for (const collection of entity.collections) calls.push({ id: `related:${collection.name}`, method: "GET", path: `${one}/${collection.name}`, query: [["page", "1"], ["size", "5"]] });
    calls.push({ id: "aggregate", method: "POST", path: `${base}/aggregations`, query: [], body: JSON.stringify({ groupByFields: group ? [group.name] : [], aggregations: [{ field: (number ?? group)?.name, type: number ? "SUM" : "COUNT", alias: "total" }] }, null, 2) });
    calls.push({ id: "export", method: "GET", path: `${base}/export/CSV`, query: [["q", ""]] });
  }
  if (can(entity, "create")) calls.push({ id: "create", method: "POST", path: base, query: [], body: bodyFor(entity, true) });
  if (can(entity, "update") && hasKey) calls.push({ id: "change", method: "PATCH", path: one, query: [], body: bodyFor(entity, false) }, { id: "replace", method: "PUT", path: one, query: [], body: bodyFor(entity, true) });
  if (can(entity, "delete") && hasKey) calls.push({ id: "delete", method: "DELETE", path: one, query: [] });
  return calls;
}

/** The call of a named query. */
export function callOfQuery(service, query) {
  const values = query.parameters.map((parameter) => [parameter.name, String(example(parameter))]);
  const isInBody = query.method === "POST" || query.method === "PUT";
  return { id: "query", method: query.method, path: `services/${service}/queryExecutor/queries/${query.name}`, query: isInBody ? [] : values,
    body: isInBody ? JSON.stringify(Object.fromEntries(query.parameters.map((parameter) => [parameter.name, example(parameter)])), null, 2) : undefined };
}

/** `{ method, path, query, body }` → `{ method, url, body }`, `root` being the address of the server. */
export function requestOf(call, root) {
  const [path, given] = call.path.split("?");
  const search = new URLSearchParams(given ?? "");
  for (const [name, value] of call.query) if (value !== "") search.append(name, value);
  const text = search.toString();
  return { method: call.method, url: `${root}${path.split("/").map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`, body: call.body || undefined };
}

const shell = (text) => `'${text.replaceAll("'", "'\\''")}'`;

export function asCurl({ method, url, body }, token) {
  const parts = ["curl", ...(method === "GET" ? [] : ["-X", method]), "-H", shell(`wm_auth_token: ${token}`)];
  if (body !== undefined) parts.push("-H", shell("Content-Type: application/json"), "--data-binary", shell(body));
  return [...parts, shell(url)].join(" ");
}

export function asJavaScript({ method, url, body }, token) {
  const headers = [`    "wm_auth_token": ${JSON.stringify(token)},`, ...(body === undefined ? [] : ['    "Content-Type": "application/json",'])].join("\n");
  return `const response = await fetch(${JSON.stringify(url)}, {\n  method: ${JSON.stringify(method)},\n  headers: {\n${headers}\n  },\n${body === undefined ? "" : `  body: ${JSON.stringify(body)},\n`}});\nconsole.log(response.status, await response.text());`;
}

/** JSON's texts are Python's as well, as long as nothing beyond ASCII is left to be escaped in pairs. */
const python = (text) => JSON.stringify(text);

export function asPython({ method, url, body }, token) {
  const headers = [`"wm_auth_token": ${python(token)}`, ...(body === undefined ? [] : ['"Content-Type": "application/json"'])].join(", ");
  return `import urllib.request\n\nrequest = urllib.request.Request(\n    ${python(url)},\n    method=${python(method)},\n    headers={${headers}},\n${body === undefined ? "" : `    data=${python(body)}.encode(),\n`})\nwith urllib.request.urlopen(request) as response:\n    print(response.status, response.read().decode())`;
}
