// What the modules without a document do by themselves. Run with `node --test tests/ui`.

import assert from "node:assert/strict";
import { test } from "node:test";

import { addressOf, fit, parseAddress } from "../../static/address.js";
import { parseJson, pathOf, rowPath } from "../../static/api.js";
import { allOf, keyFromText, keyOf, keyText, literal, nameOfRow, namingProperties, searchCondition } from "../../static/catalog.js";
import { layout } from "../../static/component-diagram.js";
import { ticks } from "../../static/component-chart.js";
import { nextSort, parseSort } from "../../static/component-table.js";
import { matchColumns, parseCsv, writeCsv } from "../../static/csv.js";
import { attributes, html } from "../../static/dom.js";
import { understand } from "../../static/fields.js";
import { date, daysBetween, duration, initials, tint, wordsOf } from "../../static/format.js";
import { demoChoice, employeeCondition, leaveCondition, leaveProblem } from "../../static/hr.js";
import { complete, problemRange, tokens } from "../../static/query-language.js";
import { asCurl, asJavaScript, asPython, callOfQuery, callsOf, requestOf } from "../../static/request-text.js";
import { chosenColumns } from "../../static/view-entity.js";
import { valuesOf } from "../../static/view-import.js";
import { author, book, catalog, loan } from "./sample.mjs";

test("a template escapes what it is given and leaves templates as they are", () => {
  const name = `<b onclick="x()">'&`;
  assert.equal(String(html`<p title="${name}">${name}${html`<i>${1}</i>`}</p>`), "<p title=\"&lt;b onclick=&quot;x()&quot;&gt;&#39;&amp;\">&lt;b onclick=&quot;x()&quot;&gt;&#39;&amp;<i>1</i></p>");
  assert.equal(String(html`${[html`<li>a</li>`, html`<li>b</li>`]}${null}${undefined}${false}${0}`), "<li>a</li><li>b</li>0");
});

test("a text that only looks like a template is still text", () => {
  assert.equal(String(html`${{ text: "<i>", toString: () => "<i>" }}`), "&lt;i&gt;");
});

test("attributes are left out, bare, or escaped", () => {
  assert.equal(String(attributes({ a: null, b: undefined, c: false, d: true, e: `"<`, f: 0 })), ' d e="&quot;&lt;" f="0"');
});

test("an address is read as it was written", () => {
  const address = addressOf(["data", "a/b", "Ü?#"], { q: "x = 'a&b'", page: 2, sort: "", none: null });
  const parsed = parseAddress(address);
  assert.deepEqual(parsed.segments, ["data", "a/b", "Ü?#"]);
  assert.deepEqual(parsed.query, { q: "x = 'a&b'", page: "2" });
  assert.equal(addressOf([]), "#/");
});

test("a pattern fits by its words and takes the rest as parameters", () => {
  assert.deepEqual(fit("data/:service/:entity", ["data", "hrdb", "Employee"]), { service: "hrdb", entity: "Employee" });
  assert.equal(fit("data/:service", ["data", "hrdb", "Employee"]), null);
  assert.equal(fit("employees/:id", ["departments", "1"]), null);
  assert.deepEqual(fit("", []), {});
});

test("an address that is broken does not stop anybody", () => {
  assert.deepEqual(parseAddress("#/data/%E0%A4%A").segments, ["data", "%E0%A4%A"]);
});

test("rows are addressed by one property or by several", () => {
  assert.equal(rowPath("library", "Book", [["bookId", "a/b?"]]), "services/library/Book/a%2Fb%3F");
  assert.equal(rowPath("library", "Loan", [["bookId", 1], ["day", "2024-01-01"]]), "services/library/Loan/composite-id?bookId=1&day=2024-01-01");
  assert.equal(rowPath("library", "Loan", [["bookId", 1], ["day", ""]]), "services/library/Loan/composite-id?bookId=1&day=", "an empty text is a part of a key like any other");
  assert.equal(pathOf("x", { a: "", b: null, c: 0 }), "x?c=0");
});

test("a key survives the way through an address, commas and all", () => {
  const key = keyOf(loan, { bookId: 5, day: "a,b/c" });
  assert.deepEqual(keyFromText(loan, keyText(key)), [["bookId", "5"], ["day", "a,b/c"]]);
  assert.equal(keyOf(loan, { bookId: 5, day: null }), null);
  assert.equal(keyFromText(loan, "1"), null);
  assert.equal(keyOf(author, { authorId: "" }), null, "no path leads to an empty text");
});

