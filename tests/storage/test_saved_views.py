"""Saved views of the queue: each member's own, sealed, on every device, and gone with the member."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update

from bot.content.bundle import Bundle
from bot.domain.staff import OPERATOR, Staff
from bot.service.register import remove_staff
from bot.service.review import Office
from bot.service.review_ports import NotAllowed
from bot.service.saved_view_ports import SavedView
from bot.service.saved_views import MOST, forget_view, save_view, saved_views
from bot.storage import review_tables
from bot.storage.backup import backup
from bot.storage.database import Database
from bot.storage.rewrapping import rewrap
from bot.storage.saved_views import views_at
from bot.storage.store import SqlStore
from bot.storage.vault import HOUSE
from tests.storage.bytes import everywhere, found
from tests.storage.caseload import hire, open_office
from tests.storage.persona import NOW
from tests.storage.test_access_tampering import GARBAGE, body_of
from tests.storage.test_backup import elsewhere, opened, put_back, target
from tests.storage.test_rewrapping import NEW, OLD

__all__ = ["elsewhere", "opened", "target"]

MINE = SavedView("My urgent", {"tab": "mine", "priority": "urgent"})
TABLE = review_tables.saved_views


@pytest.fixture
async def office(store: SqlStore, bundle: Bundle) -> Office:
    return await open_office(store, bundle)


@pytest.fixture
async def team(office: Office) -> list[Staff]:
    return await hire(office, 2)


async def save(office: Office, who: Staff, view: SavedView = MINE) -> None:
    await save_view(office, who.id, view.name, view.asked)


async def count_of(database: Database) -> int:
    async with database.reading() as connection:
        return (await connection.execute(select(func.count()).select_from(TABLE))).scalar_one()


async def put_body(database: Database, staff: str, body: bytes) -> None:
    """Write a body as somebody who has no key."""
    async with database.writing() as connection:
        again = update(TABLE).where(TABLE.c.staff_id == staff).values(body=body)
        if not (await connection.execute(again)).rowcount:
            await connection.execute(insert(TABLE).values(staff_id=staff, body=body))


async def test_each_member_has_their_own(office: Office, team: list[Staff], database: Database) -> None:
    wang, li = team
    await save(office, wang)
    await save(office, li, SavedView("done", {"tab": "done"}))
    assert await saved_views(office, wang.id) == [MINE]
    assert await saved_views(office, li.id) == [SavedView("done", {"tab": "done"})]
    await forget_view(office, wang.id, "done")
    assert await saved_views(office, wang.id) == [MINE], "a name of somebody else's"
    await forget_view(office, wang.id, MINE.name)
    assert await saved_views(office, wang.id) == []
    assert await count_of(database) == 1, "an empty row was left"


async def test_what_is_kept_of_them_is_short(office: Office, team: list[Staff]) -> None:
    wang, _ = team
    for number in range(MOST):
        await save_view(office, wang.id, f"{number} {'字' * 1_000}", {"source": "x" * 1_000})
    with pytest.raises(NotAllowed, match="review-views-full"):
        await save_view(office, wang.id, "9", {})
    kept = await saved_views(office, wang.id)
    assert [view.name[0] for view in kept] == list("01234567")
    assert {(len(view.name), len(view.asked["source"])) for view in kept} == {(40, 80)}


async def test_of_tabs_that_save_at_once_none_is_lost(office: Office, team: list[Staff]) -> None:
    wang, _ = team
    names = [f"view {number}" for number in range(MOST)]
    await asyncio.gather(*(save_view(office, wang.id, name, {"tab": "all"}) for name in names))
    assert sorted(view.name for view in await saved_views(office, wang.id)) == names
    await asyncio.gather(*(forget_view(office, wang.id, name) for name in names[2:]))
    assert sorted(view.name for view in await saved_views(office, wang.id)) == names[:2]


async def test_they_go_with_the_member(office: Office, team: list[Staff], database: Database) -> None:
    wang, li = team
    for each in team:
        await save(office, each)
    await remove_staff(office, wang.id, by=OPERATOR, now=NOW)
    assert await count_of(database) == 1
    assert await saved_views(office, wang.id) == []
    assert await saved_views(office, li.id) == [MINE]
    with pytest.raises(NotAllowed, match="review-not-allowed"):
        await save(office, wang)


async def test_who_is_removed_while_they_save_leaves_none(office: Office, database: Database) -> None:
    """Ten members, each saving in two tabs at the moment when they are taken off."""
    many = await hire(office, 10)
    leaving = [remove_staff(office, each.id, by=OPERATOR, now=NOW) for each in many]
    saving = [save(office, each) for each in many * 2]
    came = await asyncio.gather(*saving[:10], *leaving, *saving[10:], return_exceptions=True)
    assert {type(each) for each in came if isinstance(each, Exception)} <= {NotAllowed}
    assert await count_of(database) == 0


async def test_a_row_of_somebody_else_does_not_open(
    office: Office, team: list[Staff], database: Database
) -> None:
    wang, li = team
    await save(office, wang)
    await put_body(database, li.id, await body_of(database, TABLE.name, "staff_id", wang.id))
    assert await saved_views(office, li.id) == []
    assert await saved_views(office, wang.id) == [MINE]


@GARBAGE
async def test_a_row_that_does_not_open_is_replaced(
    office: Office, team: list[Staff], database: Database, body: bytes
) -> None:
    wang, _ = team
    await put_body(database, wang.id, body)
    assert await saved_views(office, wang.id) == []
    await save(office, wang)
    assert await saved_views(office, wang.id) == [MINE]


@pytest.mark.parametrize("plain", [b"", b"{}", b'["a"]', b'[["a",{"tab":1}]]'])
async def test_what_another_version_sealed_otherwise_holds_nothing(
    office: Office, team: list[Staff], database: Database, plain: bytes
) -> None:
    wang, _ = team
    sealer = await database.vault.sealer(())
    await put_body(database, wang.id, sealer.seal(HOUSE, views_at(wang.id), plain))
    assert await saved_views(office, wang.id) == []


async def test_their_words_are_sealed_also_in_copies(
    office: Office, team: list[Staff], store: SqlStore, tmp_path: Path
) -> None:
    wang, _ = team
    secret = SavedView("canaryview of Meiling", {"tab": "all", "source": "canaryward"})
    await save(office, wang, secret)
    folder = tmp_path / "copies"
    await backup(store, folder, folder, NOW, None)
    assert await saved_views(office, wang.id) == [secret], "it was not saved at all"
    canaries = ("canaryview", "Meiling", "canaryward")
    assert found(canaries, await everywhere(store.database, folder)) == []


async def test_they_come_back_with_a_backup(
    office: Office, team: list[Staff], store: SqlStore, elsewhere: SqlStore, tmp_path: Path
) -> None:
    wang, li = team
    await save(office, wang)
    taken = await backup(store, tmp_path / "copies", tmp_path / "copies", NOW, None)
    await put_back(elsewhere, taken.database, taken.keys)
    there = Office(office.desks, elsewhere)
    assert await saved_views(there, wang.id) == [MINE]
    await save(there, li)
    assert await saved_views(there, li.id) == [MINE]


async def test_they_open_after_the_operators_key_was_changed(
    url: str, bundle: Bundle, opened: Callable[..., SqlStore]
) -> None:
    office = await open_office(opened(url, OLD), bundle)
    (wang,) = await hire(office, 1)
    await save(office, wang)
    changing = opened(url, NEW, OLD)
    assert [step async for step in rewrap(changing.database.vault)][-1][0]
    assert await saved_views(Office(office.desks, opened(url, NEW)), wang.id) == [MINE]
