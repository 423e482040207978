// What the views show, without a browser: their markup is a pure function of what they have loaded.

import assert from "node:assert/strict";
import { test } from "node:test";

import { addressOf } from "../../static/address.js";
import { navigation, placesOf, topBar } from "../../static/component-shell.js";
import { errorState, messageOf } from "../../static/component-states.js";
import { dataTable, pager } from "../../static/component-table.js";
import { barChart, columnChart, ringChart } from "../../static/component-chart.js";
import { diagram } from "../../static/component-diagram.js";
import { queryBox } from "../../static/component-query-box.js";
import { propertyField } from "../../static/fields.js";
import { html } from "../../static/dom.js";
import apiView from "../../static/view-api.js";
import dashboard from "../../static/view-dashboard.js";
import leaveView from "../../static/view-leave.js";
import employees from "../../static/view-employees.js";
import entityView from "../../static/view-entity.js";
import importView from "../../static/view-import.js";
import recordView from "../../static/view-record.js";
import serviceView from "../../static/view-service.js";
import users from "../../static/view-users.js";
import { author, book, catalog, rowOfBook } from "./sample.mjs";

const EVIL = `<img src=x onerror=alert(1)>"'&`;
const page = (content, more = {}) => ({ content, number: 0, size: 20, numberOfElements: content.length, totalElements: content.length, totalPages: 1, ...more });
const context = (more) => ({ params: {}, query: {}, state: {}, addressWith: (change) => addressOf(["here"], change), ...more });
const shown = (view, more) => String(view.markup(context(more)));

