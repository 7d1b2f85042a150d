"""Faults on demand: what shall go wrong, for which method, how often."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, get_args

from bot.simulator.errors import ApiError, forbidden, too_many_requests

Kind = Literal["429", "500", "502", "403", "cut", "slow", "lost", "duplicate", "reorder", "outage"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_OF_CALLS = frozenset({"429", "500", "502", "403", "cut", "slow", "lost"})


@dataclass(slots=True)
class Fault:
    """One planned fault.

    429, 500, 502, 403 (blocked): refused, nothing done. cut: the connection breaks, nothing done.
    slow: answered after `seconds`. lost: done, but then the connection breaks after `seconds`.

    duplicate: an update that was confirmed or delivered comes again, after `seconds`. reorder: the updates
    of one poll's answer come backwards, chat by chat, each chat's own in order, or (`within_chat`) the last
    of all first; a webhook gets the newest chat's, or the newest of a chat, before the others.

    outage: from `after` seconds from now, for `seconds`, every call breaks, also getUpdates (with `refused`
    it is answered 502), and no webhook is called.
    """

    kind: Kind
    method: str | None = None  # None is every method but getUpdates
    times: int = 1
    skip: int = 0
    retry_after: int = 1
    seconds: float = 0.0
    chat_id: int | None = None
    within_chat: bool = False
    after: float = 0.0
    refused: bool = False
    begins: datetime | None = None  # noted when an outage is planned

    def matches(self, method: str, chat_id: object) -> bool:
        if self.kind not in _OF_CALLS or (self.method is None and method == "getUpdates"):
            return False
        wanted = self.method is None or self.method.lower() == method.lower()
        return wanted and (self.chat_id is None or str(self.chat_id) == str(chat_id))

    def refusal(self) -> ApiError | None:
        """The error this fault answers with, if it is of that kind."""
        match self.kind:
            case "429":
                return too_many_requests(self.retry_after)
            case "500":
                return ApiError(500, "Internal Server Error")
            case "502":
                return ApiError(502, "Bad Gateway")
            case "403":
                return forbidden("bot was blocked by the user")
            case _:
                return None

    def ends(self) -> datetime | None:
        """When an outage is over."""
        return None if self.begins is None else self.begins + timedelta(seconds=self.seconds)


@dataclass(slots=True)
class Faults:
    """The planned faults, in the order they were asked for."""

    planned: list[Fault] = field(default_factory=list)

    def take(self, method: str, chat_id: object) -> Fault | None:
        """The fault that strikes this call, counted down; a fault still being skipped lets it pass."""
        fault = next((f for f in self.planned if f.matches(method, chat_id)), None)
        return self._count(fault)

    def strike(self, kind: Kind, chat_ids: Collection[int]) -> Fault | None:
        """The fault of this kind that strikes updates of these chats, counted down likewise."""
        mine = (f for f in self.planned if f.kind == kind)
        return self._count(next((f for f in mine if f.chat_id is None or f.chat_id in chat_ids), None))

    def outage(self, now: datetime) -> Fault | None:
        """The outage under way; those that are over are forgotten."""
        outages = [f for f in self.planned if f.kind == "outage"]
        for fault in [f for f in outages if (ends := f.ends()) is not None and ends <= now]:
            self.planned.remove(fault)
            outages.remove(fault)
        return next((f for f in outages if f.begins is not None and f.begins <= now), None)

    def _count(self, fault: Fault | None) -> Fault | None:
        if fault is None:
            return None
        if fault.skip > 0:
            fault.skip -= 1
            return None
        fault.times -= 1
        if fault.times <= 0:
            self.planned.remove(fault)
        return fault
