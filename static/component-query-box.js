// The box for a filter: completes properties and operators, and underlines what the server could not understand.

import * as api from "./api.js";
import { debounce, html, on, show } from "./dom.js";
import { isNumeric, literal } from "./catalog.js";
import { complete, exampleFor, problemRange } from "./query-language.js";
import { icon } from "./icons.js";
import { messageOf } from "./component-states.js";
import { t } from "./texts.js";

const MOST_CHOICES = 9;

/** What is wrong with a filter; where it is wrong is shown and need not be said. */
function problemText(problem) {
  if (!/SyntaxErrorInQuery$/.test(problem.key ?? "")) return messageOf(problem);
  return `${problem.parameters[2]}.`.replace(/^./, (letter) => letter.toUpperCase());
}

/** The box, holding `q`; `problem` is the ApiError of the last try. */
export function queryBox({ entity, q, problem }) {
  const range = problem ? problemRange(q, problem) : null;
  return html`<form class="query-form" role="search" data-query-form>
    <label class="small-heading" for="q-input">${t("q.label")} <code>q</code></label>
    <div class="query-row"><div class="query-box${problem ? " wrong" : ""}">
      <div class="query-under" aria-hidden="true">${range ? html`${q.slice(0, range.from)}<mark>${q.slice(range.from, range.to)}</mark>${q.slice(range.to)}` : ""}</div>
      <input id="q-input" name="q" data-search type="text" value="${q}" placeholder="${exampleFor(entity)}" autocomplete="off" autocapitalize="none" spellcheck="false" role="combobox"
        aria-expanded="false" aria-autocomplete="list" aria-controls="q-choices" aria-invalid="${problem ? "true" : "false"}" aria-describedby="q-problem">
      <ul class="choices" id="q-choices" role="listbox" aria-label="${t("q.choices")}" data-own="true" hidden></ul></div>
      <button class="button" type="submit">${icon("search")}<span>${t("q.apply")}</span></button>
      ${q ? html`<button class="button quiet" type="button" data-action="clear-query">${t("q.clear")}</button>` : null}</div>
    <p class="field-error" id="q-problem" role="status">${problem ? problemText(problem) : ""}</p></form>`;
}

/** `where()` gives `{ service, catalog, entity }`, `apply(q)` is called with a filter to use. */
export function wireQueryBox(root, { where, apply }) {
  let choices = [];
  let completion = null;
  let at = -1;
  let asked = null;
  const input = () => root.querySelector("#q-input");
  const list = () => root.querySelector("#q-choices");

  const close = () => {
    if (!list()) return;
    list().hidden = true;
    at = -1;
    input().setAttribute("aria-expanded", "false");
    input().removeAttribute("aria-activedescendant");
  };
  const point = (position) => {
    at = position;
    for (const [index, option] of [...list().children].entries()) {
      option.setAttribute("aria-selected", String(index === at));
      if (index === at) {
        input().setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      }
    }
  };
  const choose = (position) => {
    const choice = choices[position];
    if (!choice) return;
    const control = input();
    control.setRangeText(choice.insert, completion.from, completion.to, "end");
    close();
    suggest();
  };
  const open = () => {
    at = -1;
    input().removeAttribute("aria-activedescendant");
    if (choices.length === 0) {
      close();
      return;
    }
    show(list(), choices.map((choice, index) => html`<li role="option" id="q-choice-${index}" data-at="${index}" aria-selected="false"><code>${choice.text}</code>${choice.detail ? html`<span class="muted">${choice.detail}</span>` : null}</li>`));
    list().hidden = false;
    input().setAttribute("aria-expanded", "true");
  };
  /** Values that there are, for a text that is being compared. */
  const suggestValues = debounce(200, async ({ property, path, partial }) => {
    asked?.abort();
    const mine = asked = new AbortController();
    const { service, entity } = where();
    const typed = partial.replace(/^'/, "").replaceAll("''", "'").replace(/'$/, "").replace(/%$/, "");
    const filter = typed && property.type === "text" ? `lower(${path}) like lower(${literal(`%${typed}%`)})` : undefined;
    try {
      const rows = await api.aggregate(service, entity.name, [path], [], { filter, size: MOST_CHOICES, sort: path, signal: mine.signal });
      if (document.activeElement !== input()) return;
      const values = rows.map((row) => row[path.replaceAll(".", "$")]).filter((value) => value !== null && String(value).length <= 60);
      choices = values.map((value) => { const text = isNumeric(property) ? String(value) : literal(value); return { text, insert: `${text} ` }; });
      open();
    } catch { /* suggestions are a courtesy */ }
  });
  const suggest = () => {
    const control = input();
    const { entity, catalog } = where();
    completion = complete(control.value, control.selectionStart, entity, catalog);
    choices = completion.choices.slice(0, MOST_CHOICES);
    open();
    suggestValues.cancel();
    if (completion.expects === "value" && choices.length === 0 && ["text", "integer"].includes(completion.property?.type)) suggestValues(completion);
  };
  const settle = () => {
    suggestValues.cancel();
    asked?.abort();
    close();
  };

  on(root, "input", "#q-input", () => {
    // What was wrong may be right by now; the server will say so.
    show(root.querySelector(".query-under"), html``);
    suggest();
  });
  on(root, "click", "#q-input", suggest);
  root.addEventListener("scroll", (event) => {
    if (event.target.id === "q-input") root.querySelector(".query-under").scrollLeft = event.target.scrollLeft;
  }, true);
  on(root, "focusout", "#q-input", settle);
  on(root, "pointerdown", "#q-choices", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) choose(Number(option.dataset.at));
  });
  on(root, "keydown", "#q-input", (event) => {
    const isOpen = !list().hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) suggest();
      else point((at + (event.key === "ArrowDown" ? 1 : -1) + choices.length) % choices.length);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      close();
    } else if ((event.key === "Enter" || event.key === "Tab") && isOpen && at >= 0) {
      event.preventDefault();
      choose(at);
    }
  });
  on(root, "submit", "[data-query-form]", (event) => {
    event.preventDefault();
    settle();
    apply(input().value.trim());
  });
  on(root, "click", "[data-action=clear-query]", () => {
    input().value = "";
    input().focus();
    close();
    apply("");
  });
}