/** Every control has a label, every button a name; nothing of the data has become markup. */
function assertFit(text) {
  assert.doesNotMatch(text, /<img src=x/, "data has become markup");
  assert.doesNotMatch(text, /\[object |undefined|NaN/, "a value has slipped through");
  const labelled = new Set([...text.matchAll(/<label[^>]*\sfor="([^"]+)"/g)].map((match) => match[1]));
  for (const [control] of text.matchAll(/<(?:input|select|textarea)\b[^>]*>/g)) {
    const id = control.match(/\sid="([^"]+)"/)?.[1];
    assert.ok(labelled.has(id) || /aria-label=|type="checkbox"|data-query="size"/.test(control), `no label: ${control}`);
  }
  for (const [, tag, inside] of text.matchAll(/<button([^>]*)>(.*?)<\/button>/gs)) assert.ok(/aria-label=/.test(tag) || inside.replace(/<[^>]+>/g, "").trim() !== "", `no name: <button${tag}>`);
  const ids = [...text.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
  assert.equal(new Set(ids).size, ids.length, "an id is there twice");
}

test("any table is shown with links to its rows and to what they refer to", () => {
  const row = { ...rowOfBook, title: EVIL };
  const text = shown(entityView, { params: { service: "library", entity: "Book" }, data: { catalog, entity: book, page: page([row]), problem: null } });
  assertFit(text);
  assert.match(text, /href="#\/data\/library\/Book\/7"/);
  assert.match(text, /href="#\/data\/library\/Author\/3">Ida O&#39;Hara</);
  assert.match(text, /content\/cover\?download=false/);
  assert.match(text, /data-action="new"/);
  assert.doesNotMatch(text, /\bpin\b/i, "what is only written is not shown");
});

test("who may only read is offered nothing else", () => {
  const text = shown(entityView, { params: { service: "library", entity: "Author" }, data: { catalog, entity: author, page: page([{ authorId: 1, firstName: "A", lastName: null }]), problem: null } });
  assertFit(text);
  assert.doesNotMatch(text, /data-action="(new|edit|delete)"|import/);
});

test("a filter that the server refuses is underlined and leaves the rows there", () => {
  const problem = { status: 400, key: "com.wavemaker.runtime.data$SyntaxErrorInQuery", parameters: ["title == 'x'", "7", "expected a value, found '='"], message: "…" };
  const text = shown(entityView, { params: { service: "library", entity: "Book" }, query: { q: "title == '<x>'" }, data: { catalog, entity: book, page: page([rowOfBook]), problem } });
  assertFit(text);
  assert.match(text, /title =<mark>=<\/mark> &#39;&lt;x&gt;/);
  assert.match(text, /Expected a value, found &#39;=&#39;\./);
  assert.match(text, /Moss/);
});

test("a row is shown with what refers to it", () => {
  const text = shown(recordView, { params: { service: "library", entity: "Author", key: "3" }, data: { catalog, entity: author, key: [["authorId", "3"]], row: { authorId: 3, firstName: EVIL, lastName: "B" }, etag: null, related: [{ collection: author.collections[0], page: page([rowOfBook], { totalElements: 12 }) }] } });
  assertFit(text);
  assert.match(text, new RegExp(addressOf(["data", "library", "Book"], { q: "authorId = 3" }).replace(/[?+()]/g, "\\$&")));
  assert.match(text, /data-action="add"/);
});

test("a service is shown as a list and as a diagram", () => {
  for (const query of [{}, { show: "diagram" }]) {
    const text = shown(serviceView, { params: { service: "library" }, query, data: catalog });
    assertFit(text);
    assert.match(text, /#\/data\/library\/Book/);
  }
  assert.match(String(diagram("library", catalog)), /Loan\.book → Book/);
});

test("an import shows what the file would become", () => {
  const state = { name: "b.csv", headings: ["title", "price", "?"], columns: ["title", "price", null], rows: [[EVIL, "lots", "x"], ["ok", "1", ""]], failures: [], progress: null };
  const text = shown(importView, { params: { service: "library", entity: "Book" }, state, data: { entity: book } });
  assert.match(text, /class="bad-cell">lots/);
  assert.match(text, /1 row has a mistake/);
  const after = shown(importView, { params: { service: "library", entity: "Book" }, state: { ...state, progress: { done: 2, made: 1 }, failures: [{ number: 1, fields: state.rows[0], text: "price: no" }] }, data: { entity: book } });
  assertFit(after);
  assert.match(after, /1 row was imported/);
});

test("people are shown as cards and as a table, whatever they are called", () => {
  const person = { empId: 1, firstname: EVIL, lastname: null, jobTitle: null, department: null, employeeByManagerId: null, deptId: null, managerId: null, role: null, city: null, state: null };
  const entity = { verbs: ["read", "create", "update", "delete"] };
  for (const look of ["cards", "table"]) assertFit(shown(employees, { data: { entity, page: page([person]), departments: [{ deptId: 1, name: EVIL }], look } }));
  assert.match(shown(employees, { query: { search: "x" }, data: { entity, page: page([]), departments: [], look: "cards" } }), /Nobody found/);
});

test("nobody can delete himself or take his own role away", () => {
  const text = shown(users, { data: { entity: { verbs: ["read", "update", "delete"] }, me: { isEmployee: false, userId: "1" }, page: page([{ userId: 1, username: "me", role: "adminrole" }, { userId: 2, username: EVIL, role: null }]) } });
  assertFit(text);
  assert.doesNotMatch(text, /data-action="delete" aria-label="Delete me"/);
  assert.doesNotMatch(text, /data-role-of="1"/);
  assert.match(text, /data-role-of="2"/);
});

test("the navigation has what somebody may do, and no more", () => {
  const sample = (names) => ({ entities: names.map((name) => ({ name, verbs: ["read"] })) });
  const names = (given) => placesOf(given).flatMap((group) => group.items.map((item) => item.name));
  assert.deepEqual(names({ sample: null }), ["data", "queries", "api"]);
  assert.deepEqual(names({ sample: sample(["Department", "Employee", "Vacation"]) }), ["dashboard", "employees", "departments", "leave", "data", "queries", "api"]);
  assert.ok(names({ sample: sample(["Department", "Employee", "Vacation", "User"]) }).includes("users"));
  assertFit(String(html`${navigation(placesOf({ sample: null }), "data", { leave: 2 })}${topBar({ userName: EVIL, roles: ["admin"], isEmployee: true, userId: "1" }, "auto")}`));
});

test("a table says how it is sorted and goes on from there", () => {
  const text = String(dataTable({ label: "x", columns: [{ name: "a", label: EVIL, isSortable: true, cell: (row) => row.a }, { name: "b", label: "B", isNumber: true, cell: () => null }], rows: [{ a: EVIL }], sort: "a", addressWith: (change) => addressOf([], change), keyOf: (row) => row.a }));
  assertFit(text);
  assert.match(text, /aria-sort="ascending"/);
  assert.match(text, /sort=a\+desc/);
  assert.match(text, /aria-label="nothing">–/);
});

test("a pager leads to the pages that there are", () => {
  const text = String(pager(page([1], { number: 1, size: 1, totalElements: 3, totalPages: 3 }), (change) => addressOf(["x"], change)));
  assert.match(text, /2–2 of 3/);
  assert.match(text, /href="#\/x"[^>]*aria-label="Previous page"/);
  assert.match(text, /href="#\/x\?page=3"/);
  assert.equal(String(pager(page([], { totalPages: 0 }), () => "#")).match(/aria-disabled/g).length, 2);
});

test("charts name what they show and hold out against odd numbers", () => {
  for (const chart of [barChart([{ label: EVIL, value: 0, text: EVIL, address: "#/" }], { label: EVIL }), columnChart([{ label: EVIL, address: "#/", values: [0, 5] }], ["a", EVIL], { format: String, short: String, label: "x" }),
    ringChart([{ label: EVIL, value: 0, text: "0", address: "#/", tone: "good" }], { label: "x", middle: "0", middleLabel: "y" })]) assertFit(String(chart));
});

test("a field fits its property's type", () => {
  const field = (name, value, more) => String(propertyField(book.properties.find((property) => property.name === name), value, more));
  assert.match(field("title", EVIL), /maxlength="80"/);
  assert.match(field("title", ""), /aria-required="true"/);
  assert.match(field("bought", "2024-02-29"), /type="date"[^>]*value="2024-02-29"/);
  assert.match(field("price", "1.50"), /inputmode="decimal"/);
  assert.match(field("isLent", false, { isNew: false }), /value="false" selected/);
  assert.match(field("cover", ""), /type="file"/);
  assert.doesNotMatch(field("pin", "1234", { isNew: false }), /1234/);
  assertFit(field("title", EVIL));
});

test("the filter's box has an example of the entity's own", () => {
  assert.match(String(queryBox({ entity: book, q: "", problem: null })), /placeholder="title like &#39;A%&#39; and bookId &gt; 1"/);
});

test("a failure is said in words that help", () => {
  assert.match(messageOf({ status: 429, retryAfterSeconds: 30 }), /30 seconds/);
  assert.match(messageOf({ status: 0 }), /reached/);
  assert.equal(messageOf({ status: 409, message: "Data Integrity Violation: this is used" }), "This is used");
  for (const status of [0, 403, 404, 500]) assertFit(String(errorState({ status, message: EVIL })));
});

test("a call is shown as it can be taken along, with the token that is held", () => {
  const data = { services: [{ name: "library" }], service: "library", catalog, token: { text: "0123", expiresAt: 61000 }, moment: 1000, root: "http://h/" };
  const text = shown(apiView, { query: { entity: "Author" }, data });
  assertFit(text);
  assert.match(text, /expires in 1:00/);
  assert.match(text, /wm_auth_token: 0123/);
  assert.match(shown(apiView, { query: { entity: "Author" }, data: { ...data, moment: 62000 } }), /expired.*wm_auth_token: TOKEN/s);
  assertFit(shown(apiView, { query: { call: "query:lent" }, data: { ...data, token: null } }));
});

test("nobody is asked to decide on his own leave", () => {
  const leave = (id, empId) => ({ id, empId, startDate: "2024-01-01", endDate: "2024-01-03", type: null, status: "Pending", employee: { empId, firstname: EVIL, lastname: "B" } });
  const data = { me: { isEmployee: true, userId: "1" }, isAdministrator: false, scopes: ["mine", "approvals", "all"], scope: "approvals", page: page([leave(1, 1), leave(2, 2)]), counts: new Map(), waiting: 2, taken: null, departments: [], entity: { verbs: ["read", "create", "delete"] }, isSortable: false, filters: { status: "Pending" } };
  const text = shown(leaveView, { data });
  assertFit(text);
  assert.doesNotMatch(text, /data-action="decide"[^>]*data-id="1"/);
  assert.match(text, /data-id="2" data-status="Approved"/);
  const mine = shown(leaveView, { data: { ...data, scope: "mine", page: page([leave(1, 1)]) } });
  assert.match(mine, /data-action="withdraw"/);
  assert.doesNotMatch(shown(leaveView, { data: { ...data, scope: "all" } }), /data-action="decide"/);
});

test("a dashboard stands with whatever could be had", () => {
  const bare = { me: { userName: "x", roles: ["user"], isEmployee: true }, isManager: false, isMine: true, greeting: "dashboard.morning", departments: [], departmentCount: null, totalBudget: null, employeeCount: null, days: [], statuses: [], waiting: null, person: null, canQuery: true, canLeave: true };
  assertFit(shown(dashboard, { data: bare }));
  const full = { ...bare, departments: [{ deptId: 1, name: EVIL, deptCode: null, budget: 5, q1: 1, q2: null, q3: 3, q4: 4 }], days: [{ deptId: 1, name: EVIL, vacationDays: 3 }], statuses: [{ status: "Pending", rows: 2 }], person: { firstname: EVIL } };
  const text = shown(dashboard, { data: full });
  assertFit(text);
  assert.match(text, /Good morning/);
  assert.match(text, /#\/leave\?status=Pending/);
});
