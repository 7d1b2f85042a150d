"""What an operator asks for once: look, count, try again, hand out."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.app import clock, desks_of, new_secret, office_of, open_for_restore, open_store, read_shelf
from bot.botapi.intake import read_all
from bot.content.shelf import Edition, Shelf
from bot.domain.consent import Consent
from bot.domain.errors import DoorstepError, SettingsError
from bot.domain.staff import OPERATOR, BackupRestored, Exported, KeysRewrapped, Role, Staff
from bot.service import access, codes, register
from bot.service.agreements import exact_words
from bot.service.export import export_row
from bot.service.ports import Quarantined, Receipt
from bot.service.review import Office
from bot.service.screening import Desks, keep_offered, set_aside_now, take_up
from bot.service.timetable import Timetable
from bot.settings import Settings, missing
from bot.storage import archive
from bot.storage.backup import Taken
from bot.storage.backup import backup as take_backup
from bot.storage.checkpoints import Broken
from bot.storage.manifest import Kind
from bot.storage.on_record import put_on_record
from bot.storage.reading import conversations, how_many
from bot.storage.receipts import find
from bot.storage.restore import Restored, begin_anew, behind
from bot.storage.restore import restore as put_back
from bot.storage.rewrapping import left, rewrap
from bot.storage.store import SqlStore
from bot.storage.verifying import Finding, Report, verify_on
from bot.storage.verifying import verify as verify_trail

Unrecorded = Callable[[], None]
"""Called where the database could not keep that something was done: it is done all the same."""


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
    """Look through the whole audit trail, and for the words of all that was agreed to; tell how far it is."""
    report = Report()
    async with open_store(settings) as store:
        async for report in verify_trail(store, Timetable(Shelf(()), clock())):
            tell(report)
        report.findings += await lost_words(store)
    return report


async def lost_words(store: SqlStore) -> list[Finding]:
    """Return where what somebody agreed to cannot be shown any more, word for word."""
    shelf = Shelf(())  # from the store alone: the folders on disk may be others by now
    looked_at: dict[Consent, bool] = {}
    findings = []
    async for row in conversations(store, with_events=False):
        for held in row.conversation.agreed.values():
            words = dataclasses.replace(held, at=None, message=None, carried=False)
            if words not in looked_at:
                looked_at[words] = await _has_words(store, shelf, words)
            if not looked_at[words]:
                what = f"the words agreed to as `{held.key}` are not in the edition it names"
                findings.append(Finding(row.conversation.id, None, what))
    return findings


async def _has_words(store: SqlStore, shelf: Shelf, consent: Consent) -> bool:
    try:
        edition = await _edition(store, shelf, consent.edition)
        exact_words(edition, consent)
    except (DoorstepError, LookupError):
        return False
    return edition.trial.content_hash == consent.edition


async def find_receipt(settings: Settings, code: str) -> Receipt | None:
    """Return what a receipt proves; None where this installation gave none of that code."""
    async with open_store(settings) as store:
        return await find(store.database, code)


async def backup(settings: Settings, folder: Path, keys_folder: Path) -> Taken:
    """Copy the database and its keys, each into a file of its own."""
    async with open_store(settings) as store:
        return await take_backup(store, folder, keys_folder, clock(), seed_of(settings))


@dataclass(frozen=True, slots=True)
class Back:
    """What a restore brought back, and what `verify` says of it."""

    restored: Restored
    report: Report
    behind: int
    """Conversations of which the checkpoints list more than the backup held."""
    recorded: bool
    """Whether the database could keep that it was put back."""


async def restore(settings: Settings, path: Path, keys: Sequence[Path], *, replace: bool) -> Back:
    """Put a backup back, erase again whoever was erased since, and verify it."""
    seed = seed_of(settings)
    async with AsyncExitStack() as stack:
        copy = stack.enter_context(archive.reading(path, Kind.DATABASE, seed))
        key_copies = [stack.enter_context(archive.reading(each, Kind.KEYS, seed)) for each in keys]
        store = await stack.enter_async_context(open_for_restore(settings))
        restored = await put_back(store, copy, key_copies, replace=replace)
        came = BackupRestored(at=clock(), by=OPERATOR, copied_at=restored.at, rows=restored.rows)
        recorded = await put_on_record(store, came)
        report = await _look_through(store)
        missing = 0
        try:
            missing = await behind(store)
            if not report.findings:
                await begin_anew(store, clock(), restored.at)
        except Broken as broken:
            report.findings.append(Finding("checkpoints", None, str(broken)))
    return Back(restored, report, missing, recorded)


async def _look_through(store: SqlStore) -> Report:
    """Verify what was restored against itself: checkpoints written later know more than it does."""
    async with store.database.reading() as connection:
        looking = verify_on(connection, store.database.vault, timetable=Timetable(Shelf(()), clock()))
        return [report async for report in looking][-1]


def seed_of(settings: Settings) -> bytes | None:
    """Return what backups are signed with; none where SIGNING_KEY is not set."""
    return settings.seed if settings.signing_key else None


async def rekey(settings: Settings, unrecorded: Unrecorded) -> AsyncIterator[tuple[int, int]]:
    """Wrap every key in the database by the first of ENCRYPTION_KEYS; yield how many are done, of all.

    On record before the first is: killed in the middle, it changed some.
    """
    if not settings.keys:
        raise SettingsError(missing("ENCRYPTION_KEYS", "Put the new key first and the old one behind it."))
    async with open_store(settings) as store:
        event = KeysRewrapped(at=clock(), by=OPERATOR, keys=await left(store.database.vault))
        if not await put_on_record(store, event):
            unrecorded()
        async for progress in rewrap(store.database.vault):
            yield progress


async def export(
    settings: Settings, unrecorded: Unrecorded, *, with_answers: bool
) -> AsyncGenerator[dict[str, Any]]:
    """Yield one row a conversation, in order of opening; on record before the first leaves."""
    shelf = read_shelf(settings)
    async with open_store(settings) as store:
        what = "conversations-with-answers" if with_answers else "conversations"
        event = Exported(at=clock(), by=OPERATOR, what=what, rows=await how_many(store))
        if not await put_on_record(store, event):
            unrecorded()
        async with aclosing(conversations(store, with_events=False)) as rows:
            async for row in rows:
                edition = await _edition(store, shelf, row.conversation.content_hash)
                yield export_row(
                    edition.trial, row.conversation, row.participant_code, row.case, with_answers=with_answers
                )


async def add_staff(
    settings: Settings, name: str, telegram_id: int | None, roles: Sequence[Role], *, sees_identity: bool
) -> Staff:
    """Put somebody on the staff register, or change what they may do if they are on it."""
    async with open_store(settings) as store:
        office = _office(store, settings)
        known = await _known(office, name, telegram_id)
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
        return await register.list_staff(_office(store, settings))


async def remove_staff(settings: Settings, staff: str) -> Staff:
    """Take somebody off the staff register, by their id or their Telegram id."""
    async with open_store(settings) as store:
        office = _office(store, settings)
        named = await _named(office, staff)
        return await register.remove_staff(office, named.id, by=OPERATOR, now=clock())


async def reset_factor(settings: Settings, staff: str) -> Staff:
    """Let somebody on the staff register who lost their authenticator set up another."""
    async with open_store(settings) as store:
        named = await _named(_office(store, settings), staff)
        return await codes.reset_factor(access.Access(store, new_secret), named.id, by=OPERATOR, now=clock())


async def link_staff(settings: Settings, staff: str) -> tuple[Staff, str]:
    """Make a sign-in link for somebody on the staff register; return whose it is, and the link."""
    async with open_store(settings) as store:
        named = await _named(_office(store, settings), staff)
        secret = await access.invite_by_operator(access.Access(store, new_secret), named.id, now=clock())
        return named, f"{settings.console}/sign-in/{secret}"


def _office(store: SqlStore, settings: Settings) -> Office:
    """Return what keeping the register needs: no trial is read, and none that is broken is in the way."""
    return office_of(store, Shelf(()), settings)


async def _known(office: Office, name: str, telegram_id: int | None) -> Staff | None:
    """Return who is on the register already: by the Telegram account, or, without any, by the name."""
    if telegram_id is not None:
        return await register.staff_by_telegram(office, telegram_id)
    alike = [each for each in await _called(office, name) if each.telegram_id is None]
    return alike[0] if alike else None


async def _called(office: Office, name: str) -> list[Staff]:
    everybody = await register.list_staff(office)
    return [each for each in everybody if each.active and each.name.casefold() == name.strip().casefold()]


async def _named(office: Office, who: str) -> Staff:
    """Return who has that id, Telegram id or name; SettingsError where it is nobody, or several."""
    by_account = await register.staff_by_telegram(office, int(who)) if _is_number(who) else None
    found = by_account or await register.staff_by_id(office, who)
    alike = [found] if found else await _called(office, who)
    if not alike:
        raise SettingsError(
            "Nobody of that id or name is on the staff register. Type: python -m bot staff list"
        )
    if len(alike) > 1:
        ids = ", ".join(each.id for each in alike)
        raise SettingsError(
            f"Several people on the staff register have that name. Type the id instead: {ids}"
        )
    return alike[0]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


async def _edition(store: SqlStore, shelf: Shelf, content_hash: str) -> Edition:
    known = shelf.known(content_hash)
    if known:
        return known
    async with store.transaction() as transaction:
        bodies = await transaction.editions([content_hash])
    return shelf.remember(content_hash, bodies[content_hash])
