"""How long callers are waited for, and how many: uvicorn itself waits for ever for the end of a request."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

_GUARDED = [
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"connection", b"close"),
]


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds and numbers. A stream of events may last: once it is asked for, nothing is awaited."""

    head: float = 10.0
    """Seconds for the whole head of a request, counted from the connection or the first byte."""
    body: float = 30.0
    """Seconds for the whole body after its head."""
    reading: float = 60.0
    """Seconds in which a caller must take some of what they asked for."""
    most: int = 500
    """Connections held at once; below the 1,024 files that a process may usually have open."""


PATIENCE = Patience()


class Patient(H11Protocol):
    """One connection, broken off where its caller takes too long."""

    patience = PATIENCE

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- passed on as they are
        super().__init__(*args, **kwargs)
        self.since = self.loop.time()
        self._awaited: object = None
        self._asking: asyncio.TimerHandle | None = None
        self._taking: asyncio.TimerHandle | None = None

    @property
    def asks(self) -> bool:
        """Whether its caller has yet to say what they want."""
        return self._asking is not None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a head; where too many are held, who has said nothing for longest gives way."""
        super().connection_made(transport)
        self._wait()
        if len(self.connections) > self.patience.most:
            asking = [each for each in self.connections if isinstance(each, Patient) and each.asks]
            min(asking, key=lambda each: each.since).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        for timer in (self._asking, self._taking):
            if timer:
                timer.cancel()
        self._asking = self._taking = None
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """As uvicorn's own; then wait for what is missing."""
        super().handle_events()
        self._wait()

    def _wait(self) -> None:
        """Set the clock anew only where something else is awaited: each further byte gains no time."""
        awaited = self.conn.their_state
        if awaited is self._awaited:
            return
        if self._asking:
            self._asking.cancel()
        seconds = {h11.IDLE: self.patience.head, h11.SEND_BODY: self.patience.body}.get(awaited)
        self._awaited, self.since = awaited, self.loop.time()
        self._asking = self.loop.call_later(seconds, self._give_up) if seconds else None

    def _give_up(self) -> None:
        if not self.transport.get_write_buffer_size():  # else an earlier answer is still on its way
            self.transport.abort()

    def pause_writing(self) -> None:
        """Wait until the caller has taken some of the answer, but not for ever."""
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        """Go on writing."""
        super().resume_writing()
        if self._taking:
            self._taking.cancel()

    def on_response_complete(self) -> None:
        """Wait until the caller has taken the rest of the answer, but not for ever."""
        super().on_response_complete()
        self._watch()

    def _watch(self, left: int | None = None) -> None:
        """Break off where nothing more was taken; look again after a while as long as something is left."""
        now = self.transport.get_write_buffer_size()
        if left is not None and now >= left:
            self.transport.abort()
            return
        if self._taking:
            self._taking.cancel()
        self._taking = self.loop.call_later(self.patience.reading, self._watch, now) if now else None

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP with the headers that every answer carries; break off in mid-answer."""
        if self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            self.transport.abort()
            return
        refused = h11.Response(status_code=400, headers=_GUARDED, reason=b"Bad Request")
        for event in (refused, h11.Data(data=msg.encode()), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


def patient(patience: Patience) -> type[Patient]:
    """Return the protocol with other limits."""
    return type("Patient", (Patient,), {"patience": patience})
