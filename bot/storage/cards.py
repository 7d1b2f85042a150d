"""Where the cards of cases stand in the staff group, and which of them are due."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, TextClause, and_, insert, select, text, update

from bot.service.card_ports import Placed
from bot.storage.bulk import Row
from bot.storage.review_tables import UNRESOLVED, UNSHOWN, case_cards, cases
from bot.storage.work import Work

_DONE_UNSHOWN = text("shown < revision AND state = 'resolved'")


class SqlCards:
    """See bot.service.card_ports.Cards."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._connection = work.connection

    async def due(self, group: int, now: datetime, limit: int) -> list[str]:
        """Return ids of cases whose card in this group is due, the most pressing first."""
        changed = select(cases.c.id).where(UNSHOWN).order_by(cases.c.priority, cases.c.due_by, cases.c.id)
        found = list((await self._connection.execute(changed.limit(limit))).scalars())
        timed = select(case_cards.c.case_id).where(
            case_cards.c.redraw_at <= now, case_cards.c.place == self._work.lookup(group)
        )
        by_time = (
            await self._connection.execute(timed.order_by(case_cards.c.redraw_at).limit(limit))
        ).scalars()
        return list(dict.fromkeys([*found, *by_time]))

    async def of(self, group: int, case: str) -> Placed | None:
        """Return where the card of a case stands in this group; None where it has none there."""
        here = and_(case_cards.c.case_id == case, case_cards.c.place == self._work.lookup(group))
        row = (await self._connection.execute(select(case_cards).where(here))).first()
        return _placed(row) if row else None

    async def case_at(self, group: int, message: int | None, topic: int | None) -> tuple[str, bool] | None:
        """Return the case whose card this message is (and True), or whose topic this is (and False)."""
        here = select(case_cards.c.case_id).where(case_cards.c.place == self._work.lookup(group))
        for column, value in ((case_cards.c.message, message), (case_cards.c.topic, topic)):
            if value is not None:
                found = (await self._connection.execute(here.where(column == value).limit(1))).scalar()
                if found:
                    return found, column is case_cards.c.message
        return None

    async def put(self, group: int, placed: Placed) -> None:
        """Note where a card stands."""
        row: Row = asdict(placed)
        row["case_id"] = row.pop("case")
        row["place"] = self._work.lookup(group)
        again = update(case_cards).where(case_cards.c.case_id == placed.case).values(row)
        if not (await self._connection.execute(again)).rowcount:
            await self._connection.execute(insert(case_cards).values(row))

    async def showed(self, case: str, revision: int) -> None:
        """Note which revision of its case a card shows."""
        await self._connection.execute(update(cases).where(cases.c.id == case).values(shown=revision))

    async def take_over(self, group: int) -> None:
        """Let open cases whose card stands in another group have one in this."""
        elsewhere = select(case_cards.c.case_id).where(case_cards.c.place != self._work.lookup(group))
        theirs = _held(UNRESOLVED, cases.c.id.in_(elsewhere))
        await self._connection.execute(update(cases).where(cases.c.id.in_(theirs)).values(shown=0))

    async def skip_done(self) -> None:
        """Let cases that were done before they had a card be without one."""
        without = cases.c.id.not_in(select(case_cards.c.case_id))
        skipped = update(cases).where(cases.c.id.in_(_held(_DONE_UNSHOWN, without)))
        await self._connection.execute(skipped.values(shown=cases.c.revision))


def _held(*which: ColumnElement[bool] | TextClause) -> Select[Any]:
    # Cases are locked by their ids' order, by everybody.
    return select(cases.c.id).where(*which).order_by(cases.c.id).with_for_update()


def _placed(row: Any) -> Placed:  # noqa: ANN401 -- a row
    return Placed(row.case_id, row.topic, row.topic_closed, row.message, row.redraw_at)
