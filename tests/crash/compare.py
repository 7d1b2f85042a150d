"""Doorstep and a stock bot through the same kills, with the same people and the same faults."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random  # noqa: TID251 -- repeatable chance decides when a bot dies
from typing import Any

from bot.simulator.server import serve
from tests.crash.campaign import MOST_CALLS, QUIET, bot_settings, reached
from tests.crash.checks import Verdict, judge
from tests.crash.coping import Coping
from tests.crash.inside import wall_clock
from tests.crash.process import Warm
from tests.crash.talker import CAST, words
from tests.crash.troubles import Telegram

SIZE = 2 * len(CAST)
"""People who talk, each once."""
_SILENCE = 2.3
"""Seconds without any call after which nothing more will come: both bots try again sooner."""
_ROUNDS = 30


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of one bot, counted alike for both."""

    kills: int = 0
    people: int = 0
    said: int = 0
    """Starts, agreements, answers, submissions: each counted once."""
    lost: int = 0
    """Of these, how many were taken from Telegram and are nowhere."""
    doubled: int = 0
    """Updates that had an effect twice."""
    wrong: int = 0
    """Answers kept that their person did not give to that question."""
    missing: int = 0
    """Messages never sent, although what they answer was kept."""
    twice: int = 0
    """Messages that came more than once."""
    repeated: int = 0
    """Updates that Telegram delivered twice."""
    complaints: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        return not (self.lost or self.doubled or self.wrong or self.missing or self.complaints)


async def doorstep(
    starter: Warm, folder: Path, kills: int, seed: int, calm: Sequence[Sequence[str]], *, size: int = SIZE
) -> Figures:
    """Kill `python -m bot run`."""
    url = f"sqlite:///{folder / f'doorstep-{seed}.sqlite3'}"
    settings = {"DATABASE_URL": url, "HTTP_PORT": "0"}
    people, seen = await _killed(starter, "bot", settings, folder, kills, seed, size)
    verdict = Verdict()
    await judge(verdict, url, people, calm)
    wrong = sum("check_kept" in complaint for complaint in verdict.complaints)
    return replace(
        seen,
        lost=seen.lost + verdict.lost,
        doubled=verdict.twice,
        wrong=wrong,
        missing=seen.missing + verdict.missing,
        complaints=tuple(verdict.complaints),
    )


async def stock(starter: Warm, folder: Path, kills: int, seed: int, *, size: int = SIZE) -> Figures:
    """Kill the stock bot."""
    database = folder / f"stock-{seed}.sqlite3"
    settings = {"STOCK_DATABASE": str(database), "STOCK_STEPS": json.dumps(steps())}
    people, seen = await _killed(starter, "stock", settings, folder, kills, seed, size)
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT chat, step, value, update_id FROM answers").fetchall()
    kept = {(chat, step): value for chat, step, value, _ in rows}
    said = {(talker.person.id, key): str(value) for talker in people for key, value in talker.said}
    questions = {question["key"] for question in words("en")["questions"]}
    wrong = [place for place, value in kept.items() if place[1] in questions and said.get(place) != value]
    return replace(
        seen,
        lost=seen.lost + len(said.keys() - kept.keys()),
        doubled=len(rows) - len({update_id for *_, update_id in rows}),
        wrong=len(wrong),
    )


def _seen(kills: int, simulator: Telegram, people: Sequence[Coping]) -> Figures:
    return Figures(
        kills=kills,
        people=len(people),
        said=sum(talker.acts + 1 for talker in people),  # and each pressed Start
        lost=sum(talker.lost for talker in people),
        missing=sum(talker.unsent for talker in people),
        twice=sum(talker.doubled for talker in people),
        repeated=simulator.repeating.repeated,
    )


async def _killed(
    starter: Warm, program: str, settings: dict[str, str], folder: Path, kills: int, seed: int, size: int
) -> tuple[list[Coping], Figures]:
    """Let people talk to a bot that is killed so often and then left in peace; return what they saw."""
    simulator = Telegram(wall_clock, seed)
    chance = Random(seed)
    people = [_coping(simulator, place) for place in range(size)]
    log = folder / f"{program}-{seed}.txt"
    async with serve(simulator) as telegram:
        here = bot_settings(telegram) | settings
        talks = [asyncio.create_task(talker.talk()) for talker in people]
        for _ in range(kills):
            bot = await starter.start(program, log, **here)
            await reached(simulator, chance.randint(1, MOST_CALLS), quiet=chance.uniform(0.0, QUIET))
            await starter.kill(bot)
        bot = await starter.start(program, log, **here)
        await _finish(simulator, people, talks)
        await starter.kill(bot)
    return people, _seen(kills, simulator, people)


def _coping(simulator: Telegram, place: int) -> Coping:
    persona = replace(CAST[place % len(CAST)], careless=False)
    person = simulator.person(first_name=persona.name, language_code=persona.phone)
    return Coping(persona, person)


async def _finish(simulator: Telegram, people: Sequence[Coping], talks: Sequence[asyncio.Task[None]]) -> None:
    """Leave the bot alone; whenever nothing more comes, those who still wait find out where they are."""
    simulator.trouble.share = 0.0
    for _ in range(_ROUNDS):
        simulator.repeating.deliver_rest()
        await simulator.settle(seconds=120, quiet=_SILENCE)
        for talk in talks:
            if talk.done():
                talk.result()
        if all(talk.done() for talk in talks):
            return
        for talker in people:
            if not talker.done:
                talker.silent.set()
    raise AssertionError("somebody still waits: " + str([t.texts[-1:] for t in people if not t.done]))


def steps() -> dict[str, list[dict[str, Any]]]:
    """Return what the stock bot asks, by language: all that Doorstep asks, in its words."""
    by_language = {language: _steps(words(language)) for language in ("en", "zh-Hans")}
    picker = _step("language", "Please choose your language", ["English", "中文"])
    return by_language | {"es": [picker, *by_language["en"]]}


def _steps(told: dict[str, Any]) -> list[dict[str, Any]]:
    label = told["navigation"]
    agreements = [_step(i["key"], i["text"], [i["accept"], i["decline"]]) for i in told["acknowledgements"]]
    return [
        _step("start", "\n\n".join(told["summary"])[:3000], [label["start"]]),
        *agreements,
        *map(_question, told["questions"]),
        _step("submit", label["submit"], [label["submit"]]),
        _step("contact", told["contact_request"], [label["contact_yes"], label["contact_no"]]),
        _step("end", label["again"], [label["again"]]),
    ]


def _question(question: dict[str, Any]) -> dict[str, Any]:
    options = question["options"]
    labels, keys = [option["label"] for option in options], [option["key"] for option in options]
    number = question["kind"].startswith("integer")
    return _step(question["key"], question["text"], labels) | {"values": keys, "number": number}


def _step(key: str, text: str, labels: list[str]) -> dict[str, Any]:
    return {"key": key, "text": text, "labels": labels, "values": labels, "number": False}
