"""What a person agreed to: what holds now, and the ledger of all of it, from nothing but the events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from bot.domain import events as e

CONTACT, REMINDERS, RECHECK = "contact", "reminders", "recheck"
PERMISSIONS = (CONTACT, REMINDERS, RECHECK)
"""Permissions by their keys; every other key is an acknowledgement of the trial."""


@dataclass(frozen=True, slots=True)
class Consent:
    """One acknowledgement or permission: exactly which text, and when and by which message it was given."""

    key: str
    language: str
    digest: str
    """SHA-256 of the exact text; empty where an earlier program recorded none."""
    edition: str
    """Content hash of the edition whose words the text is."""
    version: str = ""
    at: datetime | None = None
    message: int | None = None
    """Number of the Telegram message that carried the text, or of the one by which it was agreed to."""
    carried: bool = False
    """Given in an earlier round; the text has not changed since."""


Agreed: TypeAlias = Mapping[str, Consent]
"""What holds, by key."""


class Kind(StrEnum):
    """What became of an acknowledgement or a permission."""

    GIVEN = "given"
    CARRIED = "carried"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    """Holds no longer, though nobody took it back: its text or what it was for is another now."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger. Of a withdrawal, `consent` is what was taken back, and `at` when."""

    kind: Kind
    at: datetime
    consent: Consent
    message: int | None = None
    """Number of the Telegram message by which this was said, where it is known."""


def agreed_after(agreed: Agreed, event: e.Event, language: str | None, edition: str) -> Agreed:
    """Return what holds after an event; language and edition are those of the conversation."""
    given = _given(event, language or "", edition)
    if given:
        return {**agreed, given.key: given}
    if isinstance(event, e.Erased):
        return {}
    if isinstance(event, e.ConsentMessageNoted) and event.key in agreed:
        return {**agreed, event.key: replace(agreed[event.key], message=event.message)}
    over = _over(event)
    return {key: held for key, held in agreed.items() if key not in over} if over & agreed.keys() else agreed


def without(keys: tuple[str, ...], *gone: str) -> tuple[str, ...]:
    """Return the keys that are not among the others."""
    return tuple(key for key in keys if key not in gone)


def text_changed(
    acknowledged: tuple[str, ...], renewing: tuple[str, ...], event: e.ConsentTextChanged
) -> dict[str, Any]:
    """Return what changes in the state when texts are others: those given are asked again."""
    again = [key for key in event.keys if key in acknowledged]
    return {
        "acknowledged": without(acknowledged, *event.keys),
        "renewing": (*without(renewing, *again), *again),
        "renewed_by": event.edition,
        "reading_agreements": False,
    }


_PERMITTED = {CONTACT: "contact_permission", REMINDERS: "reminders_wanted", RECHECK: "recheck_wanted"}


def taken_back(acknowledged: tuple[str, ...], key: str) -> dict[str, Any]:
    """Return what changes in the state when this was taken back."""
    if key in _PERMITTED:
        return {_PERMITTED[key]: False}
    return {"acknowledged": without(acknowledged, key)}


def ledger(history: Iterable[e.Event]) -> tuple[Entry, ...]:
    """Return all that was agreed to, refused and taken back in a conversation, in order."""
    entries: list[Entry] = []
    agreed: Agreed = {}
    language, edition = "", ""
    for event in history:
        before, agreed = agreed, agreed_after(agreed, event, language, edition)
        match event:
            case e.ScreeningOpened():
                language, edition = event.language or "", event.content_hash
            case e.LanguageChosen():
                language = event.language
            case e.ConsentMessageNoted():
                entries[-1] = _noted(entries[-1], event.message)
            case _:
                entries.extend(_entries(event, before, agreed, language, edition))
    return tuple(entries)


def _noted(entry: Entry, message: int) -> Entry:
    """Return a line with the number of its message; what was taken back keeps the one it was given by."""
    entry = replace(entry, message=message)
    if entry.kind is Kind.WITHDRAWN:
        return entry
    return replace(entry, consent=replace(entry.consent, message=message))


def _entries(event: e.Event, before: Agreed, after: Agreed, language: str, edition: str) -> Iterable[Entry]:
    given = _given(event, language, edition)
    if given:
        yield Entry(Kind.CARRIED if given.carried else Kind.GIVEN, event.at, given)
        return
    gone = [held for key, held in before.items() if key not in after]
    kind = Kind.WITHDRAWN if isinstance(event, _TAKEN_BACK) else Kind.LAPSED
    yield from (Entry(kind, event.at, held) for held in gone)
    refused = _refused(event, language, edition)
    if refused and not gone:
        yield Entry(Kind.DECLINED, event.at, refused)


_TAKEN_BACK = (
    e.ConsentWithdrawn,
    e.Stopped,
    e.Erased,
    e.ContactAnswered,
    e.RemindersAnswered,
    e.RecheckAnswered,
)


def _given(event: e.Event, language: str, edition: str) -> Consent | None:
    match event:
        case e.ConsentAcknowledged():
            return _worded(event.key, event, language, edition)
        case e.ConsentCarriedOver():
            consent = _worded(event.key, event, language, edition)
            return replace(consent, at=event.given_at, carried=True)
        case e.ContactAnswered(permitted=True):
            return _worded(CONTACT, event, language, edition)
        case e.RemindersAnswered(wanted=True):
            return _worded(REMINDERS, event, language, edition)
        case e.RecheckAnswered(wanted=True):
            return _worded(RECHECK, event, language, edition)
        case _:
            return None


def _refused(event: e.Event, language: str, edition: str) -> Consent | None:
    match event:
        case e.ConsentDeclined():
            return _worded(event.key, event, language, edition)
        case e.ContactAnswered():
            return _worded(CONTACT, event, language, edition)
        case e.RemindersAnswered():
            return _worded(REMINDERS, event, language, edition)
        case e.RecheckAnswered():
            return _worded(RECHECK, event, language, edition)
        case _:
            return None


_Worded: TypeAlias = (
    e.ConsentAcknowledged
    | e.ConsentDeclined
    | e.ConsentCarriedOver
    | e.ContactAnswered
    | e.RemindersAnswered
    | e.RecheckAnswered
)


def _worded(key: str, event: _Worded, language: str, edition: str) -> Consent:
    # Where an earlier program recorded neither, they were those of the conversation.
    return Consent(
        key, event.language or language, event.digest, event.edition or edition, event.version, event.at
    )


def _over(event: e.Event) -> frozenset[str]:  # noqa: PLR0911 -- one line an event
    """Return the keys of what holds no longer after an event."""
    match event:
        case e.ConsentReopened() | e.ConsentWithdrawn() | e.ConsentDeclined():
            return frozenset({event.key})
        case e.ConsentTextChanged():
            return frozenset(event.keys)
        case e.ContactAnswered() | e.ContactReopened():
            return frozenset({CONTACT})
        case e.RemindersAnswered():
            return frozenset({REMINDERS})
        case e.RecheckAnswered() | e.AnswerRecorded() | e.StopUndone():
            return frozenset({RECHECK})
        case e.Stopped():
            return frozenset(PERMISSIONS)
        case e.Expired():
            return frozenset({REMINDERS, RECHECK})
        case _:
            return frozenset()
