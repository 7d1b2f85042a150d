"""All that is kept of one person, as a file for people and programs: JSON with plain labels."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.domain import events as e
from bot.domain.conversation import Conversation
from bot.domain.keeping import PromptShown
from bot.domain.messages import Text
from bot.domain.trial import Trial, Value
from bot.engine.outline import answered
from bot.engine.prompts import told_ending, value_label
from bot.engine.retention import ended_as, kept_until
from bot.service.editions import Edition
from bot.service.message import Document
from bot.service.ports import Kept, Person
from bot.service.record import Noted, Record, Written

_FILE = "my-data.json"
"""In letters that every phone and server takes for a name."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy being written, in one language."""

    speaker: Edition
    language: str | None
    editions: Mapping[str, Edition]

    def document(self, person: Person, record: Record, now: datetime) -> Document:
        """Return the file."""
        said = self.say
        content = {
            said("about"): said("about-text"),
            said("made"): _moment(now),
            said("telegram-id"): person.telegram_id,
            said("talks"): [
                self._talk(talk, record.histories.get(talk.id, ())) for talk in person.conversations
            ],
            said("messages"): [self._written(message) for message in record.messages],
        }
        text = json.dumps(content, ensure_ascii=False, indent=2).encode("utf-8", "replace").decode()
        return Document(_FILE, text + "\n")

    def say(self, name: str) -> str:
        return self.speaker.label(Text(f"copy-{name}"), self.language)

    def _talk(self, talk: Conversation, history: Sequence[Noted]) -> dict[str, Any]:
        edition = self.editions[talk.content_hash]
        own = _Words(edition, self.language if self.language in edition.trial.languages else None)
        over = kept_until(edition.trial, talk)
        undecided = "not-decided" if ended_as(talk) else "still-open"
        ending = told_ending(edition.trial, talk)
        permission = {None: "contact-not-asked", True: "contact-yes", False: "contact-no"}
        said = self.say
        return {
            said("study"): own.plain(Text("trial:title")),
            said("study-number"): edition.trial.id,
            said("code"): talk.id,
            said("started"): _moment(talk.opened_at),
            said("ended"): _moment(talk.finished_at),
            said("kept-until"): _moment(over) or said(undecided),
            said("language"): own.plain(Text(f"language-name:{talk.language}")) if talk.language else None,
            said("link"): talk.source,
            said("agreed"): [own.plain(Text(f"trial:acknowledgement.{key}")) for key in talk.acknowledged],
            said("contact"): said(permission[talk.contact_permission]),
            **{said(kind.value): shared.value for kind, shared in talk.shared.items()},
            said("answers"): [self._answer(own, key, value) for key, value in _counting(edition.trial, talk)],
            said("result"): own.plain(ending) if ending else None,
            said("history"): [self._noted(own, noted) for noted in history],
        }

    def _answer(self, own: _Words, question: str, value: Value) -> dict[str, str]:
        shown = own.plain(Text(f"trial:question.{question}"))
        return {self.say("question"): shown, self.say("answer"): own.value(question, value)}

    def _noted(self, own: _Words, noted: Noted) -> dict[str, Any]:
        row = {
            self.say("time"): _moment(noted.event.at),
            self.say("told-time"): _moment(noted.told_at),
            self.say("by"): self.say("by-you" if noted.by_participant else "by-clock"),
            self.say("what"): self.speaker.label(Text(happened_key(type(noted.event))), self.language),
            self.say("more"): own.more(noted.event),
        }
        return {label: value for label, value in row.items() if value is not None}

    def _written(self, message: Written) -> dict[str, Any]:
        row = {self.say("time"): _moment(message.at), self.say("text"): _plain(message.html)}
        return row | ({self.say("file"): message.file} if message.file else {})


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of the edition that a conversation is pinned to."""

    edition: Edition
    language: str | None

    def plain(self, text: Text) -> str:
        return _plain(self.edition.label(text, self.language))

    def value(self, question: str, value: Value) -> str:
        shown = value_label(self.edition.trial.question(question), value)
        return self.plain(shown) if isinstance(shown, Text) else shown

    def more(self, event: e.Event) -> str | None:  # noqa: C901, PLR0911 -- one line an event
        """Return what an event says beside that it happened."""
        match event:
            case e.AnswerRecorded(question=question, value=value):
                short = self.plain(Text(f"trial:question.{question}.short"))
                return f"{short}: {self.value(question, value)}"
            case e.ConsentAcknowledged(key=key) | e.ConsentDeclined(key=key) | e.ConsentReopened(key=key):
                return self.plain(Text(f"trial:acknowledgement.{key}"))
            case e.ChangeBegan(question=question):
                return self.plain(Text(f"trial:question.{question}.short"))
            case e.LanguageChosen(language=language):
                return self.plain(Text(f"language-name:{language}"))
            case e.QuestionPassedOn(text=text) | e.EmergencyNoticed(text=text):
                return text
            case PromptShown(prompt=prompt, number=number):
                shown = self.plain(Text(prompt, {"options": ()}))
                return shown if number is None else f"{number} – {shown}"
            case e.IdentityShared(value=value):
                return value
            case e.IdentityDeclined(kind=kind) | e.IdentityWithdrawn(kind=kind):
                return self.plain(Text(f"shared-{kind}"))
            case e.ContactAnswered(permitted=yes) | e.RemindersAnswered(wanted=yes):
                return self.plain(Text("copy-contact-yes" if yes else "copy-contact-no"))
            case e.RecheckAnswered(wanted=yes):
                return self.plain(Text("copy-contact-yes" if yes else "copy-contact-no"))
            case _:
                return None


def happened_key(kind: type[e.Event]) -> str:
    """Return the key of the words for a kind of event."""
    return "happened" + re.sub(r"(?=[A-Z])", "-", kind.__name__).lower()


def with_latest(record: Record, kept: Sequence[Kept]) -> Record:
    """Return the record with what happened in the batch that is being handled."""
    histories = {name: list(history) for name, history in record.histories.items()}
    for turn in kept:
        fresh = [Noted(event, turn.told_at, turn.arrived) for event in turn.events]
        histories.setdefault(turn.conversation.id, []).extend(fresh)
    return Record(histories, record.messages)


def _counting(trial: Trial, talk: Conversation) -> Iterator[tuple[str, Value]]:
    for question in answered(trial, talk.answers):
        yield question.key, talk.answers[question.key]


def _plain(text: str) -> str:
    return html.unescape(re.sub(r"</?[a-z][^>]*>", "", text)).strip()


def _moment(moment: datetime | None) -> str | None:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else None
