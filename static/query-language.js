// What the front-end knows about the filter language: enough to complete it and to show where it is wrong. Pure. Whether a
// filter is right is for the server to say.

import { isNumeric, propertyOf, readable, relationOf, entityOf } from "./catalog.js";

const TOKEN = /\s+|'(?:[^']|'')*'?|-?\d+(?:\.\d+)?|[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]*)*|<=|>=|<>|!=|[=<>]|[(),]|./gs;
const FUNCTIONS = new Set(["lower", "upper", "current_date", "current_time", "current_timestamp"]);
const COMPARISONS = ["=", "!=", "<", "<=", ">", ">="];

/** The pieces of a filter: `[{ kind, text, from, to }]`, white space left out. */
export function tokens(text) {
  return [...text.matchAll(TOKEN)].filter(([piece]) => piece.trim() !== "").map((match) => {
    const [piece] = match;
    const kind = /^'/.test(piece) ? "text" : /^-?\d/.test(piece) ? "number" : /^[A-Za-z_]/.test(piece) ? "word" : /^[=<>!]/.test(piece) ? "operator" : "sign";
    return { kind, text: piece, from: match.index, to: match.index + piece.length };
  });
}

/** Follows a dotted path from an entity: the property it ends on, or null. */
export function resolvePath(catalog, entity, path) {
  const names = path.split(".");
  let at = entity;
  for (const name of names.slice(0, -1)) {
    const relation = at ? relationOf(at, name) : null;
    at = relation ? entityOf(catalog, relation.entity) : null;
  }
  return at ? propertyOf(at, names.at(-1)) : null;
}

/** What can come after these pieces: `{ expects: "key" | "operator" | "value" | "joint" | "null" | …, property }`. */
function expectation(pieces) {
  let expects = "key";
  let property = null;
  let isInList = false;
  let isFunction = false;
  for (const [at, piece] of pieces.entries()) {
    const word = piece.kind === "word" ? piece.text.toLowerCase() : null;
    if (piece.text === "(") {
      if (expects === "list") { isInList = true; expects = "value"; }
      continue;
    }
    if (piece.text === ")") {
      if (isFunction) {
        isFunction = false;
        expects = expects === "keyEnd" ? "operator" : "joint";
      } else {
        isInList = false;
        expects = "joint";
      }
      continue;
    }
    if (piece.text === ",") { expects = "value"; continue; }
    if (word && FUNCTIONS.has(word) && pieces[at + 1]?.text === "(") {
      isFunction = true;
      if (expects === "value" || expects === "upper") expects = "value";
      continue;
    }
    switch (expects) {
      case "key":
        if (word === "not") break;
        property = piece.text;
        expects = isFunction ? "keyEnd" : "operator";
        break;
      case "keyEnd": break;
      case "operator":
        if (piece.kind === "operator") expects = "value";
        else if (word === "is") expects = "null";
        else if (word === "not") expects = "negated";
        else if (word === "like") expects = "value";
        else if (word === "in") expects = "list";
        else if (word === "between") expects = "lower";
        break;
      case "negated":
        expects = word === "in" ? "list" : word === "between" ? "lower" : "value";
        break;
      case "null":
        if (word === "null") expects = "joint";
        else expects = "null";
        break;
      case "lower": expects = "upperJoint"; break;
      case "upperJoint": expects = "value"; break;
      case "value": expects = isInList ? "more" : "joint"; break;
      case "joint": expects = "key"; property = null; break;
      default: break;
    }
  }
  return { expects, property };
}

const startsWith = (text, beginning) => text.toLowerCase().startsWith(beginning.toLowerCase());
const contains = (text, part) => text.toLowerCase().includes(part.toLowerCase());

/** Properties and relations that a path can go on with. */
function pathChoices(catalog, entity, partial) {
  const dot = partial.lastIndexOf(".");
  const before = partial.slice(0, dot + 1);
  const last = partial.slice(dot + 1);
  let at = entity;
  for (const name of before.split(".").filter(Boolean)) {
    const relation = at ? relationOf(at, name) : null;
    at = relation ? entityOf(catalog, relation.entity) : null;
  }
  if (!at) return [];
  const found = [
    ...readable(at).filter((property) => property.type !== "bytes").map((property) => ({ text: `${before}${property.name}`, detail: property.type, insert: `${before}${property.name} ` })),
    ...at.relations.map((relation) => ({ text: `${before}${relation.name}.`, detail: `→ ${relation.entity}`, insert: `${before}${relation.name}.` })),
  ];
  const rank = (choice) => (startsWith(choice.text.slice(before.length), last) ? 0 : 1);
  return found.filter((choice) => contains(choice.text.slice(before.length), last)).sort((left, right) => rank(left) - rank(right));
}

