"""What people say stays where it belongs: not in logs, buttons, addresses or errors, and gone when erased."""

from __future__ import annotations

import io
import json
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.botapi import polling, sender
from bot.cli import logs
from bot.content.bundle import Bundle
from bot.domain.conversation import Conversation
from bot.domain.errors import DoorstepError
from bot.domain.messages import Typed
from bot.engine.advance import advance
from bot.service import desk
from bot.service.message import Message
from bot.service.ports import StoreUnavailable
from bot.simulator.faults import Kind
from bot.storage.codec import read_conversation, write_conversation, write_message
from bot.storage.database import Database, open_database
from bot.storage.migrate import prepare
from bot.storage.reading import conversations
from bot.storage.store import SqlStore
from bot.storage.tables import outbox
from tests.botapi.running import TOKEN, Running, Someone, running
from tests.botapi.test_cases import NAVIGATION, QUESTIONS, TEXTS, agree, due, label
from tests.botapi.test_intake import until
from tests.conftest import NOW

NAME = "Canary-Meiling"
AGE = 47
ASKED = "Canaryquestion: will my insurance pay for it?"
EMERGENCY = "canarywords, I cannot breathe"
CAPTION = "canarycaption of my lung scan"
POISON = "canarypoison, my name is Meiling"
UNREADABLE = "canaryunreadable"
EDITED = "canaryedit"
SPOKEN = (NAME, "anaryquestion", "anarywords", "anarycaption", "anarypoison", "anaryunreadable", "anaryedit")


class Heard:
    """All that was logged at any level or written to a stream, while the settings are those of `run`."""

    def __init__(self) -> None:
        self._log = io.StringIO()
        self.handler = logging.StreamHandler(self._log)
        self.handler.setLevel(logging.DEBUG)
        self.handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s %(args)s"))

    def text(self, capsys: pytest.CaptureFixture[str]) -> str:
        told = capsys.readouterr()
        return self._log.getvalue() + told.out + told.err


@pytest.fixture
def heard() -> Iterator[Heard]:
    root, heard = logging.getLogger(), Heard()
    level, levels = root.level, {name: logging.getLogger(name).level for name in logs._WORDY}
    root.addHandler(heard.handler)
    logs.prepare_logs("DEBUG")
    root.setLevel(logging.DEBUG)
    yield heard
    root.removeHandler(heard.handler)
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


@pytest.fixture(autouse=True)
def _try_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "_LONGEST_PAUSE", 0.02)
    monkeypatch.setattr(sender, "_PAUSE", 0.03)


def poisoned(*args: Any, **kwargs: Any) -> Any:
    if args[2] == Typed(POISON):
        raise ValueError(POISON, args)
    return advance(*args, **kwargs)


async def tell_everything(bot: Running, mei: Someone) -> None:
    """Answer, ask, be in need, send a picture, edit, and meet every fault on the way."""
    await agree(mei)
    await mei.say(str(AGE))
    await mei.tap(label("willing", "yes"))
    await mei.say(ASKED)
    await mei.tap(NAVIGATION["pass_on"])
    await mei.say(EMERGENCY)
    await mei.tap(NAVIGATION["continue"])
    await mei.after(lambda: mei.person.attach("photo", CAPTION))
    await mei.after(lambda: mei.person.edit(mei.person.send("one moment").message_id, EDITED))
    bot.simulator.bot.queue.push(
        "message",
        {"message_id": 1, "date": "never", "text": UNREADABLE, "from": mei.person.user(), "chat": None},
        lane="chat:7",
    )
    mei.person.send(POISON)
    kinds: tuple[Kind, ...] = ("500", "cut", "lost", "429", "502")
    for kind in kinds:
        bot.simulator.fault(kind=kind)
    for kind in kinds[:4]:
        bot.simulator.fault(kind=kind, method="getUpdates")
        mei.person.send(f"canarywords at {kind}?")
        mei.person.send("no thank you")
    mei.person.send("yes")
    await until(lambda: due(mei) == "mda5", "the question after dm did not come")


