// Charts as SVG that can be read without seeing it: each mark is a link with a name, and the same numbers stand in a table
// behind it. Widths are percentages, so that texts keep their size on any screen. Pure.

import { attributes, html } from "./dom.js";
import { t } from "./texts.js";

const ROW = 46;
const PLOT = 190;
const AXIS = 11;

/** A chart with its heading and its table. `columns` are headings, `rows` lists of cells. */
export const figure = ({ id, title, lead = null, chart, columns, rows, isEmpty = false }) => html`<figure class="surface chart" id="${id}" aria-labelledby="${id}-title">
  <figcaption><h2 id="${id}-title">${title}</h2>${lead ? html`<p class="hint">${lead}</p>` : null}</figcaption>
  ${isEmpty ? html`<p class="muted chart-empty">${t("chart.empty")}</p>` : chart}
  <details class="chart-table"><summary>${t("chart.table")}</summary><table><thead><tr>${columns.map((text, at) => html`<th scope="col"${attributes({ class: at > 0 ? "number" : null })}>${text}</th>`)}</tr></thead>
  <tbody>${rows.map((cells) => html`<tr>${cells.map((text, at) => (at === 0 ? html`<th scope="row">${text}</th>` : html`<td class="number">${text}</td>`))}</tr>`)}</tbody></table></details></figure>`;

const percent = (value) => `${Math.round(value * 1000) / 1000}%`;

/** Bars from left to right. `rows` are `{ label, value, text, address }`. */
export function barChart(rows, { tone = "c1", label }) {
  const most = Math.max(1, ...rows.map((row) => row.value));
  return html`<svg class="bars" width="100%" height="${rows.length * ROW}" role="group" aria-label="${label}">${rows.map((row, at) => html`
    <a href="${row.address}" aria-label="${row.label}: ${row.text}"><rect class="hit" x="0" y="${at * ROW}" width="100%" height="${ROW - 2}" rx="8"/>
      <text class="bar-label" x="0" y="${at * ROW + 17}">${row.label}</text><text class="bar-value" x="100%" y="${at * ROW + 17}" text-anchor="end">${row.text}</text>
      <rect class="track" x="0" y="${at * ROW + 26}" width="100%" height="10" rx="5"/><rect class="fill ${tone}" x="0" y="${at * ROW + 26}" width="${percent(row.value / most * 100)}" height="10" rx="5"/></a>`)}</svg>`;
}

/** Round numbers that divide an axis. */
export function ticks(most, count = 4) {
  if (!(most > 0)) return [0, 1];
  const rough = most / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= rough);
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, at) => at * step);
}

/** Columns side by side. `groups` are `{ label, address, values }`, `series` names; `format` writes a value, `short` a tick. */
export function columnChart(groups, series, { format, short, label }) {
  const axis = ticks(Math.max(0, ...groups.flatMap((group) => group.values)));
  const top = axis.at(-1);
  const height = (value) => Math.max(0, value / top * PLOT);
  // Room at the left for the numbers of the axis.
  const slot = (100 - AXIS) / groups.length;
  const width = slot * .74 / series.length;
  return html`<ul class="legend" aria-hidden="true">${series.map((name, at) => html`<li><svg width="10" height="10"><rect class="fill c${at + 1}" width="10" height="10" rx="3"/></svg>${name}</li>`)}</ul>
  <svg class="columns-chart" width="100%" height="${PLOT + 40}" role="group" aria-label="${label}">
    ${axis.map((tick) => html`<line class="grid" x1="0" x2="100%" y1="${14 + PLOT - height(tick)}" y2="${14 + PLOT - height(tick)}"/><text class="tick" x="0" y="${10 + PLOT - height(tick)}">${tick === 0 ? "" : short(tick)}</text>`)}
    ${groups.map((group, at) => html`<a href="${group.address}" aria-label="${group.label}: ${series.map((name, index) => `${name} ${format(group.values[index])}`).join(", ")}">
      <rect class="hit" x="${percent(AXIS + at * slot + slot * .04)}" y="8" width="${percent(slot * .92)}" height="${PLOT + 30}" rx="8"/>
      ${group.values.map((value, index) => html`<rect class="fill c${index + 1}" x="${percent(AXIS + at * slot + slot * .13 + index * width)}" y="${14 + PLOT - height(value)}" width="${percent(width * .86)}" height="${height(value)}" rx="2.500"><title>${group.label} · ${series[index]}: ${format(value)}</title></rect>`)}
      <text class="column-label" x="${percent(AXIS + (at + .5) * slot)}" y="${PLOT + 31}" text-anchor="middle">${group.label}</text></a>`)}</svg>`;
}

const RADIUS = 52;
const AROUND = 2 * Math.PI * RADIUS;

/** A ring of shares with its legend. `parts` are `{ label, value, text, address, tone }`. */
export function ringChart(parts, { label, middle, middleLabel }) {
  const total = parts.reduce((sum, part) => sum + part.value, 0);
  let before = 0;
  return html`<div class="ring-row"><svg class="ring" viewBox="0 0 140 140" width="150" height="150" role="group" aria-label="${label}">
    <circle class="track" cx="70" cy="70" r="${RADIUS}"/>
    ${total === 0 ? null : parts.filter((part) => part.value > 0).map((part) => {
    const length = part.value / total * AROUND;
    const gap = parts.length > 1 && length > 6 ? 2.5 : 0;
    const arc = html`<a href="${part.address}" aria-label="${part.label}: ${part.text}"><circle class="share ${part.tone}" cx="70" cy="70" r="${RADIUS}" stroke-dasharray="${(length - gap).toFixed(2)} ${(AROUND - length + gap).toFixed(2)}" stroke-dashoffset="${(AROUND / 4 - before).toFixed(2)}"><title>${part.label}: ${part.text}</title></circle></a>`;
    before += length;
    return arc;
  })}<text class="ring-number" x="70" y="73" text-anchor="middle">${middle}</text><text class="ring-label" x="70" y="90" text-anchor="middle">${middleLabel}</text></svg>
  <ul class="ring-legend">${parts.map((part) => html`<li><a href="${part.address}" tabindex="-1"><svg width="12" height="12" aria-hidden="true"><circle class="dot ${part.tone}" cx="6" cy="6" r="5"/></svg><span>${part.label}</span><strong>${part.text}</strong></a></li>`)}</ul></div>`;
}
