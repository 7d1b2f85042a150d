"""What must be true after a campaign, counted rather than only asserted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Executable, func, select, text

from bot.domain.events import AnswerRecorded
from bot.simulator import Simulator
from bot.storage.database import Database, open_database
from bot.storage.reading import ExportRow
from bot.storage.tables import outbox, quarantine, updates
from tests.crash.inside import TOKEN
from tests.crash.talker import Talker, check_kept, check_seen, first_times, kept


@dataclass(slots=True)
class Verdict:
    """What a campaign found."""

    people: int = 0
    answers: int = 0
    lost: int = 0
    """Answers that somebody gave and that are nowhere in the database."""
    twice: int = 0
    """Effects that nobody asked for: an answer recorded again, or for another question."""
    missing: int = 0
    """Messages that somebody should have seen and never did."""
    doubled: int = 0
    """Messages that came more than once: harmless, and counted."""
    longest: float = 0.0
    """Seconds that somebody waited at most for one answer, over all the kills between."""
    complaints: list[str] = field(default_factory=list)
    """Everything that is not as it must be, in words."""

    @property
    def good(self) -> bool:
        return not (self.lost or self.twice or self.missing or self.complaints)


def holds(verdict: Verdict, check: Callable[..., None], *details: object) -> None:
    """Note it where a check fails."""
    try:
        check(*details)
    except AssertionError as failed:
        verdict.complaints.append(f"{check.__name__}: {str(failed)[:2000] or 'is not so'}")


async def judge(verdict: Verdict, url: str, people: Sequence[Talker], calm: Sequence[Sequence[str]]) -> None:
    """Compare what everybody said and saw with what is kept, and with what they see on a calm day."""
    rows = await kept(url)
    codes = [code for talker in people for code in talker.codes]
    if sorted(rows) != sorted(codes):
        verdict.complaints.append(f"{len(people)} people, {len(set(codes))} codes, {len(rows)} conversations")
    for place, talker in enumerate(people):
        row = next((rows[code] for code in talker.codes if code in rows), None)
        _count(verdict, talker, row, calm[place % len(calm)])
        if row is not None and talker.done:
            holds(verdict, check_kept, row, talker)
            holds(verdict, check_seen, talker, calm[place % len(calm)])


def _count(verdict: Verdict, talker: Talker, row: ExportRow | None, calm: Sequence[str]) -> None:
    said = Counter((key, repr(value)) for key, value in talker.said)
    events = row.events if row else ()
    recorded = Counter((e.question, repr(e.value)) for e in events if isinstance(e, AnswerRecorded))
    verdict.people += 1
    verdict.longest = max(verdict.longest, round(talker.longest, 1))
    verdict.answers += len(talker.said)
    verdict.lost += (said - recorded).total()
    verdict.twice += (recorded - said).total()
    if talker.done:  # those who waited in vain say so themselves
        verdict.missing += len(set(first_times(calm)) - set(talker.texts))
    verdict.doubled += 0 if talker.persona.careless else talker.doubled


async def check_database(verdict: Verdict, url: str, simulator: Simulator) -> None:
    """Each update was claimed, nothing waits, nothing was set aside, and SQLite finds its file in order."""
    database = open_database(url)
    try:
        waiting = await _number(database, select(func.count()).where(outbox.c.sent_at.is_(None)))
        aside = await _number(database, select(func.count()).select_from(quarantine))
        claimed = await _number(database, select(func.count()).select_from(updates))
        sound = "ok"
        if database.is_sqlite:
            sound = str(await _number(database, text("PRAGMA integrity_check")))
    finally:
        await database.close()
    found = {"waiting": waiting, "set aside": aside, "expired": simulator.bot.queue.expired, "sound": sound}
    wanted = {"waiting": 0, "set aside": 0, "expired": 0, "sound": "ok"}
    if found != wanted:
        verdict.complaints.append(f"database: {found}")
    written = updates_of(simulator)
    if claimed != written:
        verdict.complaints.append(f"{written} updates, {claimed} claimed")


def updates_of(simulator: Simulator) -> int:
    """Return how many updates the bot was to get: what people wrote and tapped."""
    people = simulator.people.values()
    written = sum(not message.from_bot for person in people for message in person.messages)
    return written + sum(len(bot.queries) for bot in simulator.bots.values())


async def unsent(url: str) -> int:
    """Return how many messages wait in the outbox."""
    database = open_database(url)
    try:
        return int(await _number(database, select(func.count()).where(outbox.c.sent_at.is_(None))))
    finally:
        await database.close()


async def _number(database: Database, query: Executable) -> Any:
    async with database.reading() as connection:
        return (await connection.execute(query)).scalar_one()


def check_log(log: Path, people: Sequence[Talker]) -> None:
    """At the wordiest level, over all kills: no token, no name, no id, and nothing unexpected."""
    written = log.read_text("utf-8")
    assert "is running" in written
    for secret in (TOKEN, TOKEN.partition(":")[2], "Traceback"):
        assert secret not in written, _around(written, secret)
    for talker in people:
        assert talker.persona.name not in written, "a name"
        assert str(talker.person.id) not in written, "an id"


def _around(written: str, word: str) -> str:
    place = written.index(word)
    return written[max(0, place - 200) : place + 1500]
