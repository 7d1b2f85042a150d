"""What people agreed to reads the same after many changes of its words: from the stored editions, by hash.

DOORSTEP_AGREEMENTS=10000 DOORSTEP_TEXT_CHANGES=100 pytest -s tests/service/test_rerendering.py is all of it.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random  # noqa: TID251 -- repeatable chance decides who agrees to what, and when

from bot.content.bundle import Bundle, compile_bundle
from bot.content.shelf import Edition, Shelf
from bot.domain.consent import CONTACT, RECHECK, Consent, Kind, ledger
from bot.domain.conversation import Conversation
from bot.domain.messages import Reply, Tapped
from bot.engine.advance import advance, open_screening
from bot.engine.prompts import prompt
from bot.service.agreements import exact_words
from bot.service.screening import Desks, keep_offered
from bot.storage.database import open_database
from bot.storage.migrate import prepare
from bot.storage.store import SqlStore
from tests.conftest import NOW
from tests.editions import reworded

AGREEMENTS = int(os.environ.get("DOORSTEP_AGREEMENTS", "300"))
CHANGES = int(os.environ.get("DOORSTEP_TEXT_CHANGES", "4"))
CHANCE = Random(20260302)
WORDS = ("<b>health</b>", "Telegram", "one &amp; two", "对话", "，", "\n", "30 days", "🫁", "e\u0301", " ")


@dataclass(frozen=True, slots=True)
class Shown:
    """What stood on a phone, and the line of the ledger that is kept of it."""

    text: str
    consent: Consent


def changed(bundle: Bundle, number: int) -> Bundle:
    """Return the next edition: in each language some of the words to be agreed to read otherwise."""
    keys = [f"acknowledgement.{item.key}" for item in bundle.trial.acknowledgements] + ["contact_request"]
    texts = {
        (code, key): "".join(CHANCE.choices(WORDS, k=12)) + f"{key} {number}?"
        for code in bundle.trial.languages
        for key in CHANCE.sample(keys, CHANCE.randint(1, len(keys)))
    }
    return reworded(bundle, texts, f"draft-{number}")


class Person:
    """Goes through the screening by chance, and notes the words on every tap that agrees."""

    def __init__(self, edition: Edition, code: int) -> None:
        self.edition, self.language = edition, CHANCE.choice(edition.trial.languages)
        opened = open_screening(
            edition.trial, f"{code:08d}", language=self.language, source=None, previous=None, now=NOW
        )
        self.talk: Conversation = opened.conversation
        self.events = list(opened.events)
        self.texts: list[str] = []

    def tap(self, meaning: str) -> None:
        due = prompt(self.edition.trial, self.talk)
        place = [choice.key for choice in due.choices].index(meaning)
        if meaning in {"accept", "contact_yes", "remind_yes", "recheck_yes"}:
            self.texts.append(self._seen(due))
        tapped = Tapped(self.talk.id, self.talk.turn, place)
        done = advance(self.edition.trial, self.talk, tapped, now=NOW, message=len(self.events))
        self.talk = done.conversation
        self.events.extend(done.events)

    def _seen(self, due: Reply) -> str:
        """Return the paragraphs of the message as they stood on the phone, whole."""
        return self.edition.render(due, self.language).html

    def agree(self) -> list[Shown]:
        for meaning in ("start", "accept", "accept", "accept"):
            self.tap(meaning)
        for question, option in NOT_YET:
            self.tap(f"option:{question}:{option}")
        for meaning in ("submit", "contact_yes", "recheck_yes"):
            self.tap(meaning)
        entries = [entry.consent for entry in ledger(self.events) if entry.kind is Kind.GIVEN]
        return [Shown(text, consent) for text, consent in zip(self.texts, entries, strict=True)]


NOT_YET = (
    *(("age", "18_or_older"), ("willing", "yes"), ("dm", "yes"), ("mda5", "yes"), ("ild", "no")),
    ("bal", "no"),
)
"""Answers after which a temporary reason remains, so that every permission is asked for."""


async def test_every_agreement_reads_byte_for_byte_as_it_did(tmp_path: Path, bundle: Bundle) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'editions.sqlite3'}"
    await prepare(url)
    database = open_database(url)
    ids = count(1)
    store = SqlStore(database, lambda: f"{next(ids):08d}")
    shown: list[Shown] = []
    edition = bundle
    for number in range(CHANGES + 1):
        shelf = Shelf([edition])
        await keep_offered(Desks(store, shelf, lambda: "", None), now=NOW)
        while len(shown) < AGREEMENTS * (number + 1) / (CHANGES + 1):
            shown += Person(Edition(edition), len(shown)).agree()
        edition = changed(edition, number)
    async with store.transaction() as transaction:
        bodies = await transaction.editions(sorted({line.consent.edition for line in shown}))
    await database.close()
    assert len(bodies) == CHANGES + 1
    for name, body in bodies.items():
        stored = Edition(compile_bundle(body))
        for line in (line for line in shown if line.consent.edition == name):
            words = exact_words(stored, line.consent).encode()
            assert line.text.encode().endswith(words), "between the words and the buttons stands nothing"
    told = {line.consent.key for line in shown}
    assert told == {*(item.key for item in bundle.trial.acknowledgements), CONTACT, RECHECK}
    assert len({line.consent.digest for line in shown}) > CHANGES
    sys.stdout.write(f"{len(shown)} agreements, {CHANGES} changes of words: the same byte for byte\n")
