// The caller's own account: sessions that are open, and the password, where the server offers these.

import * as api from "./api.js";
import { html, on } from "./dom.js";
import { avatar, button, heading, message, messageOf } from "./component-states.js";
import { confirmDialog, formDialog, notice } from "./component-dialog.js";
import { showProblem, textField } from "./fields.js";
import { moment } from "./format.js";
import { roleName } from "./hr.js";
import * as session from "./session.js";
import { t } from "./texts.js";

/** A browser's own words about itself, shortened to what people know it by. */
function browserOf(userAgent) {
  const name = [["Edg/", "Edge"], ["OPR/", "Opera"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"]].find(([sign]) => userAgent?.includes(sign))?.[1];
  const system = ["Windows", "Android", "iPhone", "iPad", "Mac OS X", "Linux"].find((sign) => userAgent?.includes(sign));
  return [name ?? userAgent?.slice(0, 40) ?? t("account.unknownBrowser"), system].filter(Boolean).join(", ");
}

export default {
  title: () => t("account.title"),
  load: async () => {
    const me = session.current();
    try {
      return { me, sessions: (await api.listSessions()).sort((left, right) => Number(right.current) - Number(left.current) || right.lastSeenAt - left.lastSeenAt) };
    } catch (error) {
      // A server that does not know of sessions is asked for nothing about them.
      if (![404, 405].includes(error.status)) throw error;
      return { me, sessions: null };
    }
  },
  markup: ({ data: { me, sessions } }) => html`${heading({ title: me.userName, lead: me.roles.map(roleName).join(", "), before: avatar(me.userName, "large") })}
    <section class="surface padded stack"><div><h2>${t("account.password")}</h2><p class="lead">${t("account.passwordLead")}</p></div><div>${button(t("account.changePassword"), { image: "key", action: "password" })}</div></section>
    <section class="surface padded stack"><div><h2>${t("account.sessions")}</h2><p class="lead">${t("account.sessionsLead")}</p></div>
      ${sessions === null ? message(t("account.noSessions"), "notice") : html`<ul class="session-list">${sessions.map((one) => html`<li><span><strong>${browserOf(one.userAgent)} ${one.current ? html`<span class="badge good">${t("account.thisSession")}</span>` : null}${one.rememberMe ? html` <span class="badge">${t("account.remembered")}</span>` : null}</strong>
        <span class="muted">${t("account.since", { when: moment(one.createdAt), seen: moment(one.lastSeenAt), address: one.address ?? "–" })}</span></span>
        ${one.current ? null : button(t("account.end"), { tone: "small", action: "end", data: { id: one.id } })}</li>`)}</ul>${sessions.filter((one) => !one.current).length > 1 ? html`<div>${button(t("account.endAll"), { tone: "bad", action: "end-all" })}</div>` : null}`}</section>
    <section class="surface padded stack"><div><h2>${t("account.tokens")}</h2><p class="lead">${t("account.tokensLead")}</p></div><div>${button(t("account.revokeAll"), { tone: "bad", action: "revoke-all" })}</div></section>`,
  wire: (root, context) => {
    on(root, "click", "[data-action=end]", async (event, control) => {
      try {
        await api.endSession(control.dataset.id);
        notice(t("account.ended"));
      } catch (error) { notice(messageOf(error), { tone: "wrong" }); }
      context.reload();
    });
    on(root, "click", "[data-action=end-all]", async () => {
      if (await confirmDialog({ title: t("account.endAll"), text: t("account.endAllText"), confirmText: t("account.endAll"), act: () => Promise.all(context.data.sessions.filter((one) => !one.current).map((one) => api.endSession(one.id))) })) context.reload();
    });
    on(root, "click", "[data-action=revoke-all]", async () => {
      try {
        await api.revokeAllTokens();
        notice(t("account.revokedAll"));
      } catch (error) { notice([404, 405].includes(error.status) ? t("api.cannotRevoke") : messageOf(error), { tone: "wrong" }); }
    });
    on(root, "click", "[data-action=password]", async () => {
      const done = await formDialog({
        title: t("account.changePassword"), submitText: t("form.save"),
        fields: html`${textField({ name: "old", label: t("account.old"), type: "password", required: true, autocomplete: "current-password", wide: true })}${textField({ name: "fresh", label: t("account.fresh"), type: "password", required: true, autocomplete: "new-password", maxLength: 128, wide: true })}${textField({ name: "again", label: t("account.again"), type: "password", required: true, autocomplete: "new-password", maxLength: 128, wide: true })}`,
        submit: async (form) => {
          const { old, fresh, again } = form.elements;
          if (old.value === "") return { problems: [[old, t("problem.required")]] };
          if (fresh.value === "") return { problems: [[fresh, t("problem.required")]] };
          if (fresh.value !== again.value) return { problems: [[again, t("account.different")]] };
          await api.changePassword(old.value, fresh.value);
          return true;
        },
        onFailure: (error, form) => {
          const control = /newPassword/.test(error.message) ? form.elements.fresh : /current password/.test(error.message) ? form.elements.old : null;
          if (control) showProblem(form, control, messageOf(error).replace(/^Invalid Input: /i, "").replace("newPassword takes", t("account.takes")));
          return control !== null;
        },
      });
      if (done) notice(t("account.changed"));
    });
  },
};