// A reviver is told the text of a number only by newer engines; browsers of today are among them.
const toldOfText = (() => { let told = false; JSON.parse("1", (name, value, context) => { told = context?.source === "1"; return value; }); return told; })();

test("integers beyond what a script can hold come through unchanged", { skip: !toldOfText }, () => {
  assert.deepEqual(parseJson('{"id":9007199254740993,"small":12}'), { id: "9007199254740993", small: 12 });
});

test("a text of many digits stays the text it is", () => {
  assert.deepEqual(parseJson('{"text":"9007199254740993","small":12}'), { text: "9007199254740993", small: 12 });
});

test("people recognise a row by its names, else by its key", () => {
  assert.deepEqual(namingProperties(author), ["firstName", "lastName"]);
  assert.deepEqual(namingProperties(book), ["title"]);
  assert.deepEqual(namingProperties(loan), []);
  assert.equal(nameOfRow(author, { authorId: 3, firstName: "Ida", lastName: "O'Hara" }), "Ida O'Hara");
  assert.equal(nameOfRow(loan, { bookId: 5, day: "2024-01-01" }), "Loan 5, 2024-01-01");
  assert.equal(nameOfRow(author, { authorId: 3, firstName: null, lastName: "" }), "Author 3");
});

test("what people type becomes a literal and never a part of the language", () => {
  assert.equal(literal("O'Hara"), "'O''Hara'");
  assert.equal(searchCondition(author, " o'h  ida "), "(lower(firstName) like lower('%o''h%') or lower(lastName) like lower('%o''h%')) and (lower(firstName) like lower('%ida%') or lower(lastName) like lower('%ida%'))");
  assert.equal(searchCondition(loan, "x"), "");
  assert.equal(allOf("", "a = 1 or b = 2", null, "c = 3"), "(a = 1 or b = 2) and (c = 3)");
  assert.equal(allOf("a = 1"), "a = 1");
});

test("the screens' filters become conditions", () => {
  assert.equal(employeeCondition({}), "");
  assert.equal(employeeCondition({ department: "3" }), "deptId = 3");
  assert.equal(employeeCondition({ department: "3 or 1=1" }), "");
  assert.equal(leaveCondition({ status: "Pending", from: "2024-01-01", to: "2024-02-01" }), "(status = 'Pending') and (endDate >= '2024-01-01') and (startDate <= '2024-02-01')");
  assert.equal(leaveCondition({ empId: "x" }), "");
});

test("leave ends after it begins", () => {
  assert.equal(leaveProblem("2024-01-01", "2024-01-02"), null);
  assert.equal(leaveProblem("2024-01-01", "2024-01-01"), "leave.daysReversed");
  assert.equal(leaveProblem("", "2024-01-01"), "leave.daysMissing");
});

test("one sample account of each role is offered first", () => {
  const accounts = [["a", "x"], ["b", "x"], ["c", "y"]].map(([name, role]) => ({ name, role }));
  assert.deepEqual(demoChoice(accounts, 2).map((account) => account.name), ["a", "c"]);
});

test("a click on a heading sorts up, then down, then not at all", () => {
  assert.deepEqual(parseSort("name desc,id"), { property: "name", isDescending: true });
  assert.equal(nextSort("", "name"), "name");
  assert.equal(nextSort("name", "name"), "name desc");
  assert.equal(nextSort("name desc", "name"), "");
  assert.equal(nextSort("name desc", "id"), "id");
});

test("CSV is read as RFC 4180 has it", () => {
  assert.deepEqual(parseCsv('a,b\r\n"x ""y"", z","two\nlines"\r\n\r\n1,\r\n'), [["a", "b"], ['x "y", z', "two\nlines"], ["1", ""]]);
  assert.deepEqual(parseCsv("\uFEFFa;b\n1;2"), [["a", "b"], ["1", "2"]]);
  assert.deepEqual(parseCsv('a\n""\nb'), [["a"], ["b"]]);
  assert.deepEqual(parseCsv('5" disk,b\nx,y'), [['5" disk', "b"], ["x", "y"]]);
  assert.deepEqual(parseCsv(""), []);
});

test("what is written as CSV is read back", () => {
  const rows = [["a,b", 'c"d', "e\nf"], ["", "ü", "1"]];
  assert.deepEqual(parseCsv(writeCsv(rows)), rows);
});

