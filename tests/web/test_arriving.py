"""Whatever a caller sends: counted as it comes, refused in words, and never answered by a fault of ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.bundle import Bundle
from bot.domain.staff import Role, Staff
from bot.service.access import form_token
from bot.web.console import DOORS
from bot.web.doors import Door
from tests.talk import open_world
from tests.web.office import Console

FORM = "application/x-www-form-urlencoded"
Fields = dict[str, str]
GUARDED = ("content-security-policy", "cache-control", "referrer-policy", "x-content-type-options")


@pytest.fixture
async def console(tmp_path: Path, bundle: Bundle) -> AsyncIterator[Console]:
    async with open_world(tmp_path, bundle) as world:
        console = Console(world)
        yield console
        await console.desk.live.stop()


def assert_said(response: httpx.Response, status: int) -> None:
    """See that something was refused by a page, with the headers of every page."""
    assert response.status_code == status, response.text
    assert "<h1>" in response.text
    assert all(name in response.headers for name in GUARDED)


async def test_a_form_is_counted_as_it_comes_whatever_its_head_says(console: Console) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(1_000):
            taken += 4096
            yield b"a" * 4096

    async with console.browser() as browser:
        said = {"Content-Type": FORM, "Content-Length": "10"}
        response = await browser.http.post("/language", content=endless(), headers=said)
    assert_said(response, 413)
    assert taken < 100_000


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Length": "10", "Transfer-Encoding": "chunked"}, 400),
        ({"Transfer-Encoding": "chunked"}, 400),
        ({"Content-Length": "70000"}, 413),
        ({"Content-Length": "9" * 5_000}, 413),
        ({"Content-Length": "²"}, 400),
        ({"Content-Type": "multipart/form-data; boundary=x; charset=unicode_escape"}, 400),
        ({"Content-Type": "multipart/form-data; boundary=x; charset=undefined"}, 400),
        ({"Content-Type": "multipart/form-data"}, 400),
        ({"Content-Type": "application/json"}, 400),
    ],
)
async def test_a_form_no_page_of_ours_sends_is_refused(
    headers: dict[str, str], status: int, console: Console
) -> None:
    wire = {name: value.encode("latin-1") for name, value in ({"Content-Type": FORM} | headers).items()}
    async with console.browser() as browser:
        part = b'--x\r\nContent-Disposition: form-data; name="next"\r\n\r\n\\ud800\r\n--x--\r\n'
        response = await browser.http.post("/language", content=part, headers=wire)  # type: ignore[arg-type]
    assert_said(response, status)


async def test_a_form_with_too_many_fields_is_refused(console: Console) -> None:
    async with console.browser() as browser:
        assert_said(await browser.post("/language", **{f"f{n}": "x" for n in range(60)}), 400)


@pytest.mark.parametrize("path", ["/sign-in/a%00b", "/sign-in?next=%00", "/cases/%00", "/?trial=a%00"])
async def test_what_no_text_has_is_refused(path: str, console: Console) -> None:
    async with console.browser(await console.world.colleague()) as browser:
        assert_said(await browser.get(path), 400)
        assert_said(await browser.post("/language", next="/\0"), 400)
        assert_said(await browser.get("/console/%00.css"), 404)


@pytest.mark.parametrize("wanted", ["//[x", "http://[", "//evil.example", "/\\evil.example", "https:/x", "é"])
async def test_only_pages_of_ours_are_gone_back_to(wanted: str, console: Console) -> None:
    async with console.browser() as browser:
        assert (await browser.get(f"/sign-in?next={quote(wanted)}")).status_code == 200
        response = await browser.post("/language", next=wanted, language="en")
    assert (response.status_code, response.headers["location"]) == (303, "/")


@pytest.mark.parametrize(
    "after",
    [
        "99999999999999999999999~2020-01-01~x",
        "0~2020-01-01~x",
        "0~0001-01-01T00:00:00+14:00~x",
        "0~9999-12-31T23:59:59-14:00~x",
        "-1~2020-01-01T00:00:00+00:00~x",
    ],
)
async def test_a_place_in_the_queue_that_is_none_is_the_first_page(after: str, console: Console) -> None:
    async with console.browser(await console.world.colleague()) as browser:
        assert (await browser.get(f"/?{urlencode({'after': after})}")).status_code == 200


@pytest.mark.parametrize(
    "span", ["until=0001-01-01", "since=9999-12-31&until=9999-12-31", "until=0001-03-31"]
)
async def test_days_out_of_all_reason_are_the_usual_ones(span: str, console: Console) -> None:
    async with console.browser(await console.world.colleague()) as browser:
        for path in ("/log", "/figures"):
            assert (await browser.get(f"{path}?{span}")).status_code == 200


@pytest.mark.parametrize("path", ["/staff/", "/sign-in/", "/log//", "/console", "/healthz/"])
async def test_nobody_is_sent_to_a_host_they_named(path: str, console: Console) -> None:
    async with console.browser() as browser:
        response = await browser.http.get(path, headers={"Host": "evil.example"})
    assert_said(response, 404)
    assert "evil.example" not in response.text + str(response.headers)


@pytest.mark.parametrize("host", ["[x", "a b", "x:y:z", "evil.example", ""])
async def test_any_host_may_be_named_without_harm(host: str, console: Console) -> None:
    async with console.browser() as browser:
        for path in ("/sign-in", "/nowhere", "/healthz"):
            response = await browser.http.get(path, headers={"Host": host})
            assert response.status_code in {200, 404}
            assert "evil.example" not in response.text


async def test_with_an_https_address_the_console_is_there_alone(console: Console) -> None:
    desk = replace(console.desk, origin="https://staff.example.org")
    async with console.browser(desk=desk) as browser:
        for host in ("staff.example.org", "STAFF.example.org:443", "127.0.0.1:8080", "localhost", "[::1]:80"):
            assert (await browser.http.get("/sign-in", headers={"Host": host})).status_code == 200
        for host in ("evil.example", "[x", "", "staff.example.org.evil.example", "staff.example.org:444"):
            assert_said(await browser.http.get("/sign-in", headers={"Host": host}), 421)
            assert (await browser.http.get("/healthz", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("POST", "/healthz", 405),
        ("PUT", "/", 405),
        ("GET", "/nowhere", 404),
        ("POST", "/console/console.css", 405),
        ("GET", "/console/../../etc/passwd", 404),
        ("GET", "/console/" + "a" * 300, 404),
    ],
)
async def test_every_answer_is_guarded_also_where_there_is_no_door(
    method: str, path: str, status: int, console: Console
) -> None:
    async with console.browser() as browser:
        response = await browser.http.request(method, path)
    assert response.status_code == status
    assert all(name in response.headers for name in GUARDED)
    assert "default-src 'none'" in response.headers["content-security-policy"]


WORDS = (
    *("--5", "-", "٣", "²", "9" * 400, "1e9", "NaN", "~", "~~", "//[x", "[", "\n", "\r\nA: b", "%", "%00"),
    *("𝟘", "\u202e", "🩺" * 300, "none", "true", "../..", "{}", "{{7*7}}", "yes", "not_fit", "=1+1", "fit"),
)
DAYS = ("2026-02-30", "0001-01-01", "0001-03-31", "9999-12-31", "2020-01-01", "2020-W01-1")
MEANT = {
    "next": ("//[x", "http://[", "/\\x", "/cases/x?y", "//evil.example"),
    "after": (
        *(f"{10**22}~2020-01-01T00:00+00:00~x", "0~2020-01-01~x", "1~2020-01-01T00:00+00:00~x"),
        *("0~0001-01-01T00:00+14:00~x", "0~9999-12-31T23:59-14:00~x", "~~", "0~x~y"),
    ),
    "for": ("tomorrow", "tomorrow", "week", "year"),
    "zone": ("--5", "-", "480", "-720", "9999", "٣", "²"),
    "since": DAYS,
    "until": DAYS,
    "before": ("-1", "0", "9" * 9, "9" * 10, "٣", "²"),
    "priority": ("urgent", "INFO", "0"),
    "tab": ("mine", "done", "x"),
}
"""What each name is looked at for, and what nearly is that."""
NAMES = (
    *("trial", "source", "q", "case", "form", "staff", "code", "language", "to", "text", "snippet"),
    *("decision", "criterion", "reason", "agrees", "name", "telegram", "role-auditor", "identity"),
)
ODD = st.sampled_from(WORDS)
VALUES = st.one_of(ODD, st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
EVERY = dict.fromkeys(NAMES, VALUES) | {name: st.sampled_from(few) for name, few in MEANT.items()}
FIELDS = st.one_of(st.fixed_dictionaries(EVERY), st.fixed_dictionaries({}, optional=EVERY))
HEADERS = st.dictionaries(
    st.sampled_from(["Accept-Language", "Cookie", "Host", "Accept", "X-Live"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=20),
    max_size=1,
)


@dataclass
class Knocking:
    """A world in which somebody who may everything asks for odd things, signed in anew each time."""

    console: Console
    staff: Staff
    case: str

    async def knock(self, door: Door, part: str | None, fields: Fields, headers: Fields) -> int:
        """Ask for a page, or send a form with the right mark; of a case that there is, or is not."""
        self.console.world.now += timedelta(minutes=1)
        odd = quote(part or "x", safe="")
        path = door.path.format(case=odd if part else self.case, secret=odd, staff=odd)
        wire: Any = [(name, value.encode("latin-1")) for name, value in headers.items()]
        async with self.console.browser(self.staff) as browser:
            assert browser.token
            address = f"{path}?{urlencode(fields)}"
            form = {**fields, "form": form_token(browser.token)}
            posted = {} if door.method == "GET" else {"data": form}
            answer = await browser.http.request(door.method, address, headers=wire, **posted)  # type: ignore[arg-type]
        return answer.status_code


@asynccontextmanager
async def knocking(folder: Path, bundle: Bundle) -> AsyncIterator[Knocking]:
    async with open_world(folder, bundle) as world:
        phone = world.phone("en")
        for said in ("/start", "Start", "I agree", "I agree", "I agree", "/contact"):
            await world.send(phone, said)
        console = Console(world)
        yield Knocking(console, await world.colleague("Member", *Role), (await world.cases())[0].case)
        await console.desk.live.stop()


@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door.method} {door.path}")
def test_nothing_that_is_sent_is_answered_by_a_fault(door: Door, tmp_path: Path, bundle: Bundle) -> None:
    """One world for each door, and many odd requests. What elsewhere is a 500, raises here."""
    with asyncio.Runner() as runner:
        opened = knocking(tmp_path, bundle)
        there = runner.run(opened.__aenter__())

        @settings(max_examples=30, deadline=None)
        @given(part=st.none() | VALUES, fields=FIELDS, headers=HEADERS)
        def knock(part: str | None, fields: Fields, headers: Fields) -> None:
            assert runner.run(there.knock(door, part, fields, headers)) < 500

        try:
            knock()
        finally:
            runner.run(opened.__aexit__(None, None, None))
