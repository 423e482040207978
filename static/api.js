// The only file that calls `fetch`. What the server, or the way to it, has against a request becomes an ApiError.

import { t } from "./texts.js";

const MOST_MILLISECONDS_TO_WAIT = 60000;

/** `message` is for people; `status` is 0 when the server was not reached. */
export class ApiError extends Error {
  constructor(status, message, { key = null, parameters = [], retryAfterSeconds = null, sessionLost = false } = {}) {
    super(message);
    Object.assign(this, { name: "ApiError", status, key, parameters, retryAfterSeconds, sessionLost });
  }
}

let renewSession = null;
let renewal = null;

/** Who is asked when the session turns out to be over: a function whose promise says whether there is one again. */
export function onSessionEnded(renew) { renewSession = renew; }

function csrfHeaders() {
  const pair = document.cookie.split("; ").find((text) => text.startsWith("wm_xsrf_token="));
  const token = pair ? pair.slice(pair.indexOf("=") + 1) : "";
  return token ? { "X-WM-XSRF-TOKEN": token } : {};
}

/** Text → value. Integers that a script's numbers cannot hold stay texts, which the server takes as well. */
export function parseJson(text) {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return JSON.parse(text, (name, value, context) => (typeof value === "number" && !Number.isSafeInteger(value)
    && /^-?\d+$/.test(context?.source ?? "") ? context.source : value));
}

async function errorOf(response) {
  const details = {
    retryAfterSeconds: Number(response.headers.get("retry-after")) || null,
    sessionLost: response.headers.get("x-wm-login-errormessage") === "Session Not Found",
  };
  try {
    const first = (await response.json()).errors.error[0];
    return new ApiError(response.status, first.message ?? first.parameters[0] ?? `Status ${response.status}`,
      { ...details, key: first.messageKey, parameters: first.parameters ?? [] });
  } catch {
    // Something between us and the server has answered in its own way.
    return new ApiError(response.status, `The server answered with status ${response.status}.`, details);
  }
}

/** A path below the server's root, with a query; what is empty, null or undefined is left out. */
export function pathOf(path, query = {}) {
  const pairs = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const search = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
  return search ? `${path}?${search}` : path;
}

async function send(path, { method = "GET", query, json, form, headers = {}, signal } = {}) {
  const timeout = AbortSignal.timeout(MOST_MILLISECONDS_TO_WAIT);
  const options = {
    method,
    headers: { Accept: "application/json, text/plain, */*", "X-Requested-With": "XMLHttpRequest", ...(method === "GET" ? {} : csrfHeaders()), ...headers },
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  };
  if (json !== undefined) {
    options.body = JSON.stringify(json);
    options.headers["Content-Type"] = "application/json";
  } else if (form !== undefined) options.body = form;
  try {
    return await fetch(pathOf(path, query), options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, t("error.offline"));
  }
}

/**
 * Asks the server and reads its JSON. A session that has ended is renewed by whoever has registered for that, and the
 * request sent again, so that nothing which was typed is lost.
 */
export async function call(path, options = {}) {
  let response = await send(path, options);
  if (response.status === 401 && renewSession && !options.asItIs) {
    renewal ??= renewSession().finally(() => { renewal = null; });
    if (await renewal) response = await send(path, options);
  }
  if (!response.ok) throw await errorOf(response);
  const text = await response.text();
  let data = text;
  try { data = text === "" ? null : parseJson(text); } catch { /* it is a text */ }
  return { data, etag: response.headers.get("etag") };
}

export const get = async (path, query, signal) => (await call(path, { query, signal })).data;

// ---- Rows ----

const collection = (service, entity) => `services/${encodeURIComponent(service)}/${encodeURIComponent(entity)}`;

/** The path of a row: `key` is the list of its key's [property, value]. */
export function rowPath(service, entity, key) {
  const base = collection(service, entity);
  if (key.length === 1) return `${base}/${encodeURIComponent(key[0][1])}`;
  // Unlike other parameters, the parts of a key are sent even when they are empty texts.
  return `${base}/composite-id?${new URLSearchParams(key.map(([name, value]) => [name, String(value)]))}`;
}

/** A page of rows. Where rows have gone meanwhile and the page is past the end, it is the last one. */
export async function listRows(service, entity, { q, sort, page, size } = {}, signal) {
  const ask = (number) => get(collection(service, entity), { q, sort, page: number, size }, signal);
  const answer = await ask(page);
  return answer.content.length === 0 && answer.totalElements > 0 ? ask(answer.totalPages) : answer;
}
export const countRows = (service, entity, q, signal) => get(`${collection(service, entity)}/count`, { q }, signal);
export const relatedRows = (service, entity, id, member, { page, size, sort } = {}, signal) =>
  get(`${collection(service, entity)}/${encodeURIComponent(id)}/${encodeURIComponent(member)}`, { page, size, sort }, signal);

/** Groups: `[{ …group, …alias }]`. */
export async function aggregate(service, entity, groupByFields, aggregations, { filter, sort, size = 100, signal } = {}) {
  const { data } = await call(`${collection(service, entity)}/aggregations`, { method: "POST", query: { page: 1, size, sort }, json: { groupByFields, aggregations, filter }, signal });
  return data.content;
}

