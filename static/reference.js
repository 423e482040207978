// The script of the API's reference: shows openapi.json, and sends what people want to try.

import * as api from "./api.js";
import { announce, copy } from "./dom.js";
import { button, element } from "./reference-elements.js";
import { lookUpIn, membersOf, resolved, sample, schemaView, typeText, typesOf } from "./reference-schemas.js";

const METHODS = ["get", "post", "put", "patch", "delete"];
const MOST_SHOWN_CHARACTERS = 200000;
const MOST_FOUND = 60;

const byId = (id) => document.getElementById(id);
const view = byId("view");
let description;
/** Operations by id, in the order of the description. */
const operations = new Map();

// ---- Trying an operation ----

let fieldCount = 0;

/** A labelled control for a parameter or a member of a form. */
function field(name, where, given, isRequired, example) {
  const schema = resolved(given);
  const id = `field-${fieldCount += 1}`;
  const attributes = { id, name, "data-in": where, "aria-required": isRequired ? "true" : null, "aria-describedby": `${id}-hint` };
  const choices = schema.enum ?? (typesOf(schema)[0] === "boolean" ? [true, false] : null);
  const control = choices
    ? element("select", attributes, ...(isRequired ? [] : [element("option", { value: "" }, "")]),
      ...choices.map((value) => element("option", { value: String(value) }, String(value))))
    : element("input", { ...attributes, autocomplete: "off", spellcheck: "false",
      type: schema.format === "password" ? "password" : "text", placeholder: example === undefined ? null : [example].flat().join(", ") });
  if (isRequired && !choices && typesOf(schema)[0] === "integer") control.value = "1";
  return element("div", { class: "field" },
    element("label", { for: id }, name, " ", element("span", { class: "muted where" }, isRequired ? `${where}, required` : where)),
    control,
    element("span", { class: "muted hint", id: `${id}-hint` }, [typeText(schema), given.description ?? schema.description].filter(Boolean).join(". ")));
}

/** The request that the form describes: address, options of fetch, and the same for curl. */
function requestOf(operation, form) {
  let { path } = operation;
  const query = new URLSearchParams();
  const fields = new URLSearchParams();
  for (const control of form.querySelectorAll("[data-in]")) {
    const { value, name } = control;
    if (control.dataset.in === "path") path = path.replace(`{${name}}`, encodeURIComponent(value));
    else if (value !== "") (control.dataset.in === "query" ? query : fields).append(name, value);
  }
  const base = description.servers[0].url.replace(/\/$/, "");
  const address = base + path + (query.size > 0 ? `?${query}` : "");
  const headers = {};
  const text = form.querySelector("textarea");
  let body;
  if (text) {
    headers["Content-Type"] = "application/json";
    body = text.value;
  } else if (operation.form) {
    headers["Content-Type"] = "application/x-www-form-urlencoded";
    body = fields.toString();
  }
  return { address, method: operation.method.toUpperCase(), headers, body };
}

function curlLine(request) {
  const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const parts = ["curl"];
  if (request.method !== "GET") parts.push("-X", request.method);
  parts.push('-H "wm_auth_token: $TOKEN"');
  for (const [name, value] of Object.entries(request.headers)) parts.push("-H", quote(`${name}: ${value}`));
  if (request.body !== undefined) parts.push("--data-binary", quote(request.body));
  return `${parts.join(" ")} ${quote(new URL(request.address, location.href).href)}`;
}

function prettyBody(text, type) {
  let shown = text;
  if (type.includes("json")) {
    try {
      // Numbers beyond what a script can hold must not change on the way, so only what survives is set out anew.
      const parsed = JSON.parse(text);
      if (JSON.stringify(parsed) === text) shown = JSON.stringify(parsed, null, 2);
    } catch { /* shown as it came */ }
  }
  return shown.length > MOST_SHOWN_CHARACTERS ? `${shown.slice(0, MOST_SHOWN_CHARACTERS)}\n… ${text.length} characters in all` : shown;
}

