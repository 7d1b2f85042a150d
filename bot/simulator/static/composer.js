// Where the person writes: the bot's menu, attachments, the input, quick replies, and editing the last message.

import { KINDS } from "./attachments.js";
import { button, isolated, make, onTouch } from "./dom.js";
import { icon } from "./icons.js";
import { replyKeys, replyRows } from "./keys.js";
import { menuButton } from "./menu.js";
import { hints, labels, says } from "./words.js";

const LONGEST = 4096;

/**
 * `talk` does what is asked; `place` has `name()`, `commands()`, `lastOwn()` (a message or null) and `above` (an
 * element that stands over the input, or null).
 */
export class Composer {
  constructor(talk, place) {
    this.talk = talk;
    this.place = place;
    this.editing = null;
    this.input = hints(make("textarea", { rows: "1", maxlength: LONGEST, dir: "auto", enterkeyhint: "send" }), "message");
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("input", () => this.fit());
    this.editStrip = this.makeEditStrip();
    this.replies = make("div", { class: "replies", hidden: true });
    this.element = make("form", { class: "composer" }, this.editStrip, place.above, this.makeRow(), this.replies);
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.fit();
  }

  makeRow() {
    const mount = () => this.element;
    this.menuButton = menuButton({ class: "menu-button" }, [icon("menu"), says(make("span"), "menu")],
      { mount, name: "commands", items: () => this.commandItems(), side: "up" });
    const attach = labels(menuButton({ class: "round" }, [icon("attach")],
      { mount, name: "attachKinds", items: () => this.kindItems(), side: "up narrow" }), "attach");
    this.keysToggle = labels(button({ class: "round", hidden: true, "aria-pressed": "false" }, icon("keyboard")), "toggleKeys");
    this.keysToggle.addEventListener("click", () => this.showReplies(this.replies.hidden));
    this.sendButton = labels(make("button", { type: "submit", class: "round send" }, icon("send")), "send");
    return make("div", { class: "composer-row" }, this.menuButton, attach, this.input, this.keysToggle, this.sendButton);
  }

  makeEditStrip() {
    const stop = labels(button({ class: "round small", onclick: () => this.stopEditing() }, icon("close")), "stopEditing");
    return make("div", { class: "edit-strip", hidden: true }, icon("edit"), says(make("span"), "editing"), stop);
  }

  commandItems() {
    const commands = this.place.commands();
    if (!commands.length) return [{ content: [says(make("span"), "noCommands")], choose: () => {} }];
    return commands.map(({ command, description }) => ({
      content: [make("b", {}, `/${command}`), " ", isolated(description)],
      choose: () => this.talk.say(`/${command}`),
    }));
  }

  kindItems() {
    return KINDS.map((kind) => ({
      content: [icon(kind), says(make("span"), kind)],
      choose: () => this.attach(kind),
    }));
  }

  /** What stands in the input goes along as the caption. */
  attach(kind) {
    const caption = this.editing ? "" : this.input.value.trim();
    if (caption) this.write("");
    this.talk.attach(kind, caption);
  }

  key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape" && this.editing) {
      event.preventDefault();
      this.stopEditing();
    } else if (event.key === "ArrowUp" && !this.input.value && !this.editing) {
      const last = this.place.lastOwn();
      if (last) {
        event.preventDefault();
        this.beginEdit(last);
      }
    }
  }

  async submit() {
    const text = this.input.value.trim();
    const { editing } = this;
    if (!text) return;
    this.stopEditing();
    this.write("");
    if (!editing) await this.talk.say(text);
    else if (text !== editing.text) await this.talk.edit(editing.message_id, text);
  }

  beginEdit(message) {
    this.editing = message;
    this.editStrip.hidden = false;
    labels(this.sendButton, "saveEdit");
    this.sendButton.replaceChildren(icon("check"));
    this.write(message.text ?? "");
    this.input.focus();
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
  }

  stopEditing() {
    if (!this.editing) return;
    this.editing = null;
    this.editStrip.hidden = true;
    labels(this.sendButton, "send");
    this.sendButton.replaceChildren(icon("send"));
    this.write("");
    this.input.focus();
  }

  write(text) {
    this.input.value = text;
    this.fit();
  }

  /** The input grows with its text, up to a height the style sets. */
  fit() {
    this.sendButton.classList.toggle("ready", Boolean(this.input.value.trim()));
    this.input.style.height = "auto";
    if (this.input.scrollHeight) this.input.style.height = `${this.input.scrollHeight + 2}px`;
  }

  /** The bot's quick replies; `markup` is what its latest message with any said. */
  offerReplies(markup) {
    const has = replyRows(markup).length > 0;
    this.keysToggle.hidden = !has;
    const doer = {
      say: (text) => this.useReply(markup, () => this.talk.say(text)),
      attach: (kind) => this.useReply(markup, () => this.talk.attach(kind)),
    };
    this.replies.replaceChildren(...(has ? [replyKeys(markup, doer)] : []));
    this.showReplies(has);
    if (markup?.input_field_placeholder) {
      delete this.input.dataset.hints;
      this.input.placeholder = markup.input_field_placeholder;
    } else hints(this.input, "message");
  }

  useReply(markup, act) {
    act();
    if (!markup.one_time_keyboard) return;
    this.showReplies(false);
    if (onTouch()) this.keysToggle.focus();
    else this.input.focus();
  }

  showReplies(wanted) {
    this.replies.hidden = !wanted;
    this.keysToggle.setAttribute("aria-pressed", String(wanted));
  }

  rename() {
    labels(this.input, "messageFrom", { name: this.place.name() });
  }
}
