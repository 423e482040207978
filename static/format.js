// Values as people read them. Pure.

import { language } from "./texts.js";

const numbers = new Intl.NumberFormat(language);
const money = new Intl.NumberFormat(language, { style: "currency", currency: "USD", maximumFractionDigits: 0 });
const compactMoney = new Intl.NumberFormat(language, { style: "currency", currency: "USD", notation: "compact", maximumFractionDigits: 2 });
const dates = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const moments = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });

export const number = (value) => (value === null || value === undefined ? "–" : numbers.format(value));
export const dollars = (value) => (value === null || value === undefined ? "–" : money.format(value));
export const compactDollars = (value) => compactMoney.format(value ?? 0);

/** `2014-11-23` as people write it; what is no date stays as it is. */
export function date(text) {
  if (text === null || text === undefined || text === "") return "–";
  const parsed = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(parsed.getTime()) ? String(text) : dates.format(parsed);
}

/** Milliseconds since 1970 as people write them, in UTC. */
export function moment(milliseconds) {
  const parsed = new Date(milliseconds);
  return Number.isNaN(parsed.getTime()) ? String(milliseconds) : `${moments.format(parsed)} UTC`;
}

/** Days from one date to another, the last not counted: the way the sample's queries count leave. */
export function daysBetween(first, last) {
  const days = (Date.parse(`${last}T00:00:00Z`) - Date.parse(`${first}T00:00:00Z`)) / 86400000;
  return Number.isFinite(days) ? days : null;
}

/** A day as `yyyy-MM-dd`, in the time zone of who looks. */
export function isoDay(day = new Date()) {
  const two = (value) => String(value).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** First letters of the first and the last word. */
export function initials(name) {
  const words = String(name ?? "").trim().split(/[\s._-]+/).filter((word) => word !== "");
  if (words.length === 0) return "?";
  const first = [...words[0]][0];
  return (words.length > 1 ? first + [...words.at(-1)][0] : first).toUpperCase();
}

/** One of `count` colours, always the same for the same name. */
export function tint(name, count = 8) {
  let sum = 0;
  for (const letter of String(name ?? "")) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  return sum % count;
}

/** Names of properties and entities as people read them: `jobTitle` is "Job title", `employeeByManagerId` "Manager". */
export function wordsOf(name) {
  const role = name.match(/^[a-z]\w*?By([A-Z]\w*?)(?:Id)?$/);
  const words = (role ? role[1] : name).replace(/_+/g, " ").replace(/([a-z0-9])([A-Z])/g, "$1 $2").trim().toLowerCase();
  const said = words.replace(/\bid\b/, "ID").replace(/\burl\b/, "URL").replace(/^./, (letter) => letter.toUpperCase());
  return said === "" ? name : said;
}

/** A value of a row in a table's cell, by its property's type. */
export function cell(value, type) {
  if (value === null || value === undefined) return "";
  if (type === "date") return date(value);
  if (type === "timestamp" && typeof value === "number") return moment(value);
  if (type === "datetime") return String(value).replace("T", " ");
  if (type === "boolean") return value === true || value === "true" ? "✓" : "✗";
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

export function duration(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
