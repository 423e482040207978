// Starts the front-end: who is signed in, what there is, and then the view of the address.

import { onSessionEnded } from "./api.js";
import { loadCatalog, loadServices } from "./catalog.js";
import { renewSession } from "./component-sign-in.js";
import { navigation, placesOf, THEMES, topBar } from "./component-shell.js";
import { notice } from "./component-dialog.js";
import { errorState, messageOf } from "./component-states.js";
import { on, show, translate } from "./dom.js";
import { isSample, SERVICE } from "./hr.js";
import { recall, remember } from "./preferences.js";
import * as router from "./router.js";
import * as session from "./session.js";
import { language, t } from "./texts.js";
import { onPendingCount } from "./waiting.js";

const byId = (id) => document.getElementById(id);
let places = [];
let currentPlace = null;
const counts = {};

const showNavigation = () => show(byId("side"), navigation(places, currentPlace, counts));
const theme = () => recall("theme", "auto");
const showBar = () => show(byId("bar"), topBar(session.current(), theme()));

function setMenu(isOpen) {
  document.body.classList.toggle("menu-open", isOpen);
  document.querySelector(".menu-button")?.setAttribute("aria-expanded", String(isOpen));
  if (isOpen) byId("side").querySelector("a")?.focus();
}

function nextTheme() {
  const next = THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length];
  remember("theme", next === "auto" ? null : next);
  if (next === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  showBar();
}

async function signOut() {
  try {
    await session.signOut();
    router.toSignIn({ isDone: true });
  } catch (error) {
    notice(`${t("signOut.failed")} ${messageOf(error)}`, { tone: "wrong" });
  }
}

function wireShell() {
  on(document.body, "click", "[data-action=menu]", () => setMenu(!document.body.classList.contains("menu-open")));
  on(document.body, "click", "[data-action=theme]", nextTheme);
  on(document.body, "click", "[data-action=sign-out]", signOut);
  byId("veil").addEventListener("click", () => setMenu(false));
  on(document.body, "click", ".skip-link", (event) => {
    event.preventDefault();
    byId("content").focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("menu-open")) {
      setMenu(false);
      document.querySelector(".menu-button").focus();
    }
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details.menu[open]")) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
    // The way to a page's search without the mouse, as on many sites.
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !isTyping && !document.querySelector("dialog[open]")) {
      const search = document.querySelector("main [data-search]");
      if (search) {
        event.preventDefault();
        search.focus();
      }
    }
  });
  // Who goes on with the keyboard leaves the menu behind.
  document.addEventListener("focusin", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target) || event.target.closest(".menu-item")) menu.open = false;
    }
  });
  const showConnection = () => { byId("offline").hidden = navigator.onLine; };
  addEventListener("online", () => {
    showConnection();
    router.refresh();
  });
  addEventListener("offline", showConnection);
  showConnection();
  // Back, after signing out, may bring the page out of the browser's memory: let the server decide anew.
  addEventListener("pageshow", (event) => { if (event.persisted) router.startAnew(); });
}

async function start() {
  document.documentElement.lang = language;
  translate(document, t);
  wireShell();
  // All at once: what a view asks for comes one round trip after the scripts.
  const services = loadServices();
  const sample = loadCatalog(SERVICE).catch(() => null);
  services.catch(() => {});
  const person = await session.load();
  if (!person) {
    router.toSignIn();
    return;
  }
  onSessionEnded(() => renewSession({ leave: router.toSignIn, startAnew: router.startAnew }));
  showBar();
  const catalog = await sample;
  const isHr = catalog !== null && isSample(catalog);
  places = placesOf({ sample: isHr ? catalog : null, isEmployee: person.isEmployee });
  onPendingCount((count) => {
    counts.leave = count;
    showNavigation();
  });
  await router.start(byId("content"), {
    home: isHr ? null : "#/data",
    entered: (name) => {
      currentPlace = name;
      showNavigation();
      setMenu(false);
    },
  });
}

start().catch((error) => {
  show(byId("content"), errorState(error));
  on(byId("content"), "click", "[data-action=retry]", router.startAnew);
});
