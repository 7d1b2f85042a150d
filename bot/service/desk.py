"""One batch being handled: people and their conversations in memory, and what is to be kept of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain import consent
from bot.domain import events as e
from bot.domain.conversation import Conversation, Status
from bot.domain.folding import apply
from bot.domain.keeping import NewRoundBegan
from bot.domain.messages import Alert, Commanded, Returned, Started
from bot.domain.trial import Trial
from bot.engine.advance import advance, open_screening
from bot.engine.commands import data_kept
from bot.engine.consent import withdraw, withdraw_contact
from bot.engine.due import due_next
from bot.engine.noticing import Turned, concerns
from bot.engine.retention import kept_until
from bot.engine.sharing import unshare
from bot.engine.transition import Transition, Turn
from bot.service import doorway
from bot.service.editions import Edition
from bot.service.handled import Handled, Said, _handled
from bot.service.lapse import LATER, Licence, curb, invites
from bot.service.links import read_payload
from bot.service.ports import Arrival, Changes, Kept, NewId, Person, Quarantined, Receipt

AWAKE = timedelta(hours=1)
"""Whoever wrote within this time is not disturbed by an answer, at whatever hour."""


@dataclass(slots=True)
class Desk:
    """Decides arrival after arrival, threading each person's conversation through the batch."""

    people: dict[int, Person]
    editions: Mapping[str, Edition]
    """By content hash: all that these conversations are pinned to, and all that are offered."""
    offered: Mapping[str, Edition]
    now: datetime
    new_id: NewId
    renewed: Callable[[str, str], Edition]
    """Gives an edition the acknowledgements of a newer one, both by hash."""
    licence: Licence
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
        edition = self.edition_of(conversation)
        transition = advance(
            edition.trial,
            conversation,
            arrival.inbound,
            now=self.now,
            message=arrival.message,
            newest=self._newest(conversation),
        )
        edition = self.edition_of(transition.conversation)
        if transition.reopens:
            return self._open(person, arrival, edition, source=None, previous=conversation.id)
        if not self.licence.holds(edition.trial, self.now):
            transition = curb(edition.trial, conversation, arrival.inbound, transition)
        if isinstance(arrival.inbound, Commanded) and arrival.inbound.name == "mydata":
            self._tell_of_earlier(person, conversation)
        self._record(person, edition, transition, arrival.told_at)
        self._withdraw_everywhere(arrival.person, transition)
        return _handled(arrival.key, edition, transition)

    def edition_of(self, talk: Conversation) -> Edition:
        """Return the edition a conversation is pinned to, with what was agreed to anew since."""
        if talk.renewed_by:
            return self.renewed(talk.content_hash, talk.renewed_by)
        return self.editions[talk.content_hash]

    def _newest(self, talk: Conversation) -> Trial | None:
        newest = self.offered.get(talk.trial)
        return newest.trial if newest else None

    def _tell_of_earlier(self, person: Person, current: Conversation) -> None:
        """Show what is kept of a person's other screenings too."""
        for talk in person.conversations:
            if talk.id != current.id:
                edition = self.edition_of(talk)
                told = replace(talk, language=current.language)
                self.said.append(Said(person.telegram_id, edition, told, (data_kept(edition.trial, talk),)))

    def _withdraw_everywhere(self, telegram_id: int, transition: Transition) -> None:
        """Whoever stops, or takes something back, means the study team, not one of several rounds."""
        person = self.people.get(telegram_id)
        refuses = any(_refuses(event) for event in transition.events)
        taken_back = {event.key for event in transition.events if isinstance(event, e.ConsentWithdrawn)}
        removed = {event.kind for event in transition.events if isinstance(event, e.IdentityWithdrawn)}
        if person is None or not (refuses or taken_back or removed):
            return
        here = transition.conversation
        for talk in person.conversations:
            if talk.id == here.id:
                continue
            edition = self.edition_of(talk)
            turn = Turn(edition.trial, talk, self.now)
            for key in taken_back & {*talk.acknowledged} if talk.trial == here.trial else ():
                withdraw(turn, key)
            if refuses:
                withdraw_contact(turn)
            for kind in removed if talk.trial == here.trial else ():
                unshare(turn, kind)
            if (quiet := turn.done()).events:
                self.keep_aside(person, edition, quiet)

    def keep_aside(self, person: Person, edition: Edition, done: Transition) -> None:
        """Record what happened in a conversation that is not the one talked in."""
        talk = done.conversation
        due = due_next(edition.trial, talk)
        self.changes.kept.append(Kept(person.id, talk, done.events, due_at=due[0] if due else None))
        self._tell_staff(person, edition, done)
        self._forget(done)
        self.alerts.extend((edition, alert, talk.id) for alert in done.alerts)
        known = self.people[person.telegram_id]
        others = tuple(talk if each.id == talk.id else each for each in known.conversations)
        self.people[person.telegram_id] = replace(known, conversations=others)

    def wake(
        self, person: Person, conversation: Conversation, transition: Transition, *, urgent: bool = False
    ) -> None:
        """Record a turn that nobody's message caused; in quiet hours it is told later, unless urgent."""
        edition = self.edition_of(conversation)
        if not self.licence.holds(edition.trial, self.now):
            if invites(transition):
                later = self.now + LATER
                self.changes.kept.append(Kept(person.id, conversation, (), arrived=False, due_at=later))
                return
            transition = curb(edition.trial, conversation, Returned(), transition)
        awake = conversation.active_at is not None and self.now - conversation.active_at < AWAKE
        self._record(person, edition, transition, None, arrived=False, unasked=not (urgent or awake))

    def put_off(self, person: Person, talk: Conversation) -> None:
        """Find out anew when something is due in a conversation, where nothing was."""
        due = due_next(self.editions[talk.content_hash].trial, talk)
        self.changes.kept.append(Kept(person.id, talk, (), arrived=False, due_at=due[0] if due else None))

    def look_later(self, people: Iterable[Person]) -> None:
        """Leave alone for a while what is due to people whose edition is not as it was kept."""
        later = self.now + LATER
        talks = [(person.id, talk) for person in people for talk in person.conversations]
        self.changes.kept.extend(Kept(who, talk, (), arrived=False, due_at=later) for who, talk in talks)

    def let_go(self, person: Person, done: Transition) -> None:
        """Record that the time of a conversation is over. Nobody is written to: many were promised that."""
        talk = done.conversation
        self.changes.kept.append(Kept(person.id, talk, done.events, arrived=False))
        self.changes.over.append(talk.id)
        self._receipt("retention")

    def _receipt(self, kind: str) -> str:
        """Make a receipt and return its code, in groups of four as people read it out."""
        drawn = (self.new_id() + self.new_id())[-12:].upper()
        code = "-".join(drawn[place : place + 4] for place in range(0, 12, 4))
        self.changes.receipts.append(Receipt(code, kind, self.now))
        return code

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
            self._answer_at_the_door(arrival, doorway.which_trial(self.offered, arrival))
            return Handled(arrival.key)
        edition = self.offered[trial or next(iter(self.offered))]
        return self._open(person, arrival, edition, source=source, previous=None)

    def _open(
        self, person: Person, arrival: Arrival, edition: Edition, *, source: str | None, previous: str | None
    ) -> Handled:
        """Open a screening; if what arrived was more than /start, it is answered within it."""
        earlier = next((talk for talk in person.conversations if talk.id == previous), None)
        newest = self.offered.get(edition.trial.id, edition)
        if not self.licence.holds(newest.trial, self.now):
            self._answer_at_the_door(arrival, doorway.turned_away(newest, earlier, arrival))
            return Handled(arrival.key)
        opened = open_screening(
            newest.trial,
            self.new_id(),
            language=doorway.language_at_first(newest, earlier, arrival),
            source=source or (earlier.source if earlier else None),
            previous=previous,
            now=self.now,
            earlier=earlier,
        )
        if earlier is None and not isinstance(arrival.inbound, Started):
            opened = doorway.first_words(newest, opened, arrival, self.now)
        if earlier:
            person = self._leave_behind(person, earlier, opened.conversation.id, arrival.told_at)
        self._record(person, newest, opened, arrival.told_at)
        return Handled(arrival.key)

    def _leave_behind(
        self, person: Person, earlier: Conversation, new: str, told_at: datetime | None
    ) -> Person:
        """Let nothing be due in a round but its end: an invitation would draw them away from the new one."""
        event = NewRoundBegan(at=self.now, next=new)
        left = apply(earlier, event)
        over = kept_until(self.editions[left.content_hash].trial, left)
        self.changes.kept.append(Kept(person.id, left, (event,), told_at, due_at=over))
        others = tuple(left if each.id == left.id else each for each in person.conversations)
        return replace(person, conversations=others)

    def set_aside(self, arrival: Arrival, reason: str) -> None:
        """Keep an update that could not be handled, and tell its person so, knowing nothing of them."""
        self.changes.quarantined.append(Quarantined(arrival.key, reason, arrival.raw))
        said = doorway.not_handled(self.offered, arrival)
        self._answer_at_the_door(arrival, said)
        if said.talk.held:
            self.alerts.append((said.edition, Alert.URGENT_ASIDE, ""))

    def _answer_at_the_door(self, arrival: Arrival, said: doorway.AtTheDoor) -> None:
        self.said.append(Said(arrival.person, said.edition, said.talk, (said.reply,)))

    def _record(
        self,
        person: Person,
        edition: Edition,
        transition: Transition,
        told_at: datetime | None,
        *,
        arrived: bool = True,
        unasked: bool = False,
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
        said = Said(person.telegram_id, edition, talk, transition.replies, unasked=unasked)
        self.alerts.extend((edition, alert, talk.id) for alert in transition.alerts)
        if talk.status is Status.ERASED:
            said = replace(said, receipt=self._receipt("erasure"))
            self._erase(person, others, told_at)
        self.said.append(said)

    def _tell_staff(self, person: Person, edition: Edition, done: Transition) -> None:
        talk = done.conversation
        before = next((known for known in person.conversations if known.id == talk.id), None)
        turned = Turned(person.id, before, talk, done.events)
        if concerns(edition.trial, turned):
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
            elif isinstance(event, e.IdentityWithdrawn):
                self.changes.unshared.append((talk.id, event.kind, before + place + 1))

    def _erase(self, person: Person, others: Sequence[Conversation], told_at: datetime | None) -> None:
        """Erasure is of the person, in every trial, and of what was about to be said to them."""
        self.said = [said for said in self.said if said.chat != person.telegram_id]
        for other in others:
            event = e.Erased(at=self.now)
            self.changes.kept.append(Kept(person.id, apply(other, event), (event,), told_at))
        self.changes.erased.append(person.id)
        del self.people[person.telegram_id]


def _refuses(event: e.Event) -> bool:
    match event:
        case e.Stopped() | e.ContactAnswered(permitted=False) | e.ConsentWithdrawn(key=consent.CONTACT):
            return True
        case _:
            return False
