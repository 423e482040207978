// An address that leads nowhere.

import { html } from "./dom.js";
import { emptyState } from "./component-states.js";
import { t } from "./texts.js";

export default {
  title: () => t("nowhere.title"),
  load: async () => ({}),
  markup: () => html`${emptyState({ title: html`<span>${t("nowhere.title")}</span>`, text: t("nowhere.text"), action: html`<a class="button" href="#/">${t("nowhere.home")}</a>` })}`,
};
