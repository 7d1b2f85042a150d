"""What Telegram is told when it calls: 200 only for what is durable, and nothing of a stranger's calls."""

from __future__ import annotations

import asyncio
import hmac
import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot import jobs
from bot import running as bot_running
from bot.botapi.line import ALLOWED_UPDATES
from bot.botapi.webhook import SECRET_HEADER, Webhook
from bot.cli.screen import tell_unrecorded
from bot.content.bundle import Bundle
from bot.service.ports import StoreUnavailable
from bot.settings import Settings
from bot.simulator import Person, Simulator
from bot.simulator.server import serve
from bot.storage.store import SqlStore
from bot.storage.transaction import SqlTransaction
from bot.web.health import create_app
from tests.botapi.running import PATIENCE, TOKEN, Running, Someone, running
from tests.botapi.test_cases import CASES, FULL, NAVIGATION, agree, answer, due, label, observed, screen
from tests.ports import free_port

SECRET = "letters-digits-and-at-least-32-of-them"
PATH = "/telegram"
NUMBERS = count(900_000_001)
"""Update ids that the simulator's own do not reach."""


async def until(holds: Callable[[], bool], what: str) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not holds():
        assert asyncio.get_running_loop().time() < deadline, what
        await asyncio.sleep(0.005)


class Endpoint:
    """A running bot's endpoint, called in one process with it."""

    def __init__(self, bot: Running, folder: Path, http: httpx.AsyncClient) -> None:
        self.bot = bot
        self.http = http
        self._file = folder / "bot.sqlite3"

    async def post(self, body: object, secret: str | bytes | None = SECRET) -> httpx.Response:
        """Call as Telegram does; bytes are sent as they are."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        told = secret.encode() if isinstance(secret, str) else secret
        headers = {} if told is None else {SECRET_HEADER.encode(): told}
        return await self.http.post(PATH, content=content, headers=headers)

    def kept(self) -> list[str]:
        """Return the keys of all updates that are committed."""
        return self._column("SELECT key FROM updates ORDER BY key")

    def aside(self) -> list[str]:
        """Return the keys of what is set aside."""
        return self._column("SELECT key FROM quarantine ORDER BY at, id")

    async def bodies(self) -> list[str]:
        """Return what is set aside, as it came."""
        async with self.bot.store.transaction() as transaction:
            return [item.body for item in await transaction.quarantine.listed()]

    def _column(self, query: str) -> list[str]:
        # A connection of its own sees only what is committed.
        with sqlite3.connect(self._file) as connection:
            found = [str(value) for (value,) in connection.execute(query)]
        connection.close()
        return found


@asynccontextmanager
async def endpoint(folder: Path, bundle: Bundle) -> AsyncIterator[Endpoint]:
    """Run a bot with an endpoint beside it."""
    async with running(folder, bundle) as bot:
        served = create_app(bot.worker.readiness, (PATH, Webhook(bot.worker.gatherer, SECRET).answer))
        transport = httpx.ASGITransport(app=served)
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as http:
            await bot.simulator.settle()
            yield Endpoint(bot, folder, http)


def message(person: Person, text: str, /, **changed: Any) -> dict[str, Any]:
    """Return an update with a message, as Telegram sends it."""
    person.has_started = True
    body = {
        "message_id": 1,
        "date": 1_772_000_000,
        "chat": {"id": person.id, "type": "private", "first_name": person.first_name},
        "from": person.user(),
        "text": text,
    }
    return {"update_id": next(NUMBERS), "message": body | changed}


def said(person: Person) -> list[str]:
    return [message.text for message in person.messages if message.from_bot]


Gate = Callable[[], Awaitable[None]]


def before_the_commit(monkeypatch: pytest.MonkeyPatch, gate: Gate) -> None:
    """Let something happen when a transaction has done its work and is about to be committed."""
    inner = SqlStore.transaction

    @asynccontextmanager
    async def transaction(store: SqlStore) -> AsyncIterator[SqlTransaction]:
        async with inner(store) as given:
            yield given
            await gate()

    monkeypatch.setattr(SqlStore, "transaction", transaction)


WRONG = {
    "missing": None,
    "empty": "",
    "another": "x" * len(SECRET),
    "only its beginning": SECRET[:-1],
    "more than it": f"{SECRET}x",
    "in capitals": SECRET.upper(),
    "not ASCII": b"\xe9" * len(SECRET),
}


@pytest.mark.parametrize("secret", WRONG.values(), ids=WRONG)
async def test_who_does_not_know_the_secret_leaves_nothing_behind(
    secret: str | bytes | None, tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[bytes, bytes]] = []
    compare = hmac.compare_digest

    def note(told: bytes, known: bytes) -> bool:
        compared.append((told, known))
        return compare(told, known)

    async with endpoint(tmp_path, bundle) as called:
        before = called.kept()
        mei = called.bot.simulator.person()
        monkeypatch.setattr(hmac, "compare_digest", note)
        for body in (message(mei, "/start"), b"no JSON", b"x" * 2_000_000):
            assert (await called.post(body, secret)).status_code == 403
        await asyncio.sleep(0.02)
        assert (called.kept(), called.aside(), said(mei)) == (before, [], [])
        assert len(compared) == 3
        assert {known for _, known in compared} == {SECRET.encode()}
        assert (await called.post(message(mei, "/start"))).status_code == 200
        assert (await called.http.get(PATH)).status_code == 405


def _junk() -> dict[str, bytes]:
    person = Simulator(clock=lambda: datetime(2026, 3, 2, tzinfo=UTC)).person()
    wrong = {
        "a date that is none": message(person, "hello", date="yesterday"),
        "a text that is none": message(person, "hello", text={"a": 1}),
        "a sender that is none": message(person, "hello", **{"from": {"id": "x", "is_bot": False}}),
        "no update id": {"message": message(person, "hello")["message"]},
        "a text for an update id": message(person, "hello") | {"update_id": "\0\ud800"},
        "a list for an update id": message(person, "hello") | {"update_id": [1]},
        "half a tap": {"update_id": next(NUMBERS), "callback_query": {"id": "1"}},
    }
    return {
        "nothing": b"",
        "no JSON": b"update_id=7",
        "no UTF-8": b"\xff\xfe{",
        "half of it": b'{"update_id": 7',
        "a JSON string": b'"hello"',
        "a list": b'[{"update_id": 7}]',
        "a number": b"7",
        "null": b"null",
        "empty": b"{}",
        "lists within lists": b"[" * 100_000,
        "large": b'{"update_id": "' + b"x" * 900_000 + b'"}',
        **{name: json.dumps(body).encode() for name, body in wrong.items()},
    }


JUNK = _junk()


async def test_junk_is_set_aside_once_and_its_neighbours_go_on(tmp_path: Path, bundle: Bundle) -> None:
    async with endpoint(tmp_path, bundle) as called:
        mei = called.bot.simulator.person()
        calls = [called.post(body) for body in JUNK.values()]
        answers = await asyncio.gather(*calls, called.post(message(mei, "/start")))
        met = {name: answer.status_code for name, answer in zip([*JUNK, "good"], answers, strict=True)}
        assert met == dict.fromkeys([*JUNK, "good"], 200)
        await until(lambda: bool(said(mei)), "the neighbour was not answered")
        assert len(called.aside()) == len(JUNK)
        assert json.dumps("update_id=7") in await called.bodies()
        again = [await called.post(body) for body in JUNK.values()]
        assert {answer.status_code for answer in again} == {200}
        assert len(called.aside()) == len(JUNK), "set aside once"


async def test_what_is_larger_than_any_update_is_refused_without_reading_it_all(
    tmp_path: Path, bundle: Bundle
) -> None:
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        while given < 50_000_000:
            given += 100_000
            yield b"x" * 100_000

    async with endpoint(tmp_path, bundle) as called:
        before = called.kept()
        assert (await called.post(b'"' + b"x" * 2_000_000 + b'"')).status_code == 413
        answer = await called.http.post(PATH, content=endless(), headers={SECRET_HEADER: SECRET})
        assert answer.status_code == 413
        assert given < 2_000_000
        assert (called.kept(), called.aside()) == (before, [])


async def test_200_is_said_only_after_the_commit(
    tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, goes_on = asyncio.Event(), asyncio.Event()

    async def gate() -> None:
        reached.set()
        await goes_on.wait()

    async with endpoint(tmp_path, bundle) as called:
        update = message(called.bot.simulator.person(), "/start")
        key = f"1000000001:{update['update_id']}"
        before_the_commit(monkeypatch, gate)
        call = asyncio.create_task(called.post(update))
        await reached.wait()
        await asyncio.sleep(0.03)
        assert not call.done(), "answered before it was durable"
        assert key not in called.kept()
        goes_on.set()
        durable: list[bool] = []
        call.add_done_callback(lambda _: durable.append(key in called.kept()))
        assert (await call).status_code == 200
        await asyncio.sleep(0)
        assert durable == [True]


async def test_while_the_store_fails_telegram_is_told_to_call_again_and_then_it_is_kept_once(
    tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = True

    async def gate() -> None:
        if failing:
            raise StoreUnavailable("OperationalError")

    async with endpoint(tmp_path, bundle) as called:
        mei = Someone(called.bot.simulator.person())
        await agree(mei)
        await mei.say("45")
        await called.bot.simulator.settle()
        seen, before = len(mei.person.messages), called.kept()
        tap = tapped(mei, "willing", "yes")
        before_the_commit(monkeypatch, gate)
        for body in (tap, b"no JSON"):
            refused = await called.post(body)
            assert refused.status_code == 503
            assert 0 < int(refused.headers["Retry-After"]) <= 60
        assert (called.kept(), called.aside()) == (before, []), "refused, yet kept"
        assert called.bot.worker.readiness() == {"telegram": True, "store": False}
        failing = False
        assert [(await called.post(tap)).status_code for _ in range(3)] == [200] * 3
        assert called.bot.worker.readiness() == {"telegram": True, "store": True}
        await until(lambda: due(mei) == "dm", "not answered")
        await called.bot.simulator.settle()
        assert len(mei.person.messages) == seen + 1
        assert len(called.kept()) == len(before) + 1
        assert await called.bot.answers_recorded(mei, "willing") == 1


def tapped(person: Someone, question: str, option: str) -> dict[str, Any]:
    """Return the update of a tap that the simulator does not deliver itself."""
    queue = person.person.world.bot.queue
    person.person.tap(label(question, option))
    (update,) = queue.pending()
    queue.remove(update.update_id)
    return update.wire() | {"update_id": next(NUMBERS)}


async def test_updates_that_come_together_are_kept_together(
    tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed: list[int] = []
    claim = SqlTransaction.claim

    async def note(transaction: SqlTransaction, keys: list[str], now: datetime) -> frozenset[str]:
        claimed.append(len(keys))
        return await claim(transaction, keys, now)

    async with endpoint(tmp_path, bundle) as called:
        people = [called.bot.simulator.person(first_name=f"Person {number}") for number in range(20)]
        monkeypatch.setattr(SqlTransaction, "claim", note)
        answers = await asyncio.gather(*(called.post(message(person, "/start")) for person in people))
        assert {answer.status_code for answer in answers} == {200}
        assert sum(claimed) == 20
        assert len(claimed) <= 2, claimed
        await until(lambda: all(said(person) for person in people), "somebody was not answered")


async def test_the_same_update_twice_acts_once(tmp_path: Path, bundle: Bundle) -> None:
    async with endpoint(tmp_path, bundle) as called:
        mei = Someone(called.bot.simulator.person())
        await agree(mei)
        await mei.say("45")
        await called.bot.simulator.settle()
        seen = len(mei.person.messages)
        tap = tapped(mei, "willing", "yes")
        answers = [*await asyncio.gather(*(called.post(tap) for _ in range(3))), await called.post(tap)]
        assert {answer.status_code for answer in answers} == {200}
        await until(lambda: due(mei) == "dm", "not answered")
        await called.bot.simulator.settle()
        assert len(mei.person.messages) == seen + 1
        assert await called.bot.answers_recorded(mei, "willing") == 1


async def test_an_update_with_a_lower_number_than_any_before_counts_like_every_other(
    tmp_path: Path, bundle: Bundle
) -> None:
    """Telegram begins anew at any number when a bot had nothing to do for a week."""
    async with endpoint(tmp_path, bundle) as called:
        mei, lin, tao = (called.bot.simulator.person(first_name=name) for name in ("Mei", "Lin", "Tao"))
        for person, number in ((mei, 950_000_000), (lin, 17), (tao, 3)):
            update = message(person, "/start") | {"update_id": number}
            assert (await called.post(update)).status_code == 200
            await until(lambda person=person: bool(said(person)), f"update {number} was not answered")  # type: ignore[misc]


class Program:
    """The whole program behind a webhook, as `python -m bot run` runs it."""

    def __init__(self, simulator: Simulator, settings: Settings) -> None:
        self.simulator = simulator
        self.settings = settings
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        told: list[str] = []
        self._task = asyncio.create_task(bot_running.run(self.settings, told.append))
        await until(lambda: len(told) > 1 and self.simulator.bot.webhook is not None, "it did not start")

    async def stop(self) -> None:
        assert self._task is not None
        self._task.cancel()
        async with asyncio.timeout(4):
            await asyncio.gather(self._task, return_exceptions=True)


@asynccontextmanager
async def program(folder: Path) -> AsyncIterator[Program]:
    simulator = Simulator(clock=lambda: datetime.now(UTC))  # noqa: TID251 -- a running bot lives in real time
    staff = simulator.group("Study team", [simulator.person(first_name="Wang")])
    port = free_port()
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(serve(simulator))
        values: dict[str, Any] = {
            "telegram_bot_token": TOKEN,
            "telegram_api_url": url,
            "database_url": f"sqlite:///{folder / 'bot.sqlite3'}",
            "webhook_url": f"http://127.0.0.1:{port}{PATH}",
            "webhook_secret": SECRET,
            "staff_group_id": staff.id,
            "http_port": port,
        }
        ran = Program(simulator, Settings(_env_file=None, **values))
        await ran.start()
        stack.push_async_callback(ran.stop)
        yield ran


async def test_a_whole_screening_by_telegrams_calls_with_a_restart_in_the_middle(tmp_path: Path) -> None:
    async with program(tmp_path) as ran:
        mei = Someone(ran.simulator.person(first_name="Mei"))
        await agree(mei)
        await answer(mei, "age", FULL["age"])
        await ran.simulator.settle()
        await ran.stop()
        mei.person.tap(label("willing", "yes"))
        await until(lambda: ran.simulator.bot.last_error is not None, "Telegram did not call")
        assert due(mei) == "willing"
        await mei.after(lambda: asyncio.get_running_loop().create_task(ran.start()))
        await screen(mei, FULL)
        await ran.simulator.settle()
        hook = ran.simulator.bot.webhook
        assert hook is not None
        assert (hook.url, hook.secret_token) == (ran.settings.webhook_url, SECRET)
        assert ran.simulator.bot.queue.allowed == sorted(ALLOWED_UPDATES)
        assert ran.simulator.calls("getUpdates") == []
        assert len(ran.simulator.calls("setWebhook")) == 2
        async with httpx.AsyncClient() as http:
            ready = await http.get(f"http://127.0.0.1:{ran.settings.http_port}/readyz")
        assert (ready.status_code, ready.json()) == (
            200,
            {"telegram": True, "store": True, "backup": "none yet"},
        )
        await ran.stop()
        (row,) = [row async for row in jobs.export(ran.settings, tell_unrecorded, with_answers=True)]
        assert row["answers"] == FULL
        assert observed(row)["expected_outcome"] == CASES["C014"]["expected_outcome"]
        asked = [text for text in said(mei.person) if NAVIGATION["person"] not in text]
        assert len(asked) == len(set(asked)), "something was said twice"


async def test_a_stop_does_not_wait_for_a_call_that_cannot_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is under way then is refused, so that Telegram calls again; a stop is never held up by it."""
    reached = asyncio.Event()

    async def gate() -> None:
        reached.set()
        await asyncio.Event().wait()

    async with program(tmp_path) as ran, httpx.AsyncClient() as http:
        mei, lin = ran.simulator.person(), ran.simulator.person()
        await ran.simulator.settle()
        before_the_commit(monkeypatch, gate)

        async def post(update: dict[str, Any]) -> int:
            assert ran.settings.webhook_url
            answer = await http.post(ran.settings.webhook_url, json=update, headers={SECRET_HEADER: SECRET})
            return answer.status_code

        held = asyncio.create_task(post(message(mei, "/start")))
        await reached.wait()
        waiting = asyncio.create_task(post(message(lin, "/start")))
        await asyncio.sleep(0.05)
        await ran.stop()
        assert [await held, await waiting] == [503, 503]
