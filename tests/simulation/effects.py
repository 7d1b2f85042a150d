"""What a deed of staff is to bring about, said a second time by somebody who is not the bot."""

from __future__ import annotations

from datetime import timedelta

from bot.domain import case_events as c
from bot.domain.conversation import Conversation
from tests.simulation.cards import Deed
from tests.simulation.casebook import Book
from tests.simulation.spoken import is_the_reply, may_be_written_to

REVIEWERS = frozenset({"coordinator", "investigator"})
_UNDO_FOR = timedelta(minutes=3)
"""Within this nobody may be told that it is too late, however wrong the bot's clock is."""
SAID_DONE = (
    "The case is yours",
    "The case is free",
    "Decided.",
    "The decision is undone",
    "Sent to the person",
)


def would_act(deed: Deed, book: Book, talk: Conversation | None) -> bool:
    """Say whether a tap on a case that is as its card showed it must change something."""
    staff, kind = deed.member.staff, deed.means.partition(":")[0]
    if kind == "undo":
        ago = deed.member.clock() - book.ruled_at if book.ruled_at else _UNDO_FOR
        return book.done and book.closed is None and abs(ago) < _UNDO_FOR
    if book.done:
        return False
    mine = book.owner in {None, staff}
    frees = bool(book.owner) and deed.member.role == "investigator"
    may = {
        "claim": book.owner is None,
        "release": book.owner == staff or frees,
        "decided": mine,
        "reply": mine and talk is not None and may_be_written_to(talk),
    }
    return may.get(kind, False)


def alike(one: Deed, other: Deed) -> bool:
    """Say whether two deeds are the same tap."""
    mine = one.member is other.member and one.revision == other.revision
    return mine and one.means.partition(":")[0] == other.means.partition(":")[0]


def fits(deed: Deed, seen: int, event: c.CaseEvent) -> bool:
    """Say whether this is just what a deed is to bring about, in the case as the deed was about it."""
    if isinstance(event, c.NoteAdded):
        return deed.means == "note" and event.text == deed.words and not deed.done
    if isinstance(event, c.ReplySent):
        read = deed.words.removesuffix("…")
        return deed.revision == seen and bool(read) and is_the_reply(event.snippet, read, event.text)
    return deed.revision == seen and deed.means == _named(event)


def _named(event: c.CaseEvent) -> str | None:
    match event:
        case c.Claimed():
            return "claim"
        case c.Released():
            return "release"
        case c.DecisionUndone():
            return "undo"
        case c.Decided(decision=decision, criterion=criterion):
            return ":".join(filter(None, ("decided", decision.value, criterion)))
        case _:
            return None
