// The page's own words. An element remembers the key it says, so that a change of language needs no rebuilding.

import { DICTIONARY } from "./dictionary.js";
import { keep, kept } from "./memory.js";

const TURNING = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff]/;
const LOCALES = { en: "en-GB", zh: "zh-CN" };
const DOCUMENT_LANGUAGES = { en: "en", zh: "zh-Hans" };

let language = firstLanguage();

function firstLanguage() {
  const chosen = kept("language");
  if (chosen in DICTIONARY) return chosen;
  const spoken = (navigator.languages ?? [navigator.language]).map((tag) => tag.slice(0, 2).toLowerCase());
  return spoken.find((tag) => tag in DICTIONARY) ?? "en";
}

export const pageLanguage = () => language;

/** A name that could turn the text around it is fenced in. */
function fenced(value) {
  const text = String(value);
  return TURNING.test(text) ? `\u2068${text}\u2069` : text;
}

export function word(key, values = {}) {
  const text = DICTIONARY[language][key] ?? DICTIONARY.en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => fenced(values[name] ?? ""));
}

function remember(node, slot, key, values) {
  node.dataset[slot] = JSON.stringify([key, values]);
}

/** The element's text is this word, in whatever language the page is in. */
export function says(node, key, values = {}) {
  remember(node, "says", key, values);
  node.textContent = word(key, values);
  return node;
}

/** The element's accessible name (and, on a pointer, its tooltip). */
export function labels(node, key, values = {}) {
  remember(node, "labels", key, values);
  node.setAttribute("aria-label", word(key, values));
  if (node.tagName === "BUTTON") node.title = word(key, values);
  return node;
}

export function hints(node, key, values = {}) {
  remember(node, "hints", key, values);
  node.placeholder = word(key, values);
  return node;
}

/** A moment: `form` is "time", "day" or "moment". */
export function tells(node, seconds, form) {
  node.dataset.tells = JSON.stringify([seconds, form]);
  node.dateTime = new Date(seconds * 1000).toISOString();
  node.textContent = moment(seconds, form);
  return node;
}

const FORMS = {
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  day: { day: "numeric", month: "long" },
  moment: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};

export function moment(seconds, form) {
  return new Intl.DateTimeFormat(LOCALES[language], FORMS[form]).format(new Date(seconds * 1000));
}

export function languageName(code) {
  if (!code) return word("noLanguage");
  try {
    return new Intl.DisplayNames(LOCALES[language], { type: "language" }).of(code);
  } catch {
    return code;
  }
}

function again(slot, renew) {
  for (const node of document.querySelectorAll(`[data-${slot}]`)) renew(node, ...JSON.parse(node.dataset[slot]));
}

export function applyLanguage() {
  document.documentElement.lang = DOCUMENT_LANGUAGES[language];
  document.title = word("title");
  again("says", says);
  again("labels", labels);
  again("hints", hints);
  again("tells", tells);
}

export function toggleLanguage() {
  language = language === "en" ? "zh" : "en";
  keep("language", language);
  applyLanguage();
}
