"""The bot at work: worker, console and all that is served, wired together until it is stopped."""

from __future__ import annotations

from asyncio import create_task
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from html import escape
from socket import gethostname
from time import monotonic
from urllib.parse import urlsplit

from starlette.applications import Starlette

from bot.app import (
    Clock,
    clock,
    demo_mark,
    desks_of,
    make_folder,
    new_secret,
    office_of,
    open_store,
    pass_gate,
    read_licence,
    read_shelf,
    trial_folders,
)
from bot.botapi.calling import CalledAt
from bot.botapi.intake import Invite
from bot.botapi.line import Line, open_line
from bot.botapi.pace import UNLIMITED, Limits, Pace
from bot.botapi.profile import sign_in
from bot.botapi.webhook import Webhook
from bot.botapi.worker import Worker
from bot.content.approvals import Judged, day_of, judge, read_approvals
from bot.content.console_words import read_console_words, read_staff_words
from bot.content.draft import language_files
from bot.content.licence import Approved, states
from bot.content.shelf import Shelf
from bot.domain.trial import Trial
from bot.service.access import Access
from bot.service.access import invite as access_invite
from bot.service.group_work import Group
from bot.service.lapse import Licence
from bot.service.review import Office
from bot.service.review_ports import NotAllowed
from bot.service.screening import Desks
from bot.service.timetable import Timetable
from bot.settings import PUBLIC_API, Mode, Settings
from bot.storage.backup_age import BackupAge
from bot.storage.figures import figures
from bot.storage.lock import leadership
from bot.storage.outbox import SqlOutbox
from bot.storage.store import SqlStore
from bot.storage.verifying import Report, verify
from bot.web.console import console_refusals, console_routes
from bot.web.health import Endpoint, Readiness, create_app
from bot.web.metrics import Lag, Metrics
from bot.web.serving import serving
from bot.web.visit import Checked, Desk, LanguageState

Tell = Callable[[str], None]
"""Shows the operator one line."""


async def run(settings: Settings, tell: Tell, *, closed: bool = False) -> None:
    """Run the bot against Telegram until it is stopped; closed, it screens nobody and serves who is there."""
    pass_gate(settings, clock(), closed=closed)
    shelf = read_shelf(settings)
    mark = demo_mark(shelf) if settings.mode is Mode.DEMO else ""
    line = open_line(settings.token, settings.telegram_api_url, mark)
    licence = read_licence(settings, shelf, closed=closed)
    for edition in shelf.offered.values():
        tell(_content(edition.trial, licence))
    make_folder(settings.database_url)
    async with AsyncExitStack() as stack:
        lead = await stack.enter_async_context(leadership(settings.database_url))
        if settings.database_url.startswith("sqlite"):
            await lead.insist()  # one process a file; on PostgreSQL the others wait, send and serve webhooks
        store = await stack.enter_async_context(open_store(settings))
        stack.push_async_callback(line.shutdown)
        username = await sign_in(line)
        worker = make_worker(line, store, shelf, settings, licence=licence, with_cards=True)
        backups = BackupAge(store, clock)
        metrics = await stack.enter_async_context(measured(worker, store))
        beside = lambda: {**_beside(licence), **backups.told()}  # noqa: E731 -- two words
        desk = make_desk(store, shelf, settings)
        stack.push_async_callback(desk.live.stop)
        served = serve_console(worker.readiness, desk, _webhook(worker, settings), metrics, beside)
        url = await stack.enter_async_context(serving(served, settings.http_host, settings.http_port))
        tell(f"@{username} is running. Health: {url}/healthz")
        watching = create_task(backups.watch())
        stack.callback(watching.cancel)
        await worker.run(lead.try_lead)


@asynccontextmanager
async def measured(
    worker: Worker, store: SqlStore, clock: Callable[[], datetime] = clock
) -> AsyncIterator[Endpoint]:
    """Measure while the block runs, and yield what answers /metrics."""
    lag = Lag()
    beat = create_task(lag.run())
    try:
        read = lambda: figures(store.database, clock())  # noqa: E731 -- two words
        yield Metrics(worker.tally, read, lag, clock, worker.readiness).answer
    finally:
        beat.cancel()


