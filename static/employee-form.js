// The form of an employee: the words and choices that the sample's screens know better than the catalog.

import * as api from "./api.js";
import { entityOf } from "./catalog.js";
import { recordDialog } from "./component-record-form.js";
import { EMPLOYEE_ROLES, fullName, roleName, SERVICE } from "./hr.js";
import { t } from "./texts.js";

const FIELDS = ["firstname", "lastname", "jobTitle", "deptId", "managerId", "birthdate", "street", "city", "state", "zip", "username", "role", "password"];

/** Asks for an employee, new or changed; answers the row or null. */
export function employeeDialog(catalog, row = null, etag = null) {
  return recordDialog({
    service: SERVICE, catalog, entity: entityOf(catalog, "Employee"), row, etag, only: FIELDS,
    title: row ? fullName(row) : t("employee.new"),
    labels: Object.fromEntries(FIELDS.map((name) => [name, t(`employee.${name}`)])),
    choices: { role: EMPLOYEE_ROLES.map((role) => [role, roleName(role)]) },
    check: async (all, values) => {
      if (!all.firstname && !all.lastname) return { lastname: t("employee.nameMissing") };
      if (row && String(all.managerId) === String(row.empId)) return { managerId: t("employee.ownManager") };
      if (values.username) {
        const { usernameCount } = await api.readQuery(SERVICE, "userNameCount", { username: values.username });
        if (usernameCount > 0) return { username: t("employee.usernameTaken") };
      }
      return null;
    },
  });
}
