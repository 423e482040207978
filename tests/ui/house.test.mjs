// The order of the front-end's house: imports point one way, and what only one file may do, only it does.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import en from "../../static/texts.en.js";

const folder = fileURLToPath(new URL("../../static/", import.meta.url));
const files = readdirSync(folder);
const scripts = files.filter((name) => name.endsWith(".js"));
const textOf = (name) => readFileSync(folder + name, "utf8");
const codeOf = (name) => textOf(name).split("\n").filter((line) => !/^\s*(\/\/|\*|\/\*\*)/.test(line)).join("\n");

/** Pages of their own: what starts something. */
const PAGES = ["main.js", "login.js", "reference.js", "theme.js"];
const FLOORS = [
  [/^(main|login|reference|theme)\.js$/, 6], [/^router\.js$/, 5], [/^view-.*\.js$/, 4], [/^(component-.*|.*-form|reference-schemas)\.js$/, 3], [/^fields?(-.*)?\.js$/, 2], [/./, 1],
];
const floorOf = (name) => FLOORS.find(([pattern]) => pattern.test(name))[1];
const importsOf = (name) => [...textOf(name).matchAll(/(?:from|import)\s*\(?\s*"\.\/([^"]+)"/g)].map((match) => match[1]);

test("a file imports from its own floor or from one below", () => {
  for (const name of scripts) for (const used of importsOf(name)) {
    assert.ok(files.includes(used), `${name} imports ${used}, which is not there`);
    assert.ok(floorOf(used) <= floorOf(name), `${name} must not import ${used}`);
    assert.ok(!(floorOf(name) === 4 && floorOf(used) === 4), `the view ${name} must not import another view, ${used}`);
  }
});

test("no file imports itself by a detour", () => {
  const reach = (name, way = []) => {
    assert.ok(!way.includes(name), `a circle: ${[...way, name].join(" → ")}`);
    for (const used of importsOf(name)) if (floorOf(used) === floorOf(name)) reach(used, [...way, name]);
  };
  scripts.forEach((name) => reach(name));
});

test("only api.js calls fetch, only dom.js writes markup, only the router and pages read the location", () => {
  for (const name of scripts) {
    const code = codeOf(name);
    if (name !== "api.js") assert.doesNotMatch(code.replace(/`[^`]*`/gs, ""), /\bfetch\(/, `${name} calls fetch`);
    assert.doesNotMatch(code, /\b(eval|document\.write|insertAdjacentHTML|outerHTML)\b|new Function/, name);
    if (name !== "dom.js") assert.doesNotMatch(code, /innerHTML|createContextualFragment/, `${name} writes markup`);
    if (name !== "router.js" && !PAGES.includes(name)) assert.doesNotMatch(code, /\blocation\b[.\[]/, `${name} reads the location`);
  }
});

test("nothing is styled or scripted inside the markup, and nothing comes from elsewhere", () => {
  for (const name of files) {
    const text = textOf(name);
    if (!/\.(css|svg)$/.test(name)) {
      assert.doesNotMatch(text, /\sstyle="/, `${name} has a style attribute`);
      assert.doesNotMatch(text, /<[a-z][^>]*\son[a-z]+=/, `${name} has a handler in its markup`);
    }
    if (name.endsWith(".html")) assert.doesNotMatch(text, /<script(?![^>]*\ssrc=)[^>]*>/, `${name} has an inline script`);
    const addresses = [...text.matchAll(/(?:src|href)="(https?:)?\/\//g)];
    assert.equal(addresses.length, 0, `${name} leads elsewhere`);
    if (name.endsWith(".css")) assert.doesNotMatch(text, /url\("?(https?:)?\/\//, name);
  }
});

test("every file says at its top what it is", () => {
  for (const name of files) {
    if (name.endsWith(".html")) assert.match(textOf(name), /^<!doctype html>\n<!-- /, name);
    else assert.match(textOf(name), /^(\/\/ |\/\* |<!-- )/, name);
  }
});

test("every text that is asked for is there, and every text is asked for", () => {
  const asked = new Set();
  const beginnings = [];
  for (const name of files) {
    const text = textOf(name);
    for (const [, key] of text.matchAll(/data-text="([^"]+)"/g)) asked.add(key);
    if (!name.endsWith(".js") || name === "texts.en.js") continue;
    for (const [, key] of text.matchAll(/\b(?:t|hasText)\(\s*`([^`$]*)\$\{/g)) beginnings.push(key);
    for (const [, key] of text.matchAll(/\bt\(\s*"([^"]+)"/g)) asked.add(key);
    // A choice between two, and keys that are handed on.
    for (const [, key] of text.matchAll(/"([a-z][A-Za-z]*\.[A-Za-z0-9.]+)"/g)) if (Object.hasOwn(en, key)) asked.add(key);
  }
  for (const key of asked) assert.ok(Object.hasOwn(en, key), `there is no text ${key}`);
  for (const beginning of beginnings) assert.ok(Object.keys(en).some((key) => key.startsWith(beginning)), `no text begins with ${beginning}`);
  const idle = Object.keys(en).filter((key) => !asked.has(key) && !beginnings.some((beginning) => key.startsWith(beginning)));
  assert.deepEqual(idle, []);
});

/** The scripts that come with these, views that are loaded when they are gone to aside. */
function withImports(...names) {
  const found = new Set();
  const take = (name) => {
    if (found.has(name)) return;
    found.add(name);
    for (const [, used] of textOf(name).matchAll(/^import [^;]*?"\.\/([^"]+)";/gms)) take(used);
  };
  names.forEach(take);
  return found;
}

test("the page names all scripts of the first view, so that they come at once", () => {
  const named = [...textOf("index.html").matchAll(/rel="modulepreload" href="([^"]+)"/g)].map((match) => match[1]);
  assert.deepEqual(["main.js", ...named].sort(), [...withImports("main.js", "view-dashboard.js")].sort());
});

test("what the first view needs, compressed, is less than 100 kB", () => {
  const needed = [...withImports("main.js", "view-dashboard.js"), "index.html", "app.css", "views.css", "theme.js", "favicon.svg", "chevron.svg"];
  const sent = needed.reduce((sum, name) => sum + gzipSync(textOf(name)).length, 0);
  console.log(`first view: ${needed.length} files, ${sent} bytes`);
  assert.ok(sent < 100000, `${sent} bytes`);
});
