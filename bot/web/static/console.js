"use strict";
// What a script adds: times in the reader's own zone, pages that keep themselves up to date, and keys.
// Everything works without it.
const find = (wanted, within = document) => [...within.querySelectorAll(wanted)];

function settle() {
  for (const time of find("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.valueOf())) continue;
    const words = at.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    time.title = words;
    if ("local" in time.dataset) time.textContent = words;
  }
  for (const field of find("[data-zone]")) field.value = String(-new Date().getTimezoneOffset());
  const talk = document.getElementById("transcript");
  const aim = talk?.querySelector(":target");
  if (aim) aim.scrollIntoView({ block: "center" });
  else if (talk) talk.scrollTop = talk.scrollHeight;
}
settle();
document.querySelector(".top nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

// Live: the server sends a mark; where it is not the one this page was made with, the page fetches itself
// and exchanges only what is for reading. What somebody is typing stays.
async function refresh() {
  const focused = document.activeElement?.closest("a[id], button[id]")?.id;
  const answer = await fetch(location.href, { headers: { "X-Live": "1" }, redirect: "manual" });
  if (!answer.ok) return location.reload();
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.body.dataset.mark = fresh.body.dataset.mark;
  for (const part of find("[data-fresh]")) {
    const next = fresh.getElementById(part.id);
    if (next) part.replaceWith(document.adoptNode(next));
  }
  document.title = fresh.title;
  settle();
  if (focused) document.getElementById(focused)?.focus();
  const news = document.getElementById("news");
  if (news) { news.textContent = ""; setTimeout(() => { news.textContent = news.dataset.words; }, 100); }
}
const live = document.body.dataset.live;
if (live) {
  let busy = Promise.resolve();
  const source = new EventSource(live);
  source.onmessage = ({ data }) => {
    busy = busy.then(() => (data === document.body.dataset.mark ? undefined : refresh())).catch(() => {});
  };
  addEventListener("pagehide", () => source.close());
}

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
