// What stands in for content: loading, empty, wrong. And small things that many views show.

import { attributes, html } from "./dom.js";
import { initials, tint, wordsOf } from "./format.js";
import { icon } from "./icons.js";
import { statusName, statusTone } from "./hr.js";
import { t } from "./texts.js";

export const skeleton = (lines = 6) => html`<div class="skeleton" role="status"><span class="unseen">${t("loading")}</span>
  <div class="bone title"></div><div class="bone wide"></div>${Array.from({ length: lines }, () => html`<div class="bone"></div>`)}</div>`;

export const emptyState = ({ title, text = null, action = null, image = "search" }) => html`<div class="state">
  <span class="state-image">${icon(image)}</span><h3>${title}</h3>${text ? html`<p class="muted">${text}</p>` : null}${action}</div>`;

/** A failure as people understand it. */
export function messageOf(error) {
  if (error.status === 0) return t("error.offline");
  if (error.status === 412) return t("error.changed");
  if (error.status === 429) return error.retryAfterSeconds ? t("error.tooManyFor", { seconds: error.retryAfterSeconds }) : t("error.tooMany");
  if (error.status === 503) return t("error.busy");
  if (error.status === 403) return t("error.forbidden");
  const used = String(error.message).match(/this (\S+) is still the (\S+) of a row of (\S+)$/);
  if (used) return t("error.stillUsed", { entity: wordsOf(used[3]), property: wordsOf(used[2]) });
  return String(error.message ?? error).replace(/^Data Integrity Violation: /, "").replace(/^./, (letter) => letter.toUpperCase());
}

export function errorState(error) {
  const [title, image] = error.status === 0 ? [t("error.offlineTitle"), "offline"] : error.status === 404 ? [t("error.notFoundTitle"), "search"]
    : error.status === 403 ? [t("error.forbiddenTitle"), "key"] : [t("error.title"), "alert"];
  return html`<div class="state failed" role="alert"><span class="state-image">${icon(image)}</span><h2>${title}</h2><p class="muted">${messageOf(error)}</p>
    ${error.status === 403 ? null : html`<button class="button" type="button" data-action="retry">${icon("refresh")}${t("retry")}</button>`}</div>`;
}

export const message = (text, tone = "wrong") => (text ? html`<p class="message ${tone}" role="${tone === "wrong" ? "alert" : "status"}">${text}</p>` : null);

export const avatar = (name, size = "") => html`<span class="avatar tint-${tint(name)} ${size}" aria-hidden="true">${initials(name)}</span>`;
export const statusBadge = (status) => html`<span class="badge ${statusTone(status)}">${statusName(status)}</span>`;

export const button = (text, { image = null, tone = "", action = null, data = {}, type = "button", label = null, disabled = false } = {}) =>
  html`<button class="button ${tone}"${attributes({ type, "data-action": action, "aria-label": label, title: label, "aria-disabled": disabled ? "true" : null, ...Object.fromEntries(Object.entries(data).map(([key, value]) => [`data-${key}`, value])) })}>${image ? icon(image) : null}${text ? html`<span>${text}</span>` : null}</button>`;

/** A view's heading, with what can be done there. `crumbs` are [text, address]. */
export const heading = ({ title, lead = null, crumbs = [], actions = null, before = null }) => html`<header class="heading">
  ${crumbs.length > 0 ? html`<nav class="crumbs" aria-label="${t("breadcrumb")}"><ol>${crumbs.map(([text, address]) => html`<li><a href="${address}">${text}</a></li>`)}</ol></nav>` : null}
  <div class="heading-row">${before}<div class="heading-text"><h1 tabindex="-1">${title}</h1>${lead ? html`<p class="lead">${lead}</p>` : null}</div>
  ${actions ? html`<div class="actions">${actions}</div>` : null}</div></header>`;

/** Links that choose one of several lists. `[{ text, count, address, isCurrent }]` */
export const tabs = (label, items) => html`<nav class="tabs" aria-label="${label}"><ul>${items.map((item) => html`<li>
  <a href="${item.address}" data-keep="true"${attributes({ "aria-current": item.isCurrent ? "page" : null })}>${item.text}${item.count === undefined || item.count === null ? null : html` <span class="count">${item.count}</span>`}</a></li>`)}</ul></nav>`;
