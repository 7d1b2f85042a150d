// One chat: fetches what changed, and does what its person does.

import { api } from "./api.js";

const TAP_PATIENCE_MS = 15000;

/** `speaker()` is the id of who writes, `topic()` the forum topic they write in (or null); `seen(messages)` and `failed(error)` are told what came of it. */
export class Talk {
  constructor(chatId, { speaker, topic, recorder, seen, failed }) {
    Object.assign(this, { chatId, speaker, topic, recorder, seen, failed });
    this.last = 0;
    this.known = new Set();
    this.pending = new Map();
  }

  /** Fetch what changed. Calls during a fetch make one more, not one each. */
  async refresh() {
    if (this.running) {
      this.wanted = true;
      return;
    }
    this.running = true;
    do {
      this.wanted = false;
      await this.attempt(async () => this.arrive(await api.messages(this.chatId, this.last)));
    } while (this.wanted);
    this.running = false;
  }

  arrive(messages) {
    if (this.last === 0) this.recorder?.reconcile(messages);
    const ordered = this.inReadingOrder(messages);
    for (const message of ordered) {
      this.last = Math.max(this.last, message.sequence);
      this.known.add(message.message_id);
      this.recorder?.saw(message);
    }
    this.seen(ordered);
  }

  /** Changes of what is known first, then what is new in the order it was written. */
  inReadingOrder(messages) {
    const old = messages.filter((message) => this.known.has(message.message_id));
    const fresh = messages.filter((message) => !this.known.has(message.message_id));
    return [...old, ...fresh.sort((a, b) => a.message_id - b.message_id)];
  }

  forgetAll() {
    this.last = 0;
    this.known.clear();
  }

  async attempt(work) {
    try {
      return await work();
    } catch (error) {
      this.failed(error);
      return undefined;
    }
  }

  say(text) {
    return this.attempt(() => api.say(this.speaker(), text, this.chatId, this.topic()));
  }

  start(payload) {
    return this.attempt(() => api.start(this.speaker(), payload));
  }

  attach(kind, caption) {
    return this.attempt(() => api.attach(this.speaker(), kind, caption, this.chatId));
  }

  edit(messageId, text) {
    return this.attempt(() => api.edit(this.speaker(), messageId, text, this.chatId));
  }

  /** The button looks pressed until the bot answers, or for as long as Telegram would wait. */
  async tap(message, key, element) {
    if (element.getAttribute("aria-busy") === "true") return;
    const person = this.speaker();
    this.press(person, element);
    const entry = this.recorder?.tapped(key.text);
    try {
      await api.tap(person, message.message_id, key.data, this.chatId);
    } catch (error) {
      if (entry) this.recorder.forget(entry);
      this.release(person);
      this.failed(error);
    }
  }

  press(person, element) {
    this.release(person);
    element.setAttribute("aria-busy", "true");
    const timer = setTimeout(() => this.release(person), TAP_PATIENCE_MS);
    this.pending.set(person, { element, timer });
  }

  /** Says whether this person had a tap waiting here. */
  release(person) {
    const tap = this.pending.get(person);
    if (!tap) return false;
    clearTimeout(tap.timer);
    tap.element.removeAttribute("aria-busy");
    return this.pending.delete(person);
  }
}
