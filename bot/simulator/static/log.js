// The scrolling list of messages: in order, with the days between them, and at the bottom if one was there.

import { Bubble } from "./bubble.js";
import { button, make } from "./dom.js";
import { icon } from "./icons.js";
import { says, tells } from "./words.js";

const NEAR_PX = 48;
const LONGEST_EXCERPT = 80;

export class Log {
  constructor(place) {
    this.place = place;
    this.bubbles = new Map();
    this.following = true;
    this.list = make("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0" });
    this.pill = button({ class: "pill", hidden: true, onclick: () => this.toBottom() },
      icon("down"), says(make("span"), "newMessages"));
    this.element = make("div", { class: "log-frame" }, this.list, this.pill);
    this.list.addEventListener("scroll", () => this.noteScroll(), { passive: true });
    new ResizeObserver(() => this.keepBottom()).observe(this.list);
  }

  /** Show messages that are new or have changed; says how many new ones others wrote. */
  take(messages) {
    const fresh = messages.filter((message) => this.put(message));
    this.tidyDays();
    this.offerEdit();
    const written = fresh.some((message) => this.place.mine(message));
    const heard = fresh.filter((message) => !this.place.mine(message)).length;
    if (written || this.following) this.toBottom();
    else if (heard) this.pill.hidden = false;
    return heard;
  }

  put(message) {
    const known = this.bubbles.get(message.message_id);
    if (message.deleted) this.remove(known);
    else if (known) known.show(message);
    else this.insert(new Bubble(message, this.place));
    return !known && !message.deleted;
  }

  remove(bubble) {
    if (!bubble) return;
    if (bubble.element.contains(document.activeElement)) this.list.focus({ preventScroll: true });
    bubble.element.remove();
    this.bubbles.delete(bubble.message.message_id);
  }

  insert(bubble) {
    const id = bubble.message.message_id;
    const later = [...this.bubbles.keys()].filter((other) => other > id);
    const next = later.length ? this.bubbles.get(Math.min(...later)).element : null;
    this.bubbles.set(id, bubble);
    bubble.element.hidden = !this.place.shows(bubble.message);
    this.list.insertBefore(bubble.element, next);
  }

  clear() {
    this.bubbles.clear();
    this.list.replaceChildren();
  }

  get size() {
    return this.bubbles.size;
  }

  inOrder() {
    return [...this.bubbles.values()].sort((a, b) => a.message.message_id - b.message.message_id);
  }

  /** The last text this person wrote, which is the one that can be edited. */
  lastOwn() {
    const own = this.inOrder().filter(({ message }) => message.from && this.place.mine(message));
    const last = own.at(-1);
    return last && (last.message.kind ?? "text") === "text" ? last : null;
  }

  excerpt(id) {
    const text = this.bubbles.get(id)?.message.text ?? "";
    return text.length > LONGEST_EXCERPT ? `${text.slice(0, LONGEST_EXCERPT)}…` : text;
  }

  offerEdit() {
    const last = this.lastOwn();
    for (const bubble of this.bubbles.values()) bubble.offerEdit(bubble === last);
  }

  /** Somebody else writes now: what is mine is another's. */
  changeSides() {
    for (const bubble of this.bubbles.values()) bubble.side();
    this.offerEdit();
  }

  /** What is known of topics has changed. */
  nameTopics() {
    for (const bubble of this.bubbles.values()) bubble.showAround();
  }

  /** Another topic was chosen: show its messages only. */
  filter() {
    for (const { message, element } of this.bubbles.values()) element.hidden = !this.place.shows(message);
    this.toBottom();
  }

  tidyDays() {
    const present = new Map([...this.list.querySelectorAll(".day")].map((node) => [node.dataset.day, node]));
    let current = "";
    for (const { message, element } of this.inOrder()) {
      const day = new Date(message.date * 1000).toDateString();
      if (day === current) continue;
      current = day;
      this.placeDay(present.get(day) ?? daySign(day, message.date), element);
      present.delete(day);
    }
    for (const node of present.values()) node.remove();
  }

  placeDay(sign, element) {
    if (sign.nextSibling !== element) this.list.insertBefore(sign, element);
  }

  noteScroll() {
    if (!this.list.clientHeight) return;
    const { scrollHeight, scrollTop, clientHeight } = this.list;
    this.following = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    if (this.following) this.pill.hidden = true;
  }

  keepBottom() {
    if (this.following) this.list.scrollTop = this.list.scrollHeight;
  }

  toBottom() {
    this.following = true;
    this.pill.hidden = true;
    this.keepBottom();
  }
}

function daySign(day, seconds) {
  const sign = make("p", { class: "day" }, tells(make("time"), seconds, "day"));
  sign.dataset.day = day;
  return sign;
}
