// The employees as cards or as a table: searched, filtered, sorted, paged.

import * as api from "./api.js";
import { addressOf } from "./address.js";
import { can, entityOf, loadCatalog } from "./catalog.js";
import { attributes, debounce, html, on } from "./dom.js";
import { avatar, button, emptyState, heading, messageOf } from "./component-states.js";
import { confirmDialog, notice } from "./component-dialog.js";
import { dataTable, pager } from "./component-table.js";
import { employeeDialog } from "./employee-form.js";
import { selectField } from "./fields.js";
import { employeeCondition, fullName, roleName, SERVICE } from "./hr.js";
import { icon } from "./icons.js";
import { recall, remember } from "./preferences.js";
import { t } from "./texts.js";

const SORTS = ["lastname,firstname", "lastname desc,firstname desc", "jobTitle", "department.name,lastname", "empId desc"];
const personAddress = (person) => addressOf(["employees", person.empId]);

const card = (person) => html`<li class="surface person" data-key="person-${person.empId}">${avatar(fullName(person))}
  <h3><a href="${personAddress(person)}">${fullName(person)}</a></h3><p class="muted">${person.jobTitle ?? t("employee.noTitle")}</p>
  <div class="person-foot">${icon("building")}<span>${person.department?.name ?? t("employee.noDepartment")}</span>${person.role === "admin" ? html`<span class="badge accent">${roleName("admin")}</span>` : null}</div></li>`;

const columns = [
  { name: "lastname", label: t("employee.name"), isSortable: true, cell: (person) => html`<span class="who-cell">${avatar(fullName(person), "small")}<a href="${personAddress(person)}">${fullName(person)}</a></span>` },
  { name: "jobTitle", label: t("employee.jobTitle"), isSortable: true, cell: (person) => person.jobTitle },
  { name: "department.name", label: t("department.one"), isSortable: true, cell: (person) => (person.department ? html`<a href="${addressOf(["departments", person.deptId])}">${person.department.name}</a>` : null) },
  { name: "employeeByManagerId.lastname", label: t("employee.managerId"), isSortable: true, cell: (person) => (person.employeeByManagerId ? html`<a href="${personAddress(person.employeeByManagerId)}">${fullName(person.employeeByManagerId)}</a>` : null) },
  { name: "city", label: t("employee.city"), isSortable: true, cell: (person) => [person.city, person.state].filter(Boolean).join(", ") },
  { name: "role", label: t("employee.role"), isSortable: true, cell: (person) => (person.role ? roleName(person.role) : null) },
];

