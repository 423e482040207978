// What this browser remembers about how somebody likes it. A browser that remembers nothing is fine.

const PREFIX = "hrdb.";

export function recall(name, otherwise = null) {
  try { return localStorage.getItem(PREFIX + name) ?? otherwise; } catch { return otherwise; }
}

export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch { /* then it holds for this page */ }
}
