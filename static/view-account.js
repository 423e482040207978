// The caller's own account: sessions that are open, and the password, where the server offers these.

import * as api from "./api.js";
import { html, on } from "./dom.js";
import { avatar, button, heading, message, messageOf } from "./component-states.js";
import { confirmDialog, formDialog, notice } from "./component-dialog.js";
import { textField } from "./fields.js";
import { moment } from "./format.js";
import { roleName } from "./hr.js";
import * as session from "./session.js";
import { t } from "./texts.js";

const LEAST_LENGTH = 1;
const sessionsOf = (answer) => (Array.isArray(answer) ? answer : answer?.sessions ?? answer?.content ?? []);
const when = (value) => (value === undefined || value === null ? "–" : moment(typeof value === "number" && value < 1e12 ? value * 1000 : value));

export default {
  title: () => t("account.title"),
  load: async () => {
    const me = session.current();
    try {
      return { me, sessions: sessionsOf((await api.listSessions()).data) };
    } catch (error) {
      // A server that does not know of sessions is asked for nothing about them.
      if (![404, 405].includes(error.status)) throw error;
      return { me, sessions: null };
    }
  },
  markup: ({ data: { me, sessions } }) => html`${heading({ title: me.userName, lead: me.roles.map(roleName).join(", "), before: avatar(me.userName, "large") })}
    <section class="surface padded stack"><div><h2>${t("account.password")}</h2><p class="lead">${t("account.passwordLead")}</p></div><div>${button(t("account.changePassword"), { image: "key", action: "password" })}</div></section>
    <section class="surface padded stack"><div><h2>${t("account.sessions")}</h2><p class="lead">${t("account.sessionsLead")}</p></div>
      ${sessions === null ? message(t("account.noSessions"), "notice") : html`<ul class="session-list">${sessions.map((one) => { const isCurrent = one.current ?? one.isCurrent; return html`<li><span><strong>${isCurrent ? t("account.thisSession") : t("account.otherSession")}</strong><span class="muted">${t("account.since", { when: when(one.signedInAt ?? one.created ?? one.loginTime) })}</span></span>
        ${isCurrent || !one.id ? null : button(t("account.end"), { tone: "small", action: "end", data: { id: one.id } })}</li>`; })}</ul>${sessions.length > 1 ? html`<div>${button(t("account.endAll"), { tone: "bad", action: "end-all" })}</div>` : null}`}</section>`,
  wire: (root, context) => {
    on(root, "click", "[data-action=end]", async (event, control) => {
      try {
        await api.endSession(control.dataset.id);
        notice(t("account.ended"));
      } catch (error) { notice(messageOf(error), { tone: "wrong" }); }
      context.reload();
    });
    on(root, "click", "[data-action=end-all]", async () => {
      if (await confirmDialog({ title: t("account.endAll"), text: t("account.endAllText"), confirmText: t("account.endAll"), act: () => api.endOtherSessions() })) context.reload();
    });
    on(root, "click", "[data-action=password]", async () => {
      const done = await formDialog({
        title: t("account.changePassword"), submitText: t("form.save"),
        fields: html`${textField({ name: "old", label: t("account.old"), type: "password", required: true, autocomplete: "current-password", wide: true })}${textField({ name: "fresh", label: t("account.fresh"), type: "password", required: true, autocomplete: "new-password", maxLength: 128, wide: true })}${textField({ name: "again", label: t("account.again"), type: "password", required: true, autocomplete: "new-password", maxLength: 128, wide: true })}`,
        submit: async (form) => {
          const { old, fresh, again } = form.elements;
          if (old.value === "") return { problems: [[old, t("problem.required")]] };
          if (fresh.value.length < LEAST_LENGTH) return { problems: [[fresh, t("problem.required")]] };
          if (fresh.value !== again.value) return { problems: [[again, t("account.different")]] };
          await api.changePassword(old.value, fresh.value);
          return true;
        },
      });
      if (done) notice(t("account.changed"));
    });
  },
};