export default {
  title: () => t("nav.employees"),

  load: async ({ query, signal }) => {
    const [catalog, page, departments] = await Promise.all([
      loadCatalog(SERVICE),
      api.listRows(SERVICE, "Employee", { q: employeeCondition(query), sort: query.sort || SORTS[0], page: query.page, size: query.size || 12 }, signal),
      api.listRows(SERVICE, "Department", { sort: "name", size: 100 }, signal),
    ]);
    return { catalog, entity: entityOf(catalog, "Employee"), page, departments: departments.content, look: query.view || recall("employees", "cards") };
  },

  markup: ({ query, data: { entity, page, departments, look }, addressWith }) => {
    const isFiltered = Boolean(query.search || query.department);
    const choice = (value, image, text) => html`<a href="${addressWith({ view: value })}" data-keep="true" data-look="${value}"${attributes({ "aria-current": look === value ? "true" : null })}>${icon(image)}${text}</a>`;
    return html`${heading({ title: t("nav.employees"), lead: t("employees.lead", { count: page.totalElements }), actions: html`
      <div class="segmented" role="group" aria-label="${t("employees.look")}">${choice("cards", "cards", t("employees.cards"))}${choice("table", "table", t("employees.table"))}</div>
      ${can(entity, "create") ? button(t("employee.new"), { image: "plus", tone: "primary", action: "new" }) : null}` })}
    <form class="filters" role="search" data-filters><div class="search-box">${icon("search")}<input data-search data-live="search" type="search" aria-label="${t("employees.search")}" placeholder="${t("employees.search")}" value="${query.search ?? ""}" autocomplete="off" spellcheck="false"><kbd aria-hidden="true">/</kbd></div>
      ${selectField({ id: "department-filter", name: "department", label: t("department.one"), value: query.department ?? "", options: [["", t("employees.allDepartments")], ...departments.map((one) => [String(one.deptId), one.name])] })}
      ${look === "cards" ? selectField({ id: "sort-filter", name: "sort", label: t("sort"), value: query.sort || SORTS[0], options: [...SORTS, ...(query.sort && !SORTS.includes(query.sort) ? [query.sort] : [])].map((sort, at) => [sort, at < SORTS.length ? t(`employees.sort${at}`) : sort]) }) : null}</form>
    ${page.content.length === 0 ? html`<section class="surface">${emptyState({ title: isFiltered ? t("employees.noneFound") : t("employees.none"), text: isFiltered ? t("employees.noneFoundText") : null, image: "people", action: isFiltered ? html`<a class="button" href="${addressOf(["employees"])}">${t("filters.clear")}</a>` : null })}</section>`
    : look === "cards" ? html`<ul class="people">${page.content.map(card)}</ul><section class="surface">${pager(page, addressWith, { sizes: [12, 24, 48] })}</section>`
      : html`<section class="surface panel">${dataTable({ label: t("nav.employees"), columns, stacks: true, rows: page.content, sort: query.sort || "lastname", addressWith, keyOf: (person) => person.empId, actions: can(entity, "update") ? (person) => html`${button("", { image: "edit", tone: "icon-only small quiet", action: "edit", data: { id: person.empId }, label: t("row.edit", { name: fullName(person) }) })}${can(entity, "delete") ? button("", { image: "trash", tone: "icon-only small quiet", action: "delete", data: { id: person.empId }, label: t("row.delete", { name: fullName(person) }) }) : null}` : null })}${pager(page, addressWith, { sizes: [12, 24, 48] })}</section>`}`;
  },

  wire: (root, context) => {
    const search = debounce(220, (text) => { if (context.isCurrent()) context.change({ search: text, page: "" }); });
    on(root, "input", "[data-live]", (event, input) => search(input.value));
    on(root, "submit", "[data-filters]", (event) => event.preventDefault());
    on(root, "change", "[data-filters] select", (event, select) => context.change({ [select.name]: select.value === SORTS[0] ? "" : select.value, page: "" }));
    on(root, "change", "[data-query=size]", (event, select) => context.change({ size: select.value, page: "" }));
    on(root, "click", "[data-look]", (event, link) => remember("employees", link.dataset.look));
    on(root, "click", "[data-action=new]", async () => {
      const made = await employeeDialog(context.data.catalog);
      if (!made) return;
      notice(t("row.created", { name: fullName(made) }));
      context.go(personAddress(made));
    });
    on(root, "click", "[data-action=edit]", async (event, control) => {
      try {
        const { data: row, etag } = await api.getRow(SERVICE, "Employee", [["empId", control.dataset.id]]);
        const saved = await employeeDialog(context.data.catalog, row, etag);
        if (!saved) return;
        notice(t("row.saved", { name: fullName(saved) }));
        context.reload();
      } catch (error) { notice(messageOf(error), { tone: "wrong" }); }
    });
    on(root, "click", "[data-action=delete]", async (event, control) => {
      const person = context.data.page.content.find((one) => String(one.empId) === control.dataset.id);
      const name = fullName(person);
      if (!await confirmDialog({ title: t("row.deleteTitle", { name }), text: t("row.deleteText"), confirmText: t("delete"), act: () => api.deleteRow(SERVICE, "Employee", [["empId", person.empId]]) })) return;
      notice(t("row.deleted", { name }));
      context.reload();
    });
  },
};
