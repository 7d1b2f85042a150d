// What this browser remembers. A browser that refuses to remember is no reason to fail.

function attempt(work) {
  try {
    return work();
  } catch {
    return null;
  }
}

/** A choice (theme, language) that outlives the tab. */
export function kept(name) {
  return attempt(() => localStorage.getItem(`practice-chat.${name}`));
}

export function keep(name, value) {
  attempt(() => localStorage.setItem(`practice-chat.${name}`, value));
}

/** Something that lasts as long as the tab. */
export function noted(name) {
  return attempt(() => JSON.parse(sessionStorage.getItem(`practice-chat.${name}`)));
}

export function note(name, value) {
  attempt(() => sessionStorage.setItem(`practice-chat.${name}`, JSON.stringify(value)));
}