async function send(operation, form, result) {
  const request = requestOf(operation, form);
  result.replaceChildren(element("p", { class: "muted" }, "Sending…"));
  try {
    const answer = await api.tryOut({ ...request, path: request.address });
    const all = answer.headers.map(([name, value]) => `${name}: ${value}`).join("\n");
    const type = answer.headers.find(([name]) => name === "content-type")?.[1] ?? "";
    const status = answer.isRedirect ? "A redirect" : `${answer.status} ${answer.statusText}`;
    result.replaceChildren(
      element("p", { class: "status" }, element("strong", { class: answer.ok || answer.isRedirect ? "good" : "bad" }, status),
        element("span", { class: "muted" }, `${answer.milliseconds} ms`), element("span", { class: "muted" }, `${answer.text.length} characters`)),
      element("details", {}, element("summary", {}, "Headers"), element("pre", { class: "code" }, all)),
      answer.text === "" ? element("p", { class: "muted" }, "No body.")
        : element("pre", { class: "code", tabindex: "0", role: "group", "aria-label": "Body" }, prettyBody(answer.text, type)));
    announce(`Answered: ${status}.`);
  } catch {
    result.replaceChildren(element("p", { class: "message wrong", role: "alert" }, "The server cannot be reached."));
  }
}

async function copyText(text, control) {
  const label = control.textContent;
  const isCopied = await copy(text);
  control.textContent = isCopied ? "Copied" : "Not copied";
  announce(control.textContent);
  setTimeout(() => { control.textContent = label; }, 2000);
}

function tryView(operation) {
  const parameters = (operation.parameters ?? []).map(resolved);
  const fields = parameters.map((parameter) => field(parameter.name, parameter.in, { ...parameter.schema, description: parameter.description }, parameter.required, parameter.example));
  const formFields = operation.form
    ? Object.entries(membersOf(operation.form).properties).map(([name, schema]) => field(name, "form", schema, membersOf(operation.form).required.includes(name)))
    : [];
  const form = element("form", { class: "try", novalidate: "" });
  if (fields.length + formFields.length > 0) form.append(element("div", { class: "fields" }, ...fields, ...formFields));
  if (operation.body) {
    const id = `field-${fieldCount += 1}`;
    const text = JSON.stringify(sample(operation.body), null, 2);
    form.append(element("div", { class: "field" }, element("label", { for: id }, "Body"),
      element("textarea", { id, spellcheck: "false", autocomplete: "off", rows: Math.min(18, text.split("\n").length + 1) }, text)));
  }
  const result = element("div", { class: "result" });
  const copy = button("button", "Copy as curl", () => copyText(curlLine(requestOf(operation, form)), copy));
  form.append(element("div", { class: "buttons" }, element("button", { class: "button primary", type: "submit" }, "Send"), copy,
    operation.changes ? element("span", { class: "muted note" }, "This really changes the data.") : null), result);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(operation, form, result);
  });
  return form;
}

// ---- Views ----

function fillOperation(operation, place) {
  const responses = Object.entries(operation.responses).map(([status, response]) => [status, resolved(response)]);
  const success = responses.find(([status]) => status === "200")?.[1];
  const [media, answer] = Object.entries(success?.content ?? {})[0] ?? [];
  const failures = responses.filter(([status]) => status !== "200");
  const answerView = answer && (resolved(answer.schema).properties || resolved(answer.schema).allOf)
    ? schemaView(answer.schema) : element("p", { class: "muted note" }, answer ? `${media} · ${typeText(answer.schema)}` : "Nothing.");
  place.replaceChildren(...[
    element("section", {}, element("h3", {}, "Try it"), tryView(operation)),
    operation.body ? element("section", {}, element("h3", {}, "Body"), element("p", { class: "muted note" }, resolved(operation.body).description ?? typeText(operation.body)),
      schemaView(operation.body, true)) : null,
    element("section", {}, element("h3", {}, "Answer"), answerView),
    element("section", {}, element("h3", {}, "Other answers"),
      element("dl", { class: "failures" }, ...failures.flatMap(([status, response]) => [element("dt", {}, status), element("dd", {}, response.description)]))),
  ].filter((section) => section !== null));
}

/** A long path goes on in the next line where a segment begins. */
const brokenAtSlashes = (path) => path.split(/(?=\/)/).flatMap((segment) => [element("wbr"), segment]);

function operationView(operation, isOpen) {
  const kind = operation.method === "delete" ? "removes" : operation.changes ? "writes" : "reads";
  const body = element("div", { class: "operation-body" });
  const details = element("details", { class: "surface operation" },
    element("summary", {},
      element("span", { class: `method ${kind}` }, operation.method.toUpperCase()),
      element("span", { class: "operation-path" }, ...brokenAtSlashes(decodeURI(operation.path))),
      element("span", { class: "operation-summary muted" }, operation.summary)),
    body);
  details.addEventListener("toggle", () => { if (details.open && body.childElementCount === 0) fillOperation(operation, body); });
  details.open = isOpen;
  return details;
}

