// What a page does besides being read.  Without it, nothing of the text is missing.
"use strict";

// The theme: the system's, light, dark, and round again.
const root = document.documentElement;
const themeButton = document.querySelector(".theme-button");
const THEMES = { system: "as the system", light: "light", dark: "dark" };
function showTheme() {
  themeButton.setAttribute("aria-label", `Theme: ${THEMES[root.dataset.theme]}`);
}
themeButton.addEventListener("click", () => {
  const names = Object.keys(THEMES);
  root.dataset.theme = names[(names.indexOf(root.dataset.theme) + 1) % names.length];
  try { localStorage.setItem("theme", root.dataset.theme); } catch {}
  showTheme();
});
showTheme();
