// The page's small forms: a new person, a new group, a link to open, a phone's language; and saving a talk.

import { api } from "./api.js";
import { field, formDialog, ticks } from "./dialog.js";
import { make } from "./dom.js";
import { download, fileName } from "./golden.js";
import { languageName, pageLanguage, word } from "./words.js";
import { world } from "./world.js";

const PHONE_LANGUAGES = ["en", "zh-hans", "zh-hant", "es", "de", "fr", "ja", "ko", "ar", ""];
const FIRST_CODE = "NCT06203249_flyer";

function languageSelect(current) {
  const codes = PHONE_LANGUAGES.includes(current ?? "") ? PHONE_LANGUAGES : [current, ...PHONE_LANGUAGES];
  const options = codes.map((code) => {
    const text = code ? `${languageName(code)} (${code})` : languageName(code);
    return make("option", { value: code, selected: code === (current ?? "") }, text);
  });
  return make("select", { name: "language" }, ...options);
}

const textInput = (name, value = "") =>
  make("input", { name, value, required: true, maxlength: "64", autocomplete: "off", spellcheck: "false" });

/** The two people an empty simulator begins with. */
export async function firstPeople() {
  const second = pageLanguage() === "zh" ? "美" : "Mei";
  await api.addPerson({ first_name: "Anna", language_code: "en" });
  await api.addPerson({ first_name: second, language_code: "zh-hans" });
}

/** `done(person)` is called with who was added, `failed(error)` if nobody could be. */
export function addPerson(done, failed) {
  const fields = [field("name", textInput("name")), field("phoneLanguage", languageSelect("en"))];
  formDialog("addPerson", fields, "add", (form) => {
    const person = { first_name: form.get("name").trim() };
    if (form.get("language")) person.language_code = form.get("language");
    if (person.first_name) api.addPerson(person).then(done, failed);
  });
}

export function addGroup(done, failed) {
  const people = world.people.map((person) => ({ value: person.id, text: person.first_name }));
  const fields = [
    field("groupName", textInput("title", word("groupDefault"))),
    ticks("members", "members", people),
    ticks("kind", "forum", [{ value: "yes", text: word("forum") }]),
  ];
  formDialog("groupTitle", fields, "add", (form) => {
    const members = form.getAll("members").map(Number);
    api.addGroup({ title: form.get("title").trim(), members, forum: form.has("forum") }).then(done, failed);
  });
}

export function openByLink(phone) {
  const code = textInput("code", FIRST_CODE);
  code.pattern = "[A-Za-z0-9_\\-]{1,64}";
  formDialog("linkTitle", [field("linkCode", code, "linkHelp")], "open", (form) => {
    phone.start(form.get("code").trim());
  });
}

export function changeLanguage(phone) {
  formDialog("phoneLanguage", [field("phoneLanguage", languageSelect(phone.model?.language_code))], "change", (form) => {
    const code = form.get("language") || null;
    phone.talk.attempt(() => api.changePerson(phone.personId, { language_code: code }));
  });
}

export function saveTalk(phone) {
  const file = fileName(phone.model);
  download(file, phone.recorder.file(phone.model?.language_code));
  phone.toast.show(word("saved", { file }));
}
