// Text and its entities become elements. Offsets are UTF-16 units, which is how JavaScript counts.

import { button, freshId, make } from "./dom.js";
import { safeUrl, startPayload } from "./links.js";
import { labels, says } from "./words.js";

const BLOCKS = new Set(["blockquote", "expandable_blockquote", "pre"]);
const PLAIN_TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", blockquote: "blockquote" };

/** Build the text as nodes; `doer` has `command(text)`, `start(payload)` and `username()`. */
export function rich(text, entities, doer) {
  const inside = [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return span({ text, doer }, 0, text.length, inside);
}

function span(source, from, to, entities) {
  const nodes = [];
  let at = from;
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    const end = Math.min(entity.offset + entity.length, to);
    if (entity.offset < at || entity.offset >= end) continue;
    nodes.push(...plain(source.text, at, entity.offset));
    const nested = entities.slice(index + 1).filter((other) => other.offset < end);
    nodes.push(dress(source, entity, end, span(source, entity.offset, end, nested)));
    at = BLOCKS.has(entity.type) && source.text[end] === "\n" ? end + 1 : end;
  }
  nodes.push(...plain(source.text, at, to));
  return nodes;
}

function plain(text, from, to) {
  return to > from ? [document.createTextNode(text.slice(from, to))] : [];
}

function dress(source, entity, end, children) {
  const own = source.text.slice(entity.offset, end);
  switch (entity.type) {
    case "pre":
      return make("pre", { tabindex: "0" }, make("code", {}, ...children));
    case "expandable_blockquote":
      return expandable(children);
    case "spoiler":
      return spoiler(children);
    case "bot_command":
      return button({ class: "command", onclick: () => source.doer.command(own) }, ...children);
    case "text_link":
      return link(source, entity.url ?? "", children);
    case "url":
      return link(source, own, children);
    case "email":
      return link(source, `mailto:${own}`, children);
    default:
      return make(PLAIN_TAGS[entity.type] ?? "span", {}, ...children);
  }
}

function link({ doer }, address, children) {
  const payload = startPayload(address, doer.username());
  if (payload !== null) return button({ class: "command", title: address, onclick: () => doer.start(payload) }, ...children);
  const url = safeUrl(address);
  if (!url) return make("span", {}, ...children);
  return make("a", { href: url.href, target: "_blank", rel: "noopener noreferrer", title: url.href }, ...children);
}

function expandable(children) {
  const id = freshId("quote");
  const body = make("div", { class: "quote-body", id }, ...children);
  const quote = make("blockquote", { class: "expandable" }, body);
  const toggle = button({ class: "quote-toggle", "aria-expanded": "false", "aria-controls": id });
  toggle.addEventListener("click", () => {
    const open = quote.classList.toggle("open");
    toggle.setAttribute("aria-expanded", String(open));
    says(toggle, open ? "showLess" : "showMore");
  });
  quote.append(says(toggle, "showMore"));
  return quote;
}

function spoiler(children) {
  const hidden = make("span", { class: "spoiler-text", "aria-hidden": "true" }, ...children);
  const cover = labels(button({ class: "spoiler" }, hidden), "spoiler");
  cover.addEventListener("click", () => {
    cover.replaceWith(make("span", { class: "spoiler-shown", tabindex: "-1" }, ...hidden.childNodes));
  });
  return cover;
}
