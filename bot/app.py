"""The composition root: the only place that reads the clock, makes ids and takes chance."""

from __future__ import annotations

import base64
import logging
import secrets  # noqa: TID251 -- here chance enters
import string
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from socket import gethostname
from time import monotonic
from urllib.parse import urlsplit

from starlette.applications import Starlette

from bot.botapi.calling import CalledAt
from bot.botapi.intake import Invite
from bot.botapi.line import Line, open_line
from bot.botapi.pace import UNLIMITED, Limits, Pace
from bot.botapi.profile import sign_in
from bot.botapi.webhook import Webhook
from bot.botapi.worker import Worker
from bot.content.bundle import Bundle
from bot.content.console_words import read_console_words
from bot.content.load import TRIAL_FILE, load_trial, load_trials
from bot.content.shelf import Shelf
from bot.domain.errors import ContentError, SettingsError
from bot.service.access import Access
from bot.service.access import invite as access_invite
from bot.service.review import Office
from bot.service.review_ports import NotAllowed
from bot.service.screening import Desks
from bot.settings import PUBLIC_API, Settings
from bot.storage.checkpoints import Witness
from bot.storage.database import Database, open_database
from bot.storage.keyring import PRACTICE, KeyRing
from bot.storage.lock import leadership
from bot.storage.migrate import prepare, upgrade
from bot.storage.outbox import SqlOutbox
from bot.storage.store import SqlStore
from bot.storage.verifying import Report, verify
from bot.web.console import console_refusals, console_routes
from bot.web.health import Endpoint, Readiness, create_app
from bot.web.serving import serving
from bot.web.visit import Checked, Desk

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Tell = Callable[[str], None]
"""Shows the operator one line."""
_LETTERS = string.ascii_lowercase + string.digits


def clock() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 -- here time enters


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


def _make_folder(database_url: str) -> None:
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
    _make_folder(settings.database_url)
    await upgrade(settings.database_url)


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[SqlStore]:
    """Open the database, made or checked; SettingsError where it is not at head."""
    _make_folder(settings.database_url)
    await prepare(settings.database_url)
    database: Database = open_database(settings.database_url, _ring(settings))
    try:
        store = SqlStore(database, new_id, _witness(settings))
        await store.begin()
        yield store
    finally:
        await database.close()


def _ring(settings: Settings) -> KeyRing:
    """Return the operator's keys; a demo without any has one that everybody knows."""
    return KeyRing(settings.keys) if settings.keys else PRACTICE


def _witness(settings: Settings) -> Witness | None:
    folder = settings.checkpoint_dir
    return None if folder is None else Witness(folder, gethostname(), settings.seed)


async def run(settings: Settings, tell: Tell) -> None:
    """Run the bot against Telegram until it is stopped."""
    line = open_line(settings.token, settings.telegram_api_url)
    shelf = read_shelf(settings)
    _make_folder(settings.database_url)
    async with AsyncExitStack() as stack:
        lead = await stack.enter_async_context(leadership(settings.database_url))
        if settings.database_url.startswith("sqlite"):
            await lead.insist()  # one process a file; on PostgreSQL the others wait, send and serve webhooks
        store = await stack.enter_async_context(open_store(settings))
        stack.push_async_callback(line.shutdown)
        username = await sign_in(line)
        worker = make_worker(line, store, shelf, settings)
        desk = make_desk(store, shelf, settings)
        served = serve_console(worker.readiness, desk, _webhook(worker, settings))
        url = await stack.enter_async_context(serving(served, settings.http_host, settings.http_port))
        tell(f"@{username} is running. Health: {url}/healthz")
        await worker.run(lead.try_lead)


def make_worker(
    line: Line, store: SqlStore, shelf: Shelf, settings: Settings, clock: Clock = clock
) -> Worker:
    """Wire a worker; it is known to the others by its machine and port."""
    desks = desks_of(store, shelf, settings)
    outbox = SqlOutbox(store.database, f"{gethostname()}:{settings.http_port}")
    pace = Pace(_limits(settings), monotonic)
    return Worker(
        line,
        desks,
        outbox,
        pace,
        clock,
        called_at=_called_at(settings),
        invite=inviting(store, settings, clock),
    )


def inviting(store: SqlStore, settings: Settings, clock: Clock) -> Invite:
    """Return what sends a member of staff into the console, as the bot calls it."""
    words, access = read_console_words(settings.locales_dir), Access(store, new_secret)

    async def invite(person: int, language: str | None) -> str | None:
        try:
            secret = await access_invite(access, person, now=clock())
        except NotAllowed as no:
            return escape(words.say(words.nearest(language), no.key))
        link = f"{settings.console}/sign-in/{secret}"
        return escape(words.say(words.nearest(language), "link-message", link=link)) if secret else None

    return invite


def desks_of(store: SqlStore, shelf: Shelf, settings: Settings) -> Desks:
    """Wire what every batch needs."""
    return Desks(store, shelf, new_id, settings.staff_group_id)


def office_of(store: SqlStore, shelf: Shelf, settings: Settings) -> Office:
    """Return what the use cases of staff need."""
    return Office(desks_of(store, shelf, settings), store)


def make_desk(
    store: SqlStore, shelf: Shelf, settings: Settings, demo: tuple[tuple[str, str, str], ...] = ()
) -> Desk:
    """Wire the console."""
    office = office_of(store, shelf, settings)
    words = read_console_words(settings.locales_dir)
    access = Access(store, new_secret)

    async def check() -> Checked:
        return await checked(store)

    return Desk(office, access, words, clock, new_secret, settings.console, demo, check=check)


async def checked(store: SqlStore) -> Checked:
    """Look through the whole audit trail, for the console."""
    report = Report()
    async for so_far in verify(store):
        report = so_far
    findings = [(each.conversation, each.position, each.what) for each in report.findings]
    return Checked(report.conversations, report.events, findings)


def serve_console(readiness: Readiness, desk: Desk, webhook: tuple[str, Endpoint] | None = None) -> Starlette:
    """Return all that is served over HTTP: health, Telegram's calls, and the console."""
    return create_app(readiness, webhook, console_routes(desk), console_refusals(desk))


def _limits(settings: Settings) -> Limits:
    """Return Telegram's limits at its own address; whoever answers elsewhere says its own, by 429."""
    if settings.send_per_second is not None:
        return Limits(per_second=settings.send_per_second)
    return Limits() if settings.telegram_api_url == PUBLIC_API else UNLIMITED


def _called_at(settings: Settings) -> CalledAt | None:
    return CalledAt(settings.webhook_url, settings.secret) if settings.webhook_url else None


def _webhook(worker: Worker, settings: Settings) -> tuple[str, Endpoint] | None:
    """Return where Telegram calls, and what answers; None where the bot polls."""
    if settings.webhook_url is None:
        return None
    return urlsplit(settings.webhook_url).path or "/", Webhook(worker.gatherer, settings.secret).answer
