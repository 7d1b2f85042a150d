// One phone: its person's name, the chat's header, the messages, and where one writes.

import { api } from "./api.js";
import { Composer } from "./composer.js";
import { Desk } from "./desk.js";
import { alertDialog } from "./dialog.js";
import { button, freshId, make, onTouch } from "./dom.js";
import { Recorder } from "./golden.js";
import { Head } from "./head.js";
import { Log } from "./log.js";
import { Talk } from "./talk.js";
import { Toast } from "./toast.js";
import { tongue } from "./tongues.js";
import { labels, says, word } from "./words.js";
import { commandsFor, descriptionFor, group, membersOf, person, world } from "./world.js";

/** A phone shows one person's talk with the bot, or a group; `outside` has `activate(phone)`,
 * `heard(phone, count)` and `refresh()`. */
export class Phone {
  constructor({ chatId, personId = null }, outside) {
    Object.assign(this, { chatId, personId, outside, isGroup: personId === null, replyMarkup: null, loaded: false });
    this.voice = personId;
    this.recorder = this.isGroup ? null : new Recorder(chatId);
    this.talk = new Talk(chatId, {
      speaker: () => this.voice, topic: () => this.desk?.topic ?? null, recorder: this.recorder,
      seen: (messages) => this.seen(messages), failed: (error) => this.failed(error),
    });
    this.build();
  }

  build() {
    this.toast = new Toast();
    this.head = new Head(this);
    this.log = new Log(this.logPlace());
    this.desk = this.isGroup ? new Desk((id) => this.speakAs(id), () => this.log.filter()) : null;
    this.composer = new Composer(this.talk, this.composerPlace());
    this.intro = make("div", { class: "intro", hidden: true });
    this.gate = make("div", { class: "gate", hidden: true });
    const heading = freshId("phone");
    this.title = make("h2", { id: heading, class: "unseen" });
    const screen = make("div", { class: "screen" },
      this.head.element, this.log.element, this.intro, this.toast.element, this.composer.element, this.gate);
    this.element = make("section", { class: "phone", "aria-labelledby": heading }, this.title, screen);
    this.element.addEventListener("focusin", () => this.outside.activate(this));
    this.element.addEventListener("pointerdown", () => this.outside.activate(this));
  }

  logPlace() {
    return {
      group: this.isGroup,
      topicName: (message) => this.desk?.topicName(message.thread_id) ?? "",
      shows: (message) => !this.desk || this.desk.shows(message.thread_id),
      mine: (message) => message.from?.id === this.voice,
      excerpt: (id) => this.log.excerpt(id),
      phoneLanguage: () => person(this.voice)?.language_code,
      beginEdit: (message) => this.composer.beginEdit(message),
      doer: (message) => ({
        tap: (key, element) => this.talk.tap(message, key, element),
        start: (payload) => this.start(payload),
        command: (text) => this.talk.say(text),
        username: () => world.bot?.username,
      }),
    };
  }

  composerPlace() {
    return {
      above: this.desk?.element ?? null,
      name: () => this.voiceName(),
      commands: () => commandsFor(person(this.voice)?.language_code),
      lastOwn: () => this.log.lastOwn()?.message ?? null,
    };
  }

  get model() {
    return this.isGroup ? group(this.chatId) : person(this.personId);
  }

  name() {
    return (this.isGroup ? this.model?.title : this.model?.first_name) ?? "";
  }

  voiceName() {
    return person(this.voice)?.first_name ?? this.name();
  }

  /** Show what the simulator now says about this person or group. */
  update() {
    if (this.isGroup) this.voice = this.desk.offer(membersOf(this.model ?? {}), this.model?.topics ?? [], this.voice);
    says(this.title, "phoneOf", { name: this.name() });
    if (this.isGroup) {
      delete this.title.dataset.says;
      this.title.textContent = this.name();
    }
    labels(this.log.list, this.isGroup ? "groupTalk" : "talkWith", { name: this.name() });
    this.head.update();
    this.composer.rename();
    if (this.isGroup) this.log.nameTopics();
    this.showMode();
  }

  speakAs(id) {
    this.voice = id;
    this.composer.rename();
    this.log.changeSides();
  }

  /** Writing, or the big Start button, or the way back from a block. */
  showMode() {
    const blocked = !this.isGroup && Boolean(this.model?.blocked);
    const begun = this.isGroup || !this.loaded || this.log.size > 0;
    const mode = blocked ? "blocked" : begun ? "write" : "start";
    this.showIntro(!begun);
    if (mode === this.mode) return;
    const hadFocus = this.gate.contains(document.activeElement);
    this.mode = mode;
    // A group without members can only be read.
    this.composer.element.hidden = mode !== "write" || (this.isGroup && membersOf(this.model ?? {}).length === 0);
    this.gate.hidden = mode === "write";
    this.gate.replaceChildren(...this.gateContent(mode));
    if (hadFocus) this.afterGate(mode);
  }

  /** The button is gone: on to writing, but without calling up a touch screen's keyboard unasked. */
  afterGate(mode) {
    if (mode !== "write") this.gate.querySelector("button").focus();
    else if (onTouch()) this.log.list.focus();
    else this.composer.input.focus();
  }

  gateContent(mode) {
    if (mode === "start") return [says(button({ class: "big", onclick: () => this.start() }), "start")];
    if (mode === "blocked") return [says(button({ class: "big calm", onclick: () => this.toggleBlock() }), "unblock")];
    return [];
  }

  showIntro(wanted) {
    this.intro.hidden = !wanted;
    if (!wanted) return;
    const description = descriptionFor(this.model?.language_code);
    this.intro.replaceChildren(make("div", { class: "intro-card" },
      says(make("h3"), description ? "whatCan" : world.bot ? "empty" : "noBot"),
      description ? make("p", { dir: "auto", lang: tongue(description, this.model?.language_code) }, description) : says(make("p"), world.bot ? "restartHelp" : "noBotHelp")));
  }

  seen(messages) {
    const first = !this.loaded;
    this.loaded = true;
    const heard = this.log.take(messages);
    if (messages.some((message) => message.from?.is_bot && !message.deleted)) this.head.typing(false);
    if (heard && !first) this.outside.heard(this, heard);
    this.seeReplies(messages);
    if (this.desk && messages.some((message) => message.kind === "service")) this.outside.refresh();
    this.showMode();
  }

  seeReplies(messages) {
    const latest = messages.filter((message) => message.reply_keyboard && !message.deleted).at(-1);
    if (!latest || JSON.stringify(latest.reply_keyboard) === this.replyMarkup) return;
    this.replyMarkup = JSON.stringify(latest.reply_keyboard);
    this.composer.offerReplies(latest.reply_keyboard);
  }

  async start(payload) {
    await this.talk.start(payload);
  }

  toggleBlock() {
    const act = this.model?.blocked ? api.unblock : api.block;
    return this.talk.attempt(() => act(this.personId));
  }

  /** The bot answered a tap: a passing note, or an alert that must be read. */
  answered({ text, show_alert: alert }) {
    if (!text) return;
    const names = { bot: world.bot?.first_name ?? word("bot"), name: this.voiceName() };
    if (alert) alertDialog(word("botSays", names), text);
    else this.toast.show(text);
  }

  failed(error) {
    this.toast.show(word("failed", { reason: error.message }));
  }

  /** Everything anew, after the connection was lost. */
  async reload() {
    this.loaded = false;
    this.talk.forgetAll();
    this.log.clear();
    await this.talk.refresh();
  }
}
