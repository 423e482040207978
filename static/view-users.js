// The accounts that are no employees: an editable table, with passwords that can be set and never be seen.

import * as api from "./api.js";
import { can, entityOf, loadCatalog, searchCondition } from "./catalog.js";
import { attributes, debounce, html, on } from "./dom.js";
import { avatar, button, emptyState, heading, messageOf } from "./component-states.js";
import { confirmDialog, notice } from "./component-dialog.js";
import { dataTable, pager } from "./component-table.js";
import { recordDialog } from "./component-record-form.js";
import { ACCOUNT_ROLES, roleName, SERVICE } from "./hr.js";
import { icon } from "./icons.js";
import * as session from "./session.js";
import { t } from "./texts.js";

const FIELDS = ["username", "role", "password"];

const userDialog = (catalog, row = null, etag = null) => recordDialog({
  service: SERVICE, catalog, entity: entityOf(catalog, "User"), row, etag, only: FIELDS, title: row ? row.username : t("user.new"),
  labels: Object.fromEntries(FIELDS.map((name) => [name, t(`user.${name}`)])),
  choices: { role: ACCOUNT_ROLES.map((role) => [role, roleName(role)]) },
  check: async (all, values) => {
    if (!all.username) return { username: t("problem.required") };
    if (!values.username) return null;
    const { usernameCount } = await api.readQuery(SERVICE, "userNameCount", { username: values.username });
    return usernameCount > 0 ? { username: t("employee.usernameTaken") } : null;
  },
});

export default {
  title: () => t("nav.users"),

  load: async ({ query, signal }) => {
    const catalog = await loadCatalog(SERVICE);
    const entity = entityOf(catalog, "User");
    if (!can(entity, "read")) throw Object.assign(new Error(""), { status: 403 });
    const page = await api.listRows(SERVICE, "User", { q: searchCondition(entity, query.search ?? "", ["username"]), sort: query.sort || "username", page: query.page, size: query.size }, signal);
    return { catalog, entity, page, me: session.current() };
  },

  markup: ({ query, data: { entity, page, me }, addressWith }) => {
    const isMe = (user) => !me.isEmployee && String(user.userId) === me.userId;
    const columns = [
      { name: "username", label: t("user.username"), isSortable: true, cell: (user) => html`<span class="who-cell">${avatar(user.username, "small")}<strong>${user.username}</strong>${isMe(user) ? html`<span class="badge accent">${t("user.you")}</span>` : null}</span>` },
      { name: "role", label: t("user.role"), isSortable: true, cell: (user) => (can(entity, "update") && !isMe(user)
        ? html`<select class="small" data-role-of="${user.userId}" aria-label="${t("user.roleOf", { name: user.username })}">${[...new Set([...ACCOUNT_ROLES, user.role ?? ""])].map((role) => html`<option${attributes({ value: role, selected: role === (user.role ?? "") })}>${role ? roleName(role) : "–"}</option>`)}</select>` : roleName(user.role ?? "–")) },
      { name: "userId", label: t("user.id"), isSortable: true, isNumber: true, cell: (user) => user.userId },
    ];
    return html`${heading({ title: t("nav.users"), lead: t("users.lead"), actions: can(entity, "create") ? button(t("user.new"), { image: "plus", tone: "primary", action: "new" }) : null })}
    <div class="filters"><div class="search-box">${icon("search")}<input data-search data-live type="search" aria-label="${t("users.search")}" placeholder="${t("users.search")}" value="${query.search ?? ""}" autocomplete="off" spellcheck="false"><kbd aria-hidden="true">/</kbd></div></div>
    <section class="surface panel">${page.content.length === 0 ? emptyState({ title: t("users.none"), image: "key" }) : dataTable({ label: t("nav.users"), columns, stacks: true, rows: page.content, sort: query.sort || "username", addressWith, keyOf: (user) => user.userId,
    actions: (user) => html`${can(entity, "update") ? button("", { image: "edit", tone: "icon-only small quiet", action: "edit", data: { id: user.userId }, label: t("row.edit", { name: user.username }) }) : null}${can(entity, "delete") && !isMe(user) ? button("", { image: "trash", tone: "icon-only small quiet", action: "delete", data: { id: user.userId }, label: t("row.delete", { name: user.username }) }) : null}` })}${pager(page, addressWith)}</section>`;
  },

  wire: (root, context) => {
    const search = debounce(220, (text) => { if (context.isCurrent()) context.change({ search: text, page: "" }); });
    const userOf = (id) => context.data.page.content.find((user) => String(user.userId) === id);
    on(root, "input", "[data-live]", (event, input) => search(input.value));
    on(root, "change", "[data-query=size]", (event, select) => context.change({ size: select.value, page: "" }));
    on(root, "change", "[data-role-of]", async (event, select) => {
      const user = userOf(select.dataset.roleOf);
      const before = user.role;
      const setRole = (role) => api.changeRow(SERVICE, "User", [["userId", user.userId]], { role });
      try {
        await setRole(select.value);
        notice(t("user.roleSet", { name: user.username, role: roleName(select.value) }), { actionText: t("undo"), act: async () => { await setRole(before); context.reload(); } });
      } catch (error) {
        select.value = before ?? "";
        notice(messageOf(error), { tone: "wrong" });
      }
      context.reload();
    });
    on(root, "click", "[data-action=new]", async () => {
      const made = await userDialog(context.data.catalog);
      if (!made) return;
      notice(t("row.created", { name: made.username }));
      context.reload();
    });
    on(root, "click", "[data-action=edit]", async (event, control) => {
      try {
        const { data: row, etag } = await api.getRow(SERVICE, "User", [["userId", control.dataset.id]]);
        const saved = await userDialog(context.data.catalog, row, etag);
        if (!saved) return;
        notice(t("row.saved", { name: saved.username }));
        context.reload();
      } catch (error) { notice(messageOf(error), { tone: "wrong" }); }
    });
    on(root, "click", "[data-action=delete]", async (event, control) => {
      const user = userOf(control.dataset.id);
      if (!await confirmDialog({ title: t("row.deleteTitle", { name: user.username }), text: t("row.deleteText"), confirmText: t("delete"), act: () => api.deleteRow(SERVICE, "User", [["userId", user.userId]]) })) return;
      notice(t("row.deleted", { name: user.username }));
      context.reload();
    });
  },
};
