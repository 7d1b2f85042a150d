"""Looks whether the installation's events are what was written, and the staff register what they tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import DoorstepError
from bot.domain.staff import InstallationEvent, Role, RolesChanged, Staff, StaffAdded, StaffRemoved
from bot.storage.case_verifying import Fault, against
from bot.storage.chain import CHAIN, HEAD, START, broken, read_head
from bot.storage.checkpoints import Mark
from bot.storage.codec import INSTALLATION_EVENTS
from bot.storage.identity import lookup_value
from bot.storage.installation_head import faults_of_head
from bot.storage.register import SqlRegister, recorded_at
from bot.storage.review_tables import installation_events, saved_views, staff
from bot.storage.saved_views import views_at
from bot.storage.tables import installation
from bot.storage.vault import Vault
from bot.storage.work import Work

STAFF = "staff "
"""Before the id of a member of staff, so that it is not taken for a conversation's code."""


_UNOPENED = "the row does not open with its key"


class _Rights(NamedTuple):
    """What somebody may do, as the events tell or as the register shows."""

    roles: frozenset[Role]
    sees_identity: bool
    active: bool = True


async def faults_of_installation(
    connection: AsyncConnection, vault: Vault, mark: Mark | None, key: bytes
) -> tuple[int, list[Fault]]:
    """Return how many events of the installation there are, and what is wrong there and on the register.

    `key` is what Telegram ids are looked up with.
    """
    query = select(installation_events).order_by(installation_events.c.position)
    rows = (await connection.execute(query)).all()
    found: list[tuple[int | None, str]] = [
        *broken(CHAIN, rows, *await _head(connection)),
        *against(mark, rows),
    ]
    found += await faults_of_head(connection, vault, rows)
    opened = await vault.try_open([(recorded_at(row.position), row.body) for row in rows])
    said = [None if body is None else INSTALLATION_EVENTS.read(body) for body in opened]
    found += _faults_of_words(rows, said)
    faults: list[Fault] = [(CHAIN, position, what) for position, what in found]
    rights = _rights(event for event in said if event is not None)
    faults += await _faults_of_staff(connection, vault, rights, key)
    return len(rows), faults + await _faults_of_views(connection, vault)


async def _head(connection: AsyncConnection) -> tuple[int, bytes]:
    held = select(installation.c.value).where(installation.c.name == HEAD)
    value = (await connection.execute(held)).scalar()
    return read_head(value) if value is not None else (0, START)


def _faults_of_words(
    rows: Sequence[Any], said: Sequence[InstallationEvent | None]
) -> Iterator[tuple[int | None, str]]:
    for row, event in zip(rows, said, strict=True):
        if event is None:
            yield row.position, "an event does not open with its key"
        elif (event.at, event.by) != (row.at, row.actor):
            yield row.position, "the time of an event, or who did it, was changed"


def _rights(history: Iterable[InstallationEvent]) -> dict[str, _Rights]:
    """Return what everybody who ever was on the register may do, by their events."""
    rights: dict[str, _Rights] = {}
    for event in history:
        match event:
            case StaffAdded() | RolesChanged():
                rights[event.staff] = _Rights(event.roles, event.sees_identity)
            case StaffRemoved() if event.staff in rights:
                rights[event.staff] = rights[event.staff]._replace(active=False)
            case _:
                pass
    return rights


async def _faults_of_staff(
    connection: AsyncConnection, vault: Vault, rights: dict[str, _Rights], key: bytes
) -> list[Fault]:
    rows = (await connection.execute(select(staff.c.id, staff.c.lookup).order_by(staff.c.id))).all()
    register = SqlRegister(Work(connection, vault, key, str))
    faults: list[Fault] = [
        (f"{STAFF}{name}", None, "the events tell of somebody who is not on the register")
        for name in sorted(rights.keys() - {row.id for row in rows})
    ]
    for row in rows:
        member = await _opened(register, row.id)
        what = _UNOPENED if member is None else _fault(member, row.lookup, rights.get(row.id), key)
        faults += [(f"{STAFF}{row.id}", None, what)] if what else []
    return faults


async def _faults_of_views(connection: AsyncConnection, vault: Vault) -> list[Fault]:
    rows = (await connection.execute(select(saved_views).order_by(saved_views.c.staff_id))).all()
    opened = await vault.try_open([(views_at(row.staff_id), row.body) for row in rows])
    shut = [row for row, plain in zip(rows, opened, strict=True) if plain is None]
    return [(f"{STAFF}{row.staff_id}", None, "saved views do not open with their key") for row in shut]


async def _opened(register: SqlRegister, name: str) -> Staff | None:
    try:
        return await register.by_id(name)
    except (DoorstepError, ValueError):  # a body that does not open, or a role that there is not
        return None


def _fault(member: Staff, lookup: bytes | None, told: _Rights | None, key: bytes) -> str | None:
    if told is None:
        return "somebody is on the register of whom no event tells"
    if _Rights(member.roles, member.sees_identity, member.active) != told:
        return "what somebody may do is not what the events tell"
    found_by = lookup_value(key, member.telegram_id) if member.active and member.telegram_id else None
    if lookup != found_by:
        return "somebody is found by another Telegram account than theirs"
    return None
