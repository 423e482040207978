// What people do with the front-end, done in a real browser against a real server.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { promisify } from "node:util";

import { accessibilityProblems, go, openPage, settled, signIn, startBrowser, startServer } from "./support.mjs";

let server;
let browser;
let pages = [];

before(async () => {
  server = await startServer();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});
afterEach(async () => {
  const problems = pages.flatMap((page) => page.problems);
  await Promise.all(pages.map((page) => page.context().close()));
  pages = [];
  assert.deepEqual(problems, [], "the console has something to say");
});

async function person(userName, password, options) {
  const page = await openPage(browser, options);
  pages.push(page);
  if (userName) await signIn(page, server.base, userName, password);
  return page;
}

const places = (page) => page.getByRole("navigation", { name: "Main" }).getByRole("link").allInnerTexts().then((texts) => texts.map((text) => text.split("\n")[0]));
const heading = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();
const said = (page, text) => page.locator(".toast", { hasText: text }).first().waitFor();

test("each role finds what it may do", async () => {
  const everybody = ["Dashboard", "Employees", "Departments", "Leave"];
  const below = ["Data", "Named queries", "API"];
  for (const [name, password, expected] of [["admin", "admin", [...everybody, "Users", ...below]], ["user", "user", [...everybody, ...below]], ["erin.lund", "welcome", [...everybody, ...below]], ["boris.tran", "welcome", [...everybody, ...below]]]) {
    const page = await person(name, password);
    assert.deepEqual(await places(page), expected, name);
    await go(page, server.base, "#/users");
    assert.equal(await page.getByText("Not for this account").count(), name === "admin" ? 0 : 1, `${name} and the users`);
  }
});

test("a wrong password costs the password and not the name", async () => {
  const page = await person();
  await page.goto(`${server.base}/login.html`);
  await page.getByLabel("User name").fill("admin");
  await page.getByLabel("Password").fill("wrong");
  await page.keyboard.press("Enter");
  await page.getByText("User name or password is wrong.").waitFor();
  assert.equal(await page.getByLabel("User name").inputValue(), "admin");
  assert.equal(await page.getByLabel("Password").inputValue(), "");
  assert.ok(await page.getByLabel("Password").evaluate((field) => field === document.activeElement));
});

test("a sample account that still has its known password fills in the form", async () => {
  const page = await person();
  await page.goto(`${server.base}/login.html`);
  await page.getByRole("button", { name: /erin\.lund/ }).or(page.getByRole("button", { name: /Manager/ })).first().click();
  assert.ok(await page.getByRole("button", { name: "Sign in" }).evaluate((button) => button === document.activeElement), "what comes next is the button");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: /^Good / }).waitFor();
});

test("a browser that is told to remember signs in by itself, until its session is ended", async () => {
  const page = await person();
  await page.goto(`${server.base}/login.html`);
  await page.getByLabel("User name").fill("user2");
  await page.getByLabel("Password").fill("user2");
  await page.getByLabel("Keep me signed in on this device").check();
  await page.getByRole("button", { name: "Sign in" }).click();
  await heading(page, "Dashboard");
  await page.context().clearCookies({ name: "SESSION" });
  await go(page, server.base, "#/account");
  await heading(page, "user2");
  await page.getByText("this one").waitFor();

  const other = await person("user2", "user2");
  await page.reload();
  await page.getByRole("button", { name: "End", exact: true }).first().waitFor();
  while (await page.getByRole("button", { name: "End", exact: true }).count() > 0) {
    const before = await page.getByRole("button", { name: "End", exact: true }).count();
    await page.getByRole("button", { name: "End", exact: true }).first().click();
    await page.waitForFunction((count) => [...document.querySelectorAll("[data-action=end]")].length < count, before);
  }
  await other.getByRole("link", { name: "Employees", exact: true }).click();
  await other.getByRole("dialog", { name: "Your session has ended" }).waitFor();
  await other.getByRole("button", { name: "Leave this page" }).click();
  await other.waitForURL(/login\.html/);
});

