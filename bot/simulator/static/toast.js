// A passing note. The element stays, so that screen readers hear its words change.

import { make } from "./dom.js";

const LEAST_MS = 3000;
const PER_LETTER_MS = 70;

export class Toast {
  constructor() {
    this.element = make("div", { class: "toast", role: "status", dir: "auto" });
  }

  show(text) {
    clearTimeout(this.timer);
    this.element.textContent = text;
    this.element.classList.add("shown");
    this.timer = setTimeout(() => this.hide(), Math.max(LEAST_MS, text.length * PER_LETTER_MS));
  }

  hide() {
    this.element.classList.remove("shown");
    this.element.textContent = "";
  }
}
