"""The ledger: every line of what was agreed to follows from the events, those of earlier programs too."""

from __future__ import annotations

from datetime import timedelta

from bot.domain import events as e
from bot.domain.consent import CONTACT, Consent, Kind, ledger
from bot.domain.folding import replay
from bot.storage.codec import read_event
from tests.conftest import NOW

WORDS = {"language": "en", "digest": "d1", "edition": "e1", "version": "v1"}
OPENED = e.ScreeningOpened(at=NOW, trial="T", content_hash="e1", language="en")
HEALTH = e.ConsentAcknowledged(at=NOW, key="health", **WORDS)
LATER = NOW + timedelta(hours=1)


def kinds(*history: e.Event) -> list[tuple[str, str]]:
    return [(entry.kind.value, entry.consent.key) for entry in ledger((OPENED, *history))]


def test_a_line_holds_text_language_edition_time_and_message() -> None:
    noted = e.ConsentMessageNoted(at=NOW, key="health", message=41)
    (entry,) = ledger([OPENED, HEALTH, noted])
    assert entry.kind is Kind.GIVEN
    assert entry.consent == Consent("health", "en", "d1", "e1", "v1", NOW, 41)
    assert replay("aaaaaaaa", [OPENED, HEALTH, noted]).agreed == {"health": entry.consent}


def test_each_permission_is_a_line_of_its_own() -> None:
    given = (
        e.ContactAnswered(at=NOW, permitted=True, **WORDS),
        e.RemindersAnswered(at=NOW, wanted=True, **WORDS),
        e.RecheckAnswered(at=NOW, wanted=False, **WORDS),
    )
    assert kinds(HEALTH, *given) == [
        ("given", "health"),
        ("given", "contact"),
        ("given", "reminders"),
        ("declined", "recheck"),
    ]


def test_what_is_taken_back_names_the_words_that_held() -> None:
    taken = e.ConsentWithdrawn(at=LATER, key="health", **WORDS)
    given, back = ledger([OPENED, HEALTH, taken])
    assert (back.kind, back.at, back.consent) == (Kind.WITHDRAWN, LATER, given.consent)
    assert replay("aaaaaaaa", [OPENED, HEALTH, taken]).acknowledged == ()


def test_a_withdrawal_has_a_message_of_its_own() -> None:
    given = e.ConsentMessageNoted(at=NOW, key="health", message=41)
    taken = e.ConsentWithdrawn(at=LATER, key="health", **WORDS)
    noted = e.ConsentMessageNoted(at=LATER, key="health", message=99)
    entry = ledger([OPENED, HEALTH, given, taken, noted])[-1]
    assert (entry.message, entry.consent.message) == (99, 41)


def test_a_stop_takes_back_every_permission_and_no_acknowledgement() -> None:
    permitted = e.ContactAnswered(at=NOW, permitted=True, **WORDS)
    assert kinds(HEALTH, permitted, e.Stopped(at=LATER))[2:] == [("withdrawn", "contact")]
    talk = replay("aaaaaaaa", [OPENED, HEALTH, permitted, e.Stopped(at=LATER)])
    assert list(talk.agreed) == ["health"]


def test_changed_words_and_going_back_are_nobodys_withdrawal() -> None:
    changed = e.ConsentTextChanged(at=LATER, keys=("health",), edition="e2")
    assert kinds(HEALTH, changed) == [("given", "health"), ("lapsed", "health")]
    assert kinds(HEALTH, e.ConsentReopened(at=LATER, key="health"))[1:] == [("lapsed", "health")]


def test_what_is_carried_over_keeps_the_time_it_was_given_at() -> None:
    carried = e.ConsentCarriedOver(at=LATER, key="health", given_at=NOW, **WORDS)
    (entry,) = ledger([OPENED, carried])
    assert (entry.kind, entry.at, entry.consent.at) == (Kind.CARRIED, LATER, NOW)


def test_events_of_an_earlier_program_are_read_and_stand_in_the_ledger() -> None:
    opened = b'"trial":"T","content_hash":"e0","language":"zh-Hans"}'
    old = [
        b'ScreeningOpened \x01{"at":"2026-03-02T09:30:00Z",' + opened,
        b'ConsentAcknowledged \x01{"at":"2026-03-02T09:30:00Z","key":"health","language":"en","digest":"d"}',
        b'ContactAnswered \x01{"at":"2026-03-02T09:30:00Z","permitted":true}',
        b'RemindersAnswered \x01{"at":"2026-03-02T09:30:00Z","wanted":true}',
        b'RecheckAnswered \x01{"at":"2026-03-02T09:30:00Z","wanted":true}',
        b'ContactAnswered \x01{"at":"2026-03-02T09:30:00Z","permitted":false}',
    ]
    entries = ledger(map(read_event, old))
    assert [(entry.kind.value, entry.consent.key) for entry in entries] == [
        ("given", "health"),
        ("given", "contact"),
        ("given", "reminders"),
        ("given", "recheck"),
        ("withdrawn", "contact"),
    ]
    assert entries[0].consent == Consent("health", "en", "d", "e0", "", NOW)
    assert entries[1].consent == Consent(CONTACT, "zh-Hans", "", "e0", "", NOW)


def test_an_erasure_ends_all_of_it() -> None:
    assert kinds(HEALTH, e.Erased(at=LATER))[1:] == [("withdrawn", "health")]
    assert replay("aaaaaaaa", [OPENED, HEALTH, e.Erased(at=LATER)]).agreed == {}
