"""One batch being handled: people and their conversations in memory, and what is to be kept of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain import events as e
from bot.domain.conversation import Conversation, Status, apply
from bot.domain.messages import Alert, Choice, Commanded, Reply, Started, Text
from bot.engine.advance import advance, open_screening
from bot.engine.choosing import withdraw_contact
from bot.engine.commands import data_kept
from bot.engine.due import due_next
from bot.engine.noticing import Turned, concerns
from bot.engine.transition import Transition, Turn
from bot.service.links import read_payload, spoken
from bot.service.ports import Arrival, Changes, Edition, Kept, NewId, Person


@dataclass(frozen=True, slots=True)
class Said:
    """Replies of one turn, still without words."""

    chat: int
    edition: Edition
    conversation: Conversation
    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class Handled:
    """How one arrival was met: what its tap is answered with. Nothing here must arrive."""

    key: str
    notice: str | None = None
    chosen: str | None = None
    """The label of the button that counted."""


@dataclass(slots=True)
class Desk:
    """Decides arrival after arrival, threading each person's conversation through the batch."""

    people: dict[int, Person]
    editions: Mapping[str, Edition]
    """By content hash: all that these conversations are pinned to, and all that are offered."""
    offered: Mapping[str, Edition]
    now: datetime
    new_id: NewId
    changes: Changes = field(default_factory=Changes)
    said: list[Said] = field(default_factory=list)
    alerts: list[tuple[Edition, Alert, str]] = field(default_factory=list)
    turned: list[tuple[Edition, Turned]] = field(default_factory=list)
    """Turns that staff may have to hear of."""

    def receive(self, arrival: Arrival) -> Handled:
        """Decide one arrival."""
        person = self.people.get(arrival.person) or Person(self.new_id(), arrival.person)
        conversation = self._conversation(person, arrival)
        if conversation is None:
            return self._receive_stranger(person, arrival)
        edition = self.editions[conversation.content_hash]
        transition = advance(edition.trial, conversation, arrival.inbound, now=self.now)
        if transition.reopens:
            return self._open(person, arrival, edition, source=None, previous=conversation.id)
        if isinstance(arrival.inbound, Commanded) and arrival.inbound.name == "mydata":
            self._tell_of_earlier(person, conversation)
        self._record(person, edition, transition, arrival.told_at)
        self._withdraw_everywhere(arrival.person, transition)
        return _handled(arrival.key, edition, transition)

    def _tell_of_earlier(self, person: Person, current: Conversation) -> None:
        """Show what is kept of a person's other screenings too."""
        for talk in person.conversations:
            if talk.id != current.id:
                edition = self.editions[talk.content_hash]
                told = replace(talk, language=current.language)
                self.said.append(Said(person.telegram_id, edition, told, (data_kept(edition.trial, talk),)))

    def _withdraw_everywhere(self, telegram_id: int, transition: Transition) -> None:
        """Whoever stops or says no to contact means the study team, not one of several rounds."""
        person = self.people.get(telegram_id)
        if person is None or not any(_refuses(event) for event in transition.events):
            return
        for talk in person.conversations:
            if talk.contact_permission and talk.id != transition.conversation.id:
                edition = self.editions[talk.content_hash]
                turn = Turn(edition.trial, talk, self.now)
                withdraw_contact(turn)
                quiet = turn.done()
                self.keep_aside(person, edition, quiet)

    def keep_aside(self, person: Person, edition: Edition, done: Transition) -> None:
        """Record what happened in a conversation that is not the one talked in."""
        talk = done.conversation
        self.changes.kept.append(Kept(person.id, talk, done.events))
        self._tell_staff(person, edition, done)
        self.alerts.extend((edition, alert, talk.id) for alert in done.alerts)
        known = self.people[person.telegram_id]
        others = tuple(talk if each.id == talk.id else each for each in known.conversations)
        self.people[person.telegram_id] = replace(known, conversations=others)

    def wake(self, person: Person, conversation: Conversation, transition: Transition) -> None:
        """Record a turn that nobody's message caused."""
        self._record(person, self.editions[conversation.content_hash], transition, None, arrived=False)

    def _conversation(self, person: Person, arrival: Arrival) -> Conversation | None:
        """Return the conversation an arrival belongs to; a deep link may point to another one."""
        wanted = [talk for talk in person.conversations if talk.id == person.current]
        if isinstance(arrival.inbound, Started):
            trial, _ = read_payload(arrival.inbound.payload, self.offered)
            if trial:
                wanted = [talk for talk in person.conversations if talk.trial == trial]
        return wanted[-1] if wanted else None

    def _receive_stranger(self, person: Person, arrival: Arrival) -> Handled:
        payload = arrival.inbound.payload if isinstance(arrival.inbound, Started) else ""
        trial, source = read_payload(payload, self.offered)
        if trial is None and len(self.offered) > 1:
            self._offer_trials(arrival)
            return Handled(arrival.key)
        edition = self.offered[trial or next(iter(self.offered))]
        return self._open(person, arrival, edition, source=source, previous=None)

    def _open(
        self, person: Person, arrival: Arrival, edition: Edition, *, source: str | None, previous: str | None
    ) -> Handled:
        """Open a screening; if what arrived was more than /start, it is answered within it."""
        earlier = next((talk for talk in person.conversations if talk.id == previous), None)
        newest = self.offered.get(edition.trial.id, edition)
        opened = open_screening(
            newest.trial,
            self.new_id(),
            language=_language(newest, earlier, arrival),
            source=source or (earlier.source if earlier else None),
            previous=previous,
            now=self.now,
        )
        if earlier is None and not isinstance(arrival.inbound, Started):
            opened = _first_words(newest, opened, arrival, self.now)
        self._record(person, newest, opened, arrival.told_at)
        if earlier:
            # Nothing is due in it any more: an invitation to begin anew would draw them away from this round.
            self.changes.kept.append(Kept(person.id, earlier, (), arrived=False))
        return Handled(arrival.key)

    def _offer_trials(self, arrival: Arrival) -> None:
        edition = next(iter(self.offered.values()))
        talk = Conversation("", language=spoken(arrival.phone_language, edition.trial.languages))
        rows = tuple((_study(name, other, talk.language),) for name, other in self.offered.items())
        parts: tuple[Text, ...] = (Text("choose-study"),)
        if any(_is_urgent(other, talk, arrival, self.now) for other in self.offered.values()):
            parts = (Text("trial:emergency"), *parts)
            talk = replace(talk, held=True)
        self.said.append(Said(arrival.person, edition, talk, (Reply(parts, rows),)))

    def _record(
        self,
        person: Person,
        edition: Edition,
        transition: Transition,
        told_at: datetime | None,
        *,
        arrived: bool = True,
    ) -> None:
        talk = transition.conversation
        if person.telegram_id not in self.people:
            self.changes.newcomers.append(person)
        if person.current != talk.id:
            self.changes.current[person.id] = talk.id
        due = due_next(edition.trial, talk)
        kept = Kept(person.id, talk, transition.events, told_at, arrived, due[0] if due else None)
        self.changes.kept.append(kept)
        self._tell_staff(person, edition, transition)
        self._forget(transition)
        others = tuple(known for known in person.conversations if known.id != talk.id)
        self.people[person.telegram_id] = replace(person, conversations=(*others, talk), current=talk.id)
        self.said.append(Said(person.telegram_id, edition, talk, transition.replies))
        self.alerts.extend((edition, alert, talk.id) for alert in transition.alerts)
        if talk.status is Status.ERASED:
            self._erase(person, others)

    def _tell_staff(self, person: Person, edition: Edition, done: Transition) -> None:
        talk = done.conversation
        before = next((known for known in person.conversations if known.id == talk.id), None)
        turned = Turned(person.id, before, talk, done.events)
        if concerns(turned):
            self.turned.append((edition, turned))

    def _forget(self, transition: Transition) -> None:
        """Of a minor, and of whoever declines, nothing of what was said before stays."""
        talk = transition.conversation
        before = talk.revision - len(transition.events)
        for place, event in enumerate(transition.events):
            if isinstance(event, e.MinorRecognised):
                self.changes.forgotten[talk.id] = before + place  # the answer just before it stays
            elif isinstance(event, e.ConsentDeclined):
                self.changes.forgotten[talk.id] = before + place + 1

    def _erase(self, person: Person, others: Sequence[Conversation]) -> None:
        """Erasure is of the person, in every trial."""
        for other in others:
            event = e.Erased(at=self.now)
            self.changes.kept.append(Kept(person.id, apply(other, event), (event,)))
        self.changes.erased.append(person.id)
        del self.people[person.telegram_id]


