// Modal windows: what the bot says as an alert, and the page's own small forms.

import { button, freshId, isolated, make } from "./dom.js";
import { says } from "./words.js";

function show(dialog) {
  const back = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (back?.isConnected) back.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** Something that must be read and confirmed. */
export function alertDialog(heading, text) {
  const [title, body] = [freshId("title"), freshId("text")];
  const dialog = make("dialog", { class: "dialog", role: "alertdialog", "aria-labelledby": title, "aria-describedby": body });
  const ok = says(button({ class: "primary", autofocus: true, onclick: () => dialog.close() }), "ok");
  dialog.append(
    make("h2", { id: title }, heading),
    make("p", { id: body, class: "dialog-text", dir: "auto" }, text),
    make("div", { class: "dialog-actions" }, ok),
  );
  show(dialog);
}

/** A small form. `done(form)` is called with the form's fields when the person confirms. */
export function formDialog(titleKey, fields, confirmKey, done) {
  const title = freshId("title");
  const dialog = make("dialog", { class: "dialog", "aria-labelledby": title });
  const cancel = says(button({ class: "quiet", onclick: () => dialog.close() }), "cancel");
  const confirm = says(make("button", { type: "submit", class: "primary" }), confirmKey);
  const form = make("form", { method: "dialog" },
    says(make("h2", { id: title }), titleKey), ...fields,
    make("div", { class: "dialog-actions" }, cancel, confirm));
  form.addEventListener("submit", () => done(new FormData(form)));
  dialog.append(form);
  show(dialog);
}

export function field(labelKey, control, helpKey) {
  const id = freshId("field");
  control.id = id;
  const help = helpKey ? says(make("p", { class: "help", id: `${id}-help` }), helpKey) : null;
  if (help) control.setAttribute("aria-describedby", help.id);
  return make("div", { class: "field" }, says(make("label", { for: id }), labelKey), control, help);
}

/** Several that can be ticked, under one name. */
export function ticks(labelKey, name, options) {
  const rows = options.map(({ value, text }) =>
    make("label", { class: "tick" }, make("input", { type: "checkbox", name, value, checked: true }), isolated(text)));
  return make("fieldset", {}, says(make("legend"), labelKey), ...rows);
}
