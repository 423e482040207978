// The sign-in page's script: signs in without leaving the page, so that a mistake costs one field and not the form, and
// leads back to where somebody wanted to go.

import * as api from "./api.js";
import { html, on, show, translate } from "./dom.js";
import { avatar, message } from "./component-states.js";
import { signInProblem } from "./component-sign-in.js";
import { demoChoice, demoPassword, roleName } from "./hr.js";
import * as session from "./session.js";
import { t } from "./texts.js";

const MOST_ACCOUNTS = 6;
const byId = (id) => document.getElementById(id);
const form = byId("sign-in-form");
const button = byId("sign-in-button");
let isBusy = false;

function setBusy(value) {
  isBusy = value;
  // Not `disabled`: that would throw the keyboard's focus away.
  button.setAttribute("aria-disabled", String(value));
  button.textContent = value ? t("signIn.busy") : t("signIn.submit");
}

const say = (text, tone) => show(byId("sign-in-message"), text ? message(text, tone) : html``);

async function signIn() {
  setBusy(true);
  say("");
  try {
    await session.signIn(byId("user-name").value.trim(), byId("password").value, byId("remember").checked);
    // `replace`, so that Back does not lead to a used form. The part behind # is the view somebody was sent here from.
    location.replace(location.hash.startsWith("#/") ? `./${location.hash}` : "./");
    return;
  } catch (error) {
    say(signInProblem(error));
    if (error.status === 401) {
      byId("password").value = "";
      byId("password").focus();
    }
  }
  setBusy(false);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!isBusy) signIn();
});
// A page that comes back from the browser's memory would still be busy.
addEventListener("pageshow", (event) => { if (event.persisted) setBusy(false); });

on(document.body, "click", "[data-account]", (event, chosen) => {
  if (isBusy) return;
  byId("user-name").value = chosen.dataset.account;
  byId("password").value = chosen.dataset.password;
  say("");
  // The form is complete, so what comes next is its button.
  button.focus();
});

translate(document, t);
byId("curl-line").textContent = `curl -u NAME:PASSWORD ${new URL("services/security/token", location.href).href}`;
if (location.hash.startsWith("#/")) say(t("signIn.first"), "notice");

api.info().then((info) => { byId("remember").closest("label").hidden = info.rememberMeEnabled === false; }).catch(() => {});
api.demoAccounts().then((accounts) => {
  if (accounts.length === 0) return;
  show(byId("sample-accounts"), html`<h2 class="small-heading">${t("signIn.samples")}</h2><p class="hint">${t("signIn.samplesHint")}</p>
    <ul class="accounts">${demoChoice(accounts, MOST_ACCOUNTS).map((account) => html`<li><button class="account" type="button" data-account="${account.name}" data-password="${demoPassword(account)}">
      ${avatar(account.name, "small")}<span><strong>${account.name}</strong><span class="muted">${roleName(account.role)}</span></span></button></li>`)}</ul>`);
});
