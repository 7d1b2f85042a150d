"""Each protection of what staff do taken away in turn: the simulation must notice, or it proves nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from bot.botapi.cards import Cards
from bot.domain import case_actions as a
from bot.domain.case_events import Claimed, ParticipantWrote
from bot.domain.conversation import Conversation
from bot.domain.review import State
from bot.domain.staff import Role
from bot.engine import review as engine
from bot.service import group_work, register, review
from bot.service.message import Message
from bot.simulator import Chat
from bot.simulator.dispatch import Request
from tests.simulation.board import Board
from tests.simulation.figures import Figures
from tests.simulation.ledger import Outgoing
from tests.simulation.overseer import Overseer
from tests.simulation.simulate import simulate
from tests.simulation.spoken import QUESTIONS
from tests.simulation.virtual import run
from tests.simulation.witness import Commit

Plant = Callable[[pytest.MonkeyPatch], None]


def lets_two_have_a_case(patch: pytest.MonkeyPatch) -> None:
    """Take every claim, whatever the card showed and whoever has the case."""
    table: dict[Any, Any] = {**engine.TABLE, (State.CLAIMED, a.Claim): engine._ANYONE}
    patch.setattr(engine, "TABLE", table)
    patch.setattr(engine, "_taken", lambda _case, by, now: (Claimed(at=now, by=by),))
    inner, first = review.act, group_work.tap

    async def act(*args: Any, seen: int, **more: Any) -> Any:
        del seen
        return await inner(*args, **more)

    async def tap(group: Any, tapped: Any) -> Any:
        stored = await group_work._look(group, tapped.token.case)
        revision = stored.case.revision if stored else 0
        return await first(group, replace(tapped, token=replace(tapped.token, revision=revision)))

    patch.setattr(group_work, "act", act)
    patch.setattr("bot.botapi.staff_desk.tap", tap)


def obeys_anybody(patch: pytest.MonkeyPatch) -> None:
    """Take whoever taps for the first on the register."""

    async def anybody(office: Any, telegram_id: int) -> Any:
        del telegram_id
        return next(each for each in await register.list_staff(office) if each.roles & engine.REVIEWERS)

    patch.setattr(group_work, "staff_by_telegram", anybody)


def obeys_auditors(patch: pytest.MonkeyPatch) -> None:
    everybody = frozenset(Role)
    table: Mapping[Any, Any] = {key: replace(each, roles=everybody) for key, each in engine.TABLE.items()}
    patch.setattr(engine, "TABLE", table)
    for module in (engine, group_work, review):
        patch.setattr(module, "REVIEWERS", everybody)


def loses_what_staff_sent(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(review, "_let_hear", lambda *_: None)


def shows_what_was_said(patch: pytest.MonkeyPatch) -> None:
    """Put what a participant wrote last on the card."""
    inner: Any = group_work.card_of

    async def card_of(group: Any, case_id: str, view: Any) -> Any:
        drawn = await inner(group, case_id, view)
        async with group.store.looking() as looking:
            history = await looking.cases.history(case_id)
        said = [event.text for event in history if isinstance(event, ParticipantWrote) and event.text]
        return drawn._replace(card=replace(drawn.card, html=drawn.card.html + said[-1])) if said else drawn

    patch.setattr("bot.botapi.cards.card_of", card_of)


def forgets_where_cards_stand(patch: pytest.MonkeyPatch) -> None:
    async def note(*_any: object) -> None: ...

    patch.setattr(Cards, "_note", note)
    patch.setattr(Cards, "_showed", _shown)


async def _shown(cards: Any, case: Any, placed: Any) -> None:
    del placed
    async with cards._group.store.transaction() as transaction:
        await transaction.cards.showed(case.id, case.revision)


@pytest.mark.parametrize(
    ("plant", "people", "seed", "complaint"),
    [
        (lets_two_have_a_case, 15, 1, "two owners of case"),
        (obeys_anybody, 15, 1, "nobody on the register did so"),
        (obeys_auditors, 15, 2, "not theirs to do"),
        (loses_what_staff_sent, 15, 1, "a staff answer was lost"),
        (shows_what_was_said, 15, 2, "a participant's words in the group"),
        (forgets_where_cards_stand, 15, 2, "two cards of one case"),
    ],
)
def test_it_is_noticed(
    plant: Plant, people: int, seed: int, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    violations = simulate(people, seed).figures.violations
    assert any(complaint in violation for violation in violations), violations


def test_more_than_twenty_a_minute_in_the_group_are_noticed() -> None:
    async def calls(many: int) -> list[str]:
        figures = Figures(1, 1)
        board = Board(Chat(-1, "group"), Overseer(None, figures, {}), figures, paced=True)  # type: ignore[arg-type]
        for _ in range(many):
            board.asks(Request("", "editMessageText", {"chat_id": -1, "text": "Case"}, {}))
            await asyncio.sleep(2.9)
        return figures.violations

    assert run(calls(20)) == []
    assert "too much in the group" in run(calls(21))[0]


@pytest.mark.parametrize("talking", ["case", None])
def test_a_question_while_a_human_talks_is_noticed(talking: str | None) -> None:
    figures = Figures(1, 1)
    talk = Conversation("talk", talking=talking)
    overseer = Overseer(None, figures, {"talk": talk})  # type: ignore[arg-type]
    commit = Commit(current={1: "talk"})
    commit.outgoing[1].append(Outgoing("chat", Message(f"Question 1<b>\n</b>{QUESTIONS[0]}")))
    overseer._queued(commit)
    assert any("asked while a human talks" in each for each in figures.violations) is (talking is not None)