def fail_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a statement fail with all its values at hand, as a full disk would."""
    inner, failures = Database.writing, iter(range(3))

    def writing(database: Database) -> Any:
        if next(failures, None) is not None:
            raise StoreUnavailable("OperationalError")
        return inner(database)

    monkeypatch.setattr(Database, "writing", writing)


async def test_nothing_that_people_say_is_logged_or_printed(
    tmp_path: Path,
    bundle: Bundle,
    heard: Heard,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(desk, "advance", poisoned)
    async with running(tmp_path, bundle) as bot:
        mei = Someone(bot.simulator.person(first_name=NAME))
        await tell_everything(bot, mei)
        fail_the_store(monkeypatch)
        mei.person.send("yes")
        await until(lambda: due(mei) == "ild", "the question after mda5 did not come")
        mei.person.block()
        mei.person.unblock()
        await bot.simulator.settle(quiet=0.1)
        await bot.restart()
        await bot.simulator.settle()
        told = heard.text(capsys)
        person, code = str(mei.person.id), mei.codes()[-1]
    assert "StoreUnavailable" in told, "the faults were not met: the test shows nothing"
    assert "trying again" in told
    for canary in (*SPOKEN, person, TOKEN, TOKEN.partition(":")[2], EMERGENCY[-12:], ASKED[-12:]):
        assert canary not in told, canary
    for question in QUESTIONS.values():
        assert question["text"] not in told
    assert code not in told, "a code and a time would name the conversation"


HEALTH = re.compile(
    r"mda5|dermato|lung|pregn|lavage|bal\b|ild|illness|willing|under.?18|age|urgent|emerg|yes|not.?sure|eligib",
    re.IGNORECASE,
)


async def test_buttons_and_addresses_carry_no_word_about_health(tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = Someone(bot.simulator.person(first_name=NAME))
        await mei.say("/start NCT06203249_flyer-7")
        await tell_everything(bot, mei)
        await mei.say("/review")
        await mei.tap(NAVIGATION["change"])
        await bot.simulator.settle(quiet=0.1)
        data: list[str] = []
        for call in bot.simulator.calls():
            assert set(call.params) <= PARAMETERS[call.method], call.method
            markup = (
                json.loads(call.params.get("reply_markup") or "{}")
                if isinstance(call.params.get("reply_markup"), str)
                else call.params.get("reply_markup") or {}
            )
            for row in markup.get("inline_keyboard", []):
                for button in row:
                    assert set(button) in ({"text", "callback_data"}, {"text", "url"})
                    data.append(button.get("callback_data") or button["url"])
    assert len(data) > 60
    for item in data:
        assert re.fullmatch(r"[a-z0-9]{8}\.[0-9a-z]{1,6}\.\d{1,2}", item), item
        assert len(item.encode()) <= 24
        assert not HEALTH.search(item.split(".", 1)[1]), item


PARAMETERS = {
    "getMe": set(),
    "getUpdates": {"offset", "timeout", "allowed_updates"},
    "sendMessage": {"chat_id", "text", "parse_mode", "link_preview_options", "reply_markup"},
    "answerCallbackQuery": {"callback_query_id", "text"},
    "editMessageReplyMarkup": {"chat_id", "message_id", "reply_markup"},
    "deleteWebhook": {"drop_pending_updates"},
    "setMyCommands": {"commands", "language_code"},
    "setMyDescription": {"description", "language_code"},
    "setMyShortDescription": {"short_description", "language_code"},
}


async def test_after_delete_no_byte_of_it_is_left(
    tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also not in what was set aside, in the log ahead of the database, or in free pages."""
    monkeypatch.setattr(desk, "advance", poisoned)
    async with running(tmp_path, bundle) as bot:
        mei = Someone(bot.simulator.person(first_name=NAME))
        lin = Someone(bot.simulator.person(first_name="Lin"))
        await agree(lin)
        await lin.say("Linquestion: is it far?")
        await lin.tap(NAVIGATION["pass_on"])
        await tell_everything(bot, mei)
        await bot.simulator.settle(quiet=0.1)
        code, person = mei.codes()[-1], str(mei.person.id)
        before, kept = on_disk(tmp_path), await kept_of(bot)
        for canary in (*SPOKEN, person):
            assert canary.encode() not in before, "whoever steals the files reads nothing"
        found = [canary for canary in (*SPOKEN, person) if canary in kept]
        assert {"anaryquestion", "anarypoison", "anaryunreadable", person} <= set(found), found
        await mei.say("/delete")
        await mei.tap(NAVIGATION["erase"])
        await bot.simulator.settle(quiet=0.1)
        await until(lambda: person.encode() not in on_disk(tmp_path), "their address stays")
        after, left = on_disk(tmp_path), await kept_of(bot)
        for canary in (*SPOKEN, person):
            assert canary.encode() not in after, canary
            assert canary not in left
            assert canary.encode("utf-16-le") not in after
        assert f"value={AGE}" in kept
        assert f"value={AGE}" not in left
        assert code.encode() in after, "that there was a conversation stays"
        assert "Linquestion" in left, "nobody else's words are touched"


async def kept_of(bot: Running) -> str:
    """Return all that the bot itself can read of what people said."""
    events = [repr(row.events) async for row in conversations(bot.store, with_events=True)]
    async with bot.store.transaction() as transaction:
        return "\n".join(events) + "\n".join(item.body for item in await transaction.quarantine.listed())


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())


def test_a_record_that_cannot_be_read_does_not_show_itself() -> None:
    kept = write_conversation(Conversation("abcd1234", answers={"age": 47}, language=NAME))
    broken = kept.replace(b'"revision":0', f'"revision":"{NAME}"'.encode())
    assert broken != kept
    with pytest.raises(DoorstepError) as refused:
        read_conversation(broken)
    assert NAME not in chain(refused.value)


def chain(error: BaseException) -> str:
    """Return what a traceback would show of an error and what led to it."""
    shown = ""
    link: BaseException | None = error
    while link is not None:
        shown += f"{link!r} {link}\n"
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return shown


async def test_a_failed_statement_does_not_show_its_values(tmp_path: Path) -> None:
    """A constraint is broken: the library's own text would name the row."""
    url = f"sqlite:///{tmp_path / 'x.sqlite3'}"
    await prepare(url)
    database = open_database(url)
    row = {"chat_id": NAME, "sequence": 1, "body": write_message(Message(ASKED)), "attempts": 0}
    with pytest.raises(Exception, match="FOREIGN KEY") as refused:
        async with database.writing() as connection:
            await connection.execute(outbox.insert().values(**row, queued_at=NOW))
    await database.close()
    assert ASKED not in chain(refused.value)
    assert NAME not in chain(refused.value)


async def test_a_store_and_its_parts_do_not_show_their_key(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    store = SqlStore(database, str)
    assert NAME not in f"{store!r} {store} {database!r}"
    await database.close()


def test_the_canaries_are_said_where_the_texts_say_it_is_kept() -> None:
    """The test leans on these words of the trial; if they go, it must be looked at again."""
    assert TEXTS["emergency"]
    assert {"pass_on", "continue", "erase", "drop", "change"} <= NAVIGATION.keys()
    assert sys.getdefaultencoding() == "utf-8"
