// One department: its money and its people.

import * as api from "./api.js";
import { addressOf } from "./address.js";
import { can, entityOf, loadCatalog } from "./catalog.js";
import { html, on } from "./dom.js";
import { columnChart, figure } from "./component-chart.js";
import { avatar, button, emptyState, heading } from "./component-states.js";
import { confirmDialog, notice } from "./component-dialog.js";
import { departmentDialog } from "./department-form.js";
import { compactDollars, dollars } from "./format.js";
import { fullName, half, SERVICE } from "./hr.js";
import { t } from "./texts.js";

const QUARTERS = ["q1", "q2", "q3", "q4"];

export default {
  title: ({ data }) => data.department.name ?? t("department.one"),

  load: async ({ params, signal }) => {
    const [catalog, { data: department, etag }, people] = await Promise.all([
      loadCatalog(SERVICE), api.getRow(SERVICE, "Department", [["deptId", params.id]], signal), api.relatedRows(SERVICE, "Department", params.id, "employees", { size: 100, sort: "lastname,firstname" }, signal),
    ]);
    return { catalog, entity: entityOf(catalog, "Department"), department, etag, people };
  },

  markup: ({ data: { entity, department, people } }) => html`${heading({
    title: department.name ?? `#${department.deptId}`, lead: [department.deptCode, department.location].filter(Boolean).join(" · "), crumbs: [[t("nav.departments"), addressOf(["departments"])]],
    actions: html`${can(entity, "update") ? button(t("edit"), { image: "edit", action: "edit" }) : null}${can(entity, "delete") ? button(t("delete"), { image: "trash", tone: "bad", action: "delete" }) : null}`,
  })}
    <div class="columns"><section class="surface panel"><div class="panel-head"><h2>${t("department.people")} <span class="muted count">${people.totalElements}</span></h2><a class="button small" href="${addressOf(["employees"], { department: department.deptId })}">${t("record.showAll")}</a></div>
      ${people.content.length === 0 ? emptyState({ title: t("department.noPeople"), image: "people" }) : html`<div class="panel-body"><ul class="mini-people two">${people.content.map((person) => html`<li><a href="${addressOf(["employees", person.empId])}">${avatar(fullName(person), "small")}<span><strong>${fullName(person)}</strong><span class="muted">${person.jobTitle ?? ""}</span></span></a></li>`)}</ul></div>`}</section>
    <div class="stack">${figure({ id: "chart-department", title: t("department.money"), lead: t("department.year", { budget: dollars(department.budget) }), isEmpty: QUARTERS.every((name) => department[name] === null),
    chart: columnChart(QUARTERS.map((name) => ({ label: name.toUpperCase(), address: addressOf(["departments", department.deptId]), values: [department[name] ?? 0] })), [t("department.budget")], { format: dollars, short: compactDollars, label: t("department.money") }),
    columns: [t("department.period"), t("department.budget")], rows: [...QUARTERS.map((name) => [name.toUpperCase(), dollars(department[name])]), [t("department.h1"), dollars(half(department, "q1", "q2"))], [t("department.h2"), dollars(half(department, "q3", "q4"))], [t("department.budget"), dollars(department.budget)]] })}</div></div>`,

  wire: (root, context) => {
    on(root, "click", "[data-action=edit]", async () => {
      const saved = await departmentDialog(context.data.catalog, context.data.department, context.data.etag);
      if (!saved) return;
      notice(t("row.saved", { name: saved.name }));
      context.reload();
    });
    on(root, "click", "[data-action=delete]", async () => {
      const { department } = context.data;
      if (!await confirmDialog({ title: t("row.deleteTitle", { name: department.name }), text: t("row.deleteText"), confirmText: t("delete"), act: () => api.deleteRow(SERVICE, "Department", [["deptId", department.deptId]]) })) return;
      notice(t("row.deleted", { name: department.name }));
      context.go(addressOf(["departments"]), { replace: true });
    });
  },
};
