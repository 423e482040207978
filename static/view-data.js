// All services: what data there is.

import { addressOf } from "./address.js";
import { can, loadCatalog, loadServices } from "./catalog.js";
import { html } from "./dom.js";
import { emptyState, heading } from "./component-states.js";
import { icon } from "./icons.js";
import { t } from "./texts.js";

const MOST_NAMES = 12;

export default {
  title: () => t("data.title"),
  load: async () => {
    const services = await loadServices();
    const catalogs = await Promise.all(services.map((service) => loadCatalog(service.name)));
    return services.map((service, at) => ({ ...service, catalog: catalogs[at] }));
  },
  markup: ({ data }) => html`${heading({ title: t("data.title"), lead: t("data.lead") })}
    ${data.length === 0 ? emptyState({ title: t("data.none"), text: t("data.noneText"), image: "table" }) : null}
    <div class="services">${data.map(({ name, catalog }) => {
    const entities = catalog.entities.filter((entity) => can(entity, "read"));
    return html`<section class="surface service"><h2><a href="${addressOf(["data", name])}">${icon("table")}${name}</a></h2>
      <p class="muted">${t("data.entities", { count: entities.length })} · ${t("data.queries", { count: catalog.queries.length })}${catalog.readOnly ? ` · ${t("data.readOnly")}` : ""}</p>
      <ul class="chips">${entities.slice(0, MOST_NAMES).map((entity) => html`<li><a class="chip" href="${addressOf(["data", name, entity.name])}">${entity.name}</a></li>`)}
      ${entities.length > MOST_NAMES ? html`<li><a class="chip more" href="${addressOf(["data", name])}">${t("data.more", { count: entities.length - MOST_NAMES })}</a></li>` : null}</ul></section>`;
  })}</div>`,
};
