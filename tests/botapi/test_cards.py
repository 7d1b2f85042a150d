"""The study team works in its Telegram group: over HTTP, each update delivered twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from bot.botapi.cards import Cards
from bot.botapi.intake import Intake
from bot.content.bundle import Bundle
from bot.domain.case_events import CaseEvent, NoteAdded, ReplySent
from bot.domain.review import Case, State
from bot.domain.staff import OPERATOR, Role, Staff
from bot.service.register import add_staff, remove_staff
from bot.service.review import Office
from bot.simulator import Chat, Message, Person, Simulator
from bot.simulator.server import serve
from bot.storage.migrate import prepare
from tests.botapi.running import PATIENCE, Running, Someone
from tests.botapi.test_cases import NAVIGATION, agree

SAID = "Tuesday after four is good for me"


class Team:
    """A bot with a staff group, and the people in it."""

    def __init__(self, bot: Running) -> None:
        self.bot = bot
        self.people: dict[str, Person] = {}
        self.staff: dict[str, Staff] = {}

    @property
    def group(self) -> Chat:
        assert self.bot.staff is not None
        return self.bot.staff

    @property
    def office(self) -> Office:
        return Office(self.bot.worker._desks, self.bot.store)

    async def joins(self, name: str, *roles: Role) -> Person:
        """Put somebody in the group, and on the register where they have a role."""
        person = self.bot.simulator.person(first_name=name, language_code="en")
        self.group.members.add(person.id)
        self.people[name] = person
        if roles:
            self.staff[name] = await add_staff(
                self.office,
                name,
                roles,
                telegram_id=person.id,
                sees_identity=False,
                by=OPERATOR,
                now=self.bot.clock(),
            )
        return person

    async def somebody_asks(self, name: str = "Anna") -> Someone:
        """Let a participant ask for a person."""
        person = Someone(self.bot.simulator.person(first_name=name, language_code="en"))
        await agree(person)
        await person.tap(NAVIGATION["person"])
        return person

    def cards(self) -> list[Message]:
        """Return all messages of the group with buttons."""
        return [message for message in self.group.present() if message.from_bot and message.buttons]

    async def card(self, label: str) -> Message:
        """Wait for a card with this button."""
        await until(lambda: any(m.button(label) for m in self.cards()), f"no card with {label!r}", self)
        return next(m for m in self.cards() if m.button(label))

    async def taps(self, name: str, label: str) -> str:
        """Let somebody tap a button, and return what they are told."""
        card = await self.card(label)
        query = self.people[name].tap_label(card.message_id, label, chat_id=self.group.id)
        return await self.told(query)

    async def taps_data(self, name: str, data: str) -> str:
        """Let somebody send any data at all from the first card."""
        return await self.told(
            self.people[name].tap_data(self.cards()[0].message_id, data, chat_id=self.group.id)
        )

    async def told(self, query: str | None) -> str:
        """Wait for the answer to a tap."""

        def answers() -> list[str]:
            calls = self.bot.simulator.calls("answerCallbackQuery")
            return [
                c.params.get("text") or "" for c in calls if c.ok and c.params["callback_query_id"] == query
            ]

        await until(lambda: bool(answers()), "the tap was not answered", self)
        return answers()[0]

    async def case(self) -> Case:
        """Return the only case there is."""
        (stored,) = await self.found()
        return stored

    async def found(self) -> list[Case]:
        async with self.bot.store.looking() as looking:
            return [
                stored.case
                for case, _ in await looking.cases.first_revisions(100)
                if (stored := await looking.cases.look(case))
            ]

    async def history(self, case: str) -> list[CaseEvent]:
        async with self.bot.store.looking() as looking:
            return await looking.cases.history(case)

    async def look(self, case: str) -> Case:
        async with self.bot.store.looking() as looking:
            stored = await looking.cases.look(case)
        assert stored is not None
        return stored.case

    async def settled(self) -> None:
        """Wait until every card is as its case is, and the bot is quiet."""
        await self.bot.simulator.settle(seconds=PATIENCE)

        async def due() -> bool:
            async with self.bot.store.looking() as looking:
                return bool(await looking.cards.due(self.group.id, self.bot.clock(), 10))

        deadline = asyncio.get_running_loop().time() + PATIENCE
        while await due():
            assert asyncio.get_running_loop().time() < deadline, "a card stays due"
            await asyncio.sleep(0.02)
        await self.bot.simulator.settle(seconds=PATIENCE)


async def until(holds: Callable[[], bool], what: str, team: Team | None = None) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not holds():
        seen = [(m.text, [b.text for row in m.buttons for b in row]) for m in team.cards()] if team else ""
        assert asyncio.get_running_loop().time() < deadline, f"{what}; there: {seen}"
        await asyncio.sleep(0.005)


@contextmanager
def twice() -> Iterator[None]:
    """Take all that arrives twice, as after a crash before it was confirmed."""
    once = Intake.take

    async def take(self: Intake, updates: Sequence[Any]) -> None:
        await once(self, updates)
        await once(self, updates)

    with patch.object(Intake, "take", take):
        yield


@asynccontextmanager
async def staffed(folder: Path, bundle: Bundle, *, forum: bool = False) -> AsyncIterator[Team]:
    """Run a bot whose staff group has cards; whatever arrives, arrives twice."""
    database_url = f"sqlite+aiosqlite:///{folder / 'bot.sqlite3'}"
    await prepare(database_url)
    simulator = Simulator(clock=lambda: datetime.now(UTC))  # noqa: TID251 -- a running bot lives in real time
    with twice():
        async with serve(simulator) as url:
            bot = Running(url, simulator, database_url, bundle)
            bot.with_cards = True
            bot.staff = simulator.group("Study team", [], forum=forum)
            await bot.start()
            team = Team(bot)
            await team.joins("Wang", Role.COORDINATOR)
            await team.joins("Li", Role.INVESTIGATOR)
            await team.joins("Audit", Role.AUDITOR)
            await team.joins("Gone", Role.COORDINATOR)
            await remove_staff(team.office, team.staff["Gone"].id, by=OPERATOR, now=bot.clock())
            await team.joins("Stranger")
            try:
                yield team
            finally:
                await bot.stop()


def with_free_text(bundle: Bundle) -> Bundle:
    trial = replace(bundle.trial, staff=replace(bundle.trial.staff, free_text=True))
    return replace(bundle, trial=trial)


async def test_a_case_is_worked_on_from_its_card_alone(  # noqa: PLR0915 -- one story
    tmp_path: Path, bundle: Bundle
) -> None:
    async with staffed(tmp_path, bundle) as team:
        anna = await team.somebody_asks()
        card = await team.card("Claim")
        case = await team.case()
        assert case.id in card.text
        assert "Asked for a person" in card.text
        assert await team.taps("Wang", "Claim") == "The case is yours."
        await team.card("Give back")
        await team.settled()
        assert "Wang" in card.text
        assert [m.message_id for m in team.cards()] == [card.message_id], "one card, edited in place"
        seen = len(anna.person.messages)
        await team.taps("Wang", "Replies")
        await team.card("1")
        first = card.text.partition("\n1 ")[2].partition("\n")[0]
        assert await team.taps("Wang", "1") == "Sent to the person."
        await until(lambda: len(anna.person.messages) > seen, "nothing arrived")
        assert first
        assert first in " ".join(m.text for m in anna.person.messages[seen:])
        await team.card("Give back")
        await team.taps("Wang", "Decide")
        assert "Decided" in await team.taps("Wang", "Could not be reached")
        await team.card("Undo the decision")
        assert (await team.look(case.id)).state is State.RESOLVED
        assert await team.taps("Wang", "Undo the decision") == "The decision is undone."
        await team.card("Claim")
        assert (await team.look(case.id)).state is State.REOPENED
        await team.settled()
        sent = [e for e in await team.history(case.id) if isinstance(e, ReplySent)]
        assert len(sent) == 1, "a tap that arrives twice counts once"
        assert [m.message_id for m in team.cards()] == [card.message_id]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Wang", "The case is yours."),
        ("Li", "The case is yours."),
        ("Audit", "Your role does not allow this."),
        ("Gone", "Only for registered staff. Please ask your administrator."),
        ("Stranger", "Only for registered staff. Please ask your administrator."),
    ],
)
async def test_who_may_tap_is_said_by_the_register(
    name: str, told: str, tmp_path: Path, bundle: Bundle
) -> None:
    async with staffed(tmp_path, bundle) as team:
        await team.somebody_asks()
        card = await team.card("Claim")
        before = (await team.case()).revision
        data = [b.data for row in card.buttons for b in row if b.data]
        assert await team.taps(name, "Claim") == told
        await team.settled()
        moved = (await team.case()).revision - before
        assert moved == (name in {"Wang", "Li"})
        if not moved:
            shown = (card.text, card.markup)
            for each in data:
                assert await team.taps_data(name, each) == told
            for verb in ("x0", "k0", "t0", "u", "a", "r", "b", "n"):
                forged = f"{data[0].rpartition('.')[0]}.{verb}"
                assert await team.taps_data(name, forged) == told
            await team.settled()
            assert (await team.case()).revision == before
            assert (card.text, card.markup) == shown, "not even a side of the card is turned for them"


async def test_a_claim_is_won_by_one_and_the_other_is_told_by_whom(tmp_path: Path, bundle: Bundle) -> None:
    async with staffed(tmp_path, bundle) as team:
        await team.somebody_asks()
        card = await team.card("Claim")
        taps = [
            team.people[name].tap_label(card.message_id, "Claim", chat_id=team.group.id)
            for name in ("Wang", "Li")
        ]
        told = [await team.told(tap) for tap in taps]
        assert told == ["The case is yours.", "Wang was faster: the case is theirs."]
        before = await team.case()
        assert before.claimed_by == team.staff["Wang"].id
        for label in ("Decide", "Replies"):
            await team.settled()
            assert (await team.taps("Li", label)).startswith("A colleague holds this case.")
        assert await team.case() == before


async def test_a_stale_or_forged_tap_changes_nothing_and_shows_the_card(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with staffed(tmp_path, bundle) as team:
        await team.somebody_asks()
        card = await team.card("Claim")
        button = card.button("Decide")
        assert button is not None
        assert button.data is not None
        await team.taps("Wang", "Claim")
        await team.card("Give back")
        before = await team.case()
        stale = f"~{before.id}.{before.revision - 1}.x0"
        for data in (button.data, stale, f"~{before.id}.{before.revision + 7}.r"):
            assert (await team.taps_data("Wang", data)).startswith("This case has changed.")
        assert await team.taps_data("Wang", "~zzzzzzzz.1.c") == "There is no such case any more."
        team.people["Wang"].tap_data(card.message_id, "~no.token", chat_id=team.group.id)
        await team.settled()
        assert await team.case() == before


async def test_what_people_wrote_or_answered_never_stands_in_the_group(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with staffed(tmp_path, bundle) as team:
        anna = await team.somebody_asks()
        await team.taps("Wang", "Replies")
        await team.taps("Wang", "1")
        await team.card("Give back")
        anna.person.send(SAID)
        wrote = lambda: any("wrote to you" in m.text for m in team.group.present())  # noqa: E731 -- two words
        await until(wrote, f"no line rang: {[m.text for m in anna.person.messages]}")
        await team.settled()
        said = " ".join(m.text for m in team.group.present()) + str(
            team.bot.simulator.calls("editMessageText")
        )
        assert SAID not in said
        assert "Anna" not in said
        assert str(anna.person.id) not in said


async def test_a_note_is_kept_once_and_heard(tmp_path: Path, bundle: Bundle) -> None:
    async with staffed(tmp_path, bundle) as team:
        await team.somebody_asks()
        card = await team.card("Claim")
        note = team.people["Wang"].send(
            "/note call after three", chat_id=team.group.id, reply_to=card.message_id
        )
        await until(lambda: bool(note.reactions), "not heard")
        await team.settled()
        notes = [e.text for e in await team.history((await team.case()).id) if isinstance(e, NoteAdded)]
        assert notes == ["call after three"]
        assert "📝 1 note" in card.text
        refused = team.people["Stranger"].send("/note x", chat_id=team.group.id, reply_to=card.message_id)
        await until(lambda: any(m.reply_to == refused.message_id for m in team.group.present()), "no word")
        assert (await team.case()).notes == 1


@pytest.mark.parametrize("free_text", [True, False])
async def test_an_answer_to_the_card_reaches_the_person_only_where_the_trial_allows(
    free_text: bool,  # noqa: FBT001 -- a case of the test
    tmp_path: Path,
    bundle: Bundle,
) -> None:
    edition = with_free_text(bundle) if free_text else bundle
    async with staffed(tmp_path, edition) as team:
        anna = await team.somebody_asks()
        card = await team.card("Claim")
        await team.taps("Wang", "Claim")
        said = team.people["Wang"].send(
            "We call you on Monday.", chat_id=team.group.id, reply_to=card.message_id
        )

        def answered() -> bool:
            return bool(said.reactions) or any(m.reply_to == said.message_id for m in team.group.present())

        await until(answered, "nobody said what became of it")
        await team.settled()
        arrived = [m.text for m in anna.person.messages if "We call you on Monday." in m.text]
        assert len(arrived) == free_text
        line = [m.text for m in team.group.present() if m.reply_to == said.message_id]
        assert line == ([] if free_text else ["Nothing was sent. This trial allows approved replies only."])


async def test_an_edit_in_the_group_changes_nothing_and_is_said_once(tmp_path: Path, bundle: Bundle) -> None:
    async with staffed(tmp_path, with_free_text(bundle)) as team:
        anna = await team.somebody_asks()
        card = await team.card("Claim")
        said = team.people["Wang"].send("Monday.", chat_id=team.group.id, reply_to=card.message_id)
        await until(lambda: bool(said.reactions), "not passed on")
        for text in ("Tuesday.", "Friday."):
            team.people["Wang"].edit(said.message_id, text, chat_id=team.group.id)
        await team.settled()
        lines = [m.text for m in team.group.present() if m.reply_to == said.message_id]
        assert len(lines) == 1
        assert "stays as it was" in lines[0]
        words = " ".join(m.text for m in anna.person.messages)
        assert "Monday." in words
        assert "Tuesday." not in words


async def test_a_kill_between_a_card_sent_and_noted_loses_none_and_leaves_none_behind(
    tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staffed(tmp_path, bundle) as team:
        stuck = asyncio.Event()

        async def killed(*_: object) -> None:
            stuck.set()
            await asyncio.Event().wait()

        with monkeypatch.context() as patched:
            patched.setattr(Cards, "_note", killed)
            await team.somebody_asks()
            await asyncio.wait_for(stuck.wait(), PATIENCE)
            await team.bot.stop()
        assert team.cards() == [], "what was sent before it was noted shows nothing that could grow old"
        await team.bot.start()
        await team.card("Claim")
        await team.settled()
        assert len(team.cards()) == 1
        lines = [m.text for m in team.group.present() if m.text.startswith("🆕")]
        assert len(lines) == 1, "the line from before the kill stays, and is true"
        assert await team.taps("Wang", "Claim") == "The case is yours."


async def test_undo_is_on_the_card_for_ten_minutes(tmp_path: Path, bundle: Bundle) -> None:
    async with staffed(tmp_path, bundle) as team:
        await team.somebody_asks()
        await team.taps("Wang", "Decide")
        await team.taps("Wang", "Withdrew")
        card = await team.card("Undo the decision")
        button = card.button("Undo the decision")
        assert button is not None
        assert button.data is not None
        team.bot.clock.advance(timedelta(minutes=11))
        await until(lambda: card.button("Undo the decision") is None, "it stays")
        assert (await team.taps_data("Wang", button.data)).startswith("The ten minutes are over.")


async def test_a_card_that_was_deleted_comes_again(tmp_path: Path, bundle: Bundle) -> None:
    async with staffed(tmp_path, bundle) as team:
        await team.somebody_asks()
        card = await team.card("Claim")
        await team.settled()
        card.deleted = True
        data = next(b.data for row in card.buttons for b in row if b.text == "Claim")
        assert data is not None
        query = team.people["Wang"].tap_data(card.message_id, data, chat_id=team.group.id)
        assert await team.told(query) == "The case is yours."
        fresh = await team.card("Give back")
        assert fresh.message_id != card.message_id


async def test_a_forum_has_a_topic_for_each_case_closed_with_it(tmp_path: Path, bundle: Bundle) -> None:
    async with staffed(tmp_path, bundle, forum=True) as team:
        anna = await team.somebody_asks()
        card = await team.card("Claim")
        case = await team.case()
        (topic,) = team.group.topics.values()
        assert topic.name == f"Case {case.id}"
        assert card.thread_id == topic.thread_id
        await team.taps("Wang", "Decide")
        await team.taps("Wang", "Withdrew")
        await team.card("Undo the decision")
        await team.settled()
        assert not topic.closed, "it can still be undone here"
        team.bot.clock.advance(timedelta(minutes=11))
        await until(lambda: topic.closed, "the topic of a case that is done stays open")
        await anna.say("/contact")
        await until(lambda: not topic.closed, "the topic of a case that goes on stays closed")
        await team.card("Claim")
        await team.settled()
        assert len(team.group.topics) == 1
        assert [m.message_id for m in team.cards()] == [card.message_id]


async def test_talk_in_a_topic_stays_there_and_how_to_answer_is_said_once(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with staffed(tmp_path, with_free_text(bundle), forum=True) as team:
        anna = await team.somebody_asks()
        card = await team.card("Claim")
        seen = len(anna.person.messages)
        for text in ("Who knows her?", "I do."):
            team.people["Wang"].send(text, chat_id=team.group.id, thread_id=card.thread_id)
        note = team.people["Li"].send("/note knows her", chat_id=team.group.id, thread_id=card.thread_id)
        await until(lambda: bool(note.reactions), "a note in the topic is not heard")
        await team.settled()
        told = [m.text for m in team.group.present() if m.from_bot and "stays in this group" in m.text]
        assert len(told) == 1
        assert len(anna.person.messages) == seen
        assert (await team.case()).notes == 1


async def test_without_the_right_to_open_topics_cards_stand_in_the_group(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with staffed(tmp_path, bundle, forum=True) as team:
        team.group.manages_topics = False
        await team.somebody_asks()
        card = await team.card("Claim")
        assert card.thread_id is None
        assert await team.taps("Wang", "Claim") == "The case is yours."


async def test_a_topic_that_was_deleted_comes_again(tmp_path: Path, bundle: Bundle) -> None:
    async with staffed(tmp_path, bundle, forum=True) as team:
        await team.somebody_asks()
        card = await team.card("Claim")
        await team.settled()
        assert card.thread_id is not None
        del team.group.topics[card.thread_id]
        card.deleted = True
        await team.bot.worker.tick()
        data = next(b.data for row in card.buttons for b in row if b.text == "Claim")
        assert data is not None
        assert (
            await team.told(team.people["Wang"].tap_data(card.message_id, data, chat_id=team.group.id))
            == "The case is yours."
        )
        fresh = await team.card("Give back")
        assert fresh.thread_id in team.group.topics


async def test_a_group_that_becomes_a_supergroup_keeps_its_cards(tmp_path: Path, bundle: Bundle) -> None:
    async with staffed(tmp_path, bundle) as team:
        await team.somebody_asks()
        await team.card("Claim")
        await team.settled()
        team.bot.staff = team.bot.simulator.migrate(team.group)
        await team.somebody_asks("Berta")
        await until(lambda: len(team.cards()) == 2, "not all open cases have a card in the new group", team)
        assert await team.taps("Li", "Claim") == "The case is yours."


async def test_staff_ask_for_the_next_cases_in_private_and_nobody_else_learns_of_it(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with staffed(tmp_path, bundle) as team:
        await team.somebody_asks()
        await team.card("Claim")
        case = await team.case()
        for name in ("Li", "Audit"):
            team.people[name].send("/queue")
            await until(lambda: any(m.from_bot for m in team.people[name].messages), "no answer")  # noqa: B023 -- awaited here
            assert case.id in team.people[name].messages[-1].text
        for name in ("Gone", "Stranger"):
            team.people[name].send("/queue")
            await until(lambda: any(m.from_bot for m in team.people[name].messages), "no answer")  # noqa: B023 -- awaited here
            assert case.id not in " ".join(m.text for m in team.people[name].messages)


async def test_an_answer_to_the_line_that_rang_is_as_good_as_one_to_the_card(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with staffed(tmp_path, with_free_text(bundle)) as team:
        anna = await team.somebody_asks()
        await team.card("Claim")
        await team.taps("Wang", "Replies")
        await team.taps("Wang", "1")
        await team.card("Give back")
        anna.person.send(SAID)

        def lines() -> list[Message]:
            return [m for m in team.group.present() if "wrote to you" in m.text]

        await until(lambda: bool(lines()), "no line rang")
        said = team.people["Wang"].send("Good.", chat_id=team.group.id, reply_to=lines()[0].message_id)
        await until(lambda: bool(said.reactions), "not passed on")
        await team.settled()
        assert any("Good." in m.text for m in anna.person.messages)


async def test_the_card_of_somebody_erased_says_so_and_nothing_can_be_done_on_it(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with staffed(tmp_path, bundle) as team:
        anna = await team.somebody_asks()
        card = await team.card("Claim")
        await team.taps("Wang", "Claim")
        case = await team.case()
        await anna.say("/delete")
        anna.person.tap("Erase my answers")
        await until(lambda: "The person was erased." in card.text, "the card stays as it was", team)
        await team.settled()
        assert "Asked for a person" not in card.text
        assert not any(b.data for row in card.buttons for b in row)
        forged = f"~{case.id}.{(await team.look(case.id)).revision}.x0"
        query = team.people["Wang"].tap_data(card.message_id, forged, chat_id=team.group.id)
        assert (
            await team.told(query)
            == "What this person said is no longer kept. Nothing can be done here any more."
        )
