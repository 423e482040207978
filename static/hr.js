// What the front-end knows about the sample's people: which service they are in, their words for things. Pure.

import { allOf, literal } from "./catalog.js";
import { hasText, t } from "./texts.js";

export const SERVICE = "hrdb";
export const STATUSES = ["Pending", "Approved", "Rejected"];
export const LEAVE_TYPES = ["Sick Leave", "Personal Leave"];
export const ACCOUNT_ROLES = ["adminrole", "userrole", "anonymous"];
export const EMPLOYEE_ROLES = ["user", "admin"];

/** Whether a catalog is the sample's, so that its screens make sense. */
export const isSample = (catalog) => ["Department", "Employee"].every((name) => catalog.entities.some((entity) => entity.name === name && entity.verbs.includes("read")));

export const roleName = (role) => (hasText(`role.${role}`) ? t(`role.${role}`) : role);
export const statusName = (status) => (hasText(`status.${status}`) ? t(`status.${status}`) : status ?? "–");
export const typeName = (type) => (hasText(`leaveType.${type}`) ? t(`leaveType.${type}`) : type ?? "–");
export const fullName = (person) => (person ? [person.firstname, person.lastname].filter(Boolean).join(" ") || person.username || `#${person.empId}` : "–");

/** Which words of a status's colour a badge takes. */
export const statusTone = (status) => ({ Pending: "waiting", Approved: "good", Rejected: "bad" })[status] ?? "plain";

/** The condition of the employees' page. */
export const employeeCondition = ({ search = "", department = "" }) => allOf(
  search.trim().split(/\s+/).filter(Boolean)
    .map((word) => ["firstname", "lastname", "jobTitle", "username"].map((name) => `lower(${name}) like lower(${literal(`%${word}%`)})`).join(" or "))
    .map((condition, at, all) => (all.length > 1 ? `(${condition})` : condition)).join(" and "),
  /^\d+$/.test(department) ? `deptId = ${department}` : "",
);

/** The condition of the leave page. */
export const leaveCondition = ({ status = "", type = "", from = "", to = "", empId = "", department = "" }) => allOf(
  status && `status = ${literal(status)}`,
  type && `type = ${literal(type)}`,
  // Whoever is away at some time between these days.
  from && `endDate >= ${literal(from)}`,
  to && `startDate <= ${literal(to)}`,
  /^\d+$/.test(String(empId)) && `empId = ${empId}`,
  /^\d+$/.test(String(department)) && `employee.deptId = ${department}`,
);

/** What is wrong with the days of a request for leave, as the key of a text, or null. */
export function leaveProblem(startDate, endDate) {
  if (!startDate || !endDate) return "leave.daysMissing";
  return endDate <= startDate ? "leave.daysReversed" : null;
}

/** The sum of two quarters of a department, null when neither is known. */
export const half = (department, first, second) => (department[first] === null && department[second] === null ? null : (department[first] ?? 0) + (department[second] ?? 0));

/** The password that an account of the sample comes with; the server says which accounts still have it. */
export const demoPassword = ({ source, name }) => (source === "EMPLOYEE" ? "welcome" : name);

/** One account of each role, and then others, for who wants to look around. */
export function demoChoice(accounts, most) {
  const firsts = accounts.filter((account, at) => accounts.findIndex((other) => other.role === account.role) === at);
  return [...firsts, ...accounts.filter((account) => !firsts.includes(account))].slice(0, most);
}
