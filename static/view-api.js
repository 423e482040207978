// The way from this page into a program: a token, a call put together and tried, and the same for curl, JavaScript, Python.

import * as api from "./api.js";
import { can, entityOf, loadCatalog, loadServices, queryOf } from "./catalog.js";
import { attributes, copy, announce, html, on, show } from "./dom.js";
import { button, heading, message, messageOf } from "./component-states.js";
import { notice } from "./component-dialog.js";
import { selectField } from "./fields.js";
import { duration } from "./format.js";
import { icon } from "./icons.js";
import { asCurl, asJavaScript, asPython, callOfQuery, callsOf, requestOf } from "./request-text.js";
import { hasText, t } from "./texts.js";

const MOST_SHOWN = 100000;
const LANGUAGES = { curl: asCurl, javascript: asJavaScript, python: asPython };

/** A token outlives the view: somebody who looks something up still has it on coming back. */
let token = null;
let clock = null;

const callName = (call) => (call.id.startsWith("related:") ? t("api.call.related", { name: call.id.slice(8) }) : hasText(`api.call.${call.id}`) ? t(`api.call.${call.id}`) : call.id);
const leftOf = (held, moment) => (held ? held.expiresAt - moment : 0);

const tokenCard = (held, left) => html`<section class="surface padded stack" id="token-card"><div class="heading-row"><div class="heading-text"><h2>${t("api.token")}</h2><p class="lead">${t("api.tokenLead")}</p></div>
  <div class="actions">${left > 0 ? html`<span class="badge accent" role="timer">${t("api.expiresIn", { time: duration(left) })}</span>` : held ? html`<span class="badge bad">${t("api.expired")}</span>` : null}
    ${left > 0 ? button(t("api.revoke"), { tone: "bad", action: "revoke" }) : null}${button(held ? t("api.mintAnother") : t("api.mint"), { image: "key", tone: held ? "" : "primary", action: "mint" })}</div></div>
  ${held ? html`<div class="copy-row"><pre class="code${left > 0 ? "" : " gone"}" tabindex="0" role="group" aria-label="${t("api.token")}"><code>${held.text}</code></pre>${button(t("copy"), { tone: "small", action: "copy", data: { copy: held.text }, label: t("api.copyToken") })}</div>` : null}</section>`;

