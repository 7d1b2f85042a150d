// Which language a text is in, as far as its script and the person's phone tell.

const SCRIPTS = [
  [/[\u3040-\u30ff]/, "ja"],
  [/[\uac00-\ud7af]/, "ko"],
  [/[\u3400-\u9fff]/, "zh-Hans"],
  [/[\u0600-\u06ff]/, "ar"],
  [/[\u0590-\u05ff]/, "he"],
  [/[\u0900-\u097f]/, "hi"],
  [/[\u0e00-\u0e7f]/, "th"],
];
const OTHER_SCRIPT_PHONES = /^(ja|ko|zh|ar|he|hi|th|ru|uk|el)/;

/** A tag for the `lang` attribute; "" where nobody can tell. */
export function tongue(text, phoneLanguage) {
  const phone = (phoneLanguage ?? "").toLowerCase();
  const script = SCRIPTS.find(([letters]) => letters.test(text));
  if (script) return script[1] === "zh-Hans" && /^zh-(hant|tw|hk)/.test(phone) ? "zh-Hant" : script[1];
  if (!/[a-z]/i.test(text)) return "";
  return !phone || OTHER_SCRIPT_PHONES.test(phone) ? "en" : phone;
}
