"""The commands as an operator types them: what they print, and how they end."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import shutil
import signal
import socket
import sqlite3
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import aclosing, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot import cli, jobs
from bot.app import open_store
from bot.cli import command_names, logs, screen
from bot.domain.staff import (
    OPERATOR,
    BackupMade,
    BackupRestored,
    Exported,
    InstallationEvent,
    KeysRewrapped,
)
from bot.settings import Settings, read_settings
from bot.simulator import Simulator
from bot.simulator.server import serve
from bot.storage.migrate import upgrade
from tests.conftest import FLOWS, shipped
from tests.crash.inside import wall_clock
from tests.crash.process import start, started, stop
from tests.leading import somebody_leads
from tests.ports import free_port
from tests.talk import World, open_world

TOKEN = "123456789:AAE-made-up-canary-token"
TRIAL = "NCT06203249"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Bot = Callable[..., Ended]


@pytest.fixture
def bot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Bot]:
    """Type `python -m bot …` in an empty folder with nothing set."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(screen.out, "_width", 200)  # it looked at COLUMNS when it was imported
    levels = {name: logging.getLogger(name).level for name in ("", *logs._WORDY)}
    for owner, hook in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(owner, hook, getattr(owner, hook))
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)

    def run(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["bot", *arguments])
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
        told = capsys.readouterr()
        assert "Traceback" not in told.err + told.out
        return Ended(code, told.out, told.err)

    yield run
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    for handler in [each for each in logging.root.handlers if isinstance(each, logs.Told)]:
        logging.root.removeHandler(handler)


class TestHelp:
    """Whoever asks is told what a command does and takes."""

    COMMANDS = (
        *("demo", "run", "simulator", "keygen", "rekey", "migrate", "script", "export", "check", "verify"),
        *("backup", "restore"),
        *("approve", "approvals"),
    )

    def test_the_whole(self, bot: Bot) -> None:
        shown = bot("--help")
        assert shown.code == 0
        for command in self.COMMANDS:
            assert re.search(rf"\b{command}\b +\S.{{20,}}", shown.out), command
        assert {*self.COMMANDS, "quarantine", "staff"} == set(command_names())

    @pytest.mark.parametrize("command", COMMANDS)
    def test_each_command(self, command: str, bot: Bot) -> None:
        shown = bot(command, "--help")
        assert shown.code == 0
        assert f"bot {command}" in shown.out
        described = [line for line in shown.out.splitlines() if re.search(r"--(?!help)[a-z]", line)]
        assert all(len(line.split()) >= 5 for line in described), "an option without an explanation"

    def test_without_a_command_the_help_is_shown(self, bot: Bot) -> None:
        assert "Usage" in bot().out + bot().err

    def test_a_mistyped_command_or_option(self, bot: Bot) -> None:
        assert bot("rnu").code == 2
        assert bot("demo", "--prot", "1").code == 2
        assert bot("demo", "--port", "70000").code == 2