function operatorChoices(property) {
  const words = property && property.type !== "text" ? ["between ", "in (", "is null", "is not null", "not in ("] : ["like '", "in (", "is null", "is not null", "not like '", "not in (", "between "];
  const comparisons = COMPARISONS.map((sign) => ({ text: sign, insert: `${sign} ` }));
  return [...comparisons, ...words.map((word) => ({ text: word.trim(), insert: word.endsWith("null") ? `${word} ` : word }))];
}

function valueChoices(property) {
  if (!property) return [];
  if (property.type === "boolean") return ["true", "false"].map((text) => ({ text, insert: `${text} ` }));
  if (property.type === "date") return [{ text: "current_date()", insert: "current_date() " }];
  return [];
}

/**
 * What can be typed at `caret`: `{ from, to, choices: [{ text, detail, insert }], expects, property, partial }`. The piece
 * from `from` to `to` would be replaced.
 */
export function complete(text, caret, entity, catalog) {
  const before = tokens(text.slice(0, caret));
  const last = before.at(-1);
  const isInPiece = last && last.to === caret && (last.kind === "word" || last.kind === "operator" || (last.kind === "text" && !/^'(?:[^']|'')*'$/.test(last.text)) || last.kind === "number");
  const partial = isInPiece ? last.text : "";
  const pieces = isInPiece ? before.slice(0, -1) : before;
  const { expects, property: path } = expectation(pieces);
  const property = path ? resolvePath(catalog, entity, path) : null;
  const filter = (choices) => choices.filter((choice) => choice.text !== partial && startsWith(choice.text, partial));
  const words = (...list) => filter(list.map((word) => ({ text: word.trim(), insert: word })));
  let choices = [];
  if (expects === "key" || expects === "keyEnd") {
    const paths = expects === "key" ? pathChoices(catalog, entity, partial) : [];
    choices = [...paths.filter((choice) => choice.text !== partial), ...(expects === "key" && partial !== "" ? words("lower(", "upper(", "not ") : [])];
  } else if (expects === "operator") choices = filter(operatorChoices(property));
  else if (expects === "negated") choices = words("like '", "in (", "between ");
  else if (expects === "null") choices = words("null ", "not null ");
  else if (expects === "joint") choices = words("and ", "or ");
  else if (expects === "upperJoint") choices = words("and ");
  else if (expects === "value" || expects === "lower") choices = filter(valueChoices(property));
  return { from: isInPiece ? last.from : caret, to: caret, choices, expects, property, path, partial };
}

/** Where in the filter the server's refusal points to: `{ from, to }`, or null when it does not say. */
export function problemRange(text, error) {
  const pieces = tokens(text);
  const whole = (from) => {
    const piece = pieces.find((one) => one.from <= from && from < one.to);
    if (piece) return { from: piece.from, to: piece.to };
    // The end came too soon: then the last piece is what is incomplete.
    const last = pieces.at(-1);
    return last ? { from: last.from, to: last.to } : { from: 0, to: text.length };
  };
  if (/SyntaxErrorInQuery$/.test(error.key ?? "")) {
    const position = Number(error.parameters[1]);
    // The server counts characters, a script counts halves of some.
    if (Number.isInteger(position)) return whole([...text].slice(0, position).join("").length);
  }
  const named = error.parameters?.[0] ?? "";
  const exact = pieces.find((piece) => piece.text === named);
  if (exact) return { from: exact.from, to: exact.to };
  const quoted = String(error.message).match(/'((?:[^'])*)'/)?.[1];
  const literal = quoted === undefined ? null : pieces.find((piece) => piece.text === `'${quoted}'` || piece.text === quoted);
  if (literal) return { from: literal.from, to: literal.to };
  const spoken = pieces.find((piece) => piece.kind === "word" && new RegExp(`\\b${piece.text.replace(/[.$]/g, "\\$&")}\\b`).test(error.message) && piece.text.length > 2);
  return spoken ? { from: spoken.from, to: spoken.to } : null;
}

/** A filter to begin with, of an entity's own properties. */
export function exampleFor(entity) {
  const text = readable(entity).find((property) => property.type === "text");
  const count = readable(entity).find((property) => isNumeric(property));
  if (text && count) return `${text.name} like 'A%' and ${count.name} > 1`;
  const any = text ?? count ?? readable(entity)[0];
  return any ? (isNumeric(any) ? `${any.name} > 1` : `${any.name} is not null`) : "";
}
