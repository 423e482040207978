// Addresses within the front-end: what stands behind the `#`. Pure; only the router reads the real one.

/** `#/data/hrdb?page=2` → its path, the path's segments, and the query as an object. */
export function parseAddress(hash) {
  const text = hash.replace(/^#/, "");
  const at = text.indexOf("?");
  const path = at < 0 ? text : text.slice(0, at);
  const segments = path.split("/").filter((segment) => segment !== "").map((segment) => {
    try { return decodeURIComponent(segment); } catch { return segment; }
  });
  return { path: `/${segments.map(encodeURIComponent).join("/")}`, segments, query: Object.fromEntries(new URLSearchParams(at < 0 ? "" : text.slice(at + 1))) };
}

/** The address of segments and a query; what is empty, null or undefined is left out. */
export function addressOf(segments, query = {}) {
  const pairs = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const search = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
  return `#/${segments.map(encodeURIComponent).join("/")}${search ? `?${search}` : ""}`;
}

/** The parameters with which a pattern (`data/:service/:entity`) fits the segments, else null. */
export function fit(pattern, segments) {
  const parts = pattern.split("/").filter((piece) => piece !== "");
  if (parts.length !== segments.length) return null;
  const found = {};
  for (const [at, piece] of parts.entries()) {
    if (piece.startsWith(":")) found[piece.slice(1)] = segments[at];
    else if (piece !== segments[at]) return null;
  }
  return found;
}
