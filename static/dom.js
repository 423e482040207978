// The only file that writes markup: an escaping template, and a way to bring a part of the page up to date without
// disturbing what has the keyboard.

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text that is known to be markup. Everything else is escaped on its way into a template. */
export class Markup {
  constructor(text) { this.text = text; }
  toString() { return this.text; }
}

export const escape = (text) => String(text).replace(/[&<>"']/g, (letter) => ESCAPES[letter]);

function part(value) {
  if (value === null || value === undefined || value === false) return "";
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(part).join("");
  return escape(value);
}

/** A template: its values are texts, numbers, other templates, lists of these, or nothing (null, undefined, false). */
export function html(strings, ...values) {
  return new Markup(strings.reduce((text, piece, at) => text + part(values[at - 1]) + piece));
}

/** Attributes from an object: null, undefined and false leave one out, true gives it without a value. */
export function attributes(given) {
  const parts = Object.entries(given).filter(([, value]) => value !== null && value !== undefined && value !== false);
  return new Markup(parts.map(([name, value]) => (value === true ? ` ${name}` : ` ${name}="${escape(value)}"`)).join(""));
}

const keyOf = (node) => (node.nodeType === 1 ? node.id || node.dataset.key || null : null);

function syncAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    // People open and close these; a change of the data is no reason to undo that.
    if (!fresh.hasAttribute(name) && !(name === "open" && old.matches("details"))) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (name === "open" && old.matches("details")) continue;
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

function syncControl(old, fresh) {
  if (old === document.activeElement) return;
  if (old.matches("input[type=checkbox], input[type=radio]")) old.checked = fresh.hasAttribute("checked");
  else if (old.matches("input") && fresh.hasAttribute("value") && old.value !== fresh.getAttribute("value")) old.value = fresh.getAttribute("value");
  else if (old.matches("select")) {
    const chosen = fresh.querySelector("option[selected]");
    if (chosen) old.value = chosen.value;
  }
}

function syncNode(old, fresh) {
  if (old.nodeType !== 1) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  if (old.hasAttribute("data-own")) return;
  syncAttributes(old, fresh);
  if (old.nodeName !== "TEXTAREA") syncChildren(old, fresh);
  syncControl(old, fresh);
}

function syncChildren(old, fresh) {
  const keyed = new Map([...old.children].filter(keyOf).map((child) => [keyOf(child), child]));
  let cursor = old.firstChild;
  for (const node of [...fresh.childNodes]) {
    const key = keyOf(node);
    let match = key ? keyed.get(key) : cursor;
    if (match && (match.nodeName !== node.nodeName || (!key && keyOf(match)))) match = null;
    if (!match) {
      old.insertBefore(node, cursor);
      continue;
    }
    if (match === cursor) cursor = cursor.nextSibling;
    else old.insertBefore(match, cursor);
    syncNode(match, node);
  }
  while (cursor) {
    const next = cursor.nextSibling;
    cursor.remove();
    cursor = next;
  }
}

/** Makes `place` show the markup, keeping every element that stays: its focus, its scroll position, what is typed in it. */
export function show(place, markup) {
  const template = document.createElement("template");
  template.innerHTML = String(part(markup));
  syncChildren(place, template.content);
}

/** The first element of the markup, for what lives outside a view, such as a dialog. */
export function build(markup) {
  const template = document.createElement("template");
  template.innerHTML = String(part(markup)).trim();
  return document.importNode(template.content.firstElementChild, true);
}

/** Puts the texts of the language into a page that was written in English: `data-text` names each. */
export function translate(root, textOf) {
  for (const element of root.querySelectorAll("[data-text]")) element.textContent = textOf(element.dataset.text);
}

/** Listens on `root` for what happens in the elements that match; the handler gets the event and that element. */
export function on(root, type, selector, handler, options) {
  root.addEventListener(type, (event) => {
    const found = event.target instanceof Element ? event.target.closest(selector) : null;
    if (found && root.contains(found)) handler(event, found);
  }, options);
}

/** Waits until nothing has been asked for `milliseconds`, then does it once. */
export function debounce(milliseconds, act) {
  let timer;
  const later = (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), milliseconds);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}

/** Says something to who listens to the page rather than looks at it. */
export function announce(text) {
  const place = document.getElementById("announcement");
  if (!place) return;
  place.textContent = "";
  requestAnimationFrame(() => { place.textContent = text; });
}

/** Copies text, also where there is no HTTPS and so no clipboard for scripts. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const focused = document.activeElement;
    const area = document.createElement("textarea");
    area.className = "unseen";
    area.value = text;
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    focused?.focus();
    return done;
  }
}