/** A row and its tag, which says on a change what it was made from. */
export const getRow = (service, entity, key, signal) => call(rowPath(service, entity, key), { signal });

const formOf = (values, files) => {
  const form = new FormData();
  form.append("wm_data_json", new Blob([JSON.stringify(values)], { type: "application/json" }));
  for (const [name, file] of Object.entries(files)) form.append(name, file);
  return form;
};
const hasFiles = (files) => files && Object.keys(files).length > 0;

export async function createRow(service, entity, values, files) {
  const body = hasFiles(files) ? { form: formOf(values, files) } : { json: values };
  return (await call(collection(service, entity), { method: "POST", ...body })).data;
}

/** Changes some properties of a row; a tag makes it fail with 412 when somebody else has changed the row since. */
export async function changeRow(service, entity, key, values, { etag } = {}) {
  const headers = etag ? { "If-Match": etag } : {};
  return (await call(rowPath(service, entity, key), { method: "PATCH", json: values, headers })).data;
}

/** Sends the whole row with files: the server keeps what a form of files does not name only for bytes and secrets. */
export async function replaceRowWithFiles(service, entity, key, values, files, { etag } = {}) {
  const headers = etag ? { "If-Match": etag } : {};
  return (await call(rowPath(service, entity, key), { method: "POST", form: formOf(values, files), headers })).data;
}

export const deleteRow = async (service, entity, key) => (await call(rowPath(service, entity, key), { method: "DELETE" })).data;

export function contentPath(service, entity, key, property, isDownload = false) {
  const [path, search] = rowPath(service, entity, key).split("?");
  return `${path}/content/${encodeURIComponent(property)}${search ? `?${search}&` : "?"}download=${isDownload}`;
}

// ---- Files of rows ----

export const exportPath = (service, entity, type, { q, sort } = {}) => pathOf(`${collection(service, entity)}/export/${type}`, { q, sort });

/** Has the server write a file of the given columns, `[{ field, header }]`; answers its path here. */
export async function prepareExport(service, entity, type, fields, { q, sort } = {}) {
  const { data } = await call(`${collection(service, entity)}/export`, { method: "POST", query: { sort }, json: { query: q ?? "", exportType: type, fields, fileName: entity } });
  // The server says where it believes to be; behind a proxy only the path of that holds.
  return new URL(data.result).pathname;
}

// ---- Named queries ----

const queryPath = (service, name) => `services/${encodeURIComponent(service)}/queryExecutor/queries/${encodeURIComponent(name)}`;
export const readQuery = (service, name, parameters = {}, signal) => get(queryPath(service, name), parameters, signal);

export async function runQuery(service, name, method, parameters, { page, size, sort } = {}) {
  const isInBody = method === "POST" || method === "PUT";
  const path = queryPath(service, name);
  return (await call(path, isInBody ? { method, json: parameters } : { method, query: { ...parameters, page, size, sort } })).data;
}

// ---- Who, and what there is ----

export const info = () => get("services/security/info");
export const services = () => get("services");
export const catalog = (service) => get(`services/${encodeURIComponent(service)}/catalog`);
export const mintToken = () => get("services/security/token");
export const revokeToken = (token) => call("services/security/token", { method: "DELETE", headers: { wm_auth_token: token }, asItIs: true });
/** `[{ id, createdAt, lastSeenAt, rememberMe, userAgent, address, current }]`, times in milliseconds since 1970. */
export const listSessions = () => get("services/security/sessions");
export const endSession = (id) => call(`services/security/sessions/${encodeURIComponent(id)}`, { method: "DELETE" });
export const revokeAllTokens = () => call("services/security/tokens", { method: "DELETE" });
export const changePassword = (currentPassword, newPassword) =>
  call("services/security/password", { method: "POST", json: { currentPassword, newPassword } });

/** The sample accounts that still have the passwords everybody knows: `[{ source, name, role }]`; none where nobody says so. */
export async function demoAccounts() {
  try {
    const { data } = await call("services/security/demo-accounts", { asItIs: true });
    return Array.isArray(data) ? data : [];
  } catch (error) {
    if (error instanceof ApiError) return [];
    throw error;
  }
}

export const signIn = (userName, password, isRemembered) => call("j_spring_security_check", {
  method: "POST", asItIs: true, form: new URLSearchParams({ j_username: userName, j_password: password, j_rememberme: String(isRemembered) }),
});
export const signOut = () => call("j_spring_security_logout", { method: "POST", asItIs: true });

// ---- For people who try the API ----

/** Sends a request as it is and gives everything about its answer, whatever its status. */
export async function tryOut({ method, path, headers = {}, body }) {
  const started = performance.now();
  const response = await fetch(path, { method, headers: { "X-Requested-With": "XMLHttpRequest", ...(method === "GET" ? {} : csrfHeaders()), ...headers }, body, redirect: "manual" });
  const text = await response.text();
  return {
    status: response.status, statusText: response.statusText, ok: response.ok, isRedirect: response.type === "opaqueredirect",
    headers: [...response.headers], text, milliseconds: Math.round(performance.now() - started),
  };
}

/** The description of everything the caller may do, as OpenAPI. */
export const description = () => get("openapi.json");