test("a password is changed by who knows it", async () => {
  const page = await person("wanda.hoffman", "welcome");
  await go(page, server.base, "#/account");
  await page.getByRole("button", { name: "Change password" }).click();
  const dialog = page.getByRole("dialog", { name: "Change password" });
  const fill = async (old, fresh, again) => {
    await dialog.getByLabel("Current password").fill(old);
    await dialog.getByLabel("New password", { exact: true }).or(dialog.locator("[name=fresh]")).first().fill(fresh);
    await dialog.getByLabel("New password once more").fill(again);
    await dialog.getByRole("button", { name: "Save" }).click();
  };
  await fill("welcome", "a long new one", "a long old one");
  await dialog.getByText("The two are different.").waitFor();
  await fill("wrong", "a long new one", "a long new one");
  await dialog.getByText(/current password is wrong/i).waitFor();
  await fill("welcome", "a long new one", "a long new one");
  await said(page, "Your password was changed.");
  await person("wanda.hoffman", "a long new one");
});

test("an address that was shared opens after signing in", async () => {
  const page = await person();
  await page.goto(`${server.base}/#/employees?search=tran&view=table`);
  await page.waitForURL(/login\.html/);
  await page.getByLabel("User name").fill("user");
  await page.getByLabel("Password").fill("user");
  await page.getByRole("button", { name: "Sign in" }).click();
  await heading(page, "Employees");
  await page.getByRole("link", { name: "Boris Tran" }).waitFor();
  assert.equal(await page.getByRole("searchbox").inputValue(), "tran");
  assert.equal(await page.locator("tbody tr").count(), 1);
});

test("an employee asks for leave and his manager grants it, both by keyboard alone", async () => {
  const boris = await person("boris.tran", "welcome");
  await go(boris, server.base, "#/leave");
  const press = async (page, ...keys) => { for (const key of keys) await page.keyboard.press(key); };
  const reach = async (page, name) => {
    for (let steps = 0; steps < 60; steps += 1) {
      const at = await page.evaluate(() => document.activeElement?.getAttribute("aria-label") || document.activeElement?.textContent?.trim() || "");
      if (at.startsWith(name)) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`the keyboard does not reach ${name}`);
  };
  await reach(boris, "Request leave");
  await press(boris, "Enter");
  await boris.getByRole("dialog").waitFor();
  assert.equal(await boris.evaluate(() => document.activeElement.name), "startDate");
  await boris.keyboard.type("03022027");
  // Past what is left of the first day's control, to the second.
  for (let steps = 0; steps < 6 && await boris.evaluate(() => document.activeElement.name) !== "endDate"; steps += 1) await press(boris, "Tab");
  await boris.keyboard.type("03052027");
  await press(boris, "Enter");
  await said(boris, "on its way");
  await boris.getByRole("cell", { name: "Mar 2, 2027", exact: true }).waitFor();

  const erin = await person("erin.lund", "welcome");
  await go(erin, server.base, "#/leave?scope=approvals");
  await reach(erin, "Approve: Boris Tran, Mar 2, 2027");
  await press(erin, "Enter");
  await said(erin, "Approved.");
  await erin.getByRole("row", { name: /Mar 2, 2027/ }).waitFor({ state: "detached" });

  await go(boris, server.base, "#/leave?status=Approved");
  await boris.getByRole("cell", { name: "Mar 2, 2027", exact: true }).waitFor();
  assert.equal(await boris.getByRole("row", { name: /Mar 2, 2027/ }).getByText("Approved").count(), 1);
});

