// From the address to a view and back: the only file that reads the location.
//
// A view is `{ title, load, markup, wire }`. `load` asks the server, `markup` is pure, `wire` listens once on the view's own
// element. An address that only differs in its query stays with its view, which is loaded again and brought up to date.

import { addressOf, fit, parseAddress } from "./address.js";
import { announce, on, show } from "./dom.js";
import { errorState, skeleton } from "./component-states.js";
import { t } from "./texts.js";

const MILLISECONDS_BEFORE_SKELETON = 120;

/** `[pattern, name of its place in the navigation, () => import(view)]` */
const ROUTES = [
  ["", "dashboard", () => import("./view-dashboard.js")],
  ["employees", "employees", () => import("./view-employees.js")],
  ["employees/:id", "employees", () => import("./view-person.js")],
  ["departments", "departments", () => import("./view-departments.js")],
  ["departments/:id", "departments", () => import("./view-department.js")],
  ["leave", "leave", () => import("./view-leave.js")],
  ["users", "users", () => import("./view-users.js")],
  ["account", "account", () => import("./view-account.js")],
  ["data", "data", () => import("./view-data.js")],
  ["data/:service", "data", () => import("./view-service.js")],
  ["data/:service/:entity", "data", () => import("./view-entity.js")],
  ["import/:service/:entity", "data", () => import("./view-import.js")],
  ["data/:service/:entity/:key", "data", () => import("./view-record.js")],
  ["queries", "queries", () => import("./view-queries.js")],
  ["queries/:service/:name", "queries", () => import("./view-queries.js")],
  ["api", "api", () => import("./view-api.js")],
];

let place;
let whenEntered;
let now = null;

const isSamePlace = (left, right) => left && left.route === right.route && JSON.stringify(left.params) === JSON.stringify(right.params);

function find(segments) {
  for (const route of ROUTES) {
    const params = fit(route[0], segments);
    if (params) return { route, params };
  }
  return null;
}

/** What a view gets to work with. `change` is for the query, `set` for what is not worth an address; `loaded` is a promise. */
function contextOf(entry) {
  return {
    get params() { return entry.params; },
    get query() { return entry.query; },
    get data() { return entry.data; },
    get state() { return entry.state; },
    set: (change) => {
      Object.assign(entry.state, change);
      render(entry);
    },
    change: (change, { replace = true } = {}) => go(addressOf(entry.segments, { ...entry.query, ...change }), { replace }),
    addressWith: (change) => addressOf(entry.segments, { ...entry.query, ...change }),
    reload: () => load(entry),
    loaded: entry.loaded,
    go,
    isCurrent: () => now === entry,
  };
}

function render(entry) {
  if (now !== entry || !entry.data) return;
  document.title = `${entry.view.title(entry.context)} · hrdb`;
  show(entry.element, entry.view.markup(entry.context));
}

async function load(entry) {
  entry.asked?.abort();
  const asked = entry.asked = new AbortController();
  entry.element.setAttribute("aria-busy", "true");
  try {
    const data = await entry.view.load({ params: entry.params, query: entry.query, state: entry.state, signal: asked.signal, before: entry.data });
    if (asked.signal.aborted || now !== entry) return;
    entry.data = data;
    entry.failed = false;
    entry.element.removeAttribute("aria-busy");
    render(entry);
  } catch (error) {
    if (error.name === "AbortError" || asked.signal.aborted || now !== entry) return;
    entry.element.removeAttribute("aria-busy");
    if (!("status" in error)) console.error(error);
    entry.failed = true;
    document.title = `${t("error.title")} · hrdb`;
    show(entry.element, errorState(error));
  }
}

async function enter(hash, { isFirst = false } = {}) {
  const { segments, query } = parseAddress(hash);
  const found = find(segments) ?? { route: ["", null, () => import("./view-nowhere.js")], params: { path: segments.join("/") } };
  if (isSamePlace(now, found) && !now.failed) {
    Object.assign(now, { segments, query });
    await load(now);
    return;
  }
  now?.asked?.abort();
  const entry = now = { ...found, segments, query, state: {}, data: null, element: document.createElement("div") };
  entry.element.className = "view";
  entry.loaded = new Promise((resolve) => { entry.isLoaded = resolve; });
  entry.context = contextOf(entry);
  whenEntered(found.route[1]);
  // What is quick needs no skeleton; one that flashes by would only disquiet.
  const timer = setTimeout(() => {
    if (now !== entry || entry.data || entry.failed) return;
    show(entry.element, skeleton());
    place.replaceChildren(entry.element);
  }, isFirst ? 0 : MILLISECONDS_BEFORE_SKELETON);
  try {
    entry.view = (await found.route[2]()).default;
  } catch (error) {
    clearTimeout(timer);
    if (now !== entry) return;
    entry.failed = true;
    show(entry.element, errorState({ status: 0, message: error.message }));
    place.replaceChildren(entry.element);
    return;
  }
  if (now !== entry) return;
  entry.view.wire?.(entry.element, entry.context);
  await load(entry);
  clearTimeout(timer);
  if (now !== entry) return;
  if (entry.element.parentNode !== place) place.replaceChildren(entry.element);
  if (!isFirst) {
    scrollTo(0, 0);
    const heading = entry.element.querySelector("h1, h2");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
    announce(document.title);
  }
  entry.isLoaded();
}

/** Goes to an address such as `#/employees?page=2`. */
export function go(address, { replace = false } = {}) {
  if (address === location.hash) {
    enter(address);
    return;
  }
  if (replace) {
    history.replaceState(null, "", address);
    enter(address);
  } else location.hash = address;
}

/** Loads the current view again, such as when the connection is back. A view whose script did not come needs a new page. */
export function refresh() {
  if (now?.view) return load(now);
  return now?.failed ? startAnew() : undefined;
}

/** To the sign-in page, which leads back here; not so when somebody is done. */
export const toSignIn = ({ isDone = false } = {}) => location.replace(isDone ? "login.html" : `login.html${location.hash}`);
export const startAnew = () => location.reload();

/** `element` gets the views; `entered(name)` hears in which place of the navigation we are; `home` stands in for no address. */
export function start(element, { entered, home }) {
  place = element;
  whenEntered = entered;
  if (home && /^#?\/?$/.test(location.hash)) history.replaceState(null, "", home);
  addEventListener("hashchange", () => enter(location.hash));
  on(place, "click", "[data-action=retry]", () => { if (now.failed) refresh(); });
  // The other views come while nobody waits for them.
  return enter(location.hash, { isFirst: true }).then(() => {
    const fetchViews = () => { for (const [, , view] of ROUTES) view().catch(() => {}); };
    if (globalThis.requestIdleCallback) requestIdleCallback(fetchViews);
    else setTimeout(fetchViews, 1000);
  });
}
