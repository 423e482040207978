// The form of a department, with a check that its code is free.

import * as api from "./api.js";
import { entityOf, literal } from "./catalog.js";
import { recordDialog } from "./component-record-form.js";
import { SERVICE } from "./hr.js";
import { t } from "./texts.js";

const FIELDS = ["name", "deptCode", "location", "budget", "q1", "q2", "q3", "q4"];

/** Asks for a department, new or changed; answers the row or null. */
export function departmentDialog(catalog, row = null, etag = null) {
  return recordDialog({
    service: SERVICE, catalog, entity: entityOf(catalog, "Department"), row, etag, only: FIELDS, title: row ? row.name ?? t("department.one") : t("department.new"),
    labels: Object.fromEntries(FIELDS.map((name) => [name, t(`department.${name}`)])),
    check: async (all, values) => {
      if (!all.name) return { name: t("problem.required") };
      if (!values.deptCode) return null;
      const taken = await api.countRows(SERVICE, "Department", `deptCode = ${literal(values.deptCode)}${row ? ` and deptId != ${row.deptId}` : ""}`);
      return taken > 0 ? { deptCode: t("department.codeTaken", { code: values.deptCode }) } : null;
    },
  });
}
