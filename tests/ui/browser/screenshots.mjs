// Takes the pictures of the README: `node tests/ui/browser/screenshots.mjs [folder]`.

import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { go, openPage, signIn, startBrowser, startServer } from "./support.mjs";

const folder = process.argv[2] ?? fileURLToPath(new URL("../../../docs/screenshots/", import.meta.url));
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 390, height: 800 };

/** Name, who, how it looks, where, and what to do there first. */
const PICTURES = [
  ["sign-in", null, { viewport: WIDE }, "login.html"],
  ["dashboard", ["erin.lund", "welcome"], { viewport: WIDE }, "#/"],
  ["dashboard-dark", ["erin.lund", "welcome"], { viewport: WIDE, colorScheme: "dark" }, "#/"],
  ["employees", ["admin", "admin"], { viewport: WIDE }, "#/employees"],
  ["person", ["admin", "admin"], { viewport: WIDE }, "#/employees/1"],
  ["employee-form", ["admin", "admin"], { viewport: WIDE }, "#/employees", (page) => page.getByRole("button", { name: "New employee" }).click()],
  ["departments", ["user", "user"], { viewport: WIDE }, "#/departments"],
  ["leave", ["erin.lund", "welcome"], { viewport: WIDE }, "#/leave?scope=approvals"],
  ["users", ["admin", "admin"], { viewport: WIDE, colorScheme: "dark" }, "#/users"],
  ["table", ["admin", "admin"], { viewport: WIDE }, "#/data/hrdb/Employee", async (page) => {
    await page.getByRole("combobox", { name: /Filter/ }).fill("department.name = 'Engineering' and ");
    await page.getByRole("combobox", { name: /Filter/ }).press("ArrowDown");
    await page.getByRole("option").first().waitFor();
  }],
  ["filter-error", ["admin", "admin"], { viewport: WIDE, colorScheme: "dark" }, "#/data/hrdb/Employee?q=firstname%20like%20'A%25'%20and%20citty%20%3D%20'Oslo'"],
  ["diagram", ["admin", "admin"], { viewport: WIDE }, "#/data/hrdb?show=diagram"],
  ["queries", ["admin", "admin"], { viewport: WIDE }, "#/queries/hrdb/vacationDays", (page) => page.getByRole("button", { name: "Run" }).click()],
  ["api", ["user", "user"], { viewport: WIDE }, "#/api", async (page) => {
    await page.getByRole("button", { name: "Make a token" }).click();
    await page.getByText(/expires in/).waitFor();
  }],
  ["reference", ["admin", "admin"], { viewport: WIDE }, "api.html"],
  ["account", ["admin", "admin"], { viewport: WIDE }, "#/account"],
  ["dashboard-narrow", ["boris.tran", "welcome"], { viewport: NARROW }, "#/"],
  ["leave-narrow", ["erin.lund", "welcome"], { viewport: NARROW, colorScheme: "dark" }, "#/leave?scope=approvals"],
];

mkdirSync(folder, { recursive: true });
const server = await startServer();
const browser = await startBrowser();
for (const [name, who, options, place, act] of PICTURES) {
  const page = await openPage(browser, options);
  if (who) await signIn(page, server.base, ...who);
  if (place.startsWith("#")) await go(page, server.base, place);
  else await page.goto(`${server.base}/${place}`);
  await act?.(page);
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: `${folder}/${name}.png` });
  await page.context().close();
}
await browser.close();
await server.stop();
