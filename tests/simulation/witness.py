"""Looks at every commit: what it holds must follow from what was said, and what was said must be there."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bot.content.shelf import Shelf
from bot.domain import events as e
from bot.domain.conversation import Conversation, Status
from bot.domain.folding import apply
from bot.domain.messages import Text
from bot.service.timetable import Timetable
from bot.simulator import Message
from bot.storage.codec import read_event
from tests.conftest import shipped
from tests.simulation.causes import MOVING, Need, commanded, expected_answer, need, put_down
from tests.simulation.deliveries import Deliveries
from tests.simulation.figures import Figures
from tests.simulation.ledger import Ledger, Outgoing, Row, Story
from tests.simulation.said import Act
from tests.simulation.timing import Timing

NEVER = datetime.min.replace(tzinfo=UTC)
"""Before all else: the approvals never end here, so nothing is ever put off by an hour."""
_BY_TIME = frozenset({"Reminded", "RecheckInvited", "Expired", "AnswerDelayed"})
_SHELF = Shelf([shipped()])
_TIMETABLE = Timetable(_SHELF, NEVER)
_EDITION = next(iter(_SHELF.offered.values()))
_AWAY = tuple(_EDITION.label(Text("was-away"), language)[:12] for language in ("en", "zh-Hans"))


@dataclass(slots=True)
class Commit:
    """What one commit brought, by person."""

    acts: defaultdict[int, list[Act]] = field(default_factory=lambda: defaultdict(list))
    outgoing: defaultdict[int, list[Outgoing]] = field(default_factory=lambda: defaultdict(list))
    needs: defaultdict[int, list[Need]] = field(default_factory=lambda: defaultdict(list))
    """Events that somebody must have asked for."""
    by_time: set[int] = field(default_factory=set)
    """People in whose conversations time alone did something."""
    silent: set[int] = field(default_factory=set)
    """People who were promised silence."""
    erased: set[int] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)


class Witness:
    """Holds the state of every conversation as its events make it, and compares only what changed."""

    def __init__(self, ledger: Ledger, figures: Figures) -> None:
        self._ledger = ledger
        self._figures = figures
        self._holds = figures.holds
        self._timing = Timing(figures)
        self.deliveries = Deliveries(figures)
        self.acts: dict[str, Act] = {}
        """What was said, by the key of its update."""
        self.handed: set[str] = set()
        """Keys of updates given to the bot and not kept yet."""
        self.kept: set[str] = set()
        self.heard: Counter[int] = Counter()
        """How many of each person's updates took effect."""
        self.states: dict[str, Conversation] = {}
        self.current: dict[int, str] = {}
        self.erased: set[int] = set()
        self._owners: dict[str, int] = {}
        self._chats: dict[str, int | None] = {}

    def given(self, keys: set[str]) -> None:
        """Remember what the bot was given."""
        self.handed |= (keys & self.acts.keys()) - self.kept

    def confirmed(self, key: str) -> None:
        """Nothing may be confirmed to Telegram that is not in the file."""
        if key in self.acts:
            self._holds(key in self.kept, "confirmed, but not kept:", key)

    def arrived(self, message: Message) -> None:
        self.deliveries.arrived(message)

    def committed(self) -> None:
        """Look at what a commit left in the file."""
        commit, rows = self._read()
        by_conversation: defaultdict[str, list[Row]] = defaultdict(list)
        for row in rows:
            by_conversation[row.conversation].append(row)
        touched = by_conversation.keys() | {a.conversation for acts in commit.acts.values() for a in acts}
        before = {key: self.states[key] for key in touched if key in self.states}
        before |= {
            key: self.states[key] for p in commit.acts if (key := self.current.get(p, "")) in self.states
        }
        stories = self._ledger.stories(by_conversation)
        for key, theirs in by_conversation.items():
            self._conversation(commit, key, theirs, stories[key])
        self._queued(commit)
        for person, needs in commit.needs.items():
            put_down(self._figures, needs, commit.acts[person])
        for person, acts in commit.acts.items():
            self._said(commit, person, acts, before)

    def _read(self) -> tuple[Commit, list[Row]]:
        commit = Commit()
        fresh = self._ledger.claimed(self.handed)
        self.handed -= fresh
        self.kept |= fresh
        for key in sorted(fresh):
            act = self.acts[key]
            act.kept = True
            commit.acts[act.person].append(act)
            self.heard[act.person] += 1
        self._figures.counts["turns"] += len(fresh)
        for item in self._ledger.outgoing():
            owner = self._owner_of_chat(item.chat)
            if owner is not None:
                commit.outgoing[owner].append(item)
        return commit, self._ledger.events()

    def _owner_of_chat(self, chat: str) -> int | None:
        if chat not in self._chats:
            self._chats[chat] = self._ledger.owner(chat)
        return self._chats[chat]

    # Conversations

    def _conversation(self, commit: Commit, key: str, rows: list[Row], story: Story) -> None:
        person = self._owners.get(key, story.person)
        if not self._holds(person is not None, "nobody's conversation:", key) or person is None:
            return
        self._owners[key] = person
        commit.changed.add(key)
        if story.status == Status.ERASED:
            self._erase(commit, key, person, story)
            return
        state = self.states.get(key, Conversation(key))
        for row in rows:
            state = self._event(commit, person, state, row)
        self._compare(key, state, story)
        self.states[key] = state
        if state.revision == len(rows):
            self.current[person] = key
            self.erased.discard(person)

    def _event(self, commit: Commit, person: int, state: Conversation, row: Row) -> Conversation:
        """Look at one event; return the state after it."""
        self._holds(row.position == state.revision + 1, "a gap or a second history:", row.conversation)
        if not row.body:  # said and forgotten in one batch
            return replace(state, revision=state.revision + 1)
        event = read_event(row.body)
        if row.actor == "system":
            commit.by_time.add(person)
            self._holds(row.kind in _BY_TIME, "time alone did", row.kind, row.conversation)
            if state.paused and isinstance(event, e.Expired):
                commit.silent.add(person)
        else:
            self._holds(commit.acts[person], "nobody said anything new, but", row.kind, row.conversation)
            item = need(self._figures, state, event)
            commit.needs[person].extend([item] if item else [])
        self._timing.look(state, event)
        self._figures.counts["answers"] += isinstance(event, e.AnswerRecorded)
        self._figures.counts["outcomes"] += isinstance(event, e.OutcomeReached)
        return apply(state, event)

    def _compare(self, key: str, state: Conversation, story: Story) -> None:
        kept = replace(story.state, question_text=None)
        self._holds(kept == replace(state, question_text=None), "kept otherwise than its events say:", key)
        self._holds(story.status == state.status, "status", story.status, state.status, key)
        if state.status is Status.IN_PROGRESS:
            self._holds(story.due, "goes on for ever without a date:", key)
        self._holds(_TIMETABLE.fits(story.state, story.due), "due otherwise than its state says:", key)

    def _erase(self, commit: Commit, key: str, person: int, story: Story) -> None:
        acts = commit.acts[person]
        asked = any(act.means == "erase" or not act.means.startswith("/") for act in acts)
        self._holds(asked, "erased, but nobody asked:", key)
        self._holds(not story.state.answers and not story.state.flags, "erased, but not empty:", key)
        self._holds(self._ledger.told(key) == 0, "erased, but their events still tell:", key)
        self.states.pop(key, None)
        commit.erased.add(person)
        self.erased.add(person)
        if self.current.get(person) == key:
            del self.current[person]

    # Messages

    def _queued(self, commit: Commit) -> None:
        for person, items in commit.outgoing.items():
            for chat in dict.fromkeys(item.chat for item in items):
                theirs = [item.message for item in items if item.chat == chat]
                self.deliveries.queued(person, chat, theirs)
                if person in commit.erased:
                    self.deliveries.erased(person, chat, len(theirs))
            self._holds(self._has_reason(commit, person), "a message without a reason:", person)
            self._way_on(commit, person)
        for key in commit.changed:
            person = self._owners[key]
            self._holds(person in commit.outgoing or person in commit.silent, "no answer in", key)

    def _has_reason(self, commit: Commit, person: int) -> bool:
        if person < 0 or commit.acts[person] or person in commit.by_time:
            return True
        return all(item.message.html.startswith(_AWAY) for item in commit.outgoing[person])

    def _way_on(self, commit: Commit, person: int) -> None:
        """The buttons under the last message work."""
        key = self.current.get(person)
        if person < 0 or key is None:
            return
        last = commit.outgoing[person][-1].message
        tokens = [button.token or "" for row in last.rows for button in row]
        turns = {(token.split(".")[0], int(token.split(".")[1], 36)) for token in tokens}
        self._holds(
            turns == {(key, self.states[key].turn)},
            "no button that works:",
            person,
            key,
            self.states[key].turn,
            last.html[:80],
            tokens,
        )

    # What was said

    def _said(self, commit: Commit, person: int, acts: list[Act], before: dict[str, Conversation]) -> None:
        self._holds(commit.outgoing[person], "an answer without an answer:", person)
        if person in commit.erased:
            return
        for act in acts:
            earlier, now = before.get(act.conversation), self.states.get(act.conversation)
            if earlier and now and act.taps(earlier.id, earlier.turn) and act.means.split(":")[0] in MOVING:
                moved = now.turn > earlier.turn or self.current.get(person) != now.id
                self._holds(moved, "a tap was lost:", act.update, act.means, act.conversation)
        alone = before.get(self.current.get(person, ""))
        if len(acts) == 1 and alone is not None:
            self._heard(acts[0], alone)

    def _heard(self, act: Act, before: Conversation) -> None:
        """Somebody said one thing: just that has come of it."""
        now = self.states[before.id]
        due = expected_answer(act, before)
        if due:
            question, value = due
            self._holds(now.answers.get(question) == value and act.used, "not recorded:", act.update, due)
        elif wanted := commanded(act, before):
            self._holds(wanted(now), "not obeyed:", act.update, act.text)
