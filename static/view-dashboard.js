// The sample at a glance: numbers and charts, each of which leads to the rows behind it.

import * as api from "./api.js";
import { addressOf } from "./address.js";
import { can, entityOf, loadCatalog, queryOf } from "./catalog.js";
import { html } from "./dom.js";
import { barChart, columnChart, figure, ringChart } from "./component-chart.js";
import { avatar, heading } from "./component-states.js";
import { compactDollars, date, dollars, number } from "./format.js";
import { fullName, roleName, SERVICE, STATUSES, statusName, statusTone, typeName } from "./hr.js";
import { icon } from "./icons.js";
import * as session from "./session.js";
import { t } from "./texts.js";

const QUARTERS = ["q1", "q2", "q3", "q4"];
const MOST_WAITING = 4;

const tile = ({ label, value, note = null, address, image }) => html`<a class="surface tile" href="${address}"><span class="tile-image">${icon(image)}</span><span class="tile-label">${label}</span><span class="tile-value">${value}</span>${note ? html`<span class="hint">${note}</span>` : null}</a>`;
const first = (page, name) => page?.content?.[0]?.[name] ?? null;
const greetingAt = (hour) => (hour < 5 || hour >= 18 ? "dashboard.evening" : hour < 12 ? "dashboard.morning" : "dashboard.afternoon");

