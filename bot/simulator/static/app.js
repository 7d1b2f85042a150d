// Puts the page together: phones for people and groups, and what happens on the simulator sent to the right one.

import { api } from "./api.js";
import { make } from "./dom.js";
import { firstPeople } from "./people.js";
import { Phone } from "./phone.js";
import { listen } from "./stream.js";
import { Switcher } from "./switcher.js";
import { applyTheme } from "./theme.js";
import { Tools } from "./tools.js";
import { applyLanguage } from "./words.js";
import { learn, world } from "./world.js";

const phones = new Map();
const stage = make("main", { class: "stage" });
const switcher = new Switcher((phone) => activate(phone));
const tools = new Tools({ active, refresh, show });
let interrupted = false;
let reached = false;

const outside = {
  activate,
  refresh,
  heard: (phone, count) => {
    if (phone !== active()) switcher.heard(phone, count);
  },
};

function active() {
  return phones.get(world.active) ?? null;
}

function activate(phone) {
  world.active = phone.chatId;
  for (const other of phones.values()) other.element.classList.toggle("active", other === phone);
  switcher.activate(phone);
  tools.showActive(phone);
}

function show(chatId) {
  const phone = phones.get(chatId);
  if (!phone) return;
  activate(phone);
  phone.element.scrollIntoView({ inline: "center", block: "nearest" });
}

/** Which phones there should be: people in the order they came, then groups. */
function places() {
  return [
    ...world.people.map((person) => ({ chatId: person.chat_id ?? person.id, personId: person.id })),
    ...world.groups.map((group) => ({ chatId: group.id })),
  ];
}

function arrange() {
  const wanted = places();
  const ids = new Set(wanted.map((place) => place.chatId));
  for (const [chatId, phone] of phones) {
    if (ids.has(chatId)) continue;
    phone.element.remove();
    phones.delete(chatId);
  }
  for (const place of wanted) if (!phones.has(place.chatId)) add(place);
  for (const phone of phones.values()) phone.update();
  switcher.show(wanted.map((place) => phones.get(place.chatId)));
  const current = active() ?? phones.values().next().value;
  if (current) activate(current);
}

function add(place) {
  const phone = new Phone(place, outside);
  phones.set(place.chatId, phone);
  const before = place.personId ? [...phones.values()].find((other) => other.isGroup)?.element : null;
  stage.insertBefore(phone.element, before ?? null);
  phone.talk.refresh();
}

async function refresh() {
  try {
    learn(await api.state());
    reached = true;
    arrange();
  } catch (error) {
    reached = false;
    tools.failed(error);
  }
}

/** As `refresh`, but an empty simulator gets its first people. */
async function meet() {
  await refresh();
  if (!reached || world.people.length) return;
  await firstPeople().catch(tools.failed);
  await refresh();
}

/** The phone an answered tap belongs to: where it was tapped, else the person's own. */
function answered(answer) {
  const all = [...phones.values()];
  const tapped = all.filter((phone) => phone.talk.release(answer.person_id));
  const phone = tapped[0] ?? all.find((other) => other.personId === answer.person_id);
  phone?.answered(answer);
}

async function opened() {
  tools.connected(true);
  if (!interrupted) return;
  interrupted = false;
  await meet();
  await Promise.all([...phones.values()].map((phone) => phone.reload()));
}

function follow() {
  listen({
    opened,
    lost: () => {
      interrupted = true;
      tools.connected(false);
    },
    changed: (chatId) => phones.get(chatId)?.talk.refresh(),
    typing: (chatId) => phones.get(chatId)?.head.typing(true),
    answered,
    stateChanged: refresh,
  });
}

async function begin() {
  applyTheme();
  document.body.append(tools.element, switcher.element, stage);
  applyLanguage();
  await meet();
  follow();
  await Promise.all([...phones.values()].map((phone) => phone.talk.refresh()));
}

begin();
