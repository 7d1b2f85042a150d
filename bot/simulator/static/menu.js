// A menu that opens from a button: arrows move, Enter chooses, Escape goes back.

import { button, make } from "./dom.js";
import { labels } from "./words.js";

let close = () => {};

/**
 * Open a menu over `mount`. Each item is {content: nodes, choose: function}; `name` is the dictionary key of its label.
 */
export function openMenu(opener, mount, name, items, side) {
  const again = opener.getAttribute("aria-expanded") === "true";
  close();
  if (again) return;
  const choices = items.map((item) => choice(item, opener));
  const menu = labels(make("div", { class: `menu ${side}`, role: "menu" }, ...choices), name);
  menu.addEventListener("keydown", (event) => move(event, choices, opener));
  mount.append(menu);
  opener.setAttribute("aria-expanded", "true");
  const outside = (event) => {
    if (!menu.contains(event.target) && !opener.contains(event.target)) close();
  };
  document.addEventListener("pointerdown", outside);
  close = () => {
    document.removeEventListener("pointerdown", outside);
    opener.setAttribute("aria-expanded", "false");
    menu.remove();
    close = () => {};
  };
  choices[0]?.focus();
}

function choice(item, opener) {
  return button({
    class: "menu-item", role: "menuitem", tabindex: "-1",
    onclick: () => {
      close();
      opener.focus();
      item.choose();
    },
  }, ...item.content);
}

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

function move(event, choices, opener) {
  const at = choices.indexOf(document.activeElement);
  if (event.key in STEPS) choices.at((at + STEPS[event.key]) % choices.length).focus();
  else if (event.key === "Home") choices[0].focus();
  else if (event.key === "End") choices.at(-1).focus();
  else if (event.key === "Escape" || event.key === "Tab") {
    close();
    opener.focus();
    if (event.key === "Tab") return;
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

/** A button that opens a menu; `items` is asked each time. */
export function menuButton(attributes, children, { mount, name, items, side }) {
  const opener = button({ "aria-haspopup": "menu", "aria-expanded": "false", ...attributes }, ...children);
  opener.addEventListener("click", () => openMenu(opener, mount(), name, items(), side));
  return opener;
}