export default {
  title: () => t("nav.dashboard"),

  load: async ({ signal }) => {
    const me = session.current();
    // A part that cannot be had leaves the others alone; only when nothing comes is it a failure.
    const soft = (promise) => promise.catch((error) => {
      if (error.name === "AbortError" || error.status === 0) throw error;
      return null;
    });
    const named = (name) => soft(api.readQuery(SERVICE, name, {}, signal));
    const isManager = session.hasRole("admin");
    const [departments, departmentCount, totalBudget, employeeCount, days, statuses, waiting, person, catalog] = await Promise.all([
      soft(api.listRows(SERVICE, "Department", { size: 100, sort: "budget desc" }, signal)), named("departmentCount"), named("totalBudget"), named("employeeCount"), named("vacationDays"),
      soft(api.aggregate(SERVICE, "Vacation", ["status"], [{ field: "id", type: "COUNT", alias: "rows" }], { signal })),
      isManager ? named("toBeApprovedLeaves") : null,
      me?.isEmployee ? soft(api.getRow(SERVICE, "Employee", [["empId", me.userId]], signal)) : null,
      loadCatalog(SERVICE),
    ]);
    return { me, isManager, isMine: session.hasRole("user"), greeting: greetingAt(new Date().getHours()), departments: departments?.content ?? [], departmentCount, totalBudget, employeeCount, days: days?.content ?? [], statuses: statuses ?? [], waiting, person: person?.data ?? null,
      canQuery: Boolean(queryOf(catalog, "vacationDays")), canLeave: can(entityOf(catalog, "Vacation"), "read") };
  },

  markup: ({ data }) => {
    const { me, isMine, departments, days, statuses, waiting, person } = data;
    const countOf = (status) => statuses.find((row) => row.status === status)?.rows ?? 0;
    const known = STATUSES.map((status) => [status, countOf(status)]);
    const total = statuses.reduce((sum, row) => sum + row.rows, 0);
    const scope = isMine ? undefined : "all";
    const budget = first(data.totalBudget, "totalBudget") ?? departments.reduce((sum, one) => sum + (one.budget ?? 0), 0);
    const people = first(data.employeeCount, "employeeCount");
    return html`${heading({
      title: person?.firstname ? `${t(data.greeting)}, ${person.firstname}` : t("nav.dashboard"), lead: t("dashboard.lead", { role: me ? me.roles.map(roleName).join(", ") : "" }),
      actions: data.canLeave && me?.isEmployee ? html`<a class="button primary" href="${addressOf(["leave"], { new: "1" })}">${icon("plus")}<span>${t("leave.request")}</span></a>` : null,
    })}
    <div class="tiles">
      ${tile({ label: t("dashboard.departments"), value: number(first(data.departmentCount, "departmentCount") ?? departments.length), address: addressOf(["departments"]), image: "building" })}
      ${tile({ label: t("dashboard.budget"), value: compactDollars(budget), note: dollars(budget), address: addressOf(["departments"], { sort: "budget desc" }), image: "dashboard" })}
      ${tile({ label: t("dashboard.employees"), value: number(people), address: addressOf(["employees"]), image: "people" })}
      ${tile({ label: isMine ? t("dashboard.myPending") : t("dashboard.pending"), value: number(countOf("Pending")), address: addressOf(["leave"], { scope, status: "Pending" }), image: "leave", note: total > 0 ? t("dashboard.ofRequests", { count: total }) : null })}
    </div>
    ${waiting && waiting.totalElements > 0 ? html`<section class="surface panel waiting"><div class="panel-head"><h2>${t("dashboard.waiting", { count: waiting.totalElements })}</h2><a class="button small primary" href="${addressOf(["leave"], { scope: "approvals" })}">${t("dashboard.decide")}</a></div>
      <ul class="waiting-list">${waiting.content.slice(0, MOST_WAITING).map((leave) => html`<li>${avatar(fullName(leave), "small")}<span><strong>${fullName(leave)}</strong><span class="muted">${typeName(leave.type)} · ${date(leave.startDate)} – ${date(leave.endDate)}</span></span></li>`)}</ul></section>` : null}
    <div class="charts">
      ${figure({
    id: "chart-budget", title: t("dashboard.budgetByDepartment"), isEmpty: departments.length === 0, columns: [t("department.one"), t("department.budget")], rows: departments.map((one) => [one.name, dollars(one.budget)]),
    chart: barChart(departments.map((one) => ({ label: one.name ?? `#${one.deptId}`, value: one.budget ?? 0, text: dollars(one.budget), address: addressOf(["departments", one.deptId]) })), { label: t("dashboard.budgetByDepartment") }),
  })}
      ${figure({
    id: "chart-quarters", title: t("dashboard.quarters"), isEmpty: departments.length === 0, columns: [t("department.one"), ...QUARTERS.map((name) => name.toUpperCase())], rows: departments.map((one) => [one.deptCode, ...QUARTERS.map((name) => dollars(one[name]))]),
    chart: columnChart(departments.map((one) => ({ label: one.deptCode ?? `#${one.deptId}`, address: addressOf(["departments", one.deptId]), values: QUARTERS.map((name) => one[name] ?? 0) })), QUARTERS.map((name) => name.toUpperCase()), { format: dollars, short: compactDollars, label: t("dashboard.quarters") }),
  })}
      ${data.canQuery ? figure({
    id: "chart-days", title: t("dashboard.days"), lead: t("dashboard.daysLead"), isEmpty: days.length === 0, columns: [t("department.one"), t("dashboard.daysColumn")], rows: days.map((one) => [one.name, number(one.vacationDays)]),
    chart: barChart([...days].sort((left, right) => right.vacationDays - left.vacationDays).map((one) => ({ label: one.name, value: one.vacationDays, text: t("leave.days", { count: one.vacationDays }), address: isMine ? addressOf(["departments", one.deptId]) : addressOf(["leave"], { scope: "all", department: one.deptId }) })), { tone: "c3", label: t("dashboard.days") }),
  }) : null}
      ${data.canLeave ? figure({
    id: "chart-status", title: isMine ? t("dashboard.myStatus") : t("dashboard.status"), isEmpty: total === 0, columns: [t("leave.status"), t("dashboard.requests")], rows: known.map(([status, count]) => [statusName(status), number(count)]),
    chart: ringChart(known.map(([status, count]) => ({ label: statusName(status), value: count, text: number(count), tone: statusTone(status), address: addressOf(["leave"], { scope, status }) })), { label: t("dashboard.status"), middle: number(total), middleLabel: t("dashboard.requests") }),
  }) : null}
    </div>`;
  },
};
