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
from tests.simulation.casebook import CaseLedger, Step
from tests.simulation.causes import MOVING, Need, commanded, expected_answer, need, put_down
from tests.simulation.deliveries import Deliveries, Signature, of_queued
from tests.simulation.figures import Figures
from tests.simulation.ledger import Ledger, Outgoing, Row, Story
from tests.simulation.overseer import Overseer
from tests.simulation.said import Act
from tests.simulation.spoken import LABELS
from tests.simulation.timing import Timing
from tests.simulation.virtual import seconds

NEVER = datetime.min.replace(tzinfo=UTC)
"""Before all else: the approvals never end here, so nothing is ever put off by an hour."""
_BY_TIME = frozenset({"Reminded", "RecheckInvited", "Expired", "AnswerDelayed", "TalkEnded"})
_BY_STAFF = frozenset({"TeamWrote", "TalkEnded"})
_ASKING = (e.PersonRequested, e.QuestionPassedOn, e.EmergencyNoticed)
_ON_ITS_WAY = 120.0
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
    asked: set[str] = field(default_factory=set)
    """Conversations in which somebody asked for a person just now."""
    cases: list[str] = field(default_factory=list)
    by_staff: dict[str, list[Step]] = field(default_factory=dict)
    """What staff did, by case."""
    owners: dict[str, int] = field(default_factory=dict)
    """Whose each conversation is."""
    current: dict[int, str] = field(default_factory=dict)
    """In which conversation each of them talks."""

    def words(self, person: int) -> list[Signature]:
        """Return what was queued for somebody, as they will read it."""
        return [of_queued(item.message) for item in self.outgoing.get(person, ())]


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
        self.overseer = Overseer(CaseLedger(ledger), figures, self.states)
        self._gone_since: dict[int, float] = {}
        self._owners: dict[str, int] = {}
        self._chats: dict[str, int | None] = {}

    def given(self, keys: set[str]) -> None:
        """Remember what the bot was given."""
        self.handed |= (keys & self.acts.keys()) - self.kept

    def confirmed(self, key: str) -> None:
        """Nothing may be confirmed to Telegram that is not in the file."""
        if key in self.acts:
            self._holds(key in self.kept, "confirmed, but not kept:", key)
        self.overseer.confirmed(key)

    def arrived(self, message: Message) -> None:
        self.deliveries.arrived(message)
        who = message.chat.id
        if message.text.startswith(LABELS) and who in self.erased - self.current.keys():
            # What was on its way then cannot be called back.
            late = seconds() - self._gone_since[who] > _ON_ITS_WAY
            self._holds(not late, "a person from the team wrote to somebody erased:", who)

    def committed(self) -> None:
        """Look at what a commit left in the file."""
        commit, rows = self._read()
        self.overseer.read(commit)
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
        self.overseer.look(commit)

    def _read(self) -> tuple[Commit, list[Row]]:
        commit = Commit(owners=self._owners, current=self.current)
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
        if isinstance(event, _ASKING) or (isinstance(event, e.ContactAnswered) and event.permitted):
            commit.asked.add(state.id)
        if isinstance(event, e.WroteToTeam) and state.talked:
            commit.silent.add(person)
        if row.actor == "system":
            self._unasked(commit, person, row)
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

    def _unasked(self, commit: Commit, person: int, row: Row) -> None:
        """Somebody else than the person brought this about: time alone, or staff."""
        commit.by_time.add(person)
        if row.kind in _BY_STAFF and commit.by_staff:
            theirs = {self._owners.get(self.overseer.books[case].conversation) for case in commit.by_staff}
            self._holds(person in theirs, "staff did", row.kind, "to somebody else:", row.conversation)
        else:
            self._holds(row.kind in _BY_TIME, "time alone did", row.kind, row.conversation)

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
        self._gone_since[person] = seconds()
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
        if commit.words(person)[-1][0].startswith(LABELS) and _is_interrupted(self.states[key]):
            return  # what stands above is shown again to whoever taps it
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
        spoken_to = commit.outgoing[person] or person in commit.silent
        self._holds(spoken_to, "an answer without an answer:", person)
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
            recorded = now.answers.get(question) == value and act.used
            self._holds(recorded, "not recorded:", act.update, due, before.id)
        elif wanted := commanded(act, before):
            self._holds(wanted(now), "not obeyed:", act.update, act.text)


def _is_interrupted(state: Conversation) -> bool:
    return state.paused or state.held or state.erasing
