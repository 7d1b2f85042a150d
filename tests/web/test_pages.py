"""What the console's pages say, and what they say where there is no page."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from shutil import copytree
from typing import Any, get_args

import pytest

from bot.content.approvals import Approval, Standing, append
from bot.content.bundle import Bundle
from bot.content.console_words import read_console_words
from bot.content.shelf import Shelf
from bot.domain.access import IDLE
from bot.domain.case_actions import Answer, Claim, Decide, EndTalk, Undo
from bot.domain.case_events import CaseEvent, Closing, Decision, ReasonKind
from bot.domain.conversation import Status
from bot.domain.events import Event
from bot.domain.staff import (
    OPERATOR,
    BackupMade,
    BackupRestored,
    Exported,
    InstallationEvent,
    KeysRewrapped,
    Role,
)
from bot.domain.trial import Outcome, Verdict
from bot.running import standings_of
from bot.service.access import form_token
from bot.service.message import Message
from bot.service.ports import Changes, Outgoing, StoreUnavailable
from bot.service.register import list_staff, record, staff_by_id
from bot.service.review_views import LogRow
from bot.settings import Settings
from bot.web.log import COLUMNS, cells
from bot.web.visit import LanguageState
from tests.conftest import FLOWS, LOCALES, NOW, shipped
from tests.service.periods import keeping
from tests.talk import open_world
from tests.web.office import Console, sent_to, told

FITS = ("no", "yes", "no", "no", "no")


@pytest.fixture
async def console(tmp_path: Path, bundle: Bundle) -> AsyncIterator[Console]:
    async with open_world(tmp_path, bundle) as world:
        console = Console(world)
        yield console
        await console.desk.live.stop()


async def asks_for_a_person(console: Console) -> str:
    """Let somebody ask for a person, and return the case that opens."""
    phone = console.world.phone("en")
    for said in ("/start", "Start", "I agree", "I agree", "I agree", "/contact"):
        await console.world.send(phone, said)
    return (await console.world.cases())[0].case


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_whatever_may_happen_has_words(language: str) -> None:
    words = read_console_words(LOCALES)
    keys = [
        *(f"event-{kind.__name__}" for kind in get_args(Event)),
        *(f"audit-{kind.__name__}" for kind in get_args(InstallationEvent)),
        *(f"approval-{each.name.lower().replace('_', '-')}" for each in Standing),
        *(f"did-{kind.__name__}" for kind in get_args(CaseEvent)),
        *(f"closed-{why.value}" for why in Closing),
        *(f"reason-{kind.value.replace('_', '-')}" for kind in ReasonKind),
        *(f"verdict-{verdict.value}" for verdict in Verdict),
        *(f"outcome-{outcome.value}" for outcome in Outcome),
        *(f"decision-{decision.value}" for decision in Decision),
    ]
    assert all(words.say(language, key, about="x") for key in keys)


async def test_a_whole_review_reads_in_words(console: Console) -> None:
    case = await asks_for_a_person(console)
    world = console.world
    await world.act(Claim(), case)
    await world.act(Answer(snippet="more_time"), case)
    await world.send(world.phone("en"), "Monday is fine")
    await world.act(EndTalk(), case)
    await world.act(Decide(Decision.UNREACHABLE), case)
    await world.act(Undo("they called back"), case)
    async with console.browser(await world.colleague()) as browser:
        page = told(await browser.get(f"/cases/{case}"))
    for words in (
        "Asked for a person",
        "Claimed Wang",
        "Thank you for waiting.",
        "The person wrote the participant Monday is fine",
        "The talk ended Wang",
        "Could not be reached",
        "Decision undone Wang they called back",
        "Opened the participant",
    ):
        assert words in page, words
    for code in (world.phone("en").id, "contact_requested", "person_requested", "+00:00"):
        assert f" {code} " not in page


async def test_what_is_no_longer_kept_is_not_said_to_have_never_been_asked(tmp_path: Path) -> None:
    async with open_world(tmp_path, keeping(30, 30, 30, 30, 30, 30)) as world:
        console, phone = Console(world), world.phone("en")
        for said in ("/start", "Start", "I agree", "I agree", "I agree", "45", *["yes"] * 5, *FITS, "submit"):
            await world.send(phone, said)
        await world.tap(phone, "Yes, contact me")
        case = (await world.cases())[0].case
        wang = await world.colleague()
        async with console.browser(wang) as browser:
            page = told(await browser.get(f"/cases/{case}"))
        for words in (
            "E3 does not apply Pregnant or lactating patients. By the answers, this does not apply.",
            "I3 met Must have undergone bronchoalveolar lavage. The answers meet it.",
            "Agreed to a point: Your health answers",
            "Yes, contact me",
        ):
            assert words in page, words
        assert "The message of an agreement" not in page
        for _ in range(2):
            await world.wait(timedelta(days=40))
        async with console.browser(wang) as browser:
            page = told(await browser.get(f"/cases/{case}"))
    assert "Done · The time for keeping what was said was over." in page
    assert "Closed automatically The time for keeping what was said was over." in page
    for words in ("Pregnant", "not asked", "Decide", "Write to the person", "Claim "):
        assert words not in page.partition("Keyboard shortcuts")[0], words


async def test_a_message_is_no_more_than_a_message(console: Console) -> None:
    """Whatever was put into the words of a trial, the page of whoever reads the talk does nothing."""
    case = await asks_for_a_person(console)
    (row,) = await console.world.exported()
    words = Message("<b>Hello</b> <img src=x onerror=steal()><script>steal()</script>")
    async with console.world.store.transaction() as transaction:
        told_them = Outgoing(7, words, conversation=row["conversation"])
        await transaction.keep(Changes(outgoing=[told_them]), console.world.now)
    async with console.browser(await console.world.colleague()) as browser:
        page = (await browser.get(f"/cases/{case}")).text
    assert "<b>Hello</b>" in page
    assert "&lt;img src=x onerror=steal()&gt;" in page
    assert "steal()" not in re.sub(r"&lt;.*?&gt;(steal\(\))?", "", page)


async def test_flags_are_told_by_the_answers_that_raised_them(console: Console) -> None:
    phone = console.world.phone("en")
    odd = ("45", "yes", "no", "yes", "submit")
    for said in ("/start", "Start", "I agree", "I agree", "I agree", *odd, "/contact"):
        await console.world.send(phone, said)
    case = (await console.world.cases())[0].case
    async with console.browser(await console.world.colleague()) as browser:
        page = told(await browser.get(f"/cases/{case}"))
        assert "Asked for a person Dermatomyositis: No · Anti-MDA5 test: Yes, positive" in page, page
        browser.http.cookies.set("language", "zh-Hans")
        page = told(await browser.get(f"/cases/{case}"))
        assert "要求与真人联系 皮肌炎：否 · 抗MDA5抗体：是，阳性" in page, page
        assert "mda5_without_dm" not in page
        assert "抗MDA5抗体阳性皮肌炎：微生态与免疫研究" in page, "the title too"


async def test_nobody_is_told_to_wait_with_an_emergency(console: Console) -> None:
    await asks_for_a_person(console)
    async with console.browser(await console.world.colleague()) as browser:
        assert "answer or decide within 2 days" in told(await browser.get("/"))
        await console.world.send(console.world.phone("en"), "my chest hurts and I cannot breathe")
        assert "look now; answer or decide within" in told(await browser.get("/"))


async def test_criteria_that_are_not_known_are_one_reason(console: Console) -> None:
    phone = console.world.phone("en")
    unsure = ("45", "yes", "yes", "yes", "yes", "not sure", "not sure", "yes", "no", "no", "no", "submit")
    for said in ("/start", "Start", "I agree", "I agree", "I agree", *unsure):
        await console.world.send(phone, said)
    async with console.browser(await console.world.colleague()) as browser:
        page = told(await browser.get("/"))
    assert "E2, I2 not known" in page


async def test_an_approved_reply_reaches_the_person_from_the_form(console: Console) -> None:
    case = await asks_for_a_person(console)
    async with console.browser(await console.world.colleague()) as browser:
        sent = await browser.post(f"/cases/{case}/answer", snippet="more_time")
    assert (sent.status_code, sent.headers["location"]) == (303, f"/cases/{case}#talk-here")
    assert "Thank you for waiting." in [each.message.html for each in await console.world.sent()][-1]


async def test_there_is_no_such_case(console: Console) -> None:
    async with console.browser(await console.world.colleague()) as browser:
        response = await browser.get("/cases/nonesuch")
    assert response.status_code == 404
    assert "There is no such case." in told(response)


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("POST", "/live", 405)])
async def test_there_is_no_such_page(console: Console, method: str, path: str, status: int) -> None:
    async with console.browser() as browser:
        response = await browser.http.request(method, path)
    assert response.status_code == status
    assert "text/html" in response.headers["content-type"]
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]


async def test_what_is_too_long_is_not_read(console: Console) -> None:
    async with console.browser(await console.world.colleague()) as browser:
        response = await browser.post("/cases/x/note", text="x" * 70_000)
    assert response.status_code == 413
    assert "shorten" in told(response)


@asynccontextmanager
async def gone() -> AsyncIterator[Any]:
    """A store that does not answer."""
    raise StoreUnavailable("gone")
    yield


async def test_a_store_that_is_away_is_said_plainly(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console.browser(await console.world.colleague()) as browser:
        monkeypatch.setattr(console.world.store, "looking", gone)
        response = await browser.get("/")
    assert response.status_code == 503
    assert "The database does not answer" in told(response)
    assert response.headers["retry-after"]


async def test_files_of_pages_are_kept_and_guarded(console: Console) -> None:
    async with console.browser(await console.world.colleague()) as browser:
        page = await browser.get("/")
        for name in ("console.css", "console.js", "icon.svg", "vendor/htmx.min.js", "vendor/htmx-sse.min.js"):
            address = page.text.partition(f"/console/{name}")[2].partition('"')[0]
            kept = await browser.get(f"/console/{name}{address}")
            assert "immutable" in kept.headers["cache-control"]
            assert kept.headers["x-content-type-options"] == "nosniff"
            assert (await browser.get(f"/console/{name}")).headers["cache-control"] == "no-cache"


async def test_an_open_page_learns_of_a_message(console: Console) -> None:
    case = await asks_for_a_person(console)
    await console.world.act(Answer(snippet="more_time"), case)
    async with console.browser(await console.world.colleague()) as browser:
        page = await browser.get(f"/cases/{case}")
        address = unescape(page.text.partition('sse-connect="')[2].partition('"')[0])
        quiet = await browser.get(address)
        await console.world.send(console.world.phone("en"), "Monday is fine")
        after = await browser.get(address)
        queue = await browser.get(address.partition("&")[0])
    mark = address.partition("mark=")[2].partition("&")[0]
    assert len(mark) == 16
    assert "data: " not in quiet.text, "the page is as it was told"
    assert "data: " in after.text
    assert mark not in after.text
    assert "data: " in queue.text, "what the queue shows has another mark than the case"


@pytest.mark.parametrize("renews", [True, False])
async def test_a_page_that_renews_itself_and_may_not_is_loaded_anew(
    console: Console,
    renews: bool,  # noqa: FBT001
) -> None:
    headers = {"X-Live": "1"} if renews else {}
    async with console.browser() as browser:
        stranger = await browser.http.get("/", headers=headers)
    async with console.browser(await console.world.colleague()) as browser:
        unknown = await browser.http.get("/cases/none", headers=headers)
        own = await browser.http.get("/", headers=headers)
        done = await browser.http.post(
            "/language", data={"form": form_token(browser.token or ""), "language": "en"}, headers=headers
        )
    assert [(each.status_code, "hx-refresh" in each.headers) for each in (stranger, unknown, own, done)] == [
        (401 if renews else 303, renews),
        (404, renews),
        (200, False),
        (303, False),
    ]


async def test_no_page_is_loaded_anew_only_because_the_store_is_away(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console.browser(await console.world.colleague()) as browser:
        monkeypatch.setattr(console.world.store, "looking", gone)
        response = await browser.http.get("/", headers={"X-Live": "1"})
    assert (response.status_code, "hx-refresh" in response.headers) == (503, False)


async def test_the_screening_log_and_the_figures(console: Console) -> None:
    await asks_for_a_person(console)
    async with console.browser(await console.world.colleague()) as browser:
        log, figures = told(await browser.get("/log")), told(await browser.get("/figures"))
    assert "1 talk in these days." in log
    assert "under way" in log
    assert "agreed to all points 1" in figures
    assert "answered a question 0" in figures
    assert "Where those are who have no result Age 1" in figures


async def test_that_the_log_left_as_a_file_is_an_event(console: Console) -> None:
    await asks_for_a_person(console)
    async with console.browser(await console.world.colleague()) as browser:
        file = await browser.post("/log/file")
        audit = told(await browser.get("/audit"))
    heading, row = csv.reader(io.StringIO(file.text.removeprefix("\ufeff")))
    assert dict(zip(heading, row, strict=True))["status"] == "in_progress"
    assert "Wang Exported the screening log · 1" in audit


async def test_what_the_operator_copied_and_changed_stands_in_the_audit_trail(console: Console) -> None:
    at, copied = console.world.now, datetime(2026, 11, 22, 3, 4, tzinfo=UTC)
    events: tuple[InstallationEvent, ...] = (
        Exported(at=at, by=OPERATOR, what="conversations", rows=4),
        Exported(at=at, by=OPERATOR, what="conversations-with-answers", rows=5),
        BackupMade(at=at, by=OPERATOR, rows=6),
        BackupRestored(at=at, by=OPERATOR, copied_at=copied, rows=7),
        KeysRewrapped(at=at, by=OPERATOR, keys=8),
    )
    for event in events:
        await record(console.world.office, event)
    async with console.browser(await console.world.colleague()) as browser:
        english = told(await browser.get("/audit"))
        await browser.post("/language", language="zh-Hans")
        chinese = told(await browser.get("/audit"))
    for line in (
        "Exported all conversations · 4",
        "Exported all conversations with answers · 5",
        "Backup made, rows: 6",
        "Backup put back, its time and rows: 2026-11-22 03:04 UTC · 7",
        "Encryption key changed, keys: 8",
    ):
        assert f"the operator {line}" in english
    for line in ("导出 全部对话及回答 · 5", "制作了备份，行数： 6", "更换了加密密钥，密钥数： 8"):
        assert line in chinese


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_no_cell_begins_like_a_formula(cell: str) -> None:
    row = LogRow("c", "t", NOW.date(), None, cell, Status.STOPPED, None, (), (), None, None, None)
    assert cells(row)[COLUMNS.index("source")] == f"'{cell}"


async def test_an_administrator_keeps_the_register(console: Console) -> None:
    chief = await console.world.colleague("Chief", Role.ADMINISTRATOR)
    async with console.browser(chief) as browser:
        await console.give_code(browser)
        added = await browser.post("/staff", name="Dr <b>New", telegram="4711", **{"role-auditor": "yes"})
        assert added.headers["location"] == "/staff"
        new = next(each for each in await list_staff(console.world.office) if each.id != chief.id)
        assert (new.name, new.roles, new.telegram_id) == ("Dr <b>New", frozenset({Role.AUDITOR}), 4711)
        fields = {"role-investigator": "yes", "identity": "yes"}
        await browser.post(f"/staff/{new.id}/roles", **fields)
        changed = await staff_by_id(console.world.office, new.id)
        assert changed
        assert (changed.roles, changed.sees_identity) == (frozenset({Role.INVESTIGATOR}), True)
        assert "Reset the authenticator app" in told(await browser.get("/staff"))
        reset = await browser.post(f"/staff/{new.id}/authenticator")
        assert "The authenticator app was reset" in told(await browser.get(reset.headers["location"]))
        assert "Authenticator reset for Dr &lt;b&gt;New" in told(await browser.get("/audit"))
        await browser.post(f"/staff/{new.id}/remove")
        assert await staff_by_id(console.world.office, new.id) is None
        assert "No more on the team Dr &lt;b&gt;New" in told(await browser.get("/staff"))
        own = await browser.post(
            f"/staff/{chief.id}/roles", **{"role-administrator": "yes", "identity": "yes"}
        )
        assert (own.status_code, "another administrator changes" in told(own)) == (409, True)
        assert f"/staff/{chief.id}/roles" not in (await browser.get("/staff")).text
        last = await browser.post(f"/staff/{chief.id}/remove")
        assert "only administrator" in told(last)
        odd = await browser.post("/staff", name="X", telegram="+86", **{"role-auditor": "yes"})
        assert (odd.status_code, "digits only" in told(odd)) == (409, True)


async def test_the_records_are_checked(console: Console) -> None:
    await asks_for_a_person(console)
    async with console.browser(await console.world.colleague()) as browser:
        page = told(await browser.post("/audit"))
    assert "All records are as they were written. 1 talks" in page


async def test_a_trial_is_shown_with_its_hash(console: Console, bundle: Bundle) -> None:
    async with console.browser(await console.world.colleague()) as browser:
        page = told(await browser.get("/trials"))
    assert bundle.trial.content_hash in page
    for words in (
        "English approved Ethics Committee of Example Hospital, 2026-17, from 2026-01-02 to 2027-01-02",
        "English approval is over Ethics Committee",
        "English approved, not yet in force Ethics Committee",
        "English changed since it was approved Ethics Committee",
        "中文 not approved",
        "中文 not offered",
    ):
        assert words in page, words


async def test_a_trial_shows_how_its_languages_stand_today(tmp_path: Path) -> None:
    copytree(FLOWS, tmp_path / "flows")
    trial = shipped().trial
    folder = tmp_path / "flows" / trial.id
    (folder / "fr.yaml").write_text("language: fr\n", "utf-8")
    entry = {"content_hash": trial.content_hash, "language": "en", "committee": "Committee", "number": "17"}
    held = {**entry, "approved_on": date(2026, 1, 2), "expires_on": date(2027, 1, 2)}
    append(folder, (), Approval.model_validate(held))
    shelf = Shelf([shipped()])
    today = datetime(2026, 6, 1, tzinfo=UTC)
    tell = standings_of(Settings(_env_file=None, flows_dir=tmp_path / "flows"), shelf, lambda: today)
    facts = "Committee", "17", date(2026, 1, 2), date(2027, 1, 2)
    unapproved = [LanguageState("zh-Hans", "none"), LanguageState("fr", "not-offered")]
    assert tell() == {trial.id: [LanguageState("en", "approved", facts), *unapproved]}
    today = datetime(2027, 1, 2, tzinfo=UTC)
    assert tell() == {trial.id: [LanguageState("en", "expired", facts), *unapproved]}


async def test_an_open_page_keeps_nobody_signed_in(console: Console) -> None:
    async with console.browser(await console.world.colleague()) as browser:
        for _ in range(2):
            console.world.now += IDLE - timedelta(minutes=5)
            await browser.http.get("/live", headers={"Accept": "text/event-stream"})
            await browser.http.get("/", headers={"X-Live": "1"})
        now = await browser.get("/")
        assert now.status_code == 303
        assert sent_to(now) == "/sign-in"
