"""The composition root: the only place that reads the clock, makes ids and takes chance."""

from __future__ import annotations

import base64
import logging
import secrets  # noqa: TID251 -- here chance enters
import string
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from socket import gethostname

from bot.content import gate
from bot.content.approvals import day_of, read_approvals
from bot.content.bundle import Bundle
from bot.content.licence import Approved
from bot.content.load import TRIAL_FILE, load_trial, load_trials
from bot.content.shelf import Shelf
from bot.domain.errors import ContentError, SettingsError
from bot.domain.messages import Text
from bot.service.lapse import Licence, Unlimited
from bot.service.review import Office
from bot.service.screening import Desks
from bot.settings import Mode, Settings, lacking, missing
from bot.storage.checkpoints import Witness
from bot.storage.database import Database, open_database
from bot.storage.keyring import PRACTICE, KeyRing
from bot.storage.lock import leadership
from bot.storage.migrate import is_empty, prepare, upgrade
from bot.storage.posting import Posting
from bot.storage.store import SqlStore

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
_LETTERS = string.ascii_lowercase + string.digits


def clock() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 -- here time enters


def today() -> date:
    """Return the day, in UTC."""
    return clock().date()


def new_id() -> str:
    """Return eight random letters and digits: 41 bits, and a collision is refused by the store."""
    return "".join(secrets.choice(_LETTERS) for _ in range(8))


def new_key() -> str:
    """Return a fresh encryption key, as ENCRYPTION_KEYS takes it."""
    return base64.urlsafe_b64encode(new_secret()).decode()


def new_secret() -> bytes:
    """Return 32 random bytes."""
    return secrets.token_bytes(32)


def trial_folders(settings: Settings, trial: str | None) -> list[Path]:
    """Return the folder of one trial, or of all; ContentError where there is none of that name."""
    folders = sorted(path.parent for path in settings.flows_dir.glob(f"*/{TRIAL_FILE}"))
    wanted = [folder for folder in folders if trial in {None, folder.name}]
    if not wanted:
        names = ", ".join(folder.name for folder in folders) or "none"
        raise ContentError(f"There is no trial {trial or ''} in {settings.flows_dir}. There: {names}.")
    return wanted


def read_bundle(settings: Settings, trial: str) -> Bundle:
    """Return one trial, compiled; ContentError names what is wrong with it."""
    return load_trial(trial_folders(settings, trial)[0], settings.locales_dir)


def read_shelf(settings: Settings) -> Shelf:
    """Return the trials on offer; ContentError names what is wrong with them."""
    return Shelf(load_trials(settings.flows_dir, settings.locales_dir).values())


def make_folder(database_url: str) -> None:
    """Make the folder of an SQLite file, closed to others on the machine."""
    kind, _, path = database_url.partition(":///")
    if kind.startswith("sqlite") and path:
        try:
            Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(
                f"The folder of DATABASE_URL cannot be made ({error.strerror}). "
                "Name one that you may write to, for example:\n  DATABASE_URL=sqlite:///var/doorstep.sqlite3"
            ) from None


async def migrate(settings: Settings) -> None:
    """Bring the database to the schema of this version."""
    make_folder(settings.database_url)
    await upgrade(settings.database_url)


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[SqlStore]:
    """Open the database, made or checked; SettingsError where it is not at head."""
    make_folder(settings.database_url)
    await prepare(settings.database_url)
    database: Database = open_database(settings.database_url, _ring(settings))
    try:
        store = SqlStore(database, new_id, _witness(settings), _posting(settings))
        await store.begin()
        yield store
    finally:
        await database.close()


@asynccontextmanager
async def open_for_restore(settings: Settings) -> AsyncIterator[SqlStore]:
    """Open the database whatever is in it, without making or checking anything, while no bot works on it."""
    make_folder(settings.database_url)
    await is_empty(settings.database_url)  # SettingsError where it is out of reach, or no database at all
    async with leadership(settings.database_url) as lead:
        await lead.insist()
        database = open_database(settings.database_url, _ring(settings), patient=True)
        try:
            yield SqlStore(database, new_id, _witness(settings))
        finally:
            await database.close()


def _ring(settings: Settings) -> KeyRing:
    """Return the operator's keys; a demo without any has one that everybody knows, and nothing else may."""
    if not settings.keys and settings.mode is not Mode.DEMO:
        raise SettingsError(missing("ENCRYPTION_KEYS", f"MODE={settings.mode} seals what is said with it."))
    return KeyRing(settings.keys) if settings.keys else PRACTICE


def _posting(settings: Settings) -> Posting | None:
    if settings.checkpoint_chat_id is None:
        return None
    if settings.checkpoint_dir is None:
        raise SettingsError(
            missing("CHECKPOINT_DIR", "What is posted to CHECKPOINT_CHAT_ID is written there.")
        )
    return Posting(settings.checkpoint_chat_id)


def _witness(settings: Settings) -> Witness | None:
    folder = settings.checkpoint_dir
    return None if folder is None else Witness(folder, gethostname(), settings.seed)


def pass_gate(settings: Settings, now: datetime, *, closed: bool = False) -> None:
    """Raise SettingsError naming all that is missing before real people may be met; a demo meets none.

    What is `closed` screens nobody, and so needs no approval that holds.
    """
    if settings.mode is Mode.DEMO:
        return
    found = lacking(settings)
    for folder in trial_folders(settings, None):
        if settings.mode is Mode.PRODUCTION:
            found += gate.lacking(folder, settings.locales_dir, day_of(now), closed=closed)
        else:
            found += gate.barred(folder, settings.locales_dir)
    if found:
        count = "one thing is" if len(found) == 1 else f"{len(found)} things are"
        listed = "\n".join(f"{number}. {what}" for number, what in enumerate(found, 1))
        raise SettingsError(f"MODE={settings.mode} refuses to start: {count} missing.\n{listed}")


def demo_mark(shelf: Shelf) -> str:
    """Return what stands above each message of a demo, in every language that is offered."""
    marks = (
        edition.label(Text("demo-mark"), language)
        for edition in shelf.offered.values()
        for language in edition.trial.languages
    )
    return " · ".join(dict.fromkeys(marks))


def read_licence(settings: Settings, shelf: Shelf, *, closed: bool = False) -> Approved | None:
    """Return what the approvals permit; None outside production, where no committee was asked."""
    if settings.mode is not Mode.PRODUCTION:
        return None
    folders = trial_folders(settings, None)
    approvals = tuple(each for folder in folders for each in read_approvals(folder)[0])
    return Approved(approvals, tuple(edition.trial for edition in shelf.offered.values()), closed)


def desks_of(store: SqlStore, shelf: Shelf, settings: Settings, licence: Licence | None = None) -> Desks:
    """Wire what every batch needs."""
    known = licence or read_licence(settings, shelf) or Unlimited()
    return Desks(store, shelf, new_id, settings.staff_group_id, licence=known)


def office_of(store: SqlStore, shelf: Shelf, settings: Settings) -> Office:
    """Return what the use cases of staff need."""
    return Office(desks_of(store, shelf, settings), store)
