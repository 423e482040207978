// The form for a request for leave.

import * as api from "./api.js";
import { can, entityOf, relationOf } from "./catalog.js";
import { html } from "./dom.js";
import { formDialog } from "./component-dialog.js";
import { selectField, showProblem, textField } from "./fields.js";
import { readRelation, relationField, wireRelation } from "./field-relation.js";
import { daysBetween, isoDay } from "./format.js";
import { LEAVE_TYPES, leaveProblem, SERVICE, typeName } from "./hr.js";
import { t } from "./texts.js";

/** Asks for the days; `person` is who wants them, or null for who may ask for anybody. Answers the row or null. */
export function leaveDialog(catalog, person) {
  const vacation = entityOf(catalog, "Vacation");
  const relation = relationOf(vacation, "employee");
  const employees = entityOf(catalog, "Employee");
  const asksWho = !person && can(employees, "read");
  const today = isoDay();
  return formDialog({
    title: t("leave.request"), submitText: t("leave.submit"), lead: t("leave.requestLead"),
    fields: html`${asksWho ? relationField(relation, employees, null, { required: true, label: t("leave.employee"), name: "employee" }) : null}
      ${selectField({ name: "type", label: t("leave.type"), value: LEAVE_TYPES[1], options: LEAVE_TYPES.map((type) => [type, typeName(type)]) })}
      ${textField({ name: "startDate", label: t("leave.startDate"), type: "date", required: true, value: today, autofocus: !asksWho })}
      ${textField({ name: "endDate", label: t("leave.endDate"), type: "date", required: true, hint: t("leave.endHint") })}`,
    extra: html`<output class="muted" id="leave-days"></output>`,
    wire: (form) => {
      if (asksWho) wireRelation(form.elements.employee, { service: SERVICE, target: employees });
      form.addEventListener("input", () => {
        const days = daysBetween(form.elements.startDate.value, form.elements.endDate.value);
        form.querySelector("#leave-days").textContent = days !== null && days > 0 ? t("leave.days", { count: days }) : "";
        if (days !== null && days > 0) showProblem(form, form.elements.endDate, null);
      });
    },
    submit: async (form) => {
      const { startDate, endDate, type } = form.elements;
      const problems = [];
      let empId = person ? Number(person.userId) : null;
      if (asksWho) {
        const read = readRelation(form.elements.employee, { required: true });
        if (read.problem) problems.push([form.elements.employee, read.problem]);
        else [empId] = read.value;
      }
      const problem = leaveProblem(startDate.value, endDate.value);
      if (problem) problems.push([startDate.value ? endDate : startDate, t(problem)]);
      if (problems.length > 0) return { problems };
      return api.createRow(SERVICE, "Vacation", { startDate: startDate.value, endDate: endDate.value, type: type.value, status: "Pending", empId });
    },
  });
}
