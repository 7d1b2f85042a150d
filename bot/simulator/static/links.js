// Which addresses may be followed, and which stay text.

const SAFE = new Set(["http:", "https:", "mailto:", "tel:"]);
const TELEGRAM_HOSTS = new Set(["t.me", "telegram.me", "www.t.me"]);

/** The address as a URL, or null where following it could run or fetch something odd. */
export function safeUrl(address) {
  const whole = /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `https://${address}`;
  try {
    const url = new URL(whole);
    return SAFE.has(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

/** What stands after ?start= in a link to this bot ("" for a bare link); null for any other address. */
export function startPayload(address, username) {
  const url = safeUrl(address);
  if (!url || !username || !TELEGRAM_HOSTS.has(url.hostname)) return null;
  if (url.pathname.slice(1).toLowerCase() !== username.toLowerCase()) return null;
  return url.searchParams.get("start") ?? "";
}