test("columns of a file find their properties, each only once", () => {
  assert.deepEqual(matchColumns(["Dept Code", "dept_code", "BUDGET", "?"], ["deptCode", "budget"]), ["deptCode", null, "budget", null]);
});

test("a row of a file becomes values, and says which of its cells are wrong", () => {
  const columns = ["title", "price", "bought", null];
  assert.deepEqual(valuesOf(book, columns, ["Moss", "1.50", "2024-02-29", "x"]), { values: { title: "Moss", price: "1.50", bought: "2024-02-29" }, problems: {} });
  assert.deepEqual(Object.keys(valuesOf(book, columns, ["", "lots", "2024-02-31x", ""]).problems), ["0", "1", "2"]);
  assert.deepEqual(Object.keys(valuesOf(book, ["title"], ["x".repeat(81)]).problems), ["0"]);
});

test("texts in fields are understood by their type", () => {
  for (const [text, type, value] of [["12", "integer", 12], [" -3 ", "integer", -3], ["9007199254740993", "integer", "9007199254740993"], ["1.5", "number", 1.5], ["1.50", "decimal", "1.50"], ["yes", "boolean", true], ["false", "boolean", false], ["2024-02-29", "date", "2024-02-29"],
    ["12:30", "time", "12:30:00"], ["2024-02-29T12:30", "datetime", "2024-02-29T12:30:00"], ["1970-01-01T00:00:01", "timestamp", 1000], ["[1]", "json", [1]], [" x ", "text", " x "], ["12", "any", 12]]) assert.deepEqual(understand(text, type), { value }, `${text} as ${type}`);
  for (const [text, type] of [["1.5", "integer"], ["x", "number"], ["", "number"], ["maybe", "boolean"], ["29.2.2024", "date"], ["noon", "time"], ["tomorrow", "datetime"], ["{", "json"]]) assert.ok(understand(text, type).problem, `${text} as ${type}`);
});

test("values are written for people", () => {
  assert.equal(date("2014-11-23"), "Nov 23, 2014");
  assert.equal(date("soon"), "soon");
  assert.equal(date(null), "–");
  assert.equal(daysBetween("2014-11-23", "2014-11-27"), 4);
  assert.equal(daysBetween("", "x"), null);
  assert.equal(duration(61000), "1:01");
  assert.equal(duration(-5), "0:00");
  assert.deepEqual(["Erin Lund", "admin", "", "Ana de la Cruz", "𝒜 b"].map(initials), ["EL", "A", "?", "AC", "𝒜B"]);
  assert.ok(tint("x") >= 0 && tint("x") < 8 && tint("x") === tint("x"));
  assert.deepEqual(["jobTitle", "employeeByManagerId", "deptId", "DEPT_CODE", "q1"].map(wordsOf), ["Job title", "Manager", "Dept ID", "Dept code", "Q1"]);
});

test("an axis has round numbers and reaches the highest", () => {
  assert.deepEqual(ticks(877998), [0, 250000, 500000, 750000, 1000000]);
  assert.deepEqual(ticks(0), [0, 1]);
  assert.ok(ticks(3).at(-1) >= 3);
});

test("a filter falls into its pieces", () => {
  assert.deepEqual(tokens("a.b >= 'it''s' and(c in(1,-2.5))").map((piece) => piece.text), ["a.b", ">=", "'it''s'", "and", "(", "c", "in", "(", "1", ",", "-2.5", ")", ")"]);
  assert.deepEqual(tokens("a = 'open").map((piece) => piece.text), ["a", "=", "'open"]);
});

const offered = (text, caret = text.length) => complete(text, caret, book, catalog).choices.map((choice) => choice.text);

test("a filter is completed with what can come next", () => {
  assert.ok(offered("").includes("title") && offered("").includes("author."));
  assert.ok(!offered("").includes("pin") && !offered("").includes("cover"), "what cannot be compared is not offered");
  assert.deepEqual(offered("ti"), ["title"]);
  assert.deepEqual(offered("author.la"), ["author.lastName"]);
  assert.ok(offered("title ").includes("=") && offered("title ").includes("like '"));
  assert.deepEqual(offered("title is "), ["null", "not null"]);
  assert.deepEqual(offered("title is not null "), ["and", "or"]);
  assert.deepEqual(offered("title = 'x' a"), ["and"]);
  assert.deepEqual(offered("isLent = "), ["true", "false"]);
  assert.ok(offered("title = 'x' and ").includes("price"));
  assert.ok(offered("(title = 'x' or ").includes("price"));
  assert.ok(offered("lower(title) ").includes("="));
  assert.deepEqual(offered("price between 1 "), ["and"]);
  assert.deepEqual(offered("price in (1, 2) "), ["and", "or"]);
  assert.equal(complete("title = 'M", 10, book, catalog).expects, "value");
  assert.equal(complete("author.lastName = ", 18, book, catalog).property.name, "lastName");
});

