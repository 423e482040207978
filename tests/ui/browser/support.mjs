// A real server in a folder of its own and a real browser in front of it, for one file of tests.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const house = fileURLToPath(new URL("../../../", import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? join(house, "target");
const MOST_MILLISECONDS_TO_START = 60000;

function binary() {
  const found = [process.env.HRDB_BINARY, join(target, "debug/hrdb"), join(target, "release/hrdb")].find((path) => path && existsSync(path));
  if (!found) throw new Error("no server to test: build it, or name it in HRDB_BINARY");
  return found;
}

/** Starts a server with the sample; `{ base, stop }`. One that runs already can be named in HRDB_BASE, for work on the pages. */
export async function startServer(settings = {}) {
  if (process.env.HRDB_BASE) return { base: process.env.HRDB_BASE, stop: async () => {} };
  const folder = mkdtempSync(join(tmpdir(), "hrdb-browser-"));
  const child = spawn(binary(), ["--listen", "127.0.0.1:0"], { env: { ...process.env, HRDB_DATA_DIR: folder, ...settings }, stdio: ["ignore", "pipe", "pipe"], cwd: folder });
  const base = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the server does not start")), MOST_MILLISECONDS_TO_START);
    let said = "";
    const hear = (piece) => {
      said += piece;
      const found = said.match(/http:\/\/[0-9.:]+/);
      if (found) {
        clearTimeout(timer);
        resolve(found[0]);
      }
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("exit", () => reject(new Error(`the server has ended: ${said}`)));
  });
  return {
    base,
    stop: () => new Promise((resolve) => {
      child.removeAllListeners("exit");
      child.on("exit", () => {
        rmSync(folder, { recursive: true, force: true });
        resolve();
      });
      child.kill();
    }),
  };
}

export const startBrowser = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });

/** Browsers write down every answer that is no success; these are answers that tests ask for on purpose. */
const EXPECTED = /Failed to load resource: the server responded with a status of (400|401|403|404|409|412|503)|net::ERR_INTERNET_DISCONNECTED/;

/** A page in a profile of its own; `page.problems` is what its console has against it, policy reports among it. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10000);
  page.problems = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !EXPECTED.test(message.text())) page.problems.push(message.text());
  });
  page.on("pageerror", (error) => page.problems.push(String(error.stack)));
  return page;
}

export async function signIn(page, base, userName, password) {
  await page.goto(`${base}/login.html`);
  await page.getByLabel("User name").fill(userName);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${base}/`);
  await page.getByRole("heading", { level: 1 }).waitFor();
}

/** Opens a view anew and waits until it is there. */
export async function go(page, base, address) {
  await page.goto("about:blank");
  await page.goto(`${base}/${address}`);
  await settled(page);
}

export const settled = (page) => page.waitForFunction(() => document.querySelector(".view") && !document.querySelector(".view[aria-busy]") && document.querySelector(".view h1, .view .state"));

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The serious things that axe has against the page, one line each. */
export async function accessibilityProblems(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical").flatMap(({ id, nodes }) => nodes.slice(0, 3).map((node) => `${id}: ${node.target.join(" ")} ${node.any?.[0]?.message ?? ""}`));
}
