// The control for a relation: type a few letters, and the server is asked for rows that fit. A combobox as the ARIA
// practices describe it; the keys of the chosen row stand in `data-key`, as JSON.

import * as api from "./api.js";
import { allOf, keyOf, labelOf, nameOfRow, namingProperties, searchCondition } from "./catalog.js";
import { attributes, debounce, html, show } from "./dom.js";
import { labelled } from "./fields.js";
import { t } from "./texts.js";

const MOST_CHOICES = 8;

export function relationField(relation, target, row, { required = false, label = labelOf(relation.name), name = relation.name, hint = null, chosen = row?.[relation.name] ?? null } = {}) {
  const values = row ? relation.from.map((property) => row[property] ?? null) : [];
  const key = values.length > 0 && values.every((value) => value !== null) ? JSON.stringify(values) : "";
  const text = chosen && target ? nameOfRow(target, chosen) : key ? values.join(", ") : "";
  return labelled({ label, required, hint }, (tied) => html`<div class="combo" data-own="true">
    <input${attributes({ ...tied, name, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", "aria-autocomplete": "list", "aria-expanded": "false",
      "aria-controls": `${tied.id}-list`, "data-relation": relation.name, "data-key": key, "data-text": text, value: text, placeholder: t("relation.placeholder") })}>
    <ul class="choices" id="${tied.id}-list" role="listbox" aria-label="${label}" hidden></ul>
  </div>`);
}

/** The foreign keys that the control stands for: `{ value: [..] | null }` or `{ problem }`. */
export function readRelation(control, { required }) {
  if (control.value.trim() === "") return required ? { problem: t("problem.required") } : { value: null };
  if (!control.dataset.key || control.value !== control.dataset.text) return { problem: t("relation.chooseOne") };
  return { value: JSON.parse(control.dataset.key) };
}

/** Makes the control search among the rows of `target`; `only` is a condition that holds for all choices. */
export function wireRelation(control, { service, target, to = target.key, only = "" }) {
  const list = control.parentElement.querySelector("[role=listbox]");
  let rows = [];
  let at = -1;
  let asked = null;

  const close = () => {
    list.hidden = true;
    at = -1;
    control.setAttribute("aria-expanded", "false");
    control.removeAttribute("aria-activedescendant");
  };
  const point = (position) => {
    at = position;
    for (const [index, option] of [...list.querySelectorAll("[role=option]")].entries()) {
      option.setAttribute("aria-selected", String(index === at));
      if (index === at) {
        control.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      }
    }
  };
  const open = (content) => {
    show(list, content);
    list.hidden = false;
    control.setAttribute("aria-expanded", "true");
  };
  const choose = (position) => {
    const row = rows[position];
    if (!row) return;
    control.value = nameOfRow(target, row);
    control.dataset.text = control.value;
    control.dataset.key = JSON.stringify(to.map((name) => row[name]));
    close();
    control.dispatchEvent(new CustomEvent("choice", { bubbles: true, detail: row }));
    control.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const search = async (text) => {
    asked?.abort();
    const mine = asked = new AbortController();
    const sort = namingProperties(target).map((name) => `${name} asc`).reverse().join(",");
    try {
      const page = await api.listRows(service, target.name, { q: allOf(only, searchCondition(target, text)), sort, page: 1, size: MOST_CHOICES }, mine.signal);
      if (document.activeElement !== control) return;
      rows = page.content;
      const detail = (row) => keyOf(target, row)?.map(([, value]) => value).join(", ");
      open(rows.length === 0 ? html`<li class="no-choice">${t("relation.none")}</li>`
        : rows.map((row, index) => html`<li role="option" id="${control.id}-option-${index}" aria-selected="false" data-at="${index}"><span>${nameOfRow(target, row)}</span> <span class="muted">${detail(row)}</span></li>`));
      at = -1;
    } catch (error) {
      if (error.name !== "AbortError") open(html`<li class="no-choice">${error.message}</li>`);
    }
  };
  const searchLater = debounce(180, search);

  control.addEventListener("input", (event) => {
    if (!event.isTrusted) return;
    control.dataset.key = "";
    searchLater(control.value);
  });
  control.addEventListener("click", () => { if (list.hidden) search(control.value === control.dataset.text ? "" : control.value); });
  control.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) search(control.value === control.dataset.text ? "" : control.value);
      else if (rows.length > 0) point((at + (event.key === "ArrowDown" ? 1 : -1) + rows.length) % rows.length);
    } else if (event.key === "Enter" && !list.hidden && at >= 0) {
      event.preventDefault();
      choose(at);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Tab" && !list.hidden && at >= 0) choose(at);
  });
  control.addEventListener("blur", () => {
    searchLater.cancel();
    asked?.abort();
    close();
  });
  // Before the blur, which would close the list under the finger.
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) choose(Number(option.dataset.at));
  });
}
