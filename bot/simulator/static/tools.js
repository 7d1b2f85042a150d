// The page's own strip: what this is, the clock, more people, and what can be done with the talk at hand.

import { api } from "./api.js";
import { button, make } from "./dom.js";
import { icon } from "./icons.js";
import { addGroup, addPerson, openByLink, saveTalk } from "./people.js";
import { isDark, onSystemTheme, toggleTheme } from "./theme.js";
import { Toast } from "./toast.js";
import { labels, moment, says, tells, toggleLanguage, word } from "./words.js";
import { nowSeconds } from "./world.js";

const STEP_SECONDS = 150;
const DAY_SECONDS = 86400;
const TICK_MS = 10000;

/** `outside` has `active()` (a phone or null), `refresh()` and `show(chatId)`. */
export class Tools {
  constructor(outside) {
    this.outside = outside;
    this.toast = new Toast();
    this.line = make("p", { class: "connection", role: "status" });
    this.strip = this.makeStrip();
    this.strip.addEventListener("click", (event) => event.target.closest(".tool") && this.toggleStrip(false), true);
    this.element = make("header", { class: "top" }, this.makeBar(), this.strip, this.toast.element);
    setInterval(() => this.tick(), TICK_MS);
  }

  makeBar() {
    const language = labels(button({ class: "bar-button", onclick: toggleLanguage }), "switchLanguage");
    language.append(says(make("span"), "otherLanguage"));
    this.disclosure = button({ class: "bar-button only-narrow", "aria-expanded": "false", "aria-controls": "tools" },
      icon("tools"), says(make("span", { class: "unseen" }), "tools"));
    this.disclosure.addEventListener("click", () => this.toggleStrip());
    return make("div", { class: "bar" },
      make("h1", {}, make("span", { class: "mark", "aria-hidden": "true" }, icon("door")), says(make("span"), "brand")),
      says(make("p", { class: "practice" }), "practice"), this.line,
      make("div", { class: "bar-buttons" }, this.disclosure, language, this.makeTheme()));
  }

  makeTheme() {
    const theme = labels(button({ class: "bar-button" }), "dark");
    const show = () => {
      theme.setAttribute("aria-pressed", String(isDark()));
      theme.replaceChildren(icon(isDark() ? "sun" : "moon"));
    };
    theme.addEventListener("click", () => {
      toggleTheme();
      show();
    });
    onSystemTheme(show);
    show();
    return theme;
  }

  makeStrip() {
    this.now = make("time");
    this.forWhom = make("span", { class: "for-whom" });
    this.forPerson = make("div", { class: "tool-group" }, this.forWhom,
      tool("link", "openLink", () => openByLink(this.outside.active())),
      tool("save", "saveTalk", () => saveTalk(this.outside.active())));
    return make("div", { class: "strip", id: "tools" },
      make("div", { class: "tool-group" },
        make("span", { class: "clock" }, icon("clock"), says(make("span", { class: "unseen" }), "clockNow"), " ", this.now),
        labels(tool(null, "minutes", () => this.advance(STEP_SECONDS)), "minutesLong"),
        labels(tool(null, "oneDay", () => this.advance(DAY_SECONDS)), "oneDayLong")),
      make("div", { class: "tool-group" },
        tool("plus", "addPerson", () => addPerson((person) => this.added(person.chat_id), this.failed)),
        tool("people", "addGroup", () => addGroup((place) => this.added(place?.id), this.failed))),
      this.forPerson);
  }

  /** In a narrow window the strip lies over the page, until a tool is chosen. */
  toggleStrip(wanted) {
    const open = this.strip.classList.toggle("open", wanted);
    this.disclosure.setAttribute("aria-expanded", String(open));
    if (wanted === false && this.disclosure.checkVisibility()) this.disclosure.focus();
  }

  failed = (error) => this.toast.show(word("failed", { reason: error.message }));

  async advance(seconds) {
    try {
      await api.advance(seconds);
      await this.outside.refresh();
      this.toast.show(word("moved", { now: moment(nowSeconds(), "moment") }));
    } catch (error) {
      this.failed(error);
    }
  }

  async added(chatId) {
    await this.outside.refresh();
    if (chatId) this.outside.show(chatId);
  }

  /** Whose talk the two buttons at the end are about. */
  showActive(phone) {
    this.forPerson.hidden = !phone || phone.isGroup;
    if (phone && !phone.isGroup) says(this.forWhom, "forPerson", { name: phone.name() });
    this.tick();
  }

  tick() {
    tells(this.now, nowSeconds(), "moment");
  }

  connected(fine) {
    this.line.classList.toggle("off", !fine);
    says(this.line, fine ? "connected" : "lost");
  }
}

function tool(drawing, key, act) {
  return button({ class: "tool", onclick: act }, drawing ? icon(drawing) : null, says(make("span"), key));
}

