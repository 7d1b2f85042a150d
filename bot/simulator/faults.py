"""Faults on demand: what shall go wrong, for which method, how often."""

from dataclasses import dataclass, field
from typing import Literal, get_args

from bot.simulator.errors import ApiError, forbidden, too_many_requests

Kind = Literal["429", "500", "502", "403", "cut", "slow", "lost"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(slots=True)
class Fault:
    """One planned fault.

    429, 500, 502, 403 (blocked): refused, nothing done. cut: the connection breaks, nothing done.
    slow: answered after `seconds`. lost: done, but then the connection breaks after `seconds`.
    """

    kind: Kind
    method: str | None = None  # None is every method but getUpdates
    times: int = 1
    skip: int = 0
    retry_after: int = 1
    seconds: float = 0.0
    chat_id: int | None = None

    def matches(self, method: str, chat_id: object) -> bool:
        if self.method is None and method == "getUpdates":
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
            case "cut" | "slow" | "lost":
                return None


@dataclass(slots=True)
class Faults:
    """The planned faults, in the order they were asked for."""

    planned: list[Fault] = field(default_factory=list)

    def take(self, method: str, chat_id: object) -> Fault | None:
        """The fault that strikes this call, counted down; a fault still being skipped lets it pass."""
        fault = next((f for f in self.planned if f.matches(method, chat_id)), None)
        if fault is None:
            return None
        if fault.skip > 0:
            fault.skip -= 1
            return None
        fault.times -= 1
        if fault.times <= 0:
            self.planned.remove(fault)
        return fault
