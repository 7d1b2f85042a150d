"use strict";
// What a script adds: times in the reader's own zone where the site's is not known, pages that keep up to date, and keys.
// Everything works without it.
const find = (wanted, within = document) => [...within.querySelectorAll(wanted)];

// The talk stands at its end, or where somebody reads it.
function readOn(place) {
  const talk = document.getElementById("transcript");
  if (talk) talk.scrollTop = place ?? talk.scrollHeight;
}
function placeIn(talk) {
  return talk && talk.scrollTop + talk.clientHeight < talk.scrollHeight - 8 ? talk.scrollTop : undefined;
}
// What is unfolded stays so; a criterion that was folded stays so while its verdict does.
function keepFold(old) {
  const fold = document.getElementById(old.id);
  if (fold && (old.open || old.className === fold.className)) fold.open = old.open;
}

function settle() {
  for (const time of find("time:is([data-clock=reader], [data-clock=title])")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.valueOf())) continue;
    const words = at.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    time.title = words;
    if (time.dataset.clock === "reader") time.textContent = words;
  }
  for (const field of find("[data-zone]")) field.value = String(-new Date().getTimezoneOffset());
}
settle();
const aim = document.querySelector("#transcript :target");
if (aim) aim.scrollIntoView({ block: "center" });
else readOn();
document.querySelector(".top nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

// Live: htmx fetches the page where the server tells of another mark, and exchanges only what is for reading.
let place;
let folds = [];
document.addEventListener("htmx:beforeSwap", () => {
  place = placeIn(document.getElementById("transcript"));
  folds = find("main details[id]");
});
document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.id !== "live") return; // each part that was exchanged says so; this one is the last
  settle();
  folds.forEach(keepFold);
  readOn(place);
  const news = document.getElementById("news");
  news.textContent = "";
  setTimeout(() => { news.textContent = news.dataset.words; }, 100);
});
// What may be done is exchanged where it differs; a form that somebody has begun, or points at, stays and says so.
const fields = "input:not([type=hidden]), textarea, select";
const chosen = (list) => [...list.options].find((each) => each.defaultSelected) ?? list.options[0];
const begun = (field) => (field.options ? field.selectedOptions[0] !== chosen(field) : field.value !== field.defaultValue);
const twin = (field, part) => part.querySelector(`#${CSS.escape(field.id)}`);
function inUse(part) {
  return part.matches(":hover, :focus-within") || find(fields, part).some(begun);
}
function calm(part) {
  part.querySelector(".changed:not([hidden])")?.remove();
}
function warn(part, next) {
  const told = next.querySelector(".changed").cloneNode(true);
  for (const fact of find("[data-fact]", told)) {
    if (part.querySelector(`.changed[hidden] [data-fact="${fact.dataset.fact}"]`)?.dataset.is === fact.dataset.is) fact.remove();
  }
  const take = told.querySelector("button");
  if (find(fields, part).some((field) => begun(field) && !twin(field, next))) take.textContent = take.dataset.drops;
  take.addEventListener("click", () => exchange(part, next));
  told.hidden = false;
  calm(part);
  part.prepend(told);
}
function exchange(part, next) {
  for (const field of find(fields, part).filter(begun)) {
    const anew = twin(field, next);
    if (!anew) continue;
    anew.value = field.value;
    if (anew.options && anew.selectedIndex < 0) anew.value = chosen(anew).value; // what was chosen is no more
  }
  const opened = find("details[id]", part);
  part.replaceWith(next);
  opened.forEach(keepFold);
  settle();
  (find(fields, next).find(begun) ?? find("button, textarea", next).find((each) => each.checkVisibility()))?.focus();
}
document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  const { target: part, fragment } = detail;
  const next = fragment.firstElementChild;
  if (!("shows" in part.dataset)) return;
  const same = part.dataset.shows === next.dataset.shows;
  detail.shouldSwap = !same && !inUse(part);
  if (same) calm(part);
  else if (!detail.shouldSwap) warn(part, next);
});
// htmx notes the page's address in the tab's storage, whatever is set: it may hold a code.
sessionStorage.removeItem("htmx-current-path-for-history");

// Keys: only where nobody types, and only while they are wanted.
const wanted = document.getElementById("keys-on");
const keys = document.getElementById("keys");
if (wanted) {
  keys.hidden = false;
  wanted.checked = localStorage.getItem("keys") !== "off";
  wanted.addEventListener("change", () => localStorage.setItem("keys", wanted.checked ? "on" : "off"));
}
function step(by) {
  const rows = find("#queue .open");
  const at = rows.indexOf(document.activeElement?.closest(".case")?.querySelector(".open"));
  rows[Math.max(0, Math.min(rows.length - 1, at + by))]?.focus();
}
function press(key) {
  const row = document.activeElement?.closest(".case") ?? document.querySelector("#queue .case");
  const found = row?.querySelector(`[data-key="${key}"]`) ?? document.querySelector(`main [data-key="${key}"]`);
  if (!found) return false;
  if (key === "c") found.click();
  else { found.scrollIntoView({ block: "center" }); found.focus(); }
  return true;
}
const doing = {
  j: () => step(1),
  k: () => step(-1),
  u: () => { location.href = "/"; },
  "?": () => { keys.open = !keys.open; keys.querySelector("summary").focus(); },
};
document.addEventListener("keydown", (event) => {
  if (!wanted?.checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const known = Object.hasOwn(doing, event.key);
  if (known) doing[event.key]();
  if (known || (/^[crdn/]$/.test(event.key) && press(event.key))) event.preventDefault();
});
