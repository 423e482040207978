// How many requests for leave wait for the caller's decision: whoever shows it hears of every change.

import * as api from "./api.js";
import { SERVICE } from "./hr.js";
import { hasRole } from "./session.js";

let listener = null;

/** Asks the server anew. Answers the number, 0 for who decides on nothing. */
export async function countPending() {
  if (!hasRole("admin", "adminrole")) return 0;
  const count = hasRole("admin")
    ? (await api.readQuery(SERVICE, "toBeApprovedLeaves", { size: 1 })).totalElements
    : await api.countRows(SERVICE, "Vacation", "status = 'Pending'");
  listener?.(count);
  return count;
}

/** Hears the number now and whenever it may have changed. It is a courtesy: where it cannot be had there is none. */
export function onPendingCount(hear) {
  listener = hear;
  countPending().catch(() => {});
}
