// Signing in over the page when the session has ended, so that what was typed on it stays.

import { build, html, show } from "./dom.js";
import { message, messageOf } from "./component-states.js";
import * as session from "./session.js";
import { t } from "./texts.js";

/** What is wrong with a sign-in, in words. */
export function signInProblem(error) {
  if (error.status === 401) return t("signIn.wrong");
  if (error.status === 403) return t("signIn.otherSession");
  if (error.status === 429) return error.retryAfterSeconds ? t("signIn.tooManyFor", { seconds: error.retryAfterSeconds }) : t("signIn.tooMany");
  return messageOf(error);
}

/** Answers true once the same person is signed in again. `leave` goes to the sign-in page; `startAnew` is for anybody else. */
export function renewSession({ leave, startAnew }) {
  const before = session.current();
  return new Promise((resolve) => {
    const focused = document.activeElement;
    const dialog = build(html`<dialog class="dialog small" aria-labelledby="renew-title"><form novalidate>
      <header class="dialog-head"><h2 id="renew-title">${t("renew.title")}</h2></header>
      <div class="dialog-body"><p class="muted">${t("renew.text")}</p><div class="form-message"></div>
        <div class="field"><label for="renew-name">${t("signIn.userName")}</label><input id="renew-name" name="j_username" autocomplete="username" autocapitalize="none" spellcheck="false" value="${before.userName}"></div>
        <div class="field"><label for="renew-password">${t("signIn.password")}</label><input id="renew-password" name="j_password" type="password" autocomplete="current-password"></div></div>
      <footer class="dialog-foot"><button class="button quiet" type="button" data-action="leave">${t("renew.leave")}</button><span class="spacer"></span><button class="button primary" type="submit">${t("signIn.submit")}</button></footer>
      </form></dialog>`);
    const [name, password] = dialog.querySelectorAll("input");
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    // A browser closes a dialog that is escaped from twice, whatever a page says; without a session there is nothing to go back to.
    let isDone = false;
    dialog.addEventListener("close", () => { if (!isDone) dialog.showModal(); });
    dialog.querySelector("[data-action=leave]").addEventListener("click", leave);
    dialog.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = dialog.querySelector("[type=submit]");
      button.setAttribute("data-busy", "true");
      try {
        const now = await session.signIn(name.value.trim(), password.value);
        if (now?.userName !== before.userName || now?.userId !== before.userId || String(now?.roles) !== String(before.roles)) {
          startAnew();
          return;
        }
        isDone = true;
        dialog.close();
        dialog.remove();
        focused?.focus();
        resolve(true);
      } catch (error) {
        show(dialog.querySelector(".form-message"), message(signInProblem(error)));
        password.value = "";
        password.focus();
      }
      button.removeAttribute("data-busy");
    });
    document.body.append(dialog);
    dialog.showModal();
    password.focus();
  });
}
