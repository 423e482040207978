// What stands around every view: the navigation by what somebody may do, who that is, light or dark, and being offline.

import { addressOf } from "./address.js";
import { attributes, html } from "./dom.js";
import { roleName } from "./hr.js";
import { brandMark, icon } from "./icons.js";
import { avatar } from "./component-states.js";
import { t } from "./texts.js";

export const THEMES = ["auto", "light", "dark"];

/** The places somebody can go to: `[{ title, items: [{ name, image, text, address }] }]`. `sample` is the sample's catalog or null. */
export function placesOf({ sample, isEmployee }) {
  const reads = (name) => sample?.entities.some((entity) => entity.name === name && entity.verbs.includes("read"));
  const item = (name, image, segments) => ({ name, image, text: t(`nav.${name}`), address: addressOf(segments) });
  const people = [
    reads("Department") && reads("Employee") && item("dashboard", "dashboard", []),
    reads("Employee") && item("employees", "people", ["employees"]),
    reads("Department") && item("departments", "building", ["departments"]),
    reads("Vacation") && item("leave", "leave", ["leave"]),
    reads("User") && item("users", "key", ["users"]),
  ].filter(Boolean);
  return [
    ...(people.length > 0 ? [{ title: t("nav.people"), items: people }] : []),
    { title: t("nav.data"), items: [item("data", "table", ["data"]), item("queries", "query", ["queries"]), item("api", "code", ["api"])] },
  ];
}

export const navigation = (places, current, counts = {}) => html`<div class="nav-inside">
  <a class="brand" href="#/">${brandMark}<span>hrdb</span></a>
  <nav aria-label="${t("nav.label")}">${places.map((group) => html`<div class="nav-group"><h2>${group.title}</h2><ul>
    ${group.items.map((item) => html`<li><a href="${item.address}"${attributes({ "aria-current": item.name === current ? "page" : null })}>${icon(item.image)}<span>${item.text}</span>
      ${counts[item.name] ? html`<span class="count" aria-label="${t("nav.waiting", { count: counts[item.name] })}">${counts[item.name]}</span>` : null}</a></li>`)}</ul></div>`)}</nav>
  </div>`;

export const topBar = (person, theme) => html`
  <button class="button icon-only quiet menu-button" type="button" data-action="menu" aria-expanded="false" aria-controls="side" aria-label="${t("nav.open")}">${icon("menu")}</button>
  <a class="brand narrow-only" href="#/">${brandMark}<span>hrdb</span></a>
  <span class="spacer"></span>
  <button class="button icon-only quiet" type="button" data-action="theme" aria-label="${t(`theme.${theme}`)}" title="${t(`theme.${theme}`)}">${icon({ auto: "auto", light: "sun", dark: "moon" }[theme])}</button>
  <details class="menu" id="person-menu"><summary class="person-button" aria-label="${[person.userName, ...person.roles.map(roleName)].join(", ")}">${avatar(person.userName, "small")}<span class="person-text"><span class="person-name">${person.userName}</span><span class="person-role">${person.roles.map(roleName).join(", ")}</span></span></summary>
    <div class="menu-body"><p class="menu-head"><strong>${person.userName}</strong><br><span class="muted">${person.roles.map(roleName).join(", ")}</span></p>
      ${person.isEmployee ? html`<a class="menu-item" href="${addressOf(["employees", person.userId])}">${icon("person")}${t("menu.profile")}</a>` : null}
      <a class="menu-item" href="${addressOf(["account"])}">${icon("key")}${t("menu.account")}</a>
      <button class="menu-item" type="button" data-action="sign-out">${icon("out")}${t("menu.signOut")}</button></div></details>`;
