// Keyboards: the buttons under a bot's message, and the quick replies above the input.

import { button, isolated, make } from "./dom.js";
import { icon } from "./icons.js";
import { safeUrl, startPayload } from "./links.js";
import { labels, says } from "./words.js";

/** Buttons under one message. `doer` has `tap(key, element)`, `start(payload)` and `username()`. */
export function inlineKeys(rows, doer) {
  const lines = rows.map((row) => make("div", { class: "keys-row" }, ...row.map((key) => inlineKey(key, doer))));
  return labels(make("div", { class: "keys", role: "group" }, ...lines), "buttons");
}

function inlineKey(key, doer) {
  if (key.url) return urlKey(key, doer);
  const element = button({ class: "key" }, isolated(key.text));
  element.addEventListener("click", () => doer.tap(key, element));
  return element;
}

function urlKey(key, doer) {
  const payload = startPayload(key.url, doer.username());
  const url = safeUrl(key.url);
  if (payload !== null || !url) {
    return button({ class: "key", title: key.url, onclick: () => payload !== null && doer.start(payload) }, isolated(key.text));
  }
  const outside = says(make("span", { class: "unseen" }), "opensOutside");
  return make(
    "a",
    { class: "key", href: url.href, target: "_blank", rel: "noopener noreferrer", title: url.href },
    isolated(key.text), icon("open"), " ", outside,
  );
}

/** One shape for every way a reply keyboard may come: rows, or Telegram's own object. */
export function replyRows(markup) {
  if (!markup || markup.remove_keyboard || markup.force_reply) return [];
  const rows = Array.isArray(markup) ? markup : (markup.keyboard ?? []);
  return rows.map((row) => row.map((key) => (typeof key === "string" ? { text: key } : key)));
}

/** Quick replies. `doer` has `say(text)` and `attach(kind)`. */
export function replyKeys(markup, doer) {
  const lines = replyRows(markup).map((row) =>
    make("div", { class: "keys-row" }, ...row.map((key) => replyKey(key, doer))));
  return labels(make("div", { class: "reply-keys", role: "group" }, ...lines), "replyKeys");
}

function replyKey(key, doer) {
  const press = () => {
    if (key.request_contact) doer.attach("contact");
    else if (key.request_location) doer.attach("location");
    else doer.say(key.text);
  };
  return button({ class: "key", onclick: press }, isolated(key.text));
}
