// A talk as a golden file: what the person did and what the bot said, in the form the tests read.

import { replyRows } from "./keys.js";
import { note, noted } from "./memory.js";

const DEMO_MARK = /^DEMO\b[^\n]*\n/; // a demo writes it above everything; the conversations of the tests have none

/** Remembers a talk as it happens: taps leave no message, and keyboards change after they were seen. */
export class Recorder {
  constructor(chatId) {
    this.slot = `talk.${chatId}`;
    this.entries = noted(this.slot) ?? [];
  }

  /** What was remembered of another talk (the simulator began anew) is dropped. */
  reconcile(messages) {
    const dates = new Map(messages.map((message) => [message.message_id, message.date]));
    if (this.entries.some(({ id, date }) => id !== undefined && dates.get(id) !== date)) this.entries = [];
  }

  saw(message) {
    const known = this.entries.findLast((entry) => entry.id === message.message_id);
    const text = message.text ?? "";
    const entry = { id: message.message_id, date: message.date, text, form: message.kind ?? "text" };
    if (!known && !message.deleted && message.from?.is_bot) this.keep({ ...entry, did: "bot", keys: labelsOf(message) });
    else if (!known && !message.deleted && message.from) this.keep({ ...entry, did: "say" });
    else if (known?.did !== "bot" && known && message.edited && known.text !== text) this.keep({ ...entry, did: "edit" });
  }

  tapped(label) {
    const entry = { did: "tap", text: label };
    this.keep(entry);
    return entry;
  }

  forget(entry) {
    this.entries = this.entries.filter((other) => other !== entry);
    note(this.slot, this.entries);
  }

  keep(entry) {
    this.entries.push(entry);
    note(this.slot, this.entries);
  }

  file(phoneLanguage) {
    return [`phone: ${phoneLanguage || "none"}`, "---", ...this.entries.flatMap(lines), ""].join("\n");
  }
}

function labelsOf(message) {
  const rows = message.keyboard?.length ? message.keyboard : replyRows(message.reply_keyboard);
  return rows.map((row) => row.map((key) => key.text));
}

function lines(entry) {
  switch (entry.did) {
    case "tap":
      return [`> [${entry.text}]`];
    case "edit":
      return block(">", `(edit) ${entry.text}`);
    case "say":
      return block(">", formed(entry));
    default:
      return [...block("<", formed({ ...entry, text: entry.text.replace(DEMO_MARK, "") })), ...entry.keys.map((row) => `  ${row.map((label) => `[${label}]`).join(" ")}`)];
  }
}

function formed({ form, text }) {
  return form === "text" ? text : `(${form}) ${text}`.trimEnd();
}

function block(sign, text) {
  return text.split("\n").map((line, index) => `${index ? "|" : sign} ${line}`.trimEnd());
}

export function fileName(person) {
  const name = person.first_name.replace(/[^\p{L}\p{N}-]+/gu, "-").replace(/^-+|-+$/g, "");
  return `talk-${name || person.id}.txt`;
}

/** Hand a text over as a download. */
export function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