test("a request is withdrawn, brought back, and rejected", async () => {
  const boris = await person("boris.tran", "welcome");
  await go(boris, server.base, "#/leave?new=1");
  const dialog = boris.getByRole("dialog");
  await dialog.getByLabel("First day off").fill("2027-06-07");
  await dialog.getByLabel("Back at work").fill("2027-06-01");
  await dialog.getByRole("button", { name: "Send request" }).click();
  await dialog.getByText("This must be after the first day off.").waitFor();
  await dialog.getByLabel("Back at work").fill("2027-06-09");
  await dialog.getByRole("button", { name: "Send request" }).click();
  await boris.getByRole("cell", { name: "Jun 7, 2027", exact: true }).waitFor();
  await boris.getByRole("button", { name: "Withdraw the leave from Jun 7, 2027" }).click();
  await boris.getByRole("cell", { name: "Jun 7, 2027", exact: true }).waitFor({ state: "detached" });
  await boris.locator(".toast", { hasText: "withdrawn" }).getByRole("button", { name: "Undo" }).click();
  await boris.getByRole("cell", { name: "Jun 7, 2027", exact: true }).waitFor();

  const erin = await person("erin.lund", "welcome");
  await go(erin, server.base, "#/leave?scope=approvals");
  await erin.getByRole("button", { name: "Reject: Boris Tran, Jun 7, 2027" }).click();
  await said(erin, "Rejected.");
  await go(boris, server.base, "#/leave?status=Rejected");
  await boris.getByRole("cell", { name: "Jun 7, 2027", exact: true }).waitFor();
});

