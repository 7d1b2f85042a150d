"""Rows of staff from before everything about them was sealed: carried over once, without believing columns.

Until version 0008 of the schema roles stood in plain columns, which whoever can write to the database could
change. What somebody may do is in the installation's chain too, sealed: that is what is believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel, ValidationError
from sqlalchemy import ColumnElement, Table, delete, select, update

from bot.domain.access import Factor
from bot.domain.staff import (
    FactorReset,
    InstallationEvent,
    RolesChanged,
    SignedIn,
    Staff,
    StaffAdded,
    StaffRemoved,
)
from bot.storage.access_bodies import factor_at, member_at, write_factor, write_member
from bot.storage.access_tables import second_factors
from bot.storage.codec import INSTALLATION_EVENTS
from bot.storage.register import recorded_at
from bot.storage.review_tables import installation_events, staff
from bot.storage.sealing import Place
from bot.storage.vault import HOUSE
from bot.storage.work import Work

_PAGE = 1000
_STEP = 30
"""Seconds for which a one-time code is shown."""
_SECRET = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


class _Who(BaseModel, extra="forbid"):
    """All that was sealed of a member of staff."""

    name: str
    telegram_id: int | None


@dataclass(slots=True)
class _Told:
    """What the chain says: who is on the register, and when each last gave a code."""

    members: dict[str, Staff] = field(default_factory=dict)
    last_steps: dict[str, int] = field(default_factory=dict)

    def hear(self, event: InstallationEvent) -> None:
        if isinstance(event, StaffAdded | RolesChanged):
            self.members[event.staff] = Staff(event.staff, "", event.roles, event.sees_identity)
        elif isinstance(event, StaffRemoved) and event.staff in self.members:
            self.members[event.staff] = replace(self.members[event.staff], active=False)
        elif isinstance(event, FactorReset):
            self.last_steps.pop(event.staff, None)
        elif isinstance(event, SignedIn) and event.how == "code":
            self.last_steps[event.by] = int(event.at.timestamp()) // _STEP


async def are_old(work: Work) -> bool:
    """Tell whether any row is from before."""
    return bool(await _members(work) or await _factors(work))


async def reseal(work: Work) -> None:
    """Seal old rows anew, by what the chain says.

    Where an event is missing or does not open, nobody is carried over: it might be the one that says no.
    """
    told = await _told(work)
    if told is None:
        return
    for row, who in await _members(work):
        if row.id in told.members:
            member = replace(told.members[row.id], name=who.name, telegram_id=who.telegram_id)
            await _replace(work, staff, row, member_at(row.id), write_member(member))
    for row, secret in await _factors(work):
        if row.staff_id in told.last_steps:
            factor = Factor(secret, last_step=told.last_steps[row.staff_id])
            await _replace(work, second_factors, row, factor_at(row.staff_id), write_factor(factor))
        else:  # nobody has given a code of it, whatever a column said
            await work.connection.execute(delete(second_factors).where(*_same(second_factors, row)))


async def _members(work: Work) -> list[tuple[Any, _Who]]:
    return [(row, who) for row, plain in await _opened(work, staff) if (who := _who(plain))]


async def _factors(work: Work) -> list[tuple[Any, str]]:
    opened = await _opened(work, second_factors)
    return [(row, plain.decode()) for row, plain in opened if plain and _SECRET.issuperset(plain)]


async def _opened(work: Work, table: Table) -> list[tuple[Any, bytes]]:
    """Return the rows of a table whose bodies open, with what was sealed."""
    place = member_at if table is staff else factor_at
    rows = (await work.connection.execute(select(table))).all()
    plain = await work.vault.try_open([(place(row[0]), row.body) for row in rows])
    return [(row, body) for row, body in zip(rows, plain, strict=True) if body is not None]


def _who(plain: bytes) -> _Who | None:
    try:
        return _Who.model_validate_json(plain)
    except ValidationError:
        return None


async def _told(work: Work) -> _Told | None:
    told, position = _Told(), 0
    while rows := await _after(work, position):
        plain = await work.vault.try_open([(recorded_at(row.position), row.body) for row in rows])
        for row, body in zip(rows, plain, strict=True):
            position += 1
            if body is None or row.position != position:
                return None
            told.hear(INSTALLATION_EVENTS.read(body))
    return told


async def _after(work: Work, position: int) -> Sequence[Any]:
    later = select(installation_events).where(installation_events.c.position > position)
    ordered = later.order_by(installation_events.c.position).limit(_PAGE)
    return (await work.connection.execute(ordered)).all()


async def _replace(work: Work, table: Table, row: Any, place: Place, plain: bytes) -> None:  # noqa: ANN401 -- a row
    """Put a new body where the old one still is: another process may start now too."""
    body = (await work.vault.sealer(())).seal(HOUSE, place, plain)
    await work.connection.execute(update(table).where(*_same(table, row)).values(body=body))


def _same(table: Table, row: Any) -> tuple[ColumnElement[bool], ...]:  # noqa: ANN401 -- a row
    return next(iter(table.primary_key)) == row[0], table.c.body == row.body
