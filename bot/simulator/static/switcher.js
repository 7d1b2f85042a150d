// Where only one phone fits: a row of names to switch between, with how much is new behind each.

import { button, isolated, make } from "./dom.js";
import { avatar } from "./head.js";
import { labels } from "./words.js";

export class Switcher {
  /** `choose(phone)` is called when a name is chosen. */
  constructor(choose) {
    this.choose = choose;
    this.entries = new Map();
    this.element = labels(make("nav", { class: "switcher" }), "phones");
  }

  show(phones) {
    const gone = [...this.entries.keys()].filter((phone) => !phones.includes(phone));
    for (const phone of gone) this.entries.delete(phone);
    for (const phone of phones) if (!this.entries.has(phone)) this.entries.set(phone, this.entry(phone));
    for (const phone of phones) this.name(phone);
    this.element.replaceChildren(...phones.map((phone) => this.entries.get(phone).element));
  }

  entry(phone) {
    const count = make("span", { class: "count", hidden: true, "aria-hidden": "true" });
    const element = button({ class: "switch", onclick: () => this.choose(phone) });
    return { element, count, unread: 0 };
  }

  name(phone) {
    const { element, count } = this.entries.get(phone);
    element.replaceChildren(avatar(phone.name(), phone.personId ?? phone.chatId), isolated(phone.name()), count);
  }

  activate(active) {
    for (const [phone, { element }] of this.entries) {
      element.setAttribute("aria-current", String(phone === active));
      if (phone === active) this.setUnread(phone, 0);
    }
  }

  heard(phone, count) {
    this.setUnread(phone, (this.entries.get(phone)?.unread ?? 0) + count);
  }

  setUnread(phone, unread) {
    const entry = this.entries.get(phone);
    if (!entry) return;
    entry.unread = unread;
    entry.count.hidden = unread === 0;
    entry.count.textContent = String(unread);
    if (unread) labels(entry.element, "unread", { name: phone.name(), count: unread });
    else {
      delete entry.element.dataset.labels;
      entry.element.removeAttribute("aria-label");
    }
  }
}
