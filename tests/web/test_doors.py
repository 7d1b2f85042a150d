"""Every page and action of the console, for everybody who might knock: who is let in, and who is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from shutil import copytree
from typing import NamedTuple

import httpx
import pytest

from bot.content.bundle import Bundle
from bot.domain.access import FRESH
from bot.domain.case_actions import Claim
from bot.domain.staff import OPERATOR, Role, Staff
from bot.service.access import form_token
from bot.service.register import remove_staff
from bot.web.console import DOORS
from bot.web.doors import Door
from tests.talk import World, open_world
from tests.web.office import ORIGIN, Console, sent_to

C, I, A, M = Role.COORDINATOR, Role.INVESTIGATOR, Role.AUDITOR, Role.ADMINISTRATOR  # noqa: E741 -- a table
NOBODY_NEEDED = None
ALL = {C, I, A, M}

# Written by hand, apart from the doors themselves: what should hold, by method and path.
MAY: dict[tuple[str, str], set[Role] | None] = {
    ("GET", "/sign-in"): NOBODY_NEEDED,
    ("GET", "/sign-in/{secret}"): NOBODY_NEEDED,
    ("POST", "/sign-in/{secret}"): NOBODY_NEEDED,
    ("POST", "/demo"): NOBODY_NEEDED,
    ("POST", "/language"): NOBODY_NEEDED,
    ("GET", "/code"): ALL,
    ("POST", "/code"): ALL,
    ("GET", "/prove"): ALL,
    ("POST", "/sign-out"): ALL,
    ("GET", "/"): ALL,
    ("POST", "/views"): ALL,
    ("POST", "/views/forget"): ALL,
    ("GET", "/live"): ALL,
    ("GET", "/cases/{case}"): ALL,
    ("GET", "/cases/{case}/identity"): ALL,
    ("GET", "/figures"): ALL,
    ("GET", "/log"): ALL,
    ("POST", "/log/file"): ALL,
    ("GET", "/audit"): ALL,
    ("POST", "/audit"): ALL,
    ("GET", "/trials"): ALL,
    ("GET", "/staff"): ALL,
    ("POST", "/staff"): {M},
    ("POST", "/staff/{staff}/roles"): {M},
    ("POST", "/staff/{staff}/authenticator"): {M},
    ("POST", "/staff/{staff}/remove"): {M},
    ("POST", "/cases/{case}/claim"): {C, I},
    ("POST", "/cases/{case}/release"): {C, I, M},
    ("POST", "/cases/{case}/hand-over"): {C, I, M},
    ("POST", "/cases/{case}/snooze"): {C, I},
    ("POST", "/cases/{case}/wake"): {C, I},
    ("POST", "/cases/{case}/note"): {C, I},
    ("POST", "/cases/{case}/answer"): {C, I},
    ("POST", "/cases/{case}/end-talk"): {C, I, M},
    ("POST", "/cases/{case}/decide"): {C, I},
    ("POST", "/cases/{case}/undo"): {C, I},
    ("POST", "/cases/{case}/second"): {C, I},
}
NEED_IDENTITY = {"/cases/{case}/identity"}
NEED_FRESH = {
    ("GET", "/cases/{case}/identity"),
    ("POST", "/log/file"),
    ("POST", "/staff"),
    ("POST", "/staff/{staff}/roles"),
    ("POST", "/staff/{staff}/authenticator"),
    ("POST", "/staff/{staff}/remove"),
}
BEFORE_THE_CODE = {"/code", "/prove", "/sign-out"}
FIELDS = {
    "to": "nobody",
    "for": "week",
    "text": "hello",
    "decision": "unreachable",
    "reason": "why",
    "agrees": "yes",
    "code": "000000",
    "name": "mine",
    "language": "en",
    "staff": "x",
}
REFUSED = {403, 409, 422}
SENT_AWAY = {"/sign-in", "/code", "/prove"}


def of(wanted: Callable[[Door], bool]) -> pytest.MarkDecorator:
    """Run a test for each door of a kind."""
    chosen = [door for door in DOORS if wanted(door)]
    assert chosen
    return pytest.mark.parametrize("door", chosen, ids=lambda door: f"{door.method} {door.path}")


def open_to(door: Door) -> set[Role]:
    """Return who may use a door; nobody's leave is needed for some."""
    return MAY[door.method, door.path] or set()


doors = of(lambda _: True)


class Prepared(NamedTuple):
    """A folder with a world in which somebody asked for a person, and their case."""

    folder: Path
    case: str


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, bundle: Bundle) -> Prepared:
    """Made once: each test works on a copy."""
    folder = tmp_path_factory.mktemp("prepared")

    async def make() -> str:
        async with open_world(folder, bundle) as world:
            return await a_case(world)

    return Prepared(folder, asyncio.run(make()))


@pytest.fixture
def case(prepared: Prepared) -> str:
    return prepared.case


@pytest.fixture
async def console(tmp_path: Path, bundle: Bundle, prepared: Prepared) -> AsyncIterator[Console]:
    copytree(prepared.folder, tmp_path, dirs_exist_ok=True)
    async with open_world(tmp_path, bundle) as world:
        console = Console(world)
        yield console
        await console.desk.live.stop()


async def a_case(world: World) -> str:
    """Let somebody ask for a person, and return the case that opens."""
    phone = world.phone("en")
    for said in ("/start", "Start", "I agree", "I agree", "I agree", "/contact"):
        await world.send(phone, said)
    return (await world.cases())[0].case


