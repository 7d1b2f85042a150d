"""The staff register: who may do what. Every change, sign-in and look at an identity is an event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.domain.case_events import SYSTEM, Released
from bot.domain.staff import (
    OPERATOR,
    FactorReset,
    InstallationEvent,
    Role,
    RolesChanged,
    Staff,
    StaffAdded,
    StaffRemoved,
)
from bot.engine.review import after
from bot.service.ports import Changes, Conflict, KeptCase
from bot.service.review import Office, member
from bot.service.review_ports import NotAllowed, RegisterReading, ReviewTransaction


async def add_staff(
    office: Office,
    name: str,
    roles: Iterable[Role],
    *,
    telegram_id: int | None,
    sees_identity: bool,
    by: str,
    now: datetime,
) -> Staff:
    """Add somebody. NotAllowed where that Telegram account is on the register already, or without a role."""
    given = frozenset(roles)
    if not given or not name.strip():
        raise NotAllowed("review-no-role")
    async with office.store.transaction() as transaction:
        await check_keeper(transaction.register, by)
        added = Staff(office.desks.new_id(), name.strip(), given, sees_identity, telegram_id=telegram_id)
        await _put(transaction, added, now)
        event = StaffAdded(at=now, by=by, staff=added.id, roles=given, sees_identity=sees_identity)
        await transaction.register.record(event)
    return added


async def change_staff(
    office: Office, staff: str, roles: Iterable[Role], *, sees_identity: bool, by: str, now: datetime
) -> Staff:
    """Change what somebody may do, from now on; what they may themselves, somebody else changes."""
    given = frozenset(roles)
    if not given:
        raise NotAllowed("review-no-role")
    if staff == by:
        raise NotAllowed("review-not-yourself")
    async with office.store.transaction() as transaction:
        await check_keeper(transaction.register, by)
        before = await member(transaction.register, staff)
        changed = replace(before, roles=given, sees_identity=sees_identity)
        await _put(transaction, changed, now)
        event = RolesChanged(at=now, by=by, staff=staff, roles=given, sees_identity=sees_identity)
        await transaction.register.record(event)
        if _trusted_more(before, changed):
            await _begin_anew(transaction, staff, by, now)
    return changed


def _trusted_more(before: Staff, after: Staff) -> bool:
    """Tell whether more depends from now on upon their second factor than when they set it up."""
    return (after.sees_identity and not before.sees_identity) or (after.needs_code and not before.needs_code)


async def _begin_anew(transaction: ReviewTransaction, staff: str, by: str, now: datetime) -> None:
    """Drop a second factor from before, which anybody may have set up: they sign in and set up another."""
    if await transaction.doors.forget_factor(staff):
        await transaction.doors.end_sessions_of(staff)
        await transaction.register.record(FactorReset(at=now, by=by, staff=staff))


async def remove_staff(office: Office, staff: str, *, by: str, now: datetime) -> Staff:
    """Take somebody off, at once; the cases they held are free again."""
    async with office.store.transaction() as transaction:
        await check_keeper(transaction.register, by)
        gone = replace(await member(transaction.register, staff), active=False)
        await _check_not_last(transaction, gone, by)
        await _put(transaction, gone, now)
        await transaction.saved_views.forget(staff)  # once the row above is held: see saved_views.py
        await transaction.register.record(StaffRemoved(at=now, by=by, staff=staff))
        held = await transaction.cases.claimed(staff)
    for case_id in held:
        await _free(office, case_id, staff, now)
    return gone


async def _free(office: Office, case_id: str, staff: str, now: datetime) -> None:
    # One transaction each: cases are held by nobody in any order but one at a time, or by their ids.
    async with office.store.transaction() as transaction:
        case = (await transaction.cases.hold([case_id])).get(case_id)
        if case is not None and case.claimed_by == staff:
            events = (Released(at=now, by=SYSTEM),)
            await transaction.keep(Changes(cases=[KeptCase(after(case, events), events)]), now)


async def check_keeper(register: RegisterReading, by: str) -> None:
    """Let the operator on the machine, and administrators, keep the register; NotAllowed for anybody else."""
    if by != OPERATOR and Role.ADMINISTRATOR not in (await member(register, by)).roles:
        raise NotAllowed("review-not-allowed")


async def _check_not_last(transaction: ReviewTransaction, gone: Staff, by: str) -> None:
    """Refuse what would leave nobody to keep the register; the operator on the machine may do even that."""
    every = [each for each in await transaction.register.every() if each.active]
    if by != OPERATOR and {each.id for each in every if Role.ADMINISTRATOR in each.roles} == {gone.id}:
        raise NotAllowed("review-last-administrator")


async def _put(transaction: ReviewTransaction, staff: Staff, now: datetime) -> None:
    try:
        await transaction.register.put(staff, now)
    except Conflict:
        raise NotAllowed("review-telegram-taken") from None


async def list_staff(office: Office) -> list[Staff]:
    """Return all who ever were on the register, by name."""
    async with office.store.looking() as reading:
        return await reading.register.every()


async def staff_by_telegram(office: Office, telegram_id: int) -> Staff | None:
    """Return the active member of staff with this Telegram account: checks each tap in the group."""
    async with office.store.looking() as reading:
        return await reading.register.by_telegram(telegram_id)


async def staff_by_id(office: Office, staff: str) -> Staff | None:
    """Return the active member of staff of that id: what each request in the console is checked by."""
    async with office.store.looking() as reading:
        found = await reading.register.by_id(staff)
    return found if found and found.active else None


async def record(office: Office, event: InstallationEvent) -> None:
    """Append an event to the installation's chain: a sign-in, a sign-out, an export."""
    async with office.store.transaction() as transaction:
        await transaction.register.record(event)


async def recorded(
    office: Office, *, before: int | None = None, limit: int = 50
) -> list[tuple[int, InstallationEvent]]:
    """Return what is in the installation's chain, the newest first, with positions for paging."""
    async with office.store.looking() as reading:
        return await reading.register.recorded(before, limit)
