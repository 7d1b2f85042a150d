"""Each protection taken away in turn: the simulation must notice, or it proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Select

from bot.botapi.polling import Poller
from bot.domain import events as e
from bot.domain.conversation import Conversation
from bot.domain.trial import Outcome, Trial
from bot.engine import advance, due
from bot.engine.transition import Turn
from bot.service import screening
from bot.storage import erasing, outbox, tables
from bot.storage.transaction import SqlTransaction
from tests.simulation.simulate import simulate

Plant = Callable[[pytest.MonkeyPatch], None]


def confirms_first(patch: pytest.MonkeyPatch) -> None:
    """Tell Telegram that updates were received before they are durable."""

    async def once(self: Any) -> None:
        updates = await self._line.raw_updates(self._offset, wait=25)
        if updates:
            self._offset = int(updates[-1]["update_id"]) + 1
        await self._intake.take(updates)

    patch.setattr(Poller, "_once", once)


def forgets_what_it_has_seen(patch: pytest.MonkeyPatch) -> None:
    inner = SqlTransaction.claim

    async def claim(self: SqlTransaction, keys: Sequence[str], now: datetime) -> frozenset[str]:
        await inner(self, keys, now)
        return frozenset(keys)

    patch.setattr(SqlTransaction, "claim", claim)


def sends_in_any_order(patch: pytest.MonkeyPatch) -> None:
    inner = outbox._first_messages

    def first(rows: Sequence[str], limit: int) -> Select[Any]:
        return inner(rows, limit).order_by(None).order_by(tables.outbox.c.id.desc())

    patch.setattr(outbox, "_first_messages", first)


def hears_no_for_unsure(patch: pytest.MonkeyPatch) -> None:
    inner = Turn.answer

    def answer(self: Turn, question: str, value: Any) -> None:
        inner(self, question, "no" if value == "not_sure" else value)

    patch.setattr(Turn, "answer", answer)


def reminds_once_more(patch: pytest.MonkeyPatch) -> None:
    inner = due._reminder

    def reminder(trial: Trial, talk: Conversation, since: datetime) -> Any:
        sent = {2: 1}.get(talk.reminders_sent, talk.reminders_sent)
        return inner(trial, replace(talk, reminders_sent=sent), since)

    patch.setattr(due, "_reminder", reminder)


def excludes_the_silent(patch: pytest.MonkeyPatch) -> None:
    inner = advance._waited

    def waited(turn: Turn) -> Any:
        if due.due_now(turn.trial, turn.conversation, turn.now) is not due.Due.EXPIRY:
            return inner(turn)
        verdict = {"outcome": Outcome.LIKELY_NOT_ELIGIBLE, "ending": "likely_not_eligible"}
        nothing: dict[str, Any] = {"criteria": {}, "reasons": (), "flags": (), "recheck": ()}
        turn.happened(e.OutcomeReached(at=turn.now, **verdict, **nothing))  # type: ignore[arg-type]
        turn.ask()
        return turn.done()

    patch.setattr(advance, "_waited", waited)


def loses_an_answer_now_and_then(patch: pytest.MonkeyPatch) -> None:
    inner = screening._within
    seen: list[int] = []

    async def within(transaction: Any, batch: Any, *rest: Any) -> Any:
        seen.append(1)
        if len(seen) % 50 == 0:
            await transaction.claim([batch[0].key], rest[-1])
        return await inner(transaction, batch, *rest)

    patch.setattr(screening, "_within", within)


def keeps_the_words_of_the_erased(patch: pytest.MonkeyPatch) -> None:
    async def finish(*_any: object) -> None: ...

    patch.setattr(erasing, "finish", finish)


@pytest.mark.parametrize(
    ("plant", "people", "seed", "complaint"),
    [
        (confirms_first, 20, 2, "confirmed, but not kept"),
        (forgets_what_it_has_seen, 20, 1, "without a reason"),
        (sends_in_any_order, 5, 1, "out of order"),
        (hears_no_for_unsure, 20, 1, "nobody said so: AnswerRecorded"),
        (reminds_once_more, 40, 1, "reminded too often"),
        (excludes_the_silent, 40, 1, "time alone did OutcomeReached"),
        (loses_an_answer_now_and_then, 20, 1, "an answer without an answer"),
        (keeps_the_words_of_the_erased, 40, 1, "erased, but"),
    ],
)
def test_it_is_noticed(
    plant: Plant, people: int, seed: int, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    violations = simulate(people, seed, staff=False).figures.violations
    assert any(complaint in violation for violation in violations), violations
