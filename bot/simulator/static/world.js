// What the simulator last said about itself: the bot, the people, the groups, the time.

export const world = { bot: null, people: [], groups: [], ahead: 0, active: null };

export function learn(state) {
  world.bot = state.bot ?? null;
  world.people = state.people ?? [];
  world.groups = state.groups ?? [];
  if (state.now) world.ahead = Date.parse(state.now) - Date.now();
}

export const person = (id) => world.people.find((other) => other.id === id);

export const group = (id) => world.groups.find((other) => other.id === id);

/** Members may come as ids or as people; those who are people here can write. */
export function membersOf(place) {
  return (place.members ?? []).map((member) => person(member?.id ?? member)).filter(Boolean);
}

/** The bot's commands in a phone's language, as Telegram picks them: exact, then the first part, then the rest. */
export function commandsFor(languageCode) {
  const all = world.bot?.commands ?? {};
  const code = (languageCode ?? "").toLowerCase();
  return all[code] ?? all[code.split("-")[0]] ?? all[""] ?? [];
}

/** What the bot says of itself before a talk begins, in the phone's language where it has one. */
export function descriptionFor(languageCode) {
  const all = world.bot?.descriptions ?? {};
  return all[(languageCode ?? "").toLowerCase().split("-")[0]] || world.bot?.description || "";
}

export const nowSeconds = () => Math.floor((Date.now() + world.ahead) / 1000);
