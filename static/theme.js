// Sets light or dark before anything is painted; a module would come too late. Only what was chosen against the system's
// own preference is kept.
(() => {
  try {
    const theme = localStorage.getItem("hrdb.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch { /* the system's preference holds */ }
})();
