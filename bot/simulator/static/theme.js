// Light or dark: the system's choice until the person makes one.

import { kept, keep } from "./memory.js";

const dark = window.matchMedia("(prefers-color-scheme: dark)");

export function isDark() {
  const chosen = kept("theme");
  return chosen ? chosen === "dark" : dark.matches;
}

export function applyTheme() {
  const chosen = kept("theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
}

export function toggleTheme() {
  keep("theme", isDark() ? "light" : "dark");
  applyTheme();
}

export function onSystemTheme(listener) {
  dark.addEventListener("change", listener);
}
