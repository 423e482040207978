// Leave: mine in tabs by status, what waits for my decision, and everybody's as far as I may see it.

import * as api from "./api.js";
import { addressOf } from "./address.js";
import { can, entityOf, loadCatalog } from "./catalog.js";
import { attributes, html, on } from "./dom.js";
import { avatar, button, emptyState, heading, messageOf, statusBadge, tabs } from "./component-states.js";
import { notice } from "./component-dialog.js";
import { dataTable, pager } from "./component-table.js";
import { leaveDialog } from "./leave-form.js";
import { selectField, textField } from "./fields.js";
import { date, daysBetween } from "./format.js";
import { fullName, LEAVE_TYPES, leaveCondition, SERVICE, STATUSES, statusName, typeName } from "./hr.js";
import * as session from "./session.js";
import { t } from "./texts.js";
import { countPending } from "./waiting.js";

/** The lists that somebody has: his own, those he decides on, all. */
const scopesOf = (me) => [
  ...(me.isEmployee ? ["mine"] : []),
  ...(session.hasRole("admin", "adminrole") ? ["approvals"] : []),
  ...(session.hasRole("user") ? [] : ["all"]),
];

const decidable = (scope, leave, me, isAdministrator) => leave.status === "Pending" && (scope === "approvals" || isAdministrator) && !(me.isEmployee && String(leave.empId) === me.userId);

