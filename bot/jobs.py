"""What an operator asks for once: look, count, try again, hand out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from bot.app import clock, desks_of, office_of, open_store, read_shelf
from bot.botapi.intake import read_all
from bot.content.shelf import Edition, Shelf
from bot.domain.errors import SettingsError
from bot.domain.staff import OPERATOR, Role, Staff
from bot.service import register
from bot.service.export import export_row
from bot.service.ports import Quarantined
from bot.service.screening import Desks, keep_offered, set_aside_now, take_up
from bot.settings import Settings, missing
from bot.storage.reading import conversations
from bot.storage.store import SqlStore
from bot.storage.verifying import Report
from bot.storage.verifying import verify as verify_trail


async def list_quarantine(settings: Settings) -> list[Quarantined]:
    """Return the updates that could not be handled, oldest first."""
    async with open_store(settings) as store:
        return await set_aside_now(desks_of(store, read_shelf(settings), settings))


async def replay_quarantine(settings: Settings, keys: Sequence[str]) -> list[tuple[str, str | None]]:
    """Handle set-aside updates again; return each key with why it failed again, or None."""
    async with open_store(settings) as store:
        desks = desks_of(store, read_shelf(settings), settings)
        await keep_offered(desks, now=clock())
        items = [item for item in await set_aside_now(desks) if not keys or item.key in keys]
        return [(item.key, await _replay(item, desks)) for item in items]


async def _replay(item: Quarantined, desks: Desks) -> str | None:
    bot_id, _, _ = item.key.partition(":")
    batch = read_all([json.loads(item.body)], int(bot_id)) if item.body else None
    if batch is None or len(batch.arrivals) != 1:
        return "it still cannot be read"
    try:
        await take_up(batch.arrivals[0], desks, now=clock())
    except Exception as error:  # noqa: BLE001 -- it stays where it is; the operator is told the kind
        return type(error).__name__
    return None


async def verify(settings: Settings, tell: Callable[[Report], None]) -> Report:
    """Look through the whole audit trail; tell how far it is."""
    report = Report()
    async with open_store(settings) as store:
        async for report in verify_trail(store):
            tell(report)
    return report


async def rekey(settings: Settings) -> AsyncIterator[tuple[int, int]]:
    """Wrap every key in the database by the first of ENCRYPTION_KEYS; yield how many are done, of all."""
    if not settings.keys:
        raise SettingsError(missing("ENCRYPTION_KEYS", "Put the new key first and the old one behind it."))
    async with open_store(settings) as store:
        async for progress in store.database.vault.rewrap():
            yield progress


async def export(settings: Settings, *, with_answers: bool) -> AsyncIterator[dict[str, Any]]:
    """Yield one row a conversation, in order of opening."""
    shelf = read_shelf(settings)
    async with open_store(settings) as store:
        async for row in conversations(store, with_events=False):
            edition = await _edition(store, shelf, row.conversation.content_hash)
            yield export_row(
                edition.trial, row.conversation, row.participant_code, row.case, with_answers=with_answers
            )


async def add_staff(
    settings: Settings, name: str, telegram_id: int, roles: Sequence[Role], *, sees_identity: bool
) -> Staff:
    """Put somebody on the staff register, or change what they may do if they are on it."""
    async with open_store(settings) as store:
        office = office_of(store, read_shelf(settings), settings)
        known = await register.staff_by_telegram(office, telegram_id)
        if known:
            return await register.change_staff(
                office, known.id, roles, sees_identity=sees_identity, by=OPERATOR, now=clock()
            )
        return await register.add_staff(
            office,
            name,
            roles,
            telegram_id=telegram_id,
            sees_identity=sees_identity,
            by=OPERATOR,
            now=clock(),
        )


async def list_staff(settings: Settings) -> list[Staff]:
    """Return all who ever were on the staff register."""
    async with open_store(settings) as store:
        return await register.list_staff(office_of(store, read_shelf(settings), settings))


async def remove_staff(settings: Settings, staff: str) -> Staff:
    """Take somebody off the staff register, by their id or their Telegram id."""
    async with open_store(settings) as store:
        office = office_of(store, read_shelf(settings), settings)
        named = await register.staff_by_telegram(office, int(staff)) if staff.isdecimal() else None
        named = named or await register.staff_by_id(office, staff)
        if named is None:
            raise SettingsError("Nobody of that id is on the staff register. Type: python -m bot staff list")
        return await register.remove_staff(office, named.id, by=OPERATOR, now=clock())


async def _edition(store: SqlStore, shelf: Shelf, content_hash: str) -> Edition:
    known = shelf.known(content_hash)
    if known:
        return known
    async with store.transaction() as transaction:
        bodies = await transaction.editions([content_hash])
    return shelf.remember(bodies[content_hash])