def _content(trial: Trial, licence: Approved | None) -> str:
    """Return the line that says what runs, and until when it may."""
    until = "not approved, not for real people" if licence is None else states(licence, clock())[trial.id]
    return f"{trial.id} {', '.join(trial.languages)}: content {trial.content_hash}, approval: {until}"


def _beside(licence: Approved | None) -> dict[str, object]:
    return {"approved_until": states(licence, clock())} if licence else {}


def make_worker(
    line: Line,
    store: SqlStore,
    shelf: Shelf,
    settings: Settings,
    clock: Clock = clock,
    *,
    licence: Licence | None = None,
    with_cards: bool = False,
) -> Worker:
    """Wire a worker; it is known to the others by its machine and port."""
    desks = desks_of(store, shelf, settings, licence)
    if with_cards and desks.staff_chat is not None:
        desks = replace(desks, cards=True)
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
        group=grouped(store, desks, settings, clock) if desks.cards else None,
    )


def grouped(store: SqlStore, desks: Desks, settings: Settings, clock: Clock) -> Group:
    """Return what working in the staff group needs; phones open the console only where CONSOLE_URL is set."""
    console = settings.console if settings.mode is Mode.DEMO else settings.console_url
    return Group(Office(desks, store), store, read_staff_words(settings.locales_dir), clock, console)


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


def make_desk(
    store: SqlStore, shelf: Shelf, settings: Settings, demo: tuple[tuple[str, str, str], ...] = ()
) -> Desk:
    """Wire the console."""
    office = office_of(store, shelf, settings)
    words = read_console_words(settings.locales_dir)
    access = Access(store, new_secret)

    async def check() -> Checked:
        return await checked(store, Timetable(shelf, clock()))

    standings = standings_of(settings, shelf)
    return Desk(
        office, access, words, clock, new_secret, settings.console, demo, check=check, standings=standings
    )


def standings_of(
    settings: Settings, shelf: Shelf, clock: Clock = clock
) -> Callable[[], Mapping[str, Sequence[LanguageState]]]:
    """Return what tells how each language of each trial stands today, by the approvals there are now."""
    folders = trial_folders(settings, None)
    approvals = {folder.name: read_approvals(folder)[0] for folder in folders}
    others = {folder.name: language_files(folder) for folder in folders}

    def tell() -> dict[str, list[LanguageState]]:
        today = day_of(clock())
        return {
            name: [
                *(
                    _state(judge(approvals[name], trial.content_hash, each, today))
                    for each in trial.languages
                ),
                *(LanguageState(each, "not-offered") for each in others[name] if each not in trial.languages),
            ]
            for name, trial in ((name, edition.trial) for name, edition in shelf.offered.items())
        }

    return tell


def _state(judged: Judged) -> LanguageState:
    found = judged.approval
    facts = (found.committee, found.number, found.approved_on, found.expires_on) if found else None
    return LanguageState(judged.language, judged.standing.name.lower().replace("_", "-"), facts)


async def checked(store: SqlStore, timetable: Timetable) -> Checked:
    """Look through the whole audit trail, for the console."""
    report = Report()
    async for so_far in verify(store, timetable):
        report = so_far
    findings = [(each.conversation, each.position, each.what) for each in report.findings]
    return Checked(report.conversations, report.events, findings)


def serve_console(
    readiness: Readiness,
    desk: Desk,
    webhook: tuple[str, Endpoint] | None = None,
    metrics: Endpoint | None = None,
    beside: Callable[[], Mapping[str, object]] = dict,
) -> Starlette:
    """Return all that is served over HTTP: health, measurements, Telegram's calls, and the console."""
    return create_app(readiness, webhook, metrics, beside, console_routes(desk), console_refusals(desk))


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