async def knock(
    console: Console, door: Door, case: str, staff: Staff | None, *, with_code: bool = True
) -> httpx.Response:
    """Ask for a page or do an action by a proper form, as somebody who gave the code they must give."""
    path = door.path.format(case=case, secret="none", staff="none")
    async with console.browser(staff) as browser:
        if staff and staff.needs_code and with_code:
            await console.give_code(browser)
        return await (browser.get(path) if door.method == "GET" else browser.post(path, **FIELDS))


def let_in(response: httpx.Response) -> bool:
    """Tell whether somebody was let in: neither told no for what they are, nor sent to sign in."""
    if response.status_code == 303:
        return sent_to(response) not in SENT_AWAY
    return response.status_code != 403


def test_every_door_is_in_the_table() -> None:
    assert {(door.method, door.path) for door in DOORS} == set(MAY)
    assert len(DOORS) == len(MAY), "two doors at one place"


@doors
async def test_whoever_is_not_signed_in(door: Door, console: Console, case: str) -> None:
    response = await knock(console, door, case, None)
    if MAY[door.method, door.path] is NOBODY_NEEDED:
        assert response.status_code in {200, 303, 409, 410}
    else:
        assert (response.status_code, sent_to(response)) == (303, "/sign-in")


@pytest.mark.parametrize("role", sorted(ALL))
@doors
async def test_each_role(door: Door, role: Role, console: Console, case: str) -> None:
    member = await console.world.colleague("Member", role)
    response = await knock(console, door, case, member)
    allowed = MAY[door.method, door.path]
    if door.path in NEED_IDENTITY:
        assert response.status_code == 403, "a role alone never shows who somebody is"
    elif door.path == "/sign-out":
        assert sent_to(response) == "/sign-in"
    else:
        assert let_in(response) == (allowed is NOBODY_NEEDED or role in allowed)


@of(lambda door: door.method == "POST" and bool(open_to(door)) and A not in open_to(door))
async def test_a_role_that_may_nothing_changes_nothing(door: Door, console: Console, case: str) -> None:
    before = await console.world.cases()
    await knock(console, door, case, await console.world.colleague("Auditor", A))
    assert await console.world.cases() == before


@of(lambda door: door.method == "POST" and "{case}" in door.path)
async def test_of_a_colleagues_case_only_what_the_table_allows(
    door: Door, console: Console, case: str
) -> None:
    await console.world.act(Claim(), case, "Holder")
    member = await console.world.colleague("Member", C)
    before = await console.world.cases()
    response = await knock(console, door, case, member)
    if door.path.endswith("/note"):
        assert response.status_code == 303, "anybody may leave a note"
    else:
        assert response.status_code in REFUSED
        assert await console.world.cases() == before


@of(lambda door: bool(open_to(door)))
async def test_whoever_left_the_team(door: Door, console: Console, case: str) -> None:
    member = await console.world.colleague("Member", C)
    path = door.path.format(case=case, staff="none")
    async with console.browser(member) as browser:
        await remove_staff(console.world.office, member.id, by=OPERATOR, now=console.world.now)
        response = await (browser.get(path) if door.method == "GET" else browser.post(path, **FIELDS))
    assert (response.status_code, sent_to(response)) == (303, "/sign-in")


@of(lambda door: bool(open_to(door)))
@pytest.mark.parametrize("who", ["seer", "administrator"])
async def test_who_sees_identities_or_decides_who_does_gives_a_code_first(
    door: Door, who: str, console: Console, case: str
) -> None:
    role = I if who == "seer" else M
    member = await console.world.colleague("Member", role, sees_identity=who == "seer")
    response = await knock(console, door, case, member, with_code=False)
    if door.path in BEFORE_THE_CODE:
        assert response.status_code in {200, 303, 409, 422}
    else:
        assert (response.status_code, sent_to(response)) == (303, "/code")


@doors
async def test_grave_things_ask_for_proof_again(door: Door, console: Console, case: str) -> None:
    seer = await console.world.colleague("Seer", C, I, A, M, sees_identity=True)
    path = door.path.format(case=case, secret="none", staff="none")
    async with console.browser(seer) as browser:
        await console.give_code(browser)
        console.world.now += FRESH + timedelta(seconds=1)
        response = await (browser.get(path) if door.method == "GET" else browser.post(path, **FIELDS))
    asked = response.status_code == 303 and sent_to(response) == "/prove"
    assert asked == ((door.method, door.path) in NEED_FRESH)


@of(lambda door: door.method == "POST")
@pytest.mark.parametrize("forged", ["no mark", "another session's mark", "another site"])
async def test_a_foreign_form_does_nothing(door: Door, forged: str, console: Console, case: str) -> None:
    member = await console.world.colleague("Member", C)
    path = door.path.format(case=case, secret="none", staff="none")
    before = await console.world.cases()
    async with console.browser(member) as browser:
        assert browser.token
        mark = {
            "no mark": "",
            "another session's mark": form_token("other"),
            "another site": form_token(browser.token),
        }[forged]
        origin = "https://evil.example" if forged == "another site" else ORIGIN
        response = await browser.http.post(path, data={**FIELDS, "form": mark}, headers={"Origin": origin})
    assert response.status_code == 403
    assert await console.world.cases() == before


@of(lambda door: door.method == "GET")
async def test_nothing_changes_by_looking(door: Door, console: Console, case: str) -> None:
    member = await console.world.colleague("Member", C)
    before = await console.world.cases()
    await knock(console, door, case, member)
    assert await console.world.cases() == before


@doors
async def test_every_answer_is_guarded(door: Door, console: Console, case: str) -> None:
    response = await knock(console, door, case, await console.world.colleague())
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