test("a completion replaces the piece at the caret only", () => {
  const { from, to } = complete("ti = 'x' and pr", 2, book, catalog);
  assert.deepEqual([from, to], [0, 2]);
});

const range = (text, error) => { const found = problemRange(text, error); return found && text.slice(found.from, found.to); };

test("a refused filter is underlined where it is wrong", () => {
  const syntax = (text, position) => range(text, { key: "com.wavemaker.runtime.data$SyntaxErrorInQuery", parameters: [text, String(position), "…"], message: "…" });
  assert.equal(syntax("a = 'x' and and", 12), "and");
  assert.equal(syntax("a = 'open", 4), "'open");
  assert.equal(syntax("a =", 3), "=");
  assert.equal(syntax("t = '😀' && x", 8), "&");
  assert.equal(range("title = 'x' and titel = 'y'", { key: "Property {0} in the class {1} is not valid.", parameters: ["titel", "Book"], message: "Property titel in the class Book is not valid." }), "titel");
  assert.equal(range("bookId = 'a'", { key: "…", parameters: ["bookId must be an integer, not 'a'"], message: "bookId must be an integer, not 'a'" }), "'a'");
  assert.equal(range("a = 1", { key: "…", parameters: [], message: "no idea" }), null);
});

test("a caller is shown the calls that he may make", () => {
  assert.deepEqual(callsOf("library", author).map((call) => call.id), ["list", "count", "get", "related:books", "aggregate", "export"]);
  assert.ok(callsOf("library", book).some((call) => call.id === "create"));
  assert.equal(callsOf("library", loan).find((call) => call.id === "delete").path, "services/library/Loan/composite-id?bookId=1&day=1");
  const body = JSON.parse(callsOf("library", book).find((call) => call.id === "create").body);
  assert.ok("title" in body && !("bookId" in body) && !("cover" in body) && !("pin" in body));
});

test("a call becomes a request, and text for other programs", () => {
  const request = requestOf({ ...callOfQuery("library", catalog.queries[0]), query: [["since", "it's"]] }, "http://h/");
  assert.equal(request.url, "http://h/services/library/queryExecutor/queries/lent?since=it%27s");
  assert.equal(asCurl({ method: "POST", url: "http://h/x", body: `{"a":"it's"}` }, "T"), `curl -X POST -H 'wm_auth_token: T' -H 'Content-Type: application/json' --data-binary '{"a":"it'\\''s"}' 'http://h/x'`);
  assert.match(asJavaScript({ method: "GET", url: "http://h/x" }, "T"), /^const response = await fetch\("http:\/\/h\/x"/);
  assert.match(asPython({ method: "PUT", url: "http://h/x", body: '{"a":"\\u00e9"}' }, "T"), /data="\{\\"a\\":\\"\\\\u00e9\\"\}"\.encode\(\)/);
});

test("the columns of a table are those of the address, else those that tell most", () => {
  assert.deepEqual(chosenColumns(book, "price,nothing,title"), ["price", "title"]);
  assert.ok(!chosenColumns(book, "").includes("pin"));
  const wide = { ...book, properties: [...Array.from({ length: 12 }, (_, at) => ({ ...book.properties[1], name: `p${at}` })), ...book.properties] };
  assert.ok(chosenColumns(wide, "").includes("authorId") && chosenColumns(wide, "").length === 10);
});

test("a diagram puts what is referred to left of what refers, and ends on a circle", () => {
  const { boxes, lines } = layout(catalog.entities);
  const x = Object.fromEntries(boxes.map((box) => [box.entity.name, box.x]));
  assert.ok(x.Author < x.Book && x.Book < x.Loan);
  assert.equal(lines.length, 2);
  const circle = [["A", "B"], ["B", "A"]].map(([name, other]) => ({ name, key: ["id"], properties: [], relations: [{ name: "o", entity: other, from: ["x"], to: ["id"] }] }));
  assert.equal(layout(circle).boxes.length, 2);
});
