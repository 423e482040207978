// Dialogs: a form in one, a question, and short notices at the foot of the page.

import { announce, build, html, on, show } from "./dom.js";
import { focusFirstProblem, freshId, showProblem } from "./fields.js";
import { icon } from "./icons.js";
import { message, messageOf } from "./component-states.js";
import { t } from "./texts.js";

function place(dialog) {
  const before = document.activeElement;
  document.body.append(dialog);
  dialog.showModal();
  // Back and forward lead to another view, and this belongs to the one that is left.
  const leave = () => dialog.close();
  addEventListener("hashchange", leave);
  dialog.addEventListener("close", () => {
    removeEventListener("hashchange", leave);
    dialog.remove();
    // An element that the change behind the dialog has removed cannot have the keyboard back; the page's heading can.
    if (before?.isConnected) before.focus();
    else document.querySelector("main h1")?.focus();
  });
}

/**
 * A form in a dialog. `submit(form)` answers what the dialog is to answer; it may return `{ problems: [[control, text]] }`
 * to stay open, or throw. `onFailure(error, form)` may point at the control that a refusal is about, by answering true.
 * `wire(form)` brings its controls to life. Answers null when it was given up.
 */
export function formDialog({ title, lead = null, fields, submitText, submit, wire = null, onFailure = null, extra = null, isWide = false }) {
  return new Promise((resolve) => {
    const id = freshId("dialog");
    const dialog = build(html`<dialog class="dialog${isWide ? " wide" : ""}" aria-labelledby="${id}">
      <form novalidate autocomplete="off">
        <header class="dialog-head"><h2 id="${id}">${title}</h2><button class="button icon-only quiet" type="button" data-action="cancel" aria-label="${t("close")}">${icon("close")}</button></header>
        <div class="dialog-body">${lead ? html`<p class="muted">${lead}</p>` : null}<div class="form-message"></div><div class="fields">${fields}</div></div>
        <footer class="dialog-foot">${extra}<span class="spacer"></span><button class="button" type="button" data-action="cancel">${t("cancel")}</button>
          <button class="button primary" type="submit">${submitText}</button></footer>
      </form></dialog>`);
    const form = dialog.querySelector("form");
    const button = form.querySelector("[type=submit]");
    const say = (content) => show(form.querySelector(".form-message"), content ?? html``);
    let isBusy = false;
    let isDirty = false;
    let wasWarned = false;
    let answer = null;

    const giveUp = () => {
      if (isBusy) return;
      if (isDirty && !wasWarned) {
        wasWarned = true;
        say(message(t("form.discard"), "notice"));
        return;
      }
      dialog.close();
    };
    on(dialog, "click", "[data-action=cancel]", giveUp);
    dialog.addEventListener("cancel", (event) => {
      if (event.target !== dialog) return;
      event.preventDefault();
      giveUp();
    });
    form.addEventListener("input", (event) => {
      isDirty = true;
      wasWarned = false;
      if (event.target.getAttribute("aria-invalid")) showProblem(form, event.target, null);
    });
    const guard = (event) => { if (isDirty) event.preventDefault(); };
    addEventListener("beforeunload", guard);
    dialog.addEventListener("close", () => {
      removeEventListener("beforeunload", guard);
      resolve(answer);
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (isBusy) return;
      isBusy = true;
      button.setAttribute("aria-disabled", "true");
      button.setAttribute("data-busy", "true");
      say(null);
      for (const control of form.querySelectorAll("[aria-invalid]")) showProblem(form, control, null);
      try {
        const result = await submit(form);
        if (result?.problems?.length > 0) {
          for (const [control, text] of result.problems) showProblem(form, control, text);
          say(message(t("form.problems", { count: result.problems.length })));
          focusFirstProblem(form);
        } else {
          answer = result ?? true;
          dialog.close();
        }
      } catch (error) {
        if (!onFailure?.(error, form)) say(message(messageOf(error)));
        focusFirstProblem(form);
        if (!form.querySelector("[aria-invalid]")) button.focus();
      }
      isBusy = false;
      button.removeAttribute("aria-disabled");
      button.removeAttribute("data-busy");
    });
    place(dialog);
    wire?.(form);
    (form.querySelector("[autofocus]") ?? form.querySelector(".fields input:not([readonly]), .fields select, .fields textarea") ?? button).focus();
  });
}

/** Asks before something that cannot be taken back. `act` is done while the dialog stays, so that a refusal can be read in it. */
export function confirmDialog({ title, text, confirmText, act, tone = "danger" }) {
  return new Promise((resolve) => {
    const id = freshId("dialog");
    const dialog = build(html`<dialog class="dialog small" role="alertdialog" aria-labelledby="${id}" aria-describedby="${id}-text">
      <form method="dialog"><header class="dialog-head"><h2 id="${id}">${title}</h2></header>
      <div class="dialog-body"><p id="${id}-text">${text}</p><div class="form-message"></div></div>
      <footer class="dialog-foot"><span class="spacer"></span><button class="button" type="button" data-action="cancel">${t("cancel")}</button>
      <button class="button ${tone}" type="submit">${confirmText}</button></footer></form></dialog>`);
    let isDone = false;
    let isBusy = false;
    on(dialog, "click", "[data-action=cancel]", () => { if (!isBusy) dialog.close(); });
    dialog.addEventListener("close", () => resolve(isDone));
    dialog.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault();
      if (isBusy) return;
      isBusy = true;
      const button = dialog.querySelector("[type=submit]");
      button.setAttribute("data-busy", "true");
      try {
        await act();
        isDone = true;
        dialog.close();
      } catch (error) {
        show(dialog.querySelector(".form-message"), message(messageOf(error)));
        // What was refused will be refused again.
        button.hidden = error.status === 409 || error.status === 403;
        dialog.querySelector("[data-action=cancel]").focus();
      }
      button.removeAttribute("data-busy");
      isBusy = false;
    });
    place(dialog);
    dialog.querySelector("[data-action=cancel]").focus();
  });
}

/** A short notice at the foot of the page, with something to do about it if there is. */
export function notice(text, { actionText = null, act = null, milliseconds = 6000, tone = "" } = {}) {
  const bar = document.getElementById("toasts");
  const item = build(html`<div class="toast ${tone}"><span>${text}</span>${actionText ? html`<button class="button small quiet" type="button">${actionText}</button>` : null}
    <button class="button icon-only small quiet" type="button" data-action="dismiss" aria-label="${t("dismiss")}">${icon("close")}</button></div>`);
  let timer;
  const remove = () => {
    clearTimeout(timer);
    item.remove();
  };
  const start = () => { timer = setTimeout(remove, act ? milliseconds * 2 : milliseconds); };
  item.querySelector("[data-action=dismiss]").addEventListener("click", remove);
  if (act) {
    item.querySelector("button").addEventListener("click", async () => {
      remove();
      try { await act(); } catch (error) { notice(messageOf(error), { tone: "wrong" }); }
    });
  }
  // Nobody should lose it while reaching for it.
  item.addEventListener("pointerenter", () => clearTimeout(timer));
  item.addEventListener("pointerleave", start);
  item.addEventListener("focusin", () => clearTimeout(timer));
  item.addEventListener("focusout", start);
  while (bar.children.length > 2) bar.firstElementChild.remove();
  bar.append(item);
  announce(text);
  start();
}
