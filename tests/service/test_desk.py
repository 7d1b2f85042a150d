"""Use cases on a real database: several trials, batches, poison, and content that changes underneath."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.content.bundle import Bundle, compile_bundle
from bot.content.shelf import Shelf
from bot.domain.events import AnswerRecorded, ConsentAcknowledged, Erased
from bot.domain.messages import Started, Typed
from bot.engine.advance import advance
from bot.service import desk, doorway
from bot.service.ports import Arrival, Conflict
from bot.service.screening import handle, keep_offered, set_aside_now
from bot.storage.store import SqlStore
from bot.storage.transaction import SqlTransaction
from tests.talk import Phone, World, open_world, plain

OTHER = "NCT00000002"
TITLE = "Another study"


def other_trial(bundle: Bundle) -> Bundle:
    """Return a second trial: the shipped one under another id and title."""
    content = json.loads(bundle.body)
    content["trial"]["id"] = OTHER
    content["words"]["en"]["title"] = TITLE
    return compile_bundle(json.dumps(content).encode())


@asynccontextmanager
async def two_trials(folder: Path, bundle: Bundle) -> AsyncIterator[World]:
    async with open_world(folder, bundle) as world:
        shelf = Shelf([bundle, other_trial(bundle)])
        world.desks = replace(world.desks, editions=shelf)
        await keep_offered(world.desks, now=world.now)
        yield world


async def agree(world: World, phone: Phone) -> None:
    await world.tap(phone, "Start")
    for _ in range(3):
        await world.tap(phone, phone.labels()[0])


class TestTwoTrials:
    """A person may come for either of two trials."""

    async def test_start_without_a_payload_offers_both_and_opens_none(
        self, tmp_path: Path, bundle: Bundle
    ) -> None:
        async with two_trials(tmp_path, bundle) as world:
            mei = world.phone()
            await world.send(mei, "/start")
            assert "Which study did you come for?" in mei.newest
            starts = [button.start for row in mei.messages[-1].rows for button in row]
            assert starts == ["NCT06203249", OTHER]
            assert f"{TITLE} ({OTHER})" in mei.labels()
            assert await world.exported() == []

    async def test_each_study_is_named_in_the_offer_in_the_persons_language(
        self, tmp_path: Path, bundle: Bundle
    ) -> None:
        async with two_trials(tmp_path, bundle) as world:
            lin = world.phone("zh-hans")
            await world.send(lin, "你好")
            assert "机器人" in lin.newest
            assert lin.labels()[0] != lin.labels()[1]

    @pytest.mark.parametrize("trial", ["NCT06203249", OTHER])
    async def test_a_deep_link_opens_the_right_one(self, trial: str, tmp_path: Path, bundle: Bundle) -> None:
        async with two_trials(tmp_path, bundle) as world:
            mei = world.phone()
            await world.send(mei, f"/start {trial.lower()}_poster-3")
            (row,) = await world.exported()
            assert (row["trial"], row["source"]) == (trial, "poster-3")

    async def test_a_second_link_leaves_the_first_screening_and_coming_back_goes_on(
        self, tmp_path: Path, bundle: Bundle
    ) -> None:
        async with two_trials(tmp_path, bundle) as world:
            mei = world.phone()
            await world.send(mei, "/start NCT06203249")
            await agree(world, mei)
            await world.send(mei, "45")
            await world.send(mei, f"/start {OTHER}")
            assert TITLE in "".join(plain(message) for message in mei.messages)
            await agree(world, mei)
            await world.send(mei, "46")
            rows = {row["trial"]: row["answers"] for row in await world.exported()}
            assert rows == {"NCT06203249": {"age": 45}, OTHER: {"age": 46}}

    async def test_delete_erases_in_every_trial(self, tmp_path: Path, bundle: Bundle) -> None:
        async with two_trials(tmp_path, bundle) as world:
            mei, lin = world.phone(), world.phone(number=8)
            for phone in (mei, lin):
                for trial in ("NCT06203249", OTHER):
                    await world.send(phone, f"/start {trial}")
                    await agree(world, phone)
                    await world.send(phone, "45")
            await world.send(mei, "/delete")
            await world.tap(mei, "Erase my answers")
            rows = await world.exported()
            assert [row["status"] for row in rows].count("erased") == 2
            assert {row["trial"] for row in rows if row["status"] == "erased"} == {"NCT06203249", OTHER}
            assert [row["answers"] for row in rows if row["status"] == "erased"] == [{}, {}]
            assert [row["answers"] for row in rows if row["status"] != "erased"] == [{"age": 45}] * 2
            for row in rows:
                kept = [type(event) for event in await world.events(row["conversation"])]
                told = kept == [*[ConsentAcknowledged] * 3, Erased]
                assert told == (row["status"] == "erased"), "what was agreed to stays"

    async def test_emergency_words_of_somebody_who_has_not_chosen_yet_are_noticed(
        self, tmp_path: Path, bundle: Bundle
    ) -> None:
        async with two_trials(tmp_path, bundle) as world:
            mei = world.phone()
            await world.send(mei, "I cannot breathe")
            assert "call 120" in " ".join(plain(message) for message in mei.messages)


NUMBERS = count(1)


def arrival(person: int, said: str) -> Arrival:
    inbound = Started() if said == "/start" else Typed(said)
    return Arrival(f"1:{next(NUMBERS)}", person, inbound, "en", raw=json.dumps({"text": said, "id": person}))


AGREED = ("/start", "start", "i understand", "i agree", "i agree")


async def answers(world: World) -> list[Any]:
    return [row["answers"] for row in await world.exported()]


async def test_one_batch_with_many_people_and_several_updates_of_each(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        batch = [arrival(person, said) for said in (*AGREED, "45", "yes") for person in range(100, 130)]
        handled = await handle(batch, world.desks, now=world.now)
        assert [item.key for item in handled] == [item.key for item in batch]
        assert await answers(world) == [{"age": 45, "willing": "yes"}] * 30
        assert await handle(batch, world.desks, now=world.now) == [], "delivered again, it does nothing"
        waiting = await world.sent()
        first = next(item for item in waiting).chat
        theirs = [item.message.html for item in waiting if item.chat == first]
        assert "I am a bot" in theirs[0], "within a chat the messages stand in order"


async def test_the_same_update_twice_in_one_batch_counts_once(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        await handle([arrival(7, said) for said in AGREED], world.desks, now=world.now)
        age = arrival(7, "45")
        await handle([age, age, arrival(7, "yes")], world.desks, now=world.now)
        assert await answers(world) == [{"age": 45, "willing": "yes"}]


POISON = "poison: my name is Mei"


def poisoned(*args: Any, **kwargs: Any) -> Any:
    if args[2] == Typed(POISON):
        raise ValueError(POISON)
    return advance(*args, **kwargs)


async def test_a_poison_arrival_is_set_aside_and_the_others_are_kept(
    tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "advance", poisoned)
    async with open_world(tmp_path, bundle) as world:
        everybody = (7, 8, 9)
        await handle([arrival(p, said) for said in AGREED for p in everybody], world.desks, now=world.now)
        batch = [arrival(7, "45"), arrival(8, POISON), arrival(9, "46"), arrival(8, "47"), arrival(7, "yes")]
        handled = await handle(batch, world.desks, now=world.now)
        assert [item.key for item in handled] == [batch[n].key for n in (0, 2, 3, 4)]
        kept = sorted(await answers(world), key=lambda row: int(row["age"]))
        assert kept == [{"age": 45, "willing": "yes"}, {"age": 46}, {"age": 47}]
        aside = await set_aside_now(world.desks)
        assert [(item.key, item.reason) for item in aside] == [(batch[1].key, "ValueError")]
        assert json.loads(aside[0].body)["text"] == POISON, "whoever repairs it finds the update"
        told = [plain(each.message) for each in await world.sent() if each.chat == 8]
        assert sum("something went wrong on our side" in each for each in told) == 1, "and its writer is told"
        assert await handle(batch, world.desks, now=world.now) == []
        assert await world.sent() == []


async def test_what_cannot_be_answered_either_is_set_aside_all_the_same(
    tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("not-handled")

    monkeypatch.setattr(desk, "advance", poisoned)
    monkeypatch.setattr(doorway, "not_handled", broken)
    async with open_world(tmp_path, bundle) as world:
        await handle([arrival(8, said) for said in (*AGREED, POISON, "47")], world.desks, now=world.now)
        assert await answers(world) == [{"age": 47}]
        assert [item.reason for item in await set_aside_now(world.desks)] == ["ValueError"]


async def test_a_conflict_is_decided_anew_one_by_one(
    tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner, conflicts = SqlTransaction.keep, iter([True])

    async def keep(transaction: SqlTransaction, changes: Any, now: Any) -> None:
        await inner(transaction, changes, now)
        if next(conflicts, False):
            raise Conflict("somebody was first")

    async with open_world(tmp_path, bundle) as world:
        await handle([arrival(7, said) for said in AGREED], world.desks, now=world.now)
        monkeypatch.setattr(SqlTransaction, "keep", keep)
        handled = await handle([arrival(7, "45"), arrival(7, "yes")], world.desks, now=world.now)
        assert len(handled) == 2
        assert await answers(world) == [{"age": 45, "willing": "yes"}]
        (row,) = await world.exported()
        recorded = [e.value for e in await world.events(row["conversation"]) if isinstance(e, AnswerRecorded)]
        assert recorded == [45, "yes"], "what was rolled back left nothing"


async def test_after_a_redeploy_a_talk_goes_on_in_the_edition_it_began_with(
    tmp_path: Path, bundle: Bundle
) -> None:
    content = json.loads(bundle.body)
    content["trial"]["version"] = "v2"
    content["words"]["en"]["question.willing"] = "Another wording?"
    newer = compile_bundle(json.dumps(content).encode())
    async with open_world(tmp_path, bundle) as world:
        await handle([arrival(7, said) for said in AGREED], world.desks, now=world.now)
        # A new process: its shelf has never seen the old edition.
        ids = count(70_000_000)
        fresh = SqlStore(world.store.database, lambda: f"{next(ids):08d}")
        world.desks = replace(world.desks, store=fresh, editions=Shelf([newer]))
        await keep_offered(world.desks, now=world.now)
        await handle([arrival(7, "45"), arrival(8, "/start")], world.desks, now=world.now)
        shown = [item.message.html for item in await world.sent() if item.chat == 7]
        assert not any("Another wording?" in html for html in shown)
        old, new = await world.exported()
        assert old["content_hash"] == bundle.content_hash
        assert new["content_hash"] == newer.content_hash
        assert (old["trial_version"], new["trial_version"]) == (bundle.trial.version, "v2")
