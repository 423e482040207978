// The departments with their budgets: the year, its quarters and its halves.

import * as api from "./api.js";
import { addressOf } from "./address.js";
import { allOf, can, entityOf, literal, loadCatalog } from "./catalog.js";
import { debounce, html, on } from "./dom.js";
import { button, emptyState, heading } from "./component-states.js";
import { notice } from "./component-dialog.js";
import { dataTable, pager } from "./component-table.js";
import { departmentDialog } from "./department-form.js";
import { dollars } from "./format.js";
import { half, SERVICE } from "./hr.js";
import { icon } from "./icons.js";
import { t } from "./texts.js";

const money = (name) => ({ name, label: t(`department.${name}`), isNumber: true, isSortable: true, cell: (one) => (one[name] === null ? null : dollars(one[name])) });

export default {
  title: () => t("nav.departments"),

  load: async ({ query, signal }) => {
    const words = (query.search ?? "").trim();
    const q = allOf(words && ["name", "deptCode", "location"].map((name) => `lower(${name}) like lower(${literal(`%${words}%`)})`).join(" or "));
    const [catalog, page, sizes] = await Promise.all([
      loadCatalog(SERVICE), api.listRows(SERVICE, "Department", { q, sort: query.sort || "name", page: query.page, size: query.size }, signal),
      api.aggregate(SERVICE, "Employee", ["deptId"], [{ field: "empId", type: "COUNT", alias: "people" }], { signal }),
    ]);
    return { catalog, entity: entityOf(catalog, "Department"), page, people: new Map(sizes.map((row) => [row.deptId, row.people])) };
  },

  markup: ({ query, data: { entity, page, people }, addressWith }) => html`${heading({ title: t("nav.departments"), lead: t("departments.lead"), actions: can(entity, "create") ? button(t("department.new"), { image: "plus", tone: "primary", action: "new" }) : null })}
    <div class="filters"><div class="search-box">${icon("search")}<input data-search data-live type="search" aria-label="${t("departments.search")}" placeholder="${t("departments.search")}" value="${query.search ?? ""}" autocomplete="off" spellcheck="false"><kbd aria-hidden="true">/</kbd></div></div>
    <section class="surface panel">${page.content.length === 0 ? emptyState({ title: t("departments.none"), image: "building" }) : dataTable({
    label: t("nav.departments"), stacks: true, rows: page.content, sort: query.sort || "name", addressWith, keyOf: (one) => one.deptId, columns: [
      { name: "name", label: t("department.name"), isSortable: true, cell: (one) => html`<a href="${addressOf(["departments", one.deptId])}">${one.name ?? `#${one.deptId}`}</a>` },
      { name: "deptCode", label: t("department.deptCode"), isSortable: true, cell: (one) => (one.deptCode ? html`<span class="badge">${one.deptCode}</span>` : null) },
      { name: "location", label: t("department.location"), isSortable: true, cell: (one) => one.location },
      { name: "people", label: t("departments.people"), isNumber: true, cell: (one) => people.get(one.deptId) ?? 0 },
      money("budget"), money("q1"), money("q2"), money("q3"), money("q4"),
      { name: "h1", label: t("department.h1"), isNumber: true, cell: (one) => { const sum = half(one, "q1", "q2"); return sum === null ? null : dollars(sum); } },
      { name: "h2", label: t("department.h2"), isNumber: true, cell: (one) => { const sum = half(one, "q3", "q4"); return sum === null ? null : dollars(sum); } },
    ],
  })}${pager(page, addressWith)}</section>`,

  wire: (root, context) => {
    const search = debounce(220, (text) => { if (context.isCurrent()) context.change({ search: text, page: "" }); });
    on(root, "input", "[data-live]", (event, input) => search(input.value));
    on(root, "change", "[data-query=size]", (event, select) => context.change({ size: select.value, page: "" }));
    on(root, "click", "[data-action=new]", async () => {
      const made = await departmentDialog(context.data.catalog);
      if (!made) return;
      notice(t("row.created", { name: made.name }));
      context.go(addressOf(["departments", made.deptId]));
    });
  },
};
