// What happens on the simulator, as it happens. A lost connection is tried again until it holds.

const RETRY_MS = 1500;

function sort(event, handlers) {
  if (event.chat_id !== undefined) handlers.changed(event.chat_id);
  if (event.typing !== undefined) handlers.typing(event.typing);
  if (event.answer !== undefined) handlers.answered(event.answer);
  if (event.state) handlers.stateChanged();
}

/** Listen for good; `handlers` has opened, lost, changed, typing, answered and stateChanged. */
export function listen(handlers) {
  const source = new EventSource("api/stream");
  source.addEventListener("open", handlers.opened);
  source.addEventListener("message", (event) => sort(JSON.parse(event.data), handlers));
  source.addEventListener("error", () => {
    handlers.lost();
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(handlers), RETRY_MS);
  });
  window.addEventListener("pagehide", () => source.close());
}
