// The person-side HTTP API of the simulator. Paths are relative, so that the page works under any prefix.

async function reason(response) {
  const text = await response.text();
  try {
    const body = JSON.parse(text);
    return body.error ?? body.description ?? body.detail ?? response.statusText;
  } catch {
    return text.slice(0, 200) || response.statusText;
  }
}

async function call(method, path, body) {
  const request = { method };
  if (body !== undefined) {
    request.headers = { "Content-Type": "application/json" };
    request.body = JSON.stringify(body);
  }
  const response = await fetch(`api/${path}`, request);
  if (!response.ok) throw new Error(await reason(response));
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

const post = (path, body = {}) => call("POST", path, body);

export const api = {
  state: () => call("GET", "state"),
  messages: (chatId, after) => call("GET", `chats/${chatId}/messages?after=${after}`),
  addPerson: (person) => post("people", person),
  changePerson: (id, change) => call("PATCH", `people/${id}`, change),
  say: (id, text, chatId, thread) =>
    post(`people/${id}/messages`, { text, chat_id: chatId, ...(thread ? { thread_id: thread } : {}) }),
  attach: (id, kind, caption, chatId) =>
    post(`people/${id}/attachments`, { kind, chat_id: chatId, ...(caption ? { caption } : {}) }),
  edit: (id, messageId, text, chatId) =>
    post(`people/${id}/edits`, { message_id: messageId, text, chat_id: chatId }),
  tap: (id, messageId, data, chatId) =>
    post(`people/${id}/taps`, { message_id: messageId, data, chat_id: chatId }),
  start: (id, payload) => post(`people/${id}/start`, payload ? { payload } : {}),
  block: (id) => post(`people/${id}/block`),
  unblock: (id) => post(`people/${id}/unblock`),
  advance: (seconds) => post("clock", { advance: seconds }),
  addGroup: (group) => post("groups", group),
};
