// Builds elements from plain values. Text only ever becomes a text node: nothing here parses HTML.

/** Make an element. `on…` functions become listeners; null and false leave an attribute out. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A real button that submits nothing by accident. */
export function button(attributes, ...children) {
  return make("button", { type: "button", ...attributes }, ...children);
}

/** Someone else's words, kept from turning the words around them (right-to-left marks). */
export function isolated(text) {
  return make("bdi", {}, text);
}

/** Whether focusing an input would call up an on-screen keyboard. */
export const onTouch = () => window.matchMedia("(pointer: coarse)").matches;

let made = 0;

/** An id no other element of this page has. */
export function freshId(stem) {
  made += 1;
  return `${stem}-${made}`;
}