function pretty(answer) {
  const type = answer.headers.find(([name]) => name === "content-type")?.[1] ?? "";
  let { text } = answer;
  if (type.includes("json")) {
    // Numbers beyond what a script can hold must not change on the way, so only what survives is set out anew.
    try { const parsed = JSON.parse(text); if (JSON.stringify(parsed) === text) text = JSON.stringify(parsed, null, 2); } catch { /* as it came */ }
  }
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}\n…` : text;
}

const answerView = (answer) => (answer.error ? message(messageOf(answer.error)) : html`<p class="answer-head"><span class="badge ${answer.ok ? "good" : "bad"}">${answer.status} ${answer.statusText}</span><span class="muted">${t("api.took", { count: answer.milliseconds })}</span><span class="muted">${t("api.length", { count: answer.text.length })}</span></p>
  <details><summary>${t("api.headers")}</summary><pre class="code">${answer.headers.map(([name, value]) => `${name}: ${value}`).join("\n")}</pre></details>
  <pre class="code answer" tabindex="0" role="group" aria-label="${t("api.answer")}">${pretty(answer) || t("api.noBody")}</pre>`);

/** What is chosen by the address, and the call as somebody has edited it. */
function chosen({ query, state, data: { service, catalog } }) {
  const entities = catalog ? catalog.entities.filter((entity) => can(entity, "read") || can(entity, "create")) : [];
  const named = query.call?.startsWith("query:") ? queryOf(catalog, query.call.slice(6)) : null;
  const entity = named ? null : entityOf(catalog ?? { entities: [] }, query.entity) ?? entities[0] ?? null;
  const calls = entity ? callsOf(service, entity) : [];
  const basis = named ? callOfQuery(service, named) : calls.find((call) => call.id === query.call) ?? calls[0];
  const identity = `${service}/${entity?.name ?? ""}/${named?.name ?? basis?.id ?? ""}`;
  // An edited call stays as long as it is the one that is chosen.
  return { entities, named, entity, calls, basis, identity, call: state.identity === identity ? state.call : basis };
}

export default {
  title: () => t("nav.api"),

  load: async ({ query }) => {
    const services = await loadServices();
    const service = services.some((one) => one.name === query.service) ? query.service : services[0]?.name;
    const catalog = service ? await loadCatalog(service) : null;
    return { services, service, catalog, token, moment: Date.now(), root: new URL(".", document.baseURI).href };
  },

  markup: ({ query, state, data: { services, service, catalog, ...data } }) => {
    const { entities, named, entity, calls, basis, call, identity } = chosen({ query, state, data: { service, catalog } });
    const held = "token" in state ? state.token : data.token;
    const left = leftOf(held, state.moment ?? data.moment);
    const language = LANGUAGES[query.language] ? query.language : "curl";
    const request = call ? requestOf(call, data.root) : null;
    const sample = request ? LANGUAGES[language](request, left > 0 ? held.text : "TOKEN") : "";
    const things = [...entities.map((one) => [one.name, one.name]), ...(catalog?.queries ?? []).map((one) => [`query:${one.name}`, t("api.query", { name: one.name })])];
    return html`${heading({ title: t("nav.api"), lead: t("api.lead"), actions: html`<a class="button" href="api.html">${icon("code")}<span>${t("api.reference")}</span></a><a class="button quiet" href="openapi.json">openapi.json</a>` })}
    ${tokenCard(held, left)}
    ${call ? html`<section class="surface padded stack"><h2>${t("api.try")}</h2>
      <div class="fields">${selectField({ id: "api-service", name: "service", label: t("api.service"), value: service, options: services.map((one) => [one.name, one.name]) })}
        ${selectField({ id: "api-entity", name: "entity", label: t("api.entity"), value: named ? `query:${named.name}` : entity?.name, options: things })}
        ${named ? null : selectField({ id: "api-call", name: "call", label: t("api.whatCall"), value: basis.id, options: calls.map((one) => [one.id, callName(one)]) })}</div>
      <form class="stack" data-send novalidate><div class="request-line"><span class="method ${call.method.toLowerCase()}">${call.method}</span><input data-part="path" aria-label="${t("api.path")}" value="${call.path}" spellcheck="false" autocomplete="off"></div>
        ${call.query.length > 0 ? html`<div class="fields">${call.query.map(([name, value, example], at) => html`<div class="field" data-key="${identity}-${name}"><label for="part-${at}"><code>${name}</code></label><input id="part-${at}" data-part="query" data-at="${at}" value="${value}" placeholder="${example ?? ""}" spellcheck="false" autocomplete="off"></div>`)}</div>` : null}
        ${call.body === undefined ? null : html`<div class="field" data-key="${identity}-body"><label for="part-body">${t("api.body")}</label><textarea id="part-body" class="mono" data-part="body" rows="${Math.min(14, call.body.split("\n").length + 1)}" spellcheck="false">
${call.body}</textarea></div>`}
        <div class="actions">${button(t("api.send"), { tone: "primary", type: "submit" })}${call.method === "GET" || call.id === "aggregate" ? null : html`<span class="hint">${t("api.changes")}</span>`}</div></form>
      <div><div class="tabs"><ul>${Object.keys(LANGUAGES).map((one) => html`<li><button type="button" class="tab" data-language="${one}"${attributes({ "aria-pressed": String(language === one) })}>${t(`api.${one}`)}</button></li>`)}</ul></div>
        <div class="copy-row"><pre class="code" tabindex="0" role="group" aria-label="${t(`api.${language}`)}" id="sample"><code>${sample}</code></pre>${button(t("copy"), { tone: "small", action: "copy-sample", label: t("api.copySample") })}</div>
        ${left > 0 ? null : html`<p class="hint">${t("api.noToken")}</p>`}</div>
      <div id="answer" aria-live="polite">${state.answer ? answerView(state.answer) : null}</div></section>` : message(t("api.nothing"), "notice")}`;
  },

  wire: (root, context) => {
    const update = () => { if (context.isCurrent()) context.set({ token, moment: Date.now() }); };
    clearInterval(clock);
    clock = setInterval(() => {
      if (!context.isCurrent()) clearInterval(clock);
      // Counts against the clock: an interval is late, or asleep, while the page is in the background.
      else if (token && root.querySelector("#token-card")) update();
    }, 1000);
    on(root, "change", "#api-service", (event, select) => context.change({ service: select.value, entity: "", call: "" }));
    on(root, "change", "#api-entity", (event, select) => context.change(select.value.startsWith("query:") ? { service: context.data.service, call: select.value, entity: "" } : { service: context.data.service, entity: select.value, call: "" }));
    on(root, "change", "#api-call", (event, select) => context.change({ call: select.value }));
    on(root, "click", "[data-language]", (event, chosen) => context.change({ language: chosen.dataset.language === "curl" ? "" : chosen.dataset.language }));
    on(root, "input", "[data-part]", (event, control) => {
      const { call: before, identity } = chosen(context);
      const call = structuredClone(before);
      if (control.dataset.part === "query") call.query[Number(control.dataset.at)][1] = control.value;
      else call[control.dataset.part] = control.value;
      context.set({ call, identity });
    });
    on(root, "submit", "[data-send]", async (event) => {
      event.preventDefault();
      const { call } = chosen(context);
      const { method, url, body } = requestOf(call, "");
      const place = root.querySelector("#answer");
      show(place, html`<p class="muted">${t("api.sending")}</p>`);
      let answer;
      try {
        answer = await api.tryOut({ method, path: url, body, headers: body === undefined ? {} : { "Content-Type": "application/json" } });
      } catch { answer = { error: { status: 0 } }; }
      if (!context.isCurrent()) return;
      context.set({ answer });
      announce(answer.error ? t("error.offlineTitle") : `${answer.status} ${answer.statusText}`);
    });
    on(root, "click", "[data-action=mint]", async () => {
      try {
        const made = await api.mintToken();
        token = { text: made.wm_auth_token, expiresAt: Date.now() + made.expires_in * 1000 };
        announce(t("api.minted"));
      } catch (error) { notice(messageOf(error), { tone: "wrong" }); }
      update();
    });
    on(root, "click", "[data-action=revoke]", async () => {
      try {
        await api.revokeToken(token.text);
        token = null;
        notice(t("api.revoked"));
      } catch (error) { notice([404, 405].includes(error.status) ? t("api.cannotRevoke") : messageOf(error), { tone: "wrong" }); }
      update();
    });
    const copied = async (text) => notice(await copy(text) ? t("copied") : t("copyFailed"), { milliseconds: 2500 });
    on(root, "click", "[data-action=copy]", (event, control) => copied(control.dataset.copy));
    on(root, "click", "[data-action=copy-sample]", () => copied(root.querySelector("#sample").textContent));
  },
};