const operationList = (found, openId) => element("div", { class: "operations" }, ...found.map((operation) => operationView(operation, operation.operationId === openId)));

function showTag(name, openId) {
  const tag = description.tags.find((one) => one.name === name);
  view.replaceChildren(element("h1", {}, name), element("p", { class: "muted lead" }, tag.description ?? ""),
    operationList([...operations.values()].filter((operation) => operation.tags[0] === name), openId));
}

function showOverview() {
  const schemes = Object.values(description.components.securitySchemes);
  view.replaceChildren(
    element("h1", {}, "API"),
    element("p", { class: "muted lead" }, `${description.info.description} ${operations.size} operations.`),
    element("h2", {}, "Saying who you are"),
    element("ul", { class: "ways" }, ...schemes.map((scheme) => element("li", {},
      element("strong", {}, scheme.type === "http" ? "HTTP Basic" : `${scheme.name} (${scheme.in})`), " ", scheme.description))),
    element("h2", {}, "When something is wrong"),
    element("p", { class: "muted lead" }, "Every failure, whatever its status, has this body."),
    schemaView({ $ref: "#/components/schemas/Error" }));
}

function showFound(words) {
  const found = [...operations.values()].filter((operation) => words.every((word) => operation.text.includes(word)));
  const more = found.length > MOST_FOUND ? ` The first ${MOST_FOUND} are shown.` : "";
  view.replaceChildren(element("h1", {}, "Found"), element("p", { class: "muted lead", role: "status" }, `${found.length} operations.${more}`),
    operationList(found.slice(0, MOST_FOUND)));
}

function show() {
  const words = byId("search").value.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const name = decodeURIComponent(location.hash.slice(1));
  const operation = operations.get(name);
  const tag = operation?.tags[0] ?? name;
  const isKnown = description.tags.some((one) => one.name === tag);
  for (const link of byId("contents").querySelectorAll("a")) {
    if (words.length === 0 && link.dataset.tag === (isKnown ? tag : "")) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  if (words.length > 0) showFound(words);
  else if (isKnown) showTag(tag, operation?.operationId);
  else showOverview();
  document.title = `${view.querySelector("h1").textContent} · API · hrdb`;
}

function showContents() {
  const groups = new Map();
  for (const tag of description.tags) {
    const [service, ...rest] = tag.name.split(".");
    const [group, label] = rest.length > 0 ? [`Service ${service}`, rest.join(".")] : ["Server", tag.name];
    groups.set(group, [...(groups.get(group) ?? []), element("a", { href: `#${encodeURIComponent(tag.name)}`, "data-tag": tag.name },
      label.startsWith("-") ? tag.description.split(" of the service")[0] : label)]);
  }
  byId("contents").replaceChildren(element("a", { href: "#", "data-tag": "" }, "Overview"),
    ...[...groups].flatMap(([group, links]) => [element("h2", {}, group), ...links]));
}

// ---- Start ----

function takeStock() {
  for (const [path, item] of Object.entries(description.paths)) {
    for (const method of METHODS.filter((one) => item[one])) {
      const operation = { ...item[method], path, method };
      const content = operation.requestBody?.content ?? {};
      // Only what changes rows can contradict other rows.
      operation.changes = "409" in operation.responses;
      operation.body = content["application/json"]?.schema;
      operation.form = content["application/x-www-form-urlencoded"]?.schema;
      operation.text = `${method} ${decodeURI(path)} ${operation.summary} ${operation.operationId}`.toLowerCase();
      operations.set(operation.operationId, operation);
    }
  }
}

async function start() {
  try {
    description = await api.description();
    lookUpIn(description);
  } catch (error) {
    if (error.status === 401) return location.replace("login.html");
    byId("loading").hidden = true;
    byId("page-message").hidden = false;
    byId("page-message").textContent = `The description cannot be shown. ${error.message}`;
    return undefined;
  }
  byId("loading").hidden = true;
  takeStock();
  showContents();
  show();
  return undefined;
}

const isNarrow = matchMedia("(max-width: 55.99rem)");
byId("catalog").open = !isNarrow.matches;
byId("search").addEventListener("input", show);
byId("search").addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || byId("search").value === "") return;
  byId("search").value = "";
  show();
});
window.addEventListener("hashchange", () => {
  if (location.hash === "#content") return;
  byId("search").value = "";
  if (isNarrow.matches) byId("catalog").open = false;
  show();
  byId("content").focus({ preventScroll: true });
  scrollTo(0, 0);
});
start();
