// The icons, drawn for this front-end on a grid of 20 by 20. They take the colour of the text around them.

import { html, Markup } from "./dom.js";

const PATHS = {
  dashboard: "M3 3h6v8H3zM11 3h6v4h-6zM11 9h6v8h-6zM3 13h6v4H3z",
  people: "M7 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM1.8 16.5c.4-3 2.5-4.6 5.2-4.6s4.800 1.600 5.200 4.600M13.200 9.200a2.600 2.600 0 1 0-.8-5M14 12.100c2.300.2 3.900 1.700 4.200 4.200",
  building: "M4 17V3.500h8V17M12 8h4v9M2.500 17h15M6.800 6.700h2.400M6.800 9.900h2.400M6.800 13.100h2.400",
  leave: "M3.500 5h13v12h-13zM3.500 8.500h13M7 3v3.500M13 3v3.500M7.200 12.700l2 2 3.600-3.600",
  key: "M7 13.500a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM11 9.500h6.500M15.500 9.500v3.500M7 9.500h.01",
  table: "M3 4h14v12H3zM3 8h14M3 12h14M8 8v8",
  code: "M7 6 3 10l4 4M13 6l4 4-4 4M11.300 4 8.700 16",
  search: "M9 14.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11zM13 13l4 4",
  plus: "M10 4v12M4 10h12",
  close: "M5 5l10 10M15 5 5 15",
  check: "M4 10.500l4 4 8-9",
  edit: "M12.500 4.500l3 3L7 16l-3.700.7L4 13z",
  trash: "M4 5.500h12M8 5.500V3.500h4v2M5.500 5.500l.7 11h7.600l.7-11M8.500 8.500v5M11.500 8.500v5",
  download: "M10 3v9M6 8.500l4 4 4-4M3.500 16.500h13",
  upload: "M10 12.500v-9M6 7l4-4 4 4M3.500 16.500h13",
  menu: "M3 5.500h14M3 10h14M3 14.500h14",
  sun: "M10 13.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM10 1.500v2M10 16.500v2M1.500 10h2M16.500 10h2M4 4l1.400 1.400M14.600 14.600 16 16M16 4l-1.400 1.400M5.400 14.600 4 16",
  moon: "M16.500 12A7 7 0 0 1 8 3.500a7 7 0 1 0 8.500 8.500z",
  auto: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 3v14M10 6.500h5M10 10h6.500M10 13.500h5",
  out: "M8 3.500H4v13h4M12 6.500l3.500 3.500-3.500 3.500M7.500 10h8",
  left: "M12.500 4.500 7 10l5.500 5.500",
  right: "M7.500 4.500 13 10l-5.500 5.500",
  columns: "M3 4h14v12H3zM7.700 4v12M12.300 4v12",
  cards: "M3 3.500h6v6H3zM11 3.500h6v6h-6zM3 11.500h6v5H3zM11 11.500h6v5h-6z",
  diagram: "M3 3.500h6v4H3zM11 12.500h6v4h-6zM6 7.500v7h5",
  alert: "M10 3 2 16.500h16zM10 8v4M10 14.200v.1",
  offline: "M3 3l14 14M2 8a12 12 0 0 1 4-2.400M9 4.600A12 12 0 0 1 18 8M5 11a8 8 0 0 1 3.500-2M12 9.300a8 8 0 0 1 3 1.700M8 14a3.500 3.500 0 0 1 4 0",
  refresh: "M16 10a6 6 0 1 1-1.800-4.300L16 7.500M16 3.500v4h-4",
  query: "M4 4h12v9H9l-4 3.500V13H4zM7.500 7.200h5M7.500 9.800h3",
  person: "M10 9.500a3.200 3.200 0 1 0 0-6.400 3.200 3.200 0 0 0 0 6.400zM3.800 17c.5-3.300 3-5.100 6.200-5.100s5.700 1.800 6.200 5.100",
};

export const icon = (name) => html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false"><path d="${PATHS[name] ?? PATHS.table}"/></svg>`;
export const brandMark = new Markup('<img class="mark" src="favicon.svg" alt="" width="30" height="30">');
