"""The trial is changed again and again under open screenings: each goes on in the edition it began with.

`make redeploys` is all of it.
Beside the bot, which is started anew with each change, goes the pure core, which never hears of one.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random  # noqa: TID251 -- repeatable chance decides who says what, and what is changed
from typing import Any

import pytest

from bot.content.bundle import Bundle, compile_bundle
from bot.content.shelf import Edition, Shelf
from bot.domain.conversation import Conversation, Status
from bot.domain.messages import ANYTIME, BESIDE, FromPerson, Started, Tapped, Typed
from bot.engine.advance import advance
from bot.engine.assess import assess
from bot.engine.prompts import prompt
from bot.service.handled import Said
from bot.service.ports import Arrival
from bot.service.screening import handle, set_aside_now
from bot.service.wording import words
from bot.storage.reading import conversations
from tests.talk import World, open_world

OPEN = int(os.environ.get("DOORSTEP_OPEN_SCREENINGS", "50"))
CHANGES = int(os.environ.get("DOORSTEP_CHANGES", "5"))
FIRST = min(5, CHANGES)
"""So many editions are on offer, one after another, while people come; the changes begin after that."""
TURNS = 25
"""More than a screening takes."""
BATCH = 200
ENDING = {"decline"}
"""What is seldom said here: whoever says it is through."""
ANYWHERE = {*ANYTIME, *BESIDE}
MARK = re.compile(r"⟦(\d+)⟧")


def edition(bundle: Bundle, number: int, chance: Random) -> Bundle:
    """Return the trial with every text marked, in another order and with other rules.

    But for the acknowledgements: whose words changed is asked again, as the newest edition says.
    """
    content = json.loads(bundle.body)
    content["trial"]["version"] = f"draft-{number}"
    for texts in content["words"].values():
        for key in texts:
            if not key.startswith("acknowledgement."):
                texts[key] += f" ⟦{number}⟧"
    _reorder(content["trial"]["sections"], chance)
    _turn_rules(content["trial"], chance)
    return compile_bundle(json.dumps(content, ensure_ascii=False).encode())


def _reorder(sections: list[Any], chance: Random) -> None:
    first, disease, lung, other = sections
    chance.shuffle(other["questions"])
    for section in (disease, lung, other):
        for question in section["questions"]:
            chance.shuffle(question["options"])
    sections[:] = [first, *chance.choice([(disease, lung, other), (other, disease, lung)])]


def _turn_rules(trial: Any, chance: Random) -> None:
    for criterion in trial["criteria"]:
        if criterion["id"] in {"E1", "E3", "E4"} and chance.random() < 0.5:
            rule = criterion["rule"]
            rule["met"], rule["not_met"] = rule["not_met"], rule["met"]


class Visitor:
    """Somebody who answers by chance; `talk` is what the core makes of it in the edition they began with."""

    def __init__(self, number: int, own: Edition, chance: Random) -> None:
        self.id, self.own, self.chance = number, own, chance
        self.mark = own.trial.version.removeprefix("draft-")
        self.language = chance.choice(["en", "zh-hans"])
        self.talk: Conversation | None = None
        self.left = 2
        """What they still say after the end."""

    @property
    def over(self) -> bool:
        return self.talk is not None and self.talk.status is not Status.IN_PROGRESS and self.left <= 0

    def next(self) -> FromPerson:
        """Return what they say next: mostly what leads on."""
        if self.talk is None:
            return Started()
        due = prompt(self.own.trial, self.talk)
        choices = [choice for choice in due.choices if choice.key not in ANYWHERE]
        if not choices or (choices[0].key == "18_or_older" and self.chance.random() < 0.5):
            return Typed(str(self.chance.randint(18, 90)))
        rarely = [0.1 if choice.key in ENDING else 1.0 for choice in choices[1:]]
        chosen = self.chance.choices(choices, [len(choices), *rarely])[0]
        return Tapped(self.talk.id, self.talk.turn, due.choices.index(chosen))

    def expect(self, world: World, said: FromPerson) -> list[str]:
        """Return the texts that an edition of their own brings, as if it were the only one there ever was."""
        assert self.talk
        done = advance(self.own.trial, self.talk, said, now=world.now)
        self.talk = done.conversation
        self.left -= self.talk.status is not Status.IN_PROGRESS
        told = Said(self.id, self.own, self.talk, done.replies)
        return [message.html for message in words(told, {})]


class Study:
    """All of them, with what was compared."""

    def __init__(self, world: World, chance: Random) -> None:
        self.world, self.chance = world, chance
        self.people: list[Visitor] = []
        self.seen: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._keys = count(1)

    async def come(self, number: int) -> None:
        """Let so many people come, to the edition that is on offer."""
        (own,) = Shelf([self.world.bundle]).offered.values()
        first = 1000 + len(self.people)
        fresh = [Visitor(each, own, self.chance) for each in range(first, first + number)]
        self.people += fresh
        for group in _batches(fresh):
            await self._say({visitor: visitor.next() for visitor in group})
        talks = {
            row.conversation.id: row.conversation
            async for row in conversations(self.world.store, with_events=False)
        }
        for visitor, talk in zip(self.people, talks.values(), strict=True):
            visitor.talk = visitor.talk or talk

    async def go_on(self, share: float) -> None:
        """Let some of those who are not through say one thing more."""
        some = [each for each in self.people if not each.over and self.chance.random() < share]
        for group in _batches(some):
            said = {visitor: visitor.next() for visitor in group}
            told = await self._say(said)
            for visitor, inbound in said.items():
                self._compare(visitor, visitor.expect(self.world, inbound), told[visitor.id])

    async def _say(self, said: dict[Visitor, FromPerson]) -> dict[int, list[str]]:
        self.world.now += timedelta(seconds=1)
        batch = [
            Arrival(f"1:{next(self._keys)}", visitor.id, inbound, visitor.language)
            for visitor, inbound in said.items()
        ]
        await handle(batch, self.world.desks, now=self.world.now)
        told = defaultdict(list)
        for queued in await self.world.sent():
            told[queued.chat].append(queued.message.html)
        for visitor in said:
            marks = set(MARK.findall("".join(told[visitor.id])))
            self.seen["texts"] += len(told[visitor.id])
            self.seen["marked texts"] += sum(bool(MARK.search(html)) for html in told[visitor.id])
            self.wrong += [f"{visitor.id} of {visitor.mark} read {mark}" for mark in marks - {visitor.mark}]
        return told

    def _compare(self, visitor: Visitor, expected: list[str], told: list[str]) -> None:
        if expected != told:
            self.wrong.append(f"{visitor.id} of {visitor.mark}: {expected} but {told}")

    async def ends(self) -> None:
        """Compare what is kept with what the core made of it, and count what would have changed."""
        newest = next(iter(self.world.desks.editions.offered.values())).trial
        rows = [row.conversation async for row in conversations(self.world.store, with_events=False)]
        for visitor, kept in zip(self.people, rows, strict=True):
            talk = visitor.talk
            assert talk
            own = visitor.own.trial
            same = (kept.content_hash, kept.status, kept.outcome, kept.answers, kept.flags)
            if same != (own.content_hash, talk.status, talk.outcome, talk.answers, talk.flags):
                self.wrong.append(f"{visitor.id} ended otherwise: {same}")
            self.seen[kept.status.value] += 1
            if kept.outcome:
                self.seen["outcomes"] += 1
                self.wrong += (
                    [] if assess(own, kept.answers).outcome is kept.outcome else [f"{visitor.id}: outcome"]
                )
                self.seen["outcomes that the newest would change"] += (
                    assess(newest, kept.answers).outcome is not kept.outcome
                )


def _batches(people: Sequence[Visitor]) -> Iterator[Sequence[Visitor]]:
    for first in range(0, len(people), BATCH):
        yield people[first : first + BATCH]


@pytest.mark.timeout(300 + OPEN * CHANGES // 100)
async def test_every_screening_goes_on_in_the_edition_it_began_with(tmp_path: Path, bundle: Bundle) -> None:
    chance = Random(20261123)
    async with open_world(tmp_path, bundle) as world:
        study = Study(world, chance)
        for number in range(FIRST):
            await world.redeploy(edition(bundle, number, chance))
            await study.come(OPEN // FIRST)
            for _ in range(chance.randint(0, 12)):
                await study.go_on(0.3)
        rounds = -(-TURNS // CHANGES)
        for number in range(FIRST, FIRST + CHANGES):
            await world.redeploy(edition(bundle, number, chance))
            under_way = sum(not each.over for each in study.people)
            study.seen["changes"] += under_way > 0
            for _ in range(rounds):
                await study.go_on(TURNS / CHANGES / rounds * 0.6)
        while not all(each.over for each in study.people):
            await study.go_on(1.0)
        await study.ends()
        sys.stdout.write(f"{len(study.people)} screenings, {dict(study.seen)}\n")
        assert study.wrong[:3] == []
        assert await set_aside_now(world.desks) == []
        assert study.seen["changes"] == CHANGES
        assert study.seen["marked texts"] > 10 * len(study.people)
        assert study.seen["outcomes that the newest would change"] > len(study.people) // 50, (
            "nothing was tried"
        )
