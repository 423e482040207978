// The script of the page for who is signed in: who that is, the tables' rows, and a token for programs.

const ENTITIES = ["User", "Department", "Employee", "Vacation"];
const ROWS_PER_PAGE = 10;
const ROLE_NAMES = { adminrole: "Administrator", userrole: "Reader", admin: "Manager", user: "Employee" };
const GONE_ELSEWHERE = new Promise(() => {});

const byId = (id) => document.getElementById(id);
const numberFormat = new Intl.NumberFormat("en");

// ---- Talking to the server ----

/** What the server, or the way to it, has against a request; `message` is for people. */
class RequestError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

function csrfHeaders() {
  const pair = document.cookie.split("; ").find((text) => text.startsWith("wm_xsrf_token="));
  const token = pair ? pair.slice(pair.indexOf("=") + 1) : "";
  return token ? { "X-WM-XSRF-TOKEN": token } : {};
}

async function messageOfServer(response) {
  try {
    const first = (await response.json()).errors.error[0];
    return first.message ?? first.parameters[0];
  } catch {
    // Something between us and the server has answered in its own way.
    return `The server answered with status ${response.status}.`;
  }
}

/** Asks the server; everything it can answer that is no success becomes a RequestError. */
async function send(path, options = {}) {
  let response;
  try {
    response = await fetch(path, {
      ...options,
      headers: { "X-Requested-With": "XMLHttpRequest", ...options.headers },
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new RequestError(0, "The server cannot be reached. Check your connection and try again.");
  }
  if (response.status === 401) {
    // Here a cookie is all there is to be known by, so whatever the 401 says, the session is over.
    location.replace("login.html#session-ended");
    return GONE_ELSEWHERE;
  }
  if (!response.ok) throw new RequestError(response.status, await messageOfServer(response));
  return response;
}

async function fetchJson(path, options) {
  return (await send(path, options)).json();
}

// ---- Building the page ----

/** Makes an element. Children are elements or texts, and never markup, so data cannot become part of the page. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

function button(className, text, whenClicked) {
  const made = element("button", { type: "button", class: className }, text);
  made.addEventListener("click", whenClicked);
  return made;
}

function showMessage(area, text) {
  area.textContent = text;
  area.hidden = text === "";
}

/** Not `disabled`: a button that turns off under the finger would lose the keyboard's focus. */
function setEnabled(control, isEnabled) {
  control.setAttribute("aria-disabled", String(!isEnabled));
}

const isEnabled = (control) => control.getAttribute("aria-disabled") !== "true";

/** Property names as people read them: `jobTitle` is "Job title", `employeeByManagerId` is "Manager". */
function heading(property) {
  const role = property.match(/^[a-z]+By([A-Z]\w*?)Id$/);
  const words = (role ? role[1] : property).replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  return words.replace(/\bid\b/, "ID").replace(/^./, (letter) => letter.toUpperCase());
}

// ---- Who is signed in ----

async function showWho() {
  const info = await fetchJson("services/security/info");
  if (!info.authenticated) {
    location.replace("login.html#session-ended");
    return GONE_ELSEWHERE;
  }
  const roles = info.userInfo.userRoles ?? [];
  byId("user-name").textContent = info.userInfo.userName;
  byId("roles").replaceChildren(
    ...roles.map((role) => element("span", { class: "chip", title: `Role ${role}` }, ROLE_NAMES[role] ?? role)));
  byId("who").hidden = false;
}

async function signOut() {
  const control = byId("sign-out-button");
  if (!isEnabled(control)) return;
  setEnabled(control, false);
  showMessage(byId("page-message"), "");
  try {
    await send("j_spring_security_logout", { method: "POST", headers: csrfHeaders() });
    location.replace("login.html");
  } catch (error) {
    showMessage(byId("page-message"), `You are still signed in. ${error.message}`);
    setEnabled(control, true);
  }
}

// ---- Cards ----

const cards = new Map(ENTITIES.map((entity) => [entity, element("li")]));

/** Every state of a card has the same three lines, so that the page does not jump when the state changes. */
function placeCard(entity, card, figure, note) {
  card.replaceChildren(
    element("span", { class: "card-name" }, entity),
    element("span", { class: "card-figure" }, figure),
    element("span", { class: "card-note muted" }, note));
  if (card.parentNode !== cards.get(entity)) cards.get(entity).replaceChildren(card);
}

function showCount(entity, count) {
  const known = cards.get(entity).querySelector("button[aria-controls]");
  const card = known ?? button("card", "", () => toggleTable(entity));
  card.setAttribute("aria-controls", "panel");
  card.setAttribute("aria-expanded", String(table.entity === entity));
  placeCard(entity, card, numberFormat.format(count), count === 1 ? "row" : "rows");
}

/** Tells whether the caller may read the entity. */
async function loadCard(entity) {
  placeCard(entity, element("div", { class: "card waiting" }), "\u00a0", "Counting…");
  try {
    showCount(entity, await fetchJson(`services/hrdb/${entity}/count`));
    return true;
  } catch (error) {
    if (error.status === 403) {
      placeCard(entity, element("div", { class: "card closed" }), "–", "Not for your role");
    } else {
      placeCard(entity, button("card failed", "", () => loadCard(entity)), "–", `Try again. ${error.message}`);
    }
    return false;
  }
}

// ---- Table ----

const table = { entity: null, page: 1, pages: 1, sortProperty: null, descending: false, columns: new Map(), request: null };

/** The properties that tell a related row best; the table can also be sorted by them. */
function tellingProperties(object) {
  const has = (property) => typeof object[property] === "string";
  if (has("name")) return ["name"];
  const names = ["firstname", "lastname"].filter(has);
  if (names.length > 0) return names;
  const scalars = Object.keys(object).filter((property) => typeof object[property] !== "object");
  return [scalars.find(has) ?? scalars[0]].filter((property) => property !== undefined);
}

function kindOf(property, value) {
  if (Array.isArray(value)) return "list";
  if (typeof value === "object") return "relation";
  if (typeof value === "number") return /(^id|Id)$/.test(property) ? "identifier" : "number";
  return "text";
}

/** Rows alone tell what columns there are. A value that is null tells nothing, so what is learnt is kept from page to page. */
function learnColumns(rows) {
  for (const row of rows) {
    for (const [property, value] of Object.entries(row)) {
      if (value === null || table.columns.get(property)?.kind) {
        if (!table.columns.has(property)) table.columns.set(property, { kind: null, sortPaths: [] });
        continue;
      }
      const kind = kindOf(property, value);
      const inside = kind === "relation" ? tellingProperties(value).map((name) => `${property}.${name}`) : [property];
      table.columns.set(property, { kind, sortPaths: kind === "list" ? [] : inside });
    }
  }
}

function shownValue(value, column) {
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return numberFormat.format(value.length);
  if (typeof value === "object") return tellingProperties(value).map((property) => value[property]).join(" ") || "–";
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (column.kind === "number") return numberFormat.format(value);
  return String(value);
}

function headCell(property, column) {
  const text = heading(property);
  if (column.sortPaths.length === 0) {
    return element("th", { scope: "col", class: column.kind, title: property }, element("span", {}, text));
  }
  const isSorted = table.sortProperty === property;
  const direction = table.descending ? "descending" : "ascending";
  const control = button("sort", text, () => {
    table.descending = isSorted && !table.descending;
    table.sortProperty = property;
    loadTable(1);
  });
  control.dataset.property = property;
  return element("th",
    { scope: "col", class: column.kind, title: property, "aria-sort": isSorted ? direction : null }, control);
}

function showRows(rows) {
  const body = byId("panel-body");
  if (rows.length === 0) {
    body.replaceChildren(element("p", { class: "muted empty" }, "There are no rows here yet."));
    return;
  }
  learnColumns(rows);
  const columns = [...table.columns];
  const focused = body.contains(document.activeElement) ? document.activeElement.dataset.property : undefined;
  const made = element("table", { "aria-labelledby": "panel-heading" },
    element("thead", {}, element("tr", {}, ...columns.map(([property, column]) => headCell(property, column)))),
    element("tbody", {}, ...rows.map((row) => element("tr", {}, ...columns.map(([property, column]) => {
      const text = shownValue(row[property], column);
      return element("td", { class: text === "–" ? "nothing" : column.kind, title: text.length > 30 ? text : null }, text);
    })))));
  // The scrolling box stays, so that sorting by a column far right does not throw the reader back to the left.
  const scroller = body.querySelector(".scroller")
    ?? element("div", { class: "scroller", tabindex: "0", role: "group", "aria-label": "Rows, scrolls sideways" });
  scroller.replaceChildren(made);
  if (scroller.parentNode !== body) body.replaceChildren(scroller);
  if (focused) made.querySelector(`[data-property="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

async function loadTable(page) {
  const { entity } = table;
  // Only the latest wish counts; a slow answer to an older one must not overwrite it.
  table.request?.abort();
  table.request = new AbortController();
  const { signal } = table.request;
  const body = byId("panel-body");
  body.setAttribute("aria-busy", "true");
  const query = new URLSearchParams({ page, size: ROWS_PER_PAGE });
  const direction = table.descending ? "desc" : "asc";
  for (const path of table.columns.get(table.sortProperty)?.sortPaths ?? []) query.append("sort", `${path} ${direction}`);
  try {
    const found = await fetchJson(`services/hrdb/${entity}?${query}`, { signal });
    if (found.content.length === 0 && page > 1 && found.totalPages > 0) {
      // Rows have been deleted meanwhile.
      loadTable(found.totalPages);
      return;
    }
    table.page = page;
    table.pages = found.totalPages;
    showCount(entity, found.totalElements);
    showRows(found.content);
    const first = (page - 1) * ROWS_PER_PAGE + 1;
    byId("range").textContent = found.content.length === 0 ? "No rows"
      : `${numberFormat.format(first)}–${numberFormat.format(first + found.content.length - 1)} of ${numberFormat.format(found.totalElements)}`;
  } catch (error) {
    if (error.name === "AbortError") return;
    byId("range").textContent = "";
    body.replaceChildren(
      element("p", { class: "message", role: "alert" }, error.message),
      button("button", "Try again", () => loadTable(page)));
  }
  body.removeAttribute("aria-busy");
  byId("pager").hidden = table.pages <= 1;
  setEnabled(byId("previous-button"), table.page > 1);
  setEnabled(byId("next-button"), table.page < table.pages);
}

function toggleTable(entity) {
  const isOpening = table.entity !== entity;
  table.request?.abort();
  Object.assign(table, { entity: isOpening ? entity : null, page: 1, pages: 1, sortProperty: null, descending: false });
  table.columns.clear();
  for (const [name, item] of cards) {
    item.querySelector("[aria-expanded]")?.setAttribute("aria-expanded", String(name === table.entity));
  }
  const panel = byId("panel");
  panel.hidden = !isOpening;
  if (!isOpening) return;
  byId("panel-heading").textContent = entity;
  byId("range").textContent = "";
  byId("panel-body").replaceChildren(element("p", { class: "muted empty" }, "Loading…"));
  byId("pager").hidden = true;
  loadTable(1).then(() => panel.scrollIntoView({ block: "nearest" }));
}

// ---- A token for programs ----

let entityToTry = "Department";
let countdown;

function showRemaining(expiresAt) {
  const seconds = Math.max(0, Math.ceil((expiresAt - Date.now()) / 1000));
  const minutes = Math.floor(seconds / 60);
  const isOver = seconds === 0;
  byId("token-remaining").textContent = isOver ? "Expired"
    : `${minutes}:${String(seconds % 60).padStart(2, "0")} left`;
  byId("token").classList.toggle("expired", isOver);
  if (isOver) {
    clearInterval(countdown);
    byId("announcement").textContent = "The token has expired.";
  }
}

async function makeToken() {
  const control = byId("token-button");
  if (!isEnabled(control)) return;
  setEnabled(control, false);
  showMessage(byId("token-message"), "");
  try {
    const made = await fetchJson("services/security/token");
    const address = new URL(`services/hrdb/${entityToTry}?size=10`, document.baseURI).href;
    byId("token-text").textContent = made.wm_auth_token;
    byId("curl-line").textContent = `curl -H 'wm_auth_token: ${made.wm_auth_token}' '${address}'`;
    byId("token").hidden = false;
    control.textContent = "Make another token";
    byId("announcement").textContent = "The token is ready.";
    // Counts against the clock: an interval is late, or asleep, while the page is in the background.
    const expiresAt = Date.now() + made.expires_in * 1000;
    clearInterval(countdown);
    countdown = setInterval(() => showRemaining(expiresAt), 1000);
    showRemaining(expiresAt);
  } catch (error) {
    showMessage(byId("token-message"), error.message);
  }
  setEnabled(control, true);
}

async function copyText(source, control) {
  const text = source.textContent;
  let isCopied = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // No clipboard without HTTPS, other than on localhost: then select it, which the older way needs as well.
    getSelection().selectAllChildren(source);
    isCopied = document.execCommand("copy");
  }
  const label = control.firstChild;
  label.data = isCopied ? "Copied" : "Press Ctrl+C";
  byId("announcement").textContent = isCopied ? "Copied." : "It is selected. Press Control and C to copy it.";
  setTimeout(() => { label.data = "Copy"; }, 2000);
}

// ---- Start ----

byId("cards").append(...cards.values());
byId("sign-out-button").addEventListener("click", signOut);
byId("previous-button").addEventListener("click", (event) => {
  if (isEnabled(event.currentTarget)) loadTable(table.page - 1);
});
byId("next-button").addEventListener("click", (event) => {
  if (isEnabled(event.currentTarget)) loadTable(table.page + 1);
});
// Browsers leave a focused heading alone that is only half in view.
byId("panel-body").addEventListener("focusin", (event) => {
  if (event.target.matches(".sort")) event.target.scrollIntoView({ block: "nearest", inline: "nearest" });
});
byId("token-button").addEventListener("click", makeToken);
byId("copy-token-button").addEventListener("click", (event) => copyText(byId("token-text"), event.currentTarget));
byId("copy-curl-button").addEventListener("click", (event) => copyText(byId("curl-line"), event.currentTarget));
// Back, after signing out, may bring the page out of the browser's memory: let the server decide anew.
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

showWho().catch((error) => showMessage(byId("page-message"), error.message));
Promise.all(ENTITIES.map(loadCard)).then((readable) => {
  entityToTry = ENTITIES.find((entity, position) => readable[position] && entity !== "User") ?? entityToTry;
});
