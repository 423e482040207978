// A table of rows whose order and page stand in the address: headings and pages are links.

import { attributes, html } from "./dom.js";
import { number } from "./format.js";
import { icon } from "./icons.js";
import { t } from "./texts.js";

/** `lastname desc` → `{ property, isDescending }`; the first term counts. */
export function parseSort(sort) {
  const [property, direction] = (sort ?? "").split(",")[0].trim().split(/\s+/);
  return { property: property || null, isDescending: /^desc$/i.test(direction ?? "") };
}

/** The order after a click on a column: ascending, descending, then none. */
export function nextSort(sort, property) {
  const now = parseSort(sort);
  if (now.property !== property) return property;
  return now.isDescending ? "" : `${property} desc`;
}

/**
 * `columns` are `{ name, label, isNumber, isSortable, cell(row), sortBy }`; `addressWith(change)` is the address of this list
 * with another query; `keyOf(row)` names a row across updates; `stacks` sets each row out as a card where it is narrow.
 */
export function dataTable({ label, columns, rows, sort, addressWith, keyOf = null, rowClass = null, actions = null, stacks = false }) {
  const now = parseSort(sort);
  const head = (column) => {
    const by = column.sortBy ?? column.name;
    const isBy = now.property === by;
    const text = column.isSortable && addressWith
      ? html`<a class="sort" data-keep="true" href="${addressWith({ sort: nextSort(sort, by), page: "" })}">${column.label}<span class="arrow" aria-hidden="true">${isBy ? (now.isDescending ? "↓" : "↑") : "↕"}</span></a>`
      : column.label;
    return html`<th scope="col"${attributes({ class: column.isNumber ? "number" : null, "aria-sort": isBy ? (now.isDescending ? "descending" : "ascending") : null })}>${text}</th>`;
  };
  return html`<div class="scroller${stacks ? " stacks" : ""}" tabindex="0" role="region" aria-label="${label}"><table>
    <thead><tr>${columns.map(head)}${actions ? html`<th scope="col" class="row-actions"><span class="unseen">${t("table.actions")}</span></th>` : null}</tr></thead>
    <tbody>${rows.map((row) => html`<tr${attributes({ "data-key": keyOf ? `row-${keyOf(row)}` : null, class: rowClass?.(row) })}>
      ${columns.map((column, at) => { const content = column.cell(row); const isEmpty = content === "" || content === null || content === undefined;
    return html`<td${attributes({ class: [column.isNumber ? "number" : "", at === 0 ? "first" : ""].join(" ").trim() || null, "data-label": stacks && at > 0 ? column.label : null })}>${isEmpty ? html`<span class="nothing" aria-label="${t("table.nothing")}">–</span>` : content}</td>`; })}
      ${actions ? html`<td class="row-actions">${actions(row)}</td>` : null}</tr>`)}</tbody></table></div>`;
}

/** Where we are in a list and the way to its other pages. */
export function pager(page, addressWith, { sizes = [10, 20, 50, 100] } = {}) {
  const first = page.number * page.size + 1;
  const last = page.number * page.size + page.numberOfElements;
  const go = (target, text, image, isPossible) => (isPossible
    ? html`<a class="button small" data-keep="true" data-key="${image}" href="${addressWith({ page: target === 1 ? "" : target })}" aria-label="${text}">${icon(image)}</a>`
    : html`<span class="button small" data-key="${image}-off" aria-disabled="true">${icon(image)}</span>`);
  return html`<div class="pager">
    <p class="range" role="status">${page.totalElements === 0 ? t("pager.none") : page.numberOfElements === 0 ? t("pager.beyond", { total: page.totalElements })
    : t("pager.range", { first: number(first), last: number(last), total: page.totalElements })}</p>
    <label class="inline"><span>${t("pager.size")}</span><select data-query="size" class="small">${sizes.map((size) => html`<option${attributes({ value: size, selected: size === page.size })}>${size}</option>`)}</select></label>
    <div class="pages">${go(page.number, t("pager.previous"), "left", page.number > 0)}
      <span class="page-number">${t("pager.page", { page: page.number + 1, pages: Math.max(1, page.totalPages) })}</span>
      ${go(page.number + 2, t("pager.next"), "right", page.number + 1 < page.totalPages)}</div></div>`;
}
