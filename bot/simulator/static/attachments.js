// Pretend attachments: their names, and how one looks in a bubble.

import { make } from "./dom.js";
import { icon } from "./icons.js";
import { says } from "./words.js";

export const KINDS = ["photo", "voice", "document", "sticker", "location", "video", "contact"];

const WAVES = [5, 9, 14, 8, 17, 11, 6, 13, 19, 10, 7, 15, 9, 5, 12, 8];

function named(kind) {
  return says(make("span", { class: "attachment-name" }), KINDS.includes(kind) ? kind : "other");
}

function waves() {
  const bars = WAVES.map((height) => {
    const bar = make("span");
    bar.style.height = `${height}px`;
    return bar;
  });
  return make("span", { class: "waves", "aria-hidden": "true" }, ...bars);
}

/** A file by its name, to be downloaded; the path is relative, as all others are. */
function file(kind, content) {
  const sent = kind === "document" ? content?.document : null;
  if (!sent?.file_id) return null;
  const link = make("a", { class: "attachment-name", download: sent.file_name ?? "", dir: "auto" }, sent.file_name ?? "");
  link.href = `api/files/${encodeURIComponent(sent.file_id)}`;
  return link;
}

/** What stands for the photo, voice note and so on; null for a message of text alone. */
export function attachment(kind, content) {
  if (!kind || kind === "text" || kind === "service") return null;
  const scene = kind === "photo" || kind === "video" || kind === "location" || kind === "sticker";
  const drawing = make("span", { class: "attachment-icon" }, icon(kind));
  const extra = kind === "voice" ? waves() : null;
  const name = file(kind, content) ?? named(kind);
  return make("div", { class: `attachment ${scene ? "scene" : "strip"} of-${kind}` }, drawing, extra, name);
}
