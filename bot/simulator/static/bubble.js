// One message. It is changed in place, so that a screen reader hears only what is new.

import { attachment } from "./attachments.js";
import { button, isolated, make } from "./dom.js";
import { icon } from "./icons.js";
import { inlineKeys } from "./keys.js";
import { rich } from "./rich.js";
import { tongue } from "./tongues.js";
import { labels, says, tells } from "./words.js";

/**
 * `place` says where the bubble stands: `mine(message)`, `group`, `phoneLanguage()`, `topicName(message)`,
 * `excerpt(id)` of another message; and what one can do there: `doer(message)`, `beginEdit(message)`.
 */
export class Bubble {
  constructor(message, place) {
    this.place = place;
    this.author = make("p", { class: "author" });
    this.topic = make("p", { class: "topic", hidden: true });
    this.quoted = make("p", { class: "quoted", dir: "auto", hidden: true });
    this.text = make("div", { class: "text", dir: "auto" });
    this.reactions = make("p", { class: "reactions", hidden: true });
    this.time = make("time");
    this.edited = says(make("span", { class: "edited", hidden: true }), "edited");
    this.meta = make("p", { class: "meta", tabindex: "-1" }, this.edited, this.time);
    this.body = make("div", { class: "bubble" }, this.author, this.topic, this.quoted, attachment(message.kind, message.content),
      this.text, this.reactions, this.meta);
    this.element = make("div", { class: "message" }, this.body);
    this.element.dataset.id = message.message_id;
    this.element.addEventListener("dblclick", () => this.pencil && this.place.beginEdit(this.message));
    this.show(message);
  }

  show(message) {
    const before = this.message;
    this.message = message;
    this.side();
    if (!before || !same([before.text, before.entities], [message.text, message.entities])) this.showText();
    if (!before || !same(before.keyboard, message.keyboard)) this.showKeys();
    this.showAround();
    tells(this.time, message.date, "time");
    this.edited.hidden = !message.edited;
  }

  /** Whose message it is can change in a group, when one writes as somebody else. */
  side() {
    const { from } = this.message;
    const mine = this.place.mine(this.message);
    this.element.className = `message ${from ? (mine ? "out" : "in") : "service"}`;
    this.author.classList.toggle("unseen", !this.place.group || mine);
    this.author.replaceChildren(isolated(from?.first_name ?? ""), ": ");
    this.author.hidden = !from;
  }

  /** The topic it stands in, what it answers, and what people made of it. */
  showAround() {
    fill(this.topic, this.place.topicName(this.message));
    fill(this.quoted, this.place.excerpt(this.message.reply_to));
    fill(this.reactions, (this.message.reactions ?? []).map(emoji).join(" "));
  }

  showText() {
    const { text, entities } = this.message;
    this.text.lang = tongue(text ?? "", this.place.phoneLanguage());
    this.text.replaceChildren(...rich(text ?? "", entities, this.place.doer(this.message)));
    this.text.hidden = !text;
    settleQuotes(this.text);
  }

  /** Focus that stood on a button taken away waits at the end of the message: Tab goes on to what came next. */
  showKeys() {
    const hadFocus = this.keys?.contains(document.activeElement);
    this.keys?.remove();
    const rows = this.message.keyboard ?? [];
    this.keys = rows.length ? inlineKeys(rows, this.place.doer(this.message)) : null;
    if (this.keys) this.element.append(this.keys);
    this.element.classList.toggle("with-keys", Boolean(this.keys));
    if (hadFocus) (this.keys?.querySelector("button, a") ?? this.meta).focus({ preventScroll: true });
  }

  /** The pencil stands beside the person's last message only. */
  offerEdit(wanted) {
    if (wanted === Boolean(this.pencil)) return;
    this.pencil?.remove();
    this.pencil = null;
    if (!wanted) return;
    this.pencil = labels(button({ class: "pencil" }, icon("edit")), "editLast");
    this.pencil.addEventListener("click", () => this.place.beginEdit(this.message));
    this.body.after(this.pencil);
  }
}

function fill(element, text) {
  if (element.textContent !== text) element.textContent = text;
  element.hidden = !text;
}

const emoji = (reaction) => (typeof reaction === "string" ? reaction : (reaction.emoji ?? reaction.type?.emoji ?? ""));

function same(a, b) {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

/** A quotation that is short enough anyway needs no "show more". */
function settleQuotes(text) {
  requestAnimationFrame(() => {
    for (const body of text.querySelectorAll(".quote-body")) {
      const fits = body.clientHeight > 0 && body.scrollHeight <= body.clientHeight + 2;
      body.parentElement.classList.toggle("short", fits);
    }
  });
}
