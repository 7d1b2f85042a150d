// The top of a phone: whom the talk is with, whether they are typing, and what else can be done.

import { make } from "./dom.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";
import { changeLanguage, openByLink, saveTalk } from "./people.js";
import { labels, languageName, says } from "./words.js";
import { membersOf, world } from "./world.js";

const TYPING_MS = 5500;
const HUES = 8;

/** A round sign with the first letter of a name. */
export function avatar(name, id) {
  const hue = Math.abs(Number(id) || 0) % HUES;
  const letter = name.match(/[\p{L}\p{N}]/u)?.[0].toUpperCase() ?? "?";
  return make("span", { class: `avatar hue-${hue}`, "aria-hidden": "true" }, letter);
}

export class Head {
  constructor(phone) {
    this.phone = phone;
    this.picture = make("span", { class: "picture" });
    this.name = make("h3", { class: "peer", dir: "auto" });
    this.status = make("p", { class: "status" });
    this.owner = make("span", { class: "owner-chip" });
    this.more = menuButton({ class: "round" }, [icon("more")],
      { mount: () => this.element, name: "more", items: () => this.items(), side: "down narrow" });
    this.element = make("header", { class: "head" },
      this.picture, make("div", { class: "peer-box" }, this.name, this.status), this.owner,
      phone.isGroup ? null : this.more);
  }

  update() {
    const { phone } = this;
    if (phone.isGroup) this.showGroup();
    else this.showBot();
    labels(this.more, "more", { name: phone.name() });
    this.typing(false);
  }

  showGroup() {
    this.picture.replaceChildren(avatar(this.phone.name(), this.phone.chatId));
    this.name.textContent = this.phone.name();
  }

  showBot() {
    const { model } = this.phone;
    const { bot } = world;
    this.picture.replaceChildren(make("span", { class: "avatar bot", "aria-hidden": "true" }, icon("door")));
    if (bot) {
      delete this.name.dataset.says;
      this.name.textContent = bot.first_name;
    } else says(this.name, "noBot");
    const language = make("span", { class: "chip-language" }, model?.language_code ?? "–");
    language.title = languageName(model?.language_code);
    this.owner.replaceChildren(avatar(this.phone.name(), model?.id),
      make("bdi", { class: "chip-name" }, this.phone.name()), language);
  }

  /** The status line says "typing…" for as long as Telegram would show it. */
  typing(now) {
    clearTimeout(this.timer);
    this.element.classList.toggle("is-typing", now);
    if (now) {
      says(this.status, "typing");
      this.timer = setTimeout(() => this.typing(false), TYPING_MS);
    } else if (this.phone.isGroup) says(this.status, "memberCount", { count: membersOf(this.phone.model ?? {}).length });
    else if (world.bot) says(this.status, "bot");
    else this.status.textContent = "";
  }

  items() {
    const { phone } = this;
    const blocked = phone.model?.blocked;
    return [
      item("link", "openLink", () => openByLink(phone)),
      item("save", "saveTalk", () => saveTalk(phone)),
      item("globe", "phoneLanguage", () => changeLanguage(phone)),
      item("ban", blocked ? "unblock" : "block", () => phone.toggleBlock()),
    ];
  }
}

function item(drawing, key, choose) {
  return { content: [icon(drawing), says(make("span"), key)], choose };
}
