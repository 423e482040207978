// The diagram of a service: its entities as boxes, its relations as lines, and the same as a table. Pure.

import { addressOf } from "./address.js";
import { html } from "./dom.js";
import { t } from "./texts.js";

const WIDTH = 190;
const LINE = 19;
const HEAD = 32;
const GAP_X = 90;
const GAP_Y = 24;
const MOST_PROPERTIES = 8;
const MOST_HEIGHT = 900;

/** Where each box stands: entities that others refer to stand left of these, and what is alone stands last. */
export function layout(entities) {
  const names = new Set(entities.map((entity) => entity.name));
  const relations = entities.flatMap((entity) => entity.relations.filter((relation) => names.has(relation.entity)).map((relation) => ({ child: entity.name, parent: relation.entity, relation })));
  const levels = new Map(entities.map((entity) => [entity.name, 0]));
  // As often as there are entities is enough for any chain; circles end there as well.
  for (let round = 0; round < Math.min(entities.length, 12); round += 1) {
    for (const { child, parent } of relations) {
      if (child !== parent && levels.get(child) <= levels.get(parent)) levels.set(child, Math.min(levels.get(parent) + 1, 11));
    }
  }
  const isTied = new Set(relations.flatMap(({ child, parent }) => (child === parent ? [] : [child, parent])));
  const columns = new Map();
  const last = Math.max(0, ...[...levels].filter(([name]) => isTied.has(name)).map(([, level]) => level));
  for (const entity of entities) {
    const level = isTied.has(entity.name) ? levels.get(entity.name) : last + 1;
    columns.set(level, [...(columns.get(level) ?? []), entity]);
  }
  const boxes = new Map();
  let x = 8;
  let height = 0;
  for (const level of [...columns.keys()].sort((left, right) => left - right)) {
    let y = 8;
    for (const entity of columns.get(level)) {
      const foreign = new Set(entity.relations.flatMap((relation) => relation.from));
      const rank = (property) => (entity.key.includes(property.name) ? 0 : foreign.has(property.name) ? 1 : 2);
      const properties = [...entity.properties].sort((left, right) => rank(left) - rank(right));
      const shown = properties.slice(0, MOST_PROPERTIES).map((property) => ({ name: property.name, kind: ["key", "foreign", "plain"][rank(property)] }));
      const hidden = properties.length - shown.length;
      const boxHeight = HEAD + LINE * (shown.length + (hidden > 0 ? 1 : 0)) + 10;
      if (y > 8 && y + boxHeight > MOST_HEIGHT) {
        y = 8;
        x += WIDTH + GAP_Y;
      }
      boxes.set(entity.name, { entity, x, y, width: WIDTH, height: boxHeight, shown, hidden });
      y += boxHeight + GAP_Y;
      height = Math.max(height, y);
    }
    x += WIDTH + GAP_X;
  }
  return { boxes: [...boxes.values()], lines: relations.map((line) => ({ ...line, from: boxes.get(line.child), to: boxes.get(line.parent) })), width: Math.max(1, x - GAP_X + 8), height };
}

function pathOf({ from, to, relation }) {
  const index = from.shown.findIndex((property) => property.name === relation.from[0]);
  const y1 = from.y + (index < 0 ? HEAD / 2 : HEAD + LINE * (index + .5));
  const y2 = to.y + HEAD / 2;
  if (from === to) return `M${from.x + WIDTH} ${y1}C${from.x + WIDTH + 46} ${y1} ${from.x + WIDTH + 46} ${y2} ${from.x + WIDTH} ${y2}`;
  const isRight = from.x > to.x;
  const x1 = isRight ? from.x : from.x + WIDTH;
  const x2 = isRight ? to.x + WIDTH : from.x === to.x ? to.x + WIDTH : to.x;
  const bend = Math.max(30, Math.abs(x1 - x2) / 2);
  return `M${x1} ${y1}C${x1 + (isRight ? -bend : bend)} ${y1} ${x2 + (isRight || from.x === to.x ? bend : -bend)} ${y2} ${x2} ${y2}`;
}

export function diagram(service, catalog) {
  const { boxes, lines, width, height } = layout(catalog.entities);
  return html`<figure class="surface diagram-figure"><div class="scroller" tabindex="0" role="region" aria-label="${t("diagram.label")}">
    <svg class="diagram" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="group" aria-label="${t("diagram.label")}">
      ${lines.map((line) => html`<path class="diagram-line" d="${pathOf(line)}"><title>${line.child}.${line.relation.name} → ${line.parent}</title></path>`)}
      ${boxes.map((box) => html`<a href="${addressOf(["data", service, box.entity.name])}" aria-label="${t("diagram.open", { entity: box.entity.name })}"><g class="diagram-box" transform="translate(${box.x} ${box.y})">
        <rect width="${box.width}" height="${box.height}" rx="10"/><path class="diagram-head" d="M10 0h${box.width - 20}a10 10 0 0 1 10 10v${HEAD - 12}h-${box.width}v-${HEAD - 12}a10 10 0 0 1 10-10z"/>
        <text class="diagram-name" x="12" y="16">${box.entity.name.length > 22 ? `${box.entity.name.slice(0, 21)}…` : box.entity.name}</text>
        ${box.shown.map((property, at) => html`<text class="diagram-property ${property.kind}" x="12" y="${HEAD + LINE * at + 12}">${property.name.length > 24 ? `${property.name.slice(0, 23)}…` : property.name}</text>`)}
        ${box.hidden > 0 ? html`<text class="diagram-property more" x="12" y="${HEAD + LINE * box.shown.length + 12}">${t("diagram.more", { count: box.hidden })}</text>` : null}</g></a>`)}
    </svg></div>
    <figcaption><details><summary>${t("chart.table")}</summary><table><thead><tr><th scope="col">${t("diagram.from")}</th><th scope="col">${t("diagram.relation")}</th><th scope="col">${t("diagram.to")}</th></tr></thead>
    <tbody>${lines.map((line) => html`<tr><td>${line.child}</td><td><code>${line.relation.name}</code> (${line.relation.from.join(", ")})</td><td>${line.parent}</td></tr>`)}</tbody></table></details></figcaption></figure>`;
}
