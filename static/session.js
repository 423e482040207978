// Who is signed in.

import * as api from "./api.js";

/** `{ userName, userId, roles, isEmployee, rememberMe }`, or null while nobody is. */
let person = null;

function personOf(info) {
  if (!info.authenticated || !info.userInfo) return null;
  const roles = info.userInfo.userRoles ?? [];
  return {
    userName: info.userInfo.userName,
    userId: info.userInfo.userId,
    roles,
    // In the sample, accounts of these roles are rows of its employees, and their id is the employee's.
    isEmployee: roles.some((role) => role === "admin" || role === "user"),
  };
}

export const current = () => person;
export const hasRole = (...roles) => Boolean(person?.roles.some((role) => roles.includes(role)));

/** Asks the server; answers who it is, or null. */
export async function load() {
  person = personOf(await api.info());
  return person;
}

/** Signs in; the answer says who it is now. Throws what the server has against it. */
export async function signIn(userName, password, isRemembered = false) {
  await api.signIn(userName, password, isRemembered);
  return load();
}

export async function signOut() {
  await api.signOut();
  person = null;
}
