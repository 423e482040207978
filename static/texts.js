// What the front-end says, by key. Another language is another file like texts.en.js, and a line here.

import en from "./texts.en.js";

const LANGUAGES = { en };

export const language = (typeof navigator === "undefined" ? [] : navigator.languages ?? [])
  .map((tag) => tag.toLowerCase().split("-")[0])
  .find((tag) => Object.hasOwn(LANGUAGES, tag)) ?? "en";
const plurals = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(language);

/** The text of that key, `{name}` filled in. A text with several forms chooses by `count`. */
export function t(key, values = {}) {
  let text = LANGUAGES[language][key] ?? en[key];
  if (text === undefined) throw new Error(`there is no text ${key}`);
  if (typeof text === "object") text = text[plurals.select(values.count)] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? numbers.format(value) : String(value);
  });
}

/** The text of that key if there is one. */
export const hasText = (key) => Object.hasOwn(en, key);