test("an employee is made, changed and removed", async () => {
  const page = await person("admin", "admin");
  await go(page, server.base, "#/employees");
  await page.getByRole("button", { name: "New employee" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Create" }).click();
  await dialog.getByText("A first or a last name is needed.").waitFor();
  await dialog.getByLabel("First name").fill("Nadia");
  await dialog.getByLabel("Last name").fill("Okoye");
  await dialog.getByRole("combobox", { name: "Department" }).fill("mark");
  await dialog.getByRole("option", { name: /Marketing/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.equal(await dialog.getByRole("combobox", { name: "Department" }).inputValue(), "Marketing");
  await dialog.getByLabel("User name").fill("erin.lund");
  await dialog.getByRole("button", { name: "Create" }).click();
  await dialog.getByText("This user name is taken.").waitFor();
  await dialog.getByLabel("User name").fill("nadia.okoye");
  await dialog.getByRole("button", { name: "Create" }).click();
  await heading(page, "Nadia Okoye");
  await page.getByText("Jonas Leclair").first().waitFor();

  await page.getByRole("button", { name: "Edit" }).click();
  await dialog.getByLabel("Job title").fill("Analyst");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.locator(".lead", { hasText: "Analyst" }).waitFor();

  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await heading(page, "Employees");
  assert.equal(await page.getByText("Nadia Okoye", { exact: true }).count(), 0);
});

test("what is still referred to cannot be removed, and it is said why", async () => {
  const page = await person("admin", "admin");
  await go(page, server.base, "#/departments/1");
  await page.getByRole("button", { name: "Delete" }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await dialog.getByText("It is still in use: rows of Employee refer to it (Dept ID).").waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await heading(page, "Engineering");
});

test("a department's code must be free", async () => {
  const page = await person("admin", "admin");
  await go(page, server.base, "#/departments");
  await page.getByRole("button", { name: "New department" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Second Sales");
  await dialog.getByLabel("Code").fill("Sales");
  await dialog.getByLabel("Budget").fill("lots");
  await dialog.getByRole("button", { name: "Create" }).click();
  await dialog.getByText("A whole number, please.").waitFor();
  await dialog.getByLabel("Budget").fill("5");
  await dialog.getByRole("button", { name: "Create" }).click();
  await dialog.getByText("The code Sales is taken.").waitFor();
});

test("a session that ends in mid-form is renewed over it, and nothing typed is lost", async () => {
  const page = await person("admin", "admin");
  await go(page, server.base, "#/departments/2");
  await page.getByRole("button", { name: "Edit" }).click();
  const form = page.getByRole("dialog", { name: "Marketing" });
  await form.getByLabel("Location").fill("Reykjavík");
  await page.context().clearCookies();
  await form.getByRole("button", { name: "Save" }).click();
  const again = page.getByRole("dialog", { name: "Your session has ended" });
  await again.waitFor();
  assert.equal(await again.getByLabel("User name").inputValue(), "admin");
  await again.getByLabel("Password").fill("wrong");
  await page.keyboard.press("Enter");
  await again.getByText("User name or password is wrong.").waitFor();
  await again.getByLabel("Password").fill("admin");
  await page.keyboard.press("Enter");
  await said(page, "Marketing was saved.");
  await page.locator(".lead", { hasText: "Reykjavík" }).waitFor();
});

test("two who change the same row hear of each other", async () => {
  const [one, other] = [await person("admin", "admin"), await person("admin", "admin")];
  for (const page of [one, other]) {
    await go(page, server.base, "#/departments/4");
    await page.getByRole("button", { name: "Edit" }).click();
  }
  await one.getByRole("dialog").getByLabel("Location").fill("Oslo");
  await one.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await said(one, "was saved");
  await other.getByRole("dialog").getByLabel("Budget").fill("123");
  await other.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await other.getByRole("dialog").getByText(/Somebody else has changed this in the meantime \(Location\)/).waitFor();
  await other.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await said(other, "was saved");
  await other.locator(".lead", { hasText: "Oslo" }).waitFor();
  await other.getByText("$123 in the year").waitFor();
});

test("the token page's curl line works when it is run, until the token is revoked", async () => {
  const page = await person("user", "user");
  await go(page, server.base, "#/api");
  await page.getByLabel("Table or query").selectOption("Department");
  await page.getByRole("button", { name: "Make a token" }).click();
  await page.getByText(/expires in \d+:\d\d/).waitFor();
  const line = await page.locator("#sample").innerText();
  assert.match(line, /^curl /);
  const { stdout } = await promisify(execFile)("bash", ["-c", line.replace(/^curl /, "curl -s ")]);
  const names = JSON.parse(stdout).content.map((department) => department.name);
  assert.ok(names.includes("Engineering"));
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator("#answer").getByText("200").waitFor();
  assert.deepEqual(JSON.parse(await page.locator("#answer .answer").innerText()).content.map((department) => department.name), names);
  await page.getByRole("button", { name: "Revoke" }).click();
  await said(page, "The token was revoked.");
  const after = await promisify(execFile)("bash", ["-c", line.replace(/^curl /, "curl -s -o /dev/null -w '%{http_code}' ")]);
  assert.equal(after.stdout, "401");
});

test("a filter is completed as it is typed, and underlined where it is wrong", async () => {
  const page = await person("admin", "admin");
  await go(page, server.base, "#/data/hrdb/Employee");
  const box = page.getByRole("combobox", { name: /Filter/ });
  await box.focus();
  await page.keyboard.type("depart");
  await page.getByRole("option", { name: /department\./ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.type("na");
  await page.getByRole("option", { name: /department\.name/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  await page.keyboard.type("= 'Sales'");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  await page.getByText("1–1 of 1").waitFor();
  assert.match(page.url(), /q=department\.name/);
  await box.fill("department.name = 'Sales' and citty = 'x'");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  await page.locator(".query-under mark").waitFor();
  assert.equal(await page.locator(".query-under mark").textContent(), "citty");
  assert.equal(await page.locator("tbody tr").count(), 1, "the rows that were found before stay");
});

test("a file with a bad row is imported but for that row, which can be saved", async () => {
  const page = await person("admin", "admin");
  const file = join(mkdtempSync(join(tmpdir(), "hrdb-csv-")), "departments.csv");
  writeFileSync(file, 'name,dept code,Budget\n"Research, applied",R&D,1000\nBad,BAD,lots\nAgain,Eng,5\n');
  await go(page, server.base, "#/import/hrdb/Department");
  await page.locator("#csv-file").setInputFiles(file);
  await page.locator(".bad-cell", { hasText: "lots" }).waitFor();
  await page.getByRole("button", { name: "Import 3 rows" }).click();
  await page.locator("#import-result").getByText("1 row was imported.").waitFor();
  await page.locator("#import-result").getByText("Another Department has this deptCode already").waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save these as a file" }).click()]);
  assert.equal(download.suggestedFilename(), "Department-failed.csv");
  await page.getByRole("link", { name: "Show the rows of Department" }).click();
  await page.getByRole("cell", { name: "Research, applied", exact: true }).waitFor();
});

test("any table can be exported with the columns that are shown", async () => {
  const page = await person("admin", "admin");
  await go(page, server.base, "#/data/hrdb/Department?columns=name,location&q=deptCode%20%3D%20'Eng'");
  await page.locator("#export-menu summary").click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "CSV, these columns" }).click()]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  assert.equal(Buffer.concat(chunks).toString(), "name,location\nEngineering,San Francisco");
});

test("back and forward go through what was looked at", async () => {
  const page = await person("user", "user");
  await go(page, server.base, "#/employees?view=table");
  await page.getByRole("link", { name: /Job title/ }).click();
  await page.waitForURL(/sort=jobTitle/);
  await settled(page);
  await page.getByRole("link", { name: "Samir Joshi" }).first().click();
  await heading(page, "Samir Joshi");
  await page.goBack();
  await heading(page, "Employees");
  assert.match(page.url(), /sort=jobTitle/);
  assert.equal(await page.locator("th[aria-sort=ascending]").innerText().then((text) => text.split("\n")[0].replace(/[^A-Za-z ]/g, "")), "Job title");
});

test("light and dark can be chosen and stay chosen", async () => {
  const page = await person("user", "user", { colorScheme: "light" });
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  for (let steps = 0; steps < 2; steps += 1) await page.locator("[data-action=theme]").click();
  const dark = await ground();
  assert.notEqual(light, dark);
  await page.reload();
  await settled(page);
  assert.equal(await ground(), dark);
});

test("being offline is said, and coming back brings the rows", async () => {
  const page = await person("user", "user");
  await go(page, server.base, "#/departments");
  await page.waitForLoadState("networkidle");
  await page.context().setOffline(true);
  await page.getByText("You are offline.").waitFor();
  await page.getByRole("link", { name: "Employees" }).click();
  await page.getByText("No connection").waitFor();
  await page.context().setOffline(false);
  await page.getByText("You are offline.").waitFor({ state: "hidden" });
  await heading(page, "Employees");
});

test("everything works below a context path as well", { skip: Boolean(process.env.HRDB_BASE) }, async () => {
  const below = await startServer({ HRDB_CONTEXT_PATH: "/Demo" });
  try {
    const page = await person();
    const base = `${below.base}/Demo`;
    await signIn(page, base, "admin", "admin");
    await go(page, base, "#/data/hrdb/Department?columns=name&q=deptId%20%3D%201");
    await page.getByRole("link", { name: "Engineering", exact: true }).waitFor();
    await page.locator("#export-menu summary").click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "CSV, these columns" }).click()]);
    assert.match(download.url(), /\/Demo\//);
    await go(page, base, "#/api");
    assert.match(await page.locator("#sample").innerText(), /\/Demo\/services\//);
    await page.locator("#person-menu summary").click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${base}/login.html`);
    // The page still asks for this and that, and this server is about to go.
    await page.waitForLoadState("networkidle");
  } finally {
    await below.stop();
  }
});

const PLACES = ["#/", "#/employees", "#/employees?view=table", "#/employees/1", "#/departments", "#/departments/1", "#/leave?scope=approvals", "#/leave?scope=all", "#/users", "#/account", "#/data", "#/data/hrdb", "#/data/hrdb?show=diagram", "#/data/hrdb/Employee", "#/data/hrdb/Vacation/1",
  "#/import/hrdb/Department", "#/queries/hrdb/LeaveAction", "#/api", "#/nowhere", "api.html", "login.html"];

for (const colorScheme of ["light", "dark"]) {
  for (const width of [360, 1280]) {
    test(`no page has a serious barrier or runs over its edge, ${colorScheme}, ${width} wide`, async () => {
      const page = await person("admin", "admin", { colorScheme, viewport: { width, height: 800 } });
      for (const place of PLACES) {
        if (place.startsWith("#")) await go(page, server.base, place);
        else {
          await page.goto(`${server.base}/${place}`);
          await page.getByRole("heading", { level: 1 }).first().waitFor();
        }
        assert.deepEqual(await accessibilityProblems(page), [], place);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${place} is wider than the window`);
      }
      await go(page, server.base, "#/employees");
      await page.getByRole("button", { name: "New employee" }).click();
      await page.getByRole("dialog").waitFor();
      assert.deepEqual(await accessibilityProblems(page), [], "the form");
    });
  }
}
