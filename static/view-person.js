// One employee: facts, manager, reports, teammates, and leave as far as the caller may see it.

import * as api from "./api.js";
import { addressOf } from "./address.js";
import { can, entityOf, loadCatalog } from "./catalog.js";
import { html, on } from "./dom.js";
import { avatar, button, emptyState, heading, statusBadge } from "./component-states.js";
import { confirmDialog, notice } from "./component-dialog.js";
import { dataTable } from "./component-table.js";
import { employeeDialog } from "./employee-form.js";
import { date, daysBetween } from "./format.js";
import { fullName, roleName, SERVICE, typeName } from "./hr.js";
import * as session from "./session.js";
import { t } from "./texts.js";

const LEAVES_SHOWN = 6;
const PEOPLE_SHOWN = 8;

const peopleList = (people) => html`<ul class="mini-people">${people.slice(0, PEOPLE_SHOWN).map((person) => html`<li><a href="${addressOf(["employees", person.empId])}">${avatar(fullName(person), "small")}<span><strong>${fullName(person)}</strong><span class="muted">${person.jobTitle ?? ""}</span></span></a></li>`)}</ul>`;
const group = (title, people, empty) => html`<section class="surface padded"><h2>${title} ${people.length > 0 ? html`<span class="muted count">${people.length}</span>` : null}</h2>${people.length > 0 ? peopleList(people) : html`<p class="muted">${empty}</p>`}</section>`;

export default {
  title: ({ data }) => fullName(data.person),

  load: async ({ params, signal }) => {
    const key = [["empId", params.id]];
    const catalog = await loadCatalog(SERVICE);
    const me = session.current();
    const isMe = Boolean(me?.isEmployee && me.userId === params.id);
    const soft = (promise) => promise.catch((error) => { if (error.name === "AbortError") throw error; return null; });
    const seesLeave = can(entityOf(catalog, "Vacation"), "read") && (isMe || !session.hasRole("user"));
    const [{ data: person, etag }, reports, leaves] = await Promise.all([
      api.getRow(SERVICE, "Employee", key, signal),
      soft(api.relatedRows(SERVICE, "Employee", params.id, "employeesForManagerId", { size: 100, sort: "lastname" }, signal)),
      seesLeave ? soft(api.relatedRows(SERVICE, "Employee", params.id, "vacations", { size: LEAVES_SHOWN, sort: "startDate desc" }, signal)) : null,
    ]);
    const colleagues = person.deptId === null ? null : await soft(api.readQuery(SERVICE, "colleagues", { deptId: person.deptId, empId: person.empId, size: 100 }, signal));
    return { catalog, entity: entityOf(catalog, "Employee"), person, etag, isMe, reports: reports?.content ?? [], leaves, colleagues: colleagues?.content ?? [] };
  },

  markup: ({ data: { entity, person, isMe, reports, leaves, colleagues } }) => {
    const fact = (label, value) => html`<div><dt>${label}</dt><dd>${value || html`<span class="nothing">–</span>`}</dd></div>`;
    const manager = person.employeeByManagerId;
    return html`${heading({
      title: fullName(person), before: avatar(fullName(person), "large"), crumbs: [[t("nav.employees"), addressOf(["employees"])]],
      lead: html`${person.jobTitle ?? t("employee.noTitle")}${person.department ? html` · <a href="${addressOf(["departments", person.deptId])}">${person.department.name}</a>` : null}`,
      actions: html`${isMe ? html`<a class="button primary" href="${addressOf(["leave"], { new: "1" })}">${t("leave.request")}</a>` : null}${can(entity, "update") ? button(t("edit"), { image: "edit", action: "edit" }) : null}${can(entity, "delete") ? button(t("delete"), { image: "trash", tone: "bad", action: "delete" }) : null}`,
    })}
    <div class="columns"><div class="stack">
      <section class="surface padded"><h2>${t("person.about")}</h2><dl class="facts">${fact(t("employee.username"), person.username)}${fact(t("employee.role"), person.role ? roleName(person.role) : null)}${fact(t("employee.birthdate"), person.birthdate ? date(person.birthdate) : null)}
        ${fact(t("person.address"), [person.street, [person.city, person.state, person.zip].filter(Boolean).join(" ")].filter(Boolean).join(", "))}${fact(t("person.location"), person.department?.location)}${fact(t("employee.managerId"), manager ? html`<a href="${addressOf(["employees", manager.empId])}">${fullName(manager)}</a>` : null)}</dl></section>
      ${leaves ? html`<section class="surface panel"><div class="panel-head"><h2>${t("nav.leave")} <span class="muted count">${leaves.totalElements}</span></h2>${leaves.totalElements > 0 ? html`<a class="button small" href="${isMe ? addressOf(["leave"]) : addressOf(["leave"], { scope: "all", empId: person.empId })}">${t("record.showAll")}</a>` : null}</div>
        ${leaves.content.length === 0 ? emptyState({ title: t("leave.none"), image: "leave" }) : dataTable({ label: t("nav.leave"), stacks: true, rows: leaves.content, keyOf: (leave) => leave.id, columns: [
    { label: t("leave.startDate"), cell: (leave) => date(leave.startDate) }, { label: t("leave.endDate"), cell: (leave) => date(leave.endDate) }, { label: t("leave.length"), isNumber: true, cell: (leave) => daysBetween(leave.startDate, leave.endDate) },
    { label: t("leave.type"), cell: (leave) => typeName(leave.type) }, { label: t("leave.status"), cell: (leave) => statusBadge(leave.status) }] })}</section>` : null}
    </div><div class="stack">
      ${group(t("person.manager"), manager ? [manager] : [], t("person.noManager"))}
      ${reports.length > 0 ? group(t("person.reports"), reports, "") : null}
      ${group(t("person.teammates"), colleagues, t("person.noTeammates"))}
    </div></div>`;
  },

  wire: (root, context) => {
    on(root, "click", "[data-action=edit]", async () => {
      const saved = await employeeDialog(context.data.catalog, context.data.person, context.data.etag);
      if (!saved) return;
      notice(t("row.saved", { name: fullName(saved) }));
      context.reload();
    });
    on(root, "click", "[data-action=delete]", async () => {
      const { person } = context.data;
      const name = fullName(person);
      if (!await confirmDialog({ title: t("row.deleteTitle", { name }), text: t("employee.deleteText"), confirmText: t("delete"), act: () => api.deleteRow(SERVICE, "Employee", [["empId", person.empId]]) })) return;
      notice(t("row.deleted", { name }));
      context.go(addressOf(["employees"]), { replace: true });
    });
  },
};