export default {
  title: () => t("nav.leave"),

  load: async ({ query, signal }) => {
    const me = session.current();
    const scopes = scopesOf(me);
    const scope = scopes.includes(query.scope) ? query.scope : scopes[0];
    const isMine = scope === "mine";
    const filters = isMine ? { status: query.status || STATUSES[0], empId: me.userId } : scope === "approvals" ? { status: "Pending" } : query;
    const q = leaveCondition(filters);
    const sort = query.sort || (scope === "approvals" ? "startDate" : "startDate desc");
    const ofReports = scope === "approvals" && session.hasRole("admin");
    const list = ofReports ? api.readQuery(SERVICE, "toBeApprovedLeaves", { page: query.page, size: query.size }, signal) : api.listRows(SERVICE, "Vacation", { q, sort, page: query.page, size: query.size }, signal);
    const [catalog, page, statuses, waiting, taken, departments] = await Promise.all([
      loadCatalog(SERVICE), list,
      api.aggregate(SERVICE, "Vacation", ["status"], [{ field: "id", type: "COUNT", alias: "rows" }], { filter: isMine ? leaveCondition({ empId: me.userId }) : leaveCondition({ ...query, status: "" }), signal }),
      scopes.includes("approvals") ? countPending().catch(() => null) : null,
      isMine ? api.readQuery(SERVICE, "totalLeavesYet", { id: me.userId }, signal).then((answer) => answer.content[0]?.totalLeaves ?? 0).catch((error) => { if (error.name === "AbortError") throw error; return null; }) : null,
      scope === "all" ? api.listRows(SERVICE, "Department", { sort: "name", size: 100 }, signal).then((answer) => answer.content) : [],
    ]);
    const counts = new Map(statuses.map((row) => [row.status, row.rows]));
    return { me, isAdministrator: session.hasRole("adminrole"), scopes, scope, page, counts, waiting, taken, departments, catalog, entity: entityOf(catalog, "Vacation"), isSortable: !ofReports, filters };
  },

  markup: ({ query, data: { me, isAdministrator, scopes, scope, page, counts, waiting, taken, departments, entity, isSortable, filters }, addressWith }) => {
    const canCreate = can(entity, "create");
    const person = (leave) => leave.employee ?? (leave.firstname !== undefined ? leave : null);
    const columns = [
      ...(scope === "mine" ? [] : [{ name: "employee", sortBy: "employee.lastname", label: t("leave.employee"), isSortable, cell: (leave) => { const who = person(leave); return html`<span class="who-cell">${avatar(fullName(who), "small")}<a href="${addressOf(["employees", leave.empId])}">${fullName(who)}</a></span>`; } }]),
      { name: "startDate", label: t("leave.startDate"), isSortable, cell: (leave) => date(leave.startDate) },
      { name: "endDate", label: t("leave.endDate"), isSortable, cell: (leave) => date(leave.endDate) },
      { name: "length", label: t("leave.length"), isNumber: true, cell: (leave) => daysBetween(leave.startDate, leave.endDate) },
      { name: "type", label: t("leave.type"), isSortable, cell: (leave) => typeName(leave.type) },
      { name: "status", label: t("leave.status"), isSortable, cell: (leave) => statusBadge(leave.status) },
    ];
    const actions = (leave) => {
      const name = `${fullName(person(leave))}, ${date(leave.startDate)}`;
      if (decidable(scope, leave, me, isAdministrator)) return html`${button(t("leave.approve"), { image: "check", tone: "small good", action: "decide", data: { id: leave.id, status: "Approved" }, label: t("leave.approveOne", { name }) })}${button(t("leave.reject"), { image: "close", tone: "small bad", action: "decide", data: { id: leave.id, status: "Rejected" }, label: t("leave.rejectOne", { name }) })}`;
      if (scope === "mine" && leave.status === "Pending" && can(entity, "delete")) return button(t("leave.withdraw"), { tone: "small", action: "withdraw", data: { id: leave.id }, label: t("leave.withdrawOne", { name: date(leave.startDate) }) });
      return null;
    };
    const scopeLink = (one) => html`<a href="${addressOf(["leave"], one === scopes[0] ? {} : { scope: one })}" data-keep="true"${attributes({ "aria-current": scope === one ? "true" : null })}>${t(`leave.scope.${one}`)}${one === "approvals" && waiting ? html` <span class="badge waiting">${waiting}</span>` : null}</a>`;
    const empty = scope === "approvals" ? { title: t("leave.nothingWaits"), text: t("leave.nothingWaitsText"), image: "check" } : scope === "mine" ? { title: t("leave.noneOfStatus", { status: statusName(filters.status).toLowerCase() }), image: "leave", action: canCreate && filters.status === "Pending" ? button(t("leave.request"), { image: "plus", action: "request" }) : null }
      : { title: t("leave.noneFound"), image: "search", action: html`<a class="button" href="${addressOf(["leave"], { scope: "all" })}">${t("filters.clear")}</a>` };
    return html`${heading({ title: t("nav.leave"), lead: scope === "mine" && taken !== null ? t("leave.taken", { count: taken }) : t(`leave.lead.${scope}`), actions: html`${scopes.length > 1 ? html`<div class="segmented" role="group" aria-label="${t("leave.show")}">${scopes.map(scopeLink)}</div>` : null}${canCreate ? button(t("leave.request"), { image: "plus", tone: "primary", action: "request" }) : null}` })}
    ${scope === "mine" ? tabs(t("leave.status"), STATUSES.map((status) => ({ text: statusName(status), count: counts.get(status) ?? 0, address: addressWith({ status: status === STATUSES[0] ? "" : status, page: "" }), isCurrent: filters.status === status }))) : null}
    ${scope === "all" ? html`${tabs(t("leave.status"), [["", t("leave.anyStatus")], ...STATUSES.map((status) => [status, statusName(status)])].map(([status, text]) => ({ text, count: status ? counts.get(status) ?? 0 : [...counts.values()].reduce((sum, count) => sum + count, 0), address: addressWith({ status, page: "" }), isCurrent: (query.status ?? "") === status })))}
      <form class="filters" data-filters>${selectField({ id: "type-filter", name: "type", label: t("leave.type"), value: query.type ?? "", options: [["", t("leave.anyType")], ...LEAVE_TYPES.map((type) => [type, typeName(type)])] })}
      ${selectField({ id: "leave-department", name: "department", label: t("department.one"), value: query.department ?? "", options: [["", t("employees.allDepartments")], ...departments.map((one) => [String(one.deptId), one.name])] })}
      ${textField({ id: "from-filter", name: "from", label: t("leave.from"), type: "date", value: query.from ?? "" })}${textField({ id: "to-filter", name: "to", label: t("leave.to"), type: "date", value: query.to ?? "" })}
      ${query.empId ? html`<a class="button" href="${addressWith({ empId: "" })}">${t("leave.ofEverybody")}</a>` : null}</form>` : null}
    <section class="surface panel">${page.content.length === 0 ? emptyState(empty) : dataTable({ label: t("nav.leave"), columns, stacks: true, rows: page.content, sort: isSortable ? query.sort || (scope === "approvals" ? "startDate" : "startDate desc") : "", addressWith, keyOf: (leave) => leave.id, actions })}
    ${page.totalElements > page.content.length || page.content.length > 0 ? pager(page, addressWith) : null}</section>`;
  },

  wire: (root, context) => {
    const decide = async (id, status) => {
      const answer = await api.runQuery(SERVICE, "LeaveAction", "PUT", { id: Number(id), status });
      if (answer?.result === 0) throw Object.assign(new Error(t("leave.notYours")), { status: 400 });
    };
    const request = async () => {
      const { catalog, me } = context.data;
      const made = await leaveDialog(catalog, me.isEmployee ? me : null);
      if (!made) return;
      notice(t("leave.requested"));
      context.change({ new: "", status: "", page: "" });
    };
    on(root, "change", "[data-filters] :is(select, input)", (event, control) => context.change({ [control.name]: control.value, page: "" }));
    on(root, "change", "[data-query=size]", (event, select) => context.change({ size: select.value, page: "" }));
    on(root, "click", "[data-action=request]", request);
    on(root, "click", "[data-action=decide]", async (event, control) => {
      const { id, status } = control.dataset;
      control.setAttribute("data-busy", "true");
      try {
        await decide(id, status);
        notice(t(status === "Approved" ? "leave.approved" : "leave.rejected"), { actionText: t("undo"), act: async () => { await decide(id, "Pending"); context.reload(); } });
      } catch (error) {
        notice(messageOf(error), { tone: "wrong" });
      }
      await context.reload();
      // The row may be gone, and with it what had the keyboard.
      if (!root.contains(document.activeElement)) (root.querySelector("[data-action=decide]") ?? root.querySelector("h1")).focus();
    });
    on(root, "click", "[data-action=withdraw]", async (event, control) => {
      const leave = context.data.page.content.find((one) => String(one.id) === control.dataset.id);
      control.setAttribute("data-busy", "true");
      try {
        await api.deleteRow(SERVICE, "Vacation", [["id", leave.id]]);
        const { startDate, endDate, type, status, empId } = leave;
        notice(t("leave.withdrawn"), { actionText: t("undo"), act: async () => { await api.createRow(SERVICE, "Vacation", { startDate, endDate, type, status, empId }); context.reload(); } });
      } catch (error) {
        notice(messageOf(error), { tone: "wrong" });
      }
      await context.reload();
      if (!root.contains(document.activeElement)) (root.querySelector("[data-action=withdraw]") ?? root.querySelector("h1")).focus();
    });
    // An address may ask for the form at once, such as the button of another page.
    context.loaded.then(() => { if (context.query.new && context.isCurrent() && can(context.data?.entity, "create")) request(); });
  },
};