def _refuses(event: e.Event) -> bool:
    return isinstance(event, e.Stopped) or (isinstance(event, e.ContactAnswered) and not event.permitted)


def _language(edition: Edition, earlier: Conversation | None, arrival: Arrival) -> str | None:
    if earlier and earlier.language in edition.trial.languages:
        return earlier.language
    return spoken(arrival.phone_language, edition.trial.languages)


def _first_words(edition: Edition, opened: Transition, arrival: Arrival, now: datetime) -> Transition:
    """Answer what a stranger wrote: safety first, a command after the introduction; the rest is greeted."""
    answered = advance(edition.trial, opened.conversation, arrival.inbound, now=now)
    events = (*opened.events, *answered.events)
    if answered.conversation.held:
        return replace(answered, events=events)
    if isinstance(arrival.inbound, Commanded):
        return replace(answered, events=events, replies=(*opened.replies[:-1], *answered.replies))
    return opened


def _study(name: str, edition: Edition, language: str | None) -> Choice:
    # The title in its own edition's words: the message around it is in those of another.
    spoken_there = language if language in edition.trial.languages else None
    title = edition.label(Text("trial:title"), spoken_there)
    return Choice(f"study:{name}", Text("study-link", {"title": title, "trial": name}))


def _is_urgent(edition: Edition, talk: Conversation, arrival: Arrival, now: datetime) -> bool:
    return advance(edition.trial, talk, arrival.inbound, now=now).conversation.held


def _handled(key: str, edition: Edition, transition: Transition) -> Handled:
    language = transition.conversation.language
    notice = edition.label(transition.notice, language) if transition.notice else None
    chosen = edition.label(transition.chosen, language) if transition.chosen else None
    return Handled(key, notice, chosen)
