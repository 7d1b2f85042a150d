"""A flood in figures."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

from tests.flood.flood import Outcome
from tests.flood.people import FIRST_NEWCOMER, FIRST_TALKER, THE_FLOODER


def told(seen: Outcome) -> Iterator[str]:
    """Yield the lines of the report."""
    plan, usage, books = seen.plan, seen.usage, seen.books.figures
    lasted = seen.ended - seen.began
    yield f"{plan.people:,} newcomers in {plan.seconds:.0f} s, {plan.talkers} in the middle, one flooder"
    yield "from an update's moment to its 200, in milliseconds:"
    for kind, took in seen.took.items():
        yield f"  {kind:14}{_spread(took, 1000)}  n={len(took):,} ({len(took) / lasted:.0f}/s)"
    yield f"updates refused: {seen.refused}; kept: {books['updates']:,}; set aside: {books['quarantined']}"
    yield (
        f"memory: {usage.memory[0]:.0f} MB at first, {max(usage.memory):.0f} at most, "
        f"{usage.grown():+.1f} from the second quarter to the last"
    )
    work = usage.bot * usage.lasted / max(len(seen.numbers), 1) * 1000
    yield f"cores: bot {usage.bot:.2f} ({work:.2f} ms an update), generator {usage.generator:.2f}"
    sending = seen.telegram
    yield (
        f"messages: {books['queued']:,} queued, {len(sending.chats):,} sent, {books['sent']:,} noted so, "
        f"{sending.refused} refused by Telegram; other calls: "
        + ", ".join(f"{name} {n}" for name, n in sending.calls.most_common() if name != "sendMessage")
    )
    yield f"in the middle, from an answer to the next question, in seconds: {_spread(seen.turns, 1)}"
    yield f"taps: {seen.taps}"
    yield from _order(seen)


def _order(seen: Outcome) -> Iterator[str]:
    first = served(seen)
    told = seen.telegram.chats
    yield (
        f"newcomers told: {len(first):,}, furthest out of their turn: {displaced(first)} places; messages to "
        f"newcomers {sum(chat >= FIRST_NEWCOMER for chat in told):,}, "
        f"in the middle {sum(FIRST_TALKER <= chat < FIRST_NEWCOMER for chat in told):,}, "
        f"flooder {sum(chat == THE_FLOODER for chat in told):,}"
    )


def served(seen: Outcome) -> list[int]:
    """Return newcomers in the order of their first message; they came in the order of their numbers."""
    return [chat for chat in dict.fromkeys(seen.telegram.chats) if chat >= FIRST_NEWCOMER]


def displaced(first: Sequence[int]) -> int:
    """Return how many places the one most out of turn is away from it."""
    return max((abs(place - turn) for turn, (place, _) in enumerate(_ranked(first))), default=0)


def _ranked(first: Sequence[int]) -> list[tuple[int, int]]:
    rank = {chat: place for place, chat in enumerate(sorted(first))}
    return [(rank[chat], chat) for chat in first]


def percentile(took: Sequence[float], share: float) -> float:
    """Return the value that this share of all does not exceed."""
    ordered = sorted(took)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def _spread(took: array[float], times: float) -> str:
    if not took:
        return "none"
    parts = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return " ".join(f"{name} {percentile(took, share) * times:.1f}" for name, share in parts.items())