class TestCheck:
    """Lint and proof of a trial, for people and for programs."""

    @pytest.mark.parametrize("arguments", [("check",), ("check", TRIAL)])
    def test_the_shipped_trial_has_no_error(self, arguments: tuple[str, ...], bot: Bot) -> None:
        shown = bot(*arguments)
        assert shown.code == 0
        assert f"{TRIAL}: ✓ no errors" in shown.out

    def test_for_programs(self, bot: Bot) -> None:
        shown = bot("check", "--json")
        told = json.loads(shown.out)
        assert (shown.code, told["ok"]) == (0, True)
        assert all(problem["severity"] != "error" for problem in told["problems"])
        assert [(each["language"], each["approval"]) for each in told["contents"]] == [
            ("en", "not approved"),
            ("zh-Hans", "not approved"),
        ]
        assert {each["content_hash"] for each in told["contents"]} == {shipped().content_hash}

    def test_a_planted_mistake(self, bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        flows = Path(shutil.copytree(FLOWS, tmp_path / "flows"))
        trial = flows / TRIAL / "trial.yaml"
        trial.write_text(
            trial.read_text("utf-8").replace("question: mda5, met", "question: mda6, met"), "utf-8"
        )
        monkeypatch.setenv("FLOWS_DIR", str(flows))
        shown = bot("check", TRIAL)
        assert shown.code == 1
        assert "mda6" in shown.out
        line = next(n for n, text in enumerate(trial.read_text("utf-8").splitlines(), 1) if "mda6" in text)
        assert f"trial.yaml:{line}" in shown.out
        told = json.loads(bot("check", "--json").out)
        assert told["ok"] is False
        assert {"severity", "file", "line", "what", "remedy"} <= told["problems"][0].keys()

    @pytest.mark.parametrize("command", ["check", "script"])
    def test_an_unknown_trial(self, command: str, bot: Bot) -> None:
        shown = bot(command, "NCT99999999")
        assert shown.code == 1
        assert "There is no trial NCT99999999" in shown.err
        assert TRIAL in shown.err, "those that there are help more"

    def test_a_folder_without_trials(self, bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FLOWS_DIR", str(tmp_path))
        assert (bot("check").code, bot("export").code) == (1, 1)
        assert str(tmp_path) in bot("check").err


class TestScript:
    """Every text a participant can read (DESIGN section 6)."""

    @pytest.mark.parametrize("language", ["en", "zh-Hans"])
    def test_its_shape(self, language: str, bot: Bot) -> None:
        shown = bot("script", TRIAL, "--language", language, "--format", "json")
        told: dict[str, Any] = json.loads(shown.out)
        assert shown.code == 0
        assert told["summary"]
        assert all(isinstance(text, str) and text for text in told["summary"])
        assert [a.keys() for a in told["acknowledgements"]] == [{"key", "text", "accept", "decline"}] * 3
        assert [q.keys() for q in told["questions"]] == [{"key", "kind", "text", "help", "options"}] * 11
        assert [q["key"] for q in told["questions"]] == [q.key for q in shipped().trial.questions]
        assert all(o.keys() == {"key", "label"} for q in told["questions"] for o in q["options"])
        assert len({outcome["key"] for outcome in told["outcomes"]}) >= 6
        assert all(outcome.keys() == {"key", "text"} for outcome in told["outcomes"])
        assert {"start", "continue", "submit", "change"} <= told["navigation"].keys()
        assert told["contact_request"]
        assert "120" in told["emergency"]
        assert told["content_hash"] == shipped().content_hash

    def test_a_language_it_does_not_have(self, bot: Bot) -> None:
        shown = bot("script", TRIAL, "--language", "fr")
        assert shown.code == 1
        assert "`fr`" in shown.err
        assert "en, zh-Hans" in shown.err


EXPORTED = {
    *("participant", "conversation", "trial", "trial_version", "language", "source", "status", "outcome"),
    *("criteria", "flags", "recheck", "acknowledged", "contact_permission", "review", "last_question"),
    *("started_at", "finished_at", "deidentified_at"),
}


async def converse(world: World) -> None:
    """Mei finishes, Lin has begun in Chinese, Tao declines, Anna erases everything."""
    mei, lin = world.phone("en", 7), world.phone("zh-hans", 8)
    tao, anna = world.phone("en", 9), world.phone("en", 10)
    await world.send(mei, f"/start {TRIAL}_flyer-7")
    full = ("start", "i understand", "i agree", "i agree", "45", *["yes"] * 5, "no", "yes", "no", "no", "no")
    for said in (*full, "submit", "no"):
        await world.send(mei, said)
    for said in ("/start", "开始", "我明白了", "同意", "同意", "52"):
        await world.send(lin, said)
    for said in ("/start", "start", "no thank you"):
        await world.send(tao, said)
    for said in ("/start", "start", "i understand", "i agree", "i agree", "33", "/delete", "erase"):
        await world.send(anna, said)


@pytest.fixture
def talked(bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave what four people said in a database, and set DATABASE_URL to it."""
    del bot  # only first: it forgets what is set

    async def talk() -> None:
        async with open_world(tmp_path, shipped()) as world:
            await converse(world)

    asyncio.run(talk())
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'world.sqlite3'}")


class TestExport:
    """One line of JSON a conversation."""

    @pytest.mark.usefixtures("talked")
    def test_every_field_without_answers(self, bot: Bot) -> None:
        shown = bot("export", "--format", "jsonl")
        rows = [json.loads(line) for line in shown.out.splitlines()]
        assert shown.code == 0
        assert all(row.keys() >= EXPORTED for row in rows)
        assert all("answers" not in row for row in rows)
        mei, lin, tao, anna = rows
        assert (mei["status"], mei["outcome"], mei["source"]) == ("completed", "may_be_eligible", "flyer-7")
        assert (mei["language"], mei["contact_permission"]) == ("en", False)
        assert set(mei["criteria"]) == {"I1", "I2", "I3", "I4", "I5", "E1", "E2", "E3", "E4", "E5"}
        verdicts = {"met", "not_met", "unknown", "not_asked", "deferred"}
        assert all(set(row["criteria"].values()) <= verdicts for row in rows)
        assert mei["acknowledged"] == ["A1_bot_voluntary", "A2_health_data", "A3_telegram_transfer"]
        assert mei["finished_at"] > mei["started_at"]
        assert mei["last_question"] == "other_trial"
        assert (lin["status"], lin["outcome"], lin["language"]) == ("in_progress", None, "zh-Hans")
        assert (lin["last_question"], lin["finished_at"]) == ("age", None)
        assert (tao["status"], tao["acknowledged"], tao["last_question"]) == ("declined", [], None)
        assert (anna["status"], anna["criteria"], anna["language"]) == ("erased", {}, None)
        assert all(row["review"].keys() == {"status", "decision", "reason"} for row in rows)
        assert len({row["participant"] for row in rows}) == 4

    @pytest.mark.usefixtures("talked")
    def test_with_answers(self, bot: Bot) -> None:
        rows = [json.loads(line) for line in bot("export", "--with-answers").out.splitlines()]
        assert [row["answers"].get("age") for row in rows] == [45, 52, None, None]
        assert len(rows[0]["answers"]) == 11

    @pytest.mark.usefixtures("talked")
    def test_it_can_be_read_by_others_while_the_bot_runs(self, bot: Bot, tmp_path: Path) -> None:
        with somebody_leads(f"sqlite:///{tmp_path / 'world.sqlite3'}"):
            assert len(bot("export").out.splitlines()) == 4

    def test_an_empty_database_gives_no_line(self, bot: Bot) -> None:
        assert bot("export") == Ended(0, "", "")


class TestBackup:
    """Two files, and the way back."""

    def files(self, folder: Path) -> tuple[str, str]:
        (database,) = folder.glob("*.database.zip")
        (keys,) = folder.glob("*.keys.zip")
        return str(database), str(keys)

    @pytest.mark.usefixtures("talked")
    def test_there_and_back(self, bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        before = bot("export", "--with-answers").out
        shown = bot("backup", "copies")
        assert (shown.code, shown.err) == (0, "")
        database, keys = self.files(tmp_path / "copies")
        assert all(Path(each).name in shown.out for each in (database, keys))
        assert all(Path(each).stat().st_mode & 0o077 == 0 for each in (database, keys)), "others can read it"
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'new' / 'restored.sqlite3'}")
        shown = bot("restore", database, "--keys", keys)
        assert shown.code == 0
        assert re.search(r"✓ restored in \d+\.\d s: 4 conversations, \d+ events, 0 findings", shown.out)
        assert "Erased since and erased again: 0" in shown.out
        assert bot("export", "--with-answers").out == before
        assert bot("verify").code == 0
        refused = bot("restore", database)
        assert (refused.code, "--replace" in refused.err) == (1, True)
        assert bot("restore", database, "--replace").code == 0

    @pytest.mark.usefixtures("talked")
    def test_the_keys_go_elsewhere(self, bot: Bot, tmp_path: Path) -> None:
        for _ in range(2):
            assert bot("backup", "copies", "--keys-to", "safe").code == 0
            time.sleep(1.1)  # a file is named by the second
        assert len(list((tmp_path / "copies").iterdir())) == 2
        assert len(list((tmp_path / "safe").iterdir())) == 1, "an older copy would bring the erased back"

    @pytest.mark.usefixtures("talked")
    def test_while_the_bot_runs_nothing_is_restored(self, bot: Bot, tmp_path: Path) -> None:
        bot("backup", "copies")
        with somebody_leads(f"sqlite:///{tmp_path / 'world.sqlite3'}"):
            shown = bot("restore", self.files(tmp_path / "copies")[0], "--replace")
        assert (shown.code, "Another Doorstep is running" in shown.err) == (1, True)

    @pytest.mark.parametrize("name", ["nothing.zip", "holiday.jpg"])
    def test_what_is_no_backup(self, name: str, bot: Bot, tmp_path: Path) -> None:
        (tmp_path / "holiday.jpg").write_bytes(b"\xff\xd8" * 4000)
        shown = bot("restore", name)
        assert shown.code == 1
        assert name in shown.err

    @pytest.mark.usefixtures("talked")
    def test_into_what_is_no_database(
        self, bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bot("backup", "copies")
        (tmp_path / "holiday.jpg").write_bytes(b"\xff\xd8" * 4000)
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'holiday.jpg'}")
        shown = bot("restore", self.files(tmp_path / "copies")[0])
        assert (shown.code, "DATABASE_URL cannot be used" in shown.err) == (1, True)


def on_record() -> list[InstallationEvent]:
    """Return what the installation's chain tells, the oldest first."""

    async def read() -> list[tuple[int, InstallationEvent]]:
        async with open_store(read_settings()) as store, store.looking() as looking:
            return await looking.register.recorded(None, 100)

    return [event for _, event in reversed(asyncio.run(read()))]


@pytest.mark.usefixtures("talked")
class TestOnRecord:
    """What reads people's data out, or changes the keys to them, is an event of the installation."""

    COPIES = (("export",), ("export", "--with-answers"), ("backup", "copies"))

    def test_an_export(self, bot: Bot) -> None:
        before = wall_clock()
        assert (bot("export").err, bot("export", "--with-answers").err) == ("", "")
        told = on_record()
        assert [type(event) for event in told] == [Exported, Exported]
        plain, full = told
        assert plain == Exported(at=plain.at, by=OPERATOR, what="conversations", rows=4)
        assert full == Exported(at=full.at, by=OPERATOR, what="conversations-with-answers", rows=4)
        assert before < plain.at < full.at < wall_clock()
        assert bot("verify").code == 0

    def test_an_export_that_nobody_reads_to_its_end(self) -> None:
        async def first() -> object:
            async with aclosing(
                jobs.export(read_settings(), screen.tell_unrecorded, with_answers=False)
            ) as exported:
                return await anext(exported)

        assert asyncio.run(first())
        assert [type(event) for event in on_record()] == [Exported]

    def test_a_backup_and_its_way_back(self, bot: Bot, tmp_path: Path) -> None:
        bot("export")
        shown = bot("backup", "copies")
        told = on_record()
        assert [type(event) for event in told] == [Exported, BackupMade]
        made = told[-1]
        rows = int(re.findall(r"Rows: (\d+)", shown.out)[0])
        assert made == BackupMade(at=made.at, by=OPERATOR, rows=rows)
        (copy,) = (tmp_path / "copies").glob("*.database.zip")
        assert bot("restore", str(copy), "--replace").code == 0
        *_, back = on_record()
        assert isinstance(back, BackupRestored)
        assert (back.by, back.rows, back.copied_at <= made.at <= back.at) == (OPERATOR, rows, True)
        assert bot("verify").code == 0

    def test_a_change_of_keys(self, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", "sqlite:///other.sqlite3")
        key = bot("keygen").out.strip()
        monkeypatch.setenv("ENCRYPTION_KEYS", key)
        assert bot("verify").code == 0
        monkeypatch.setenv("ENCRYPTION_KEYS", f"{bot('keygen').out.strip()},{key}")
        assert bot("rekey").err == ""
        told = on_record()
        assert [type(event) for event in told] == [KeysRewrapped]
        changed = told[0]
        assert changed == KeysRewrapped(at=changed.at, by=OPERATOR, keys=1)

    @pytest.mark.parametrize("typed", COPIES)
    def test_what_cannot_be_kept_is_said_and_holds_up_nothing(
        self, typed: tuple[str, ...], bot: Bot, tmp_path: Path
    ) -> None:
        with closing(sqlite3.connect(tmp_path / "world.sqlite3")) as connection:
            connection.execute(
                "CREATE TRIGGER full BEFORE INSERT ON installation_events BEGIN SELECT RAISE(FAIL, 'no'); END"
            )
        shown = bot(*typed)
        assert shown.code == 0
        assert "on no record" in shown.err
        assert len(shown.out.splitlines()) >= 4
        assert on_record() == []


class TestProgress:
    """What is left on the screen when a job is done."""

    @pytest.mark.usefixtures("talked")
    def test_no_blank_line_where_nobody_watches(self, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
        key = bot("keygen").out.strip()
        monkeypatch.setenv("DATABASE_URL", "sqlite:///other.sqlite3")
        monkeypatch.setenv("ENCRYPTION_KEYS", key)
        assert bot("verify") == Ended(0, "✓ 0 conversations, 0 events, 0 findings\n", "")
        monkeypatch.setenv("ENCRYPTION_KEYS", f"{bot('keygen').out.strip()},{key}")
        shown = bot("rekey")
        assert (shown.code, shown.err) == (0, "")
        assert "1 key wrapped anew" in shown.out


class TestDatabase:
    """Made, brought up to date, or refused with what to type."""

    def behind(self, folder: Path) -> str:
        path = folder / "behind.sqlite3"
        asyncio.run(upgrade(f"sqlite:///{path}"))
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '0000'")
        connection.close()
        return f"sqlite:///{path}"

    def test_migrate_makes_one_and_is_harmless_again(self, bot: Bot, tmp_path: Path) -> None:
        for _ in range(2):
            shown = bot("migrate")
            assert (shown.code, "up to date" in shown.out) == (0, True)
        assert (tmp_path / "var" / "doorstep.sqlite3").stat().st_mode & 0o077 == 0, "others can read it"

    @pytest.mark.parametrize("command", ["export", "run"])
    def test_a_database_that_is_behind(
        self, command: str, bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", self.behind(tmp_path))
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
        shown = bot(command)
        assert shown.code == 1
        assert "python -m bot migrate" in shown.err

    @pytest.mark.parametrize("command", ["export", "migrate", "run"])
    def test_a_file_that_is_no_database(
        self, command: str, bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "holiday.jpg").write_bytes(b"\xff\xd8" * 4000)
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'holiday.jpg'}")
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
        shown = bot(command)
        assert shown.code == 1
        assert "DATABASE_URL" in shown.err

    def test_a_folder_that_cannot_be_made(
        self, bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "file").write_text("in the way", "utf-8")
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'file' / 'x.sqlite3'}")
        shown = bot("migrate")
        assert shown.code == 1
        assert "DATABASE_URL" in shown.err

    def test_a_second_process_is_refused(
        self, bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url = f"sqlite:///{tmp_path / 'x.sqlite3'}"
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
        with somebody_leads(url):
            shown = bot("run")
        assert shown.code == 1
        assert "Another Doorstep is running" in shown.err


class TestRun:
    """What keeps the bot from starting is a sentence."""

    def test_without_a_token(self, bot: Bot) -> None:
        shown = bot("run")
        assert shown.code == 1
        assert "TELEGRAM_BOT_TOKEN is not set" in shown.err

    def test_an_address_where_nothing_answers(self, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
        monkeypatch.setenv("TELEGRAM_API_URL", f"http://127.0.0.1:{free_port()}")
        shown = bot("run")
        assert shown.code == 1
        assert "could not be reached at TELEGRAM_API_URL" in shown.err
        assert TOKEN not in shown.err + shown.out
        assert shown.err.count("\n") <= 2, "one sentence, and no library's complaint"

    async def test_a_taken_port_and_a_refused_token(self, tmp_path: Path) -> None:
        simulator = Simulator(clock=wall_clock, tokens=[TOKEN])
        async with serve(simulator) as url:
            taken = {
                "TELEGRAM_API_URL": url,
                "TELEGRAM_BOT_TOKEN": TOKEN,
                "HTTP_PORT": url.rpartition(":")[2],
            }
            refused = {**taken, "TELEGRAM_BOT_TOKEN": TOKEN + "x", "DATABASE_URL": "sqlite:///other.sqlite3"}
            ended = [await start(tmp_path, "run", None, **settings) for settings in (taken, refused)]
            told = [(await process.communicate())[1].decode() for process in ended]
        assert [process.returncode for process in ended] == [1, 1]
        assert re.search(r"HTTP_PORT=\d+ .* cannot be used \(Address already in use", told[0])
        assert "Telegram refused TELEGRAM_BOT_TOKEN" in told[1]
        for text in told:
            assert "Traceback" not in text
            assert TOKEN not in text


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


class TestDemo:
    """One command on a fresh machine."""

    @pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
    async def test_the_page_answers_soon_and_a_stop_is_no_error(
        self, how: signal.Signals, tmp_path: Path
    ) -> None:
        began = time.monotonic()
        async with started(tmp_path, "demo", None, "--port", "0") as process:
            assert process.stdout
            address = ""
            while not address:
                line = (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
                assert line, "it ended without an address"
                found = re.search(r"http://127\.0\.0\.1:\d+", line)
                address = found[0] if found else ""
            async with aiohttp.ClientSession() as http, http.get(address) as page:
                assert page.status == 200
                assert "<html" in (await page.text()).casefold()
            seconds = time.monotonic() - began
            assert seconds < 20
            sys.stdout.write(f"the demo's page answers after {seconds:.1f} s\n")
            code = await stop(process, how)
            out, err = await process.communicate()
        assert code == 0
        assert "Traceback" not in (out + err).decode()
        assert err == b""
        assert left_in(tmp_path) == [], "the demo leaves nothing behind"

    @pytest.mark.parametrize("command", ["demo", "simulator"])
    def test_a_taken_port(self, command: str, bot: Bot) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            shown = bot(command, "--port", str(port))
        assert shown.code == 1
        assert f"Port {port} cannot be used (Address already in use" in shown.err
        assert f"--port {port + 1}" in shown.err


def test_keygen_prints_a_key_that_settings_take(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = bot("keygen").out.strip(), bot("keygen").out.strip()
    assert first != second
    monkeypatch.setenv("ENCRYPTION_KEYS", f"{first},{second}")
    assert bot("check", TRIAL).code == 0


class TestQuarantine:
    """What could not be handled can be seen and tried again."""

    @pytest.fixture
    def poisoned(self, bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Leave one update in quarantine, by a fault that is gone afterwards."""
        del bot  # it clears the settings, which must come first
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'world.sqlite3'}")
        asyncio.run(_poison(tmp_path, monkeypatch))

    @pytest.mark.usefixtures("poisoned")
    def test_it_is_listed_without_what_was_written(self, bot: Bot) -> None:
        shown = bot("quarantine", "list")
        assert shown.code == 0
        assert "ZeroDivisionError" in shown.out
        assert "1 set aside" in shown.out
        assert "/help" not in shown.out

    @pytest.mark.usefixtures("poisoned")
    def test_it_is_handled_once_when_replayed(self, bot: Bot, tmp_path: Path) -> None:
        before = _queued(tmp_path)
        assert bot("quarantine", "replay").code == 0
        assert _queued(tmp_path) == before + 2
        assert "0 set aside" in bot("quarantine", "list").out
        assert bot("quarantine", "replay") == Ended(0, "", "")
        assert _queued(tmp_path) == before + 2

    @pytest.mark.usefixtures("poisoned")
    def test_what_fails_again_stays(self, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as broken:
            broken.setattr("bot.service.desk.advance", _fails)
            shown = bot("quarantine", "replay")
        assert shown.code == 1
        assert "ZeroDivisionError" in shown.out
        assert "1 set aside" in bot("quarantine", "list").out


async def _poison(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_world(folder, shipped()) as world:
        anna = world.phone("en")
        await world.send(anna, "/start")
        with monkeypatch.context() as broken:
            broken.setattr("bot.service.desk.advance", _fails)
            await world.send(anna, "/help")


def _fails(*_args: object, **_more: object) -> None:
    raise ZeroDivisionError


def _queued(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "world.sqlite3")) as connection:
        return int(connection.execute("SELECT count(*) FROM outbox").fetchone()[0])


class TestStaff:
    """The staff register by command."""

    def test_somebody_is_added_changed_and_removed(self, bot: Bot) -> None:
        added = bot("staff", "add", "4242001", "Wang Li", "--role", "coordinator", "--sees-identity")
        assert added.code == 0
        assert "Wang Li  coordinator  sees identity" in added.out
        changed = bot("staff", "add", "4242001", "Wang Li", "--role", "auditor", "--role", "coordinator")
        assert "Wang Li  auditor, coordinator" in changed.out
        listed = bot("staff", "list")
        assert "1 on the staff register" in listed.out
        assert "4242001" not in listed.out, "a Telegram id is nobody's business"
        assert bot("verify").code == 0
        assert "off the staff register" in bot("staff", "remove", "4242001").out
        assert "0 on the staff register" in bot("staff", "list").out
        again = bot("staff", "remove", "4242001")
        assert (again.code, "Nobody of that id" in again.err) == (1, True)
        assert "3 events" in bot("verify").out

    def test_somebody_without_telegram_signs_in_by_a_link(
        self, bot: Bot, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        added = bot("staff", "add", "none", "Li Na", "--role", "investigator", "--sees-identity")
        assert "python -m bot staff link" in added.out
        again = bot("staff", "add", "none", "li na", "--role", "coordinator")
        assert added.out.split()[1] == again.out.split()[1], "the same person, with other roles"
        linked = bot("staff", "link", "Li Na")
        assert linked.code == 0
        link, secret = re.findall(r"(http://\S+/sign-in/([\w-]{43}))\n", linked.out)[0]
        assert link.startswith("http://127.0.0.1:")
        assert secret not in linked.err + caplog.text, "a link is never logged"
        assert "3 events" in bot("verify").out, "that a link was made is recorded"

    def test_a_lost_authenticator_is_replaced(self, bot: Bot) -> None:
        bot("staff", "add", "none", "Li Na", "--role", "investigator", "--sees-identity")
        reset = bot("staff", "reset", "Li Na")
        assert (reset.code, "Li Na is signed out" in reset.out) == (0, True)
        assert "2 events" in bot("verify").out
        assert (bot("staff", "reset", "Wang").code, bot("staff", "reset", "Li Na").code) == (1, 0)

    def test_a_link_is_for_one_person_who_is_there(self, bot: Bot) -> None:
        for account in ("4242001", "none"):
            bot("staff", "add", account, "Li Na", "--role", "coordinator")
        many = bot("staff", "link", "Li Na")
        assert (many.code, "Several people" in many.err) == (1, True)
        bot("staff", "remove", "4242001")
        assert bot("staff", "link", "Li Na").code == 0
        bot("staff", "remove", "Li Na")
        gone = bot("staff", "link", "Li Na")
        assert (gone.code, "Nobody of that id or name" in gone.err) == (1, True)
        odd = bot("staff", "add", "0", "Li Na", "--role", "coordinator")
        assert (odd.code, "a Telegram id is a number" in odd.err) == (2, True)
