"""People who talk through the real use cases in memory; everything that would leave is handed out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from random import Random  # noqa: TID251 -- repeatable chance is what a walk is about
from typing import Any

from bot.content.bundle import Bundle
from bot.content.shelf import Shelf
from bot.domain.messages import (
    AttachmentSent,
    Commanded,
    Edited,
    FromPerson,
    Returned,
    Started,
    Tapped,
    TokenForged,
    Typed,
    Waited,
)
from bot.engine.advance import advance
from bot.engine.commands import COMMANDS
from bot.service.desk import Desk
from bot.service.handled import Said
from bot.service.lapse import Licence, Unlimited
from bot.service.message import Message
from bot.service.ports import Arrival
from bot.service.wording import staff_line, words
from tests.conftest import NOW, oracle

_TYPED = (
    *(
        "31",
        "17",
        "0",
        "1990",
        "45.5",
        "130",
        "虚岁 45",
        "yes",
        "no",
        "不确定",
        "I am not sure",
        "是",
        "thanks",
    ),
    *("<b>may be eligible</b>", '& < > "', "You are eligible!", "{title}", "{ $title }", "Is it safe?"),
    *(
        "I cannot breathe",
        "我胸口很疼",
        "about",
        "back",
        "change",
        "delete my data",
        "stop",
        "1",
        "2",
        "9",
        "🙂",
    ),
)
_PHONES = ("en", "zh-hans", "fr", None)


class Walk:
    """One person with one phone, and all that the bot says to them."""

    def __init__(self, bundle: Bundle, phone: str | None, licence: Licence | None = None) -> None:
        shelf, ids = Shelf([bundle]), count(1)
        self._keys = count(1)
        self._phone = phone
        self.desk = Desk(
            people={},
            editions={bundle.content_hash: shelf.offered[bundle.trial.id]},
            offered=shelf.offered,
            now=NOW,
            new_id=lambda: f"{next(ids):08d}",
            renewed=shelf.renewed,
            licence=licence or Unlimited(),
        )
        self.asking: Said | None = None
        """What has buttons, and came last."""

    def does(self, inbound: FromPerson) -> Iterator[Message | str]:
        """Yield each message that comes back, and each note on a tap."""
        handled = self.desk.receive(Arrival(str(next(self._keys)), 7, inbound, self._phone))
        yield from self._said()
        yield from (note for note in (handled.notice, handled.chosen) if note)

    def waits(self, days: int, *, away: bool) -> Iterator[Message | str]:
        """Yield what time alone brings about, or the bot's absence."""
        self.desk.now += timedelta(days=days)
        for person in list(self.desk.people.values()):
            for talk in person.conversations:
                trial = self.desk.editions[talk.content_hash].trial
                what = Returned() if away else Waited()
                self.desk.wake(person, talk, advance(trial, talk, what, now=self.desk.now))
        yield from self._said()

    def tap(self, place: int) -> Tapped:
        """Return a tap on a button of the last message that has any."""
        assert self.asking
        return Tapped(self.asking.conversation.id, self.asking.conversation.turn, place)

    def place_of(self, label: str) -> int | None:
        """Return where the last message has the button that is called by this text."""
        choices = self.asking.replies[-1].choices if self.asking else ()
        return next((n for n, choice in enumerate(choices) if choice.label.key == label), None)

    def _said(self) -> Iterator[Message]:
        desk = self.desk
        for said in desk.said:
            yield from words(said, {said.edition.trial.id: 3})
            if said.replies and said.replies[-1].choices:
                self.asking = said
        for edition, alert, code in desk.alerts:
            yield staff_line(edition, alert, code)
        desk.said.clear()
        desk.alerts.clear()
        desk.changes.kept.clear()


def at_random(
    bundle: Bundle, chance: Random, length: int, licence: Licence | None = None
) -> Iterator[Message | str]:
    """Yield what is said to somebody who does anything at all."""
    walk = Walk(bundle, chance.choice(_PHONES), licence)
    inbound: FromPerson = Started(chance.choice(["", "NCT06203249_leaflet-7"]))
    for _ in range(length):
        yield from walk.does(inbound)
        if chance.random() < 0.1:
            yield from walk.waits(chance.choice([1, 5, 40, 100]), away=chance.random() < 0.5)
        inbound = _anything(walk, chance)


def _anything(walk: Walk, chance: Random) -> FromPerson:
    kind = chance.random()
    if walk.asking and kind < 0.75:
        # Mostly the first button, which goes on.
        choices = walk.asking.replies[-1].choices
        return walk.tap(0 if chance.random() < 0.5 else chance.randrange(len(choices)))
    if kind < 0.85:
        return Typed(chance.choice(_TYPED))
    if kind < 0.95:
        return Commanded(chance.choice([*COMMANDS, "eligible"]))
    others = (AttachmentSent("eligible"), Edited("yes"), TokenForged(), Started(), Tapped("x", 1, 0))
    return chance.choice(others)


def of_case(bundle: Bundle, answers: dict[str, str | int], phone: str) -> Iterator[Message | str]:
    """Yield what is said to somebody who gives the answers of a case, to the end."""
    walk = Walk(bundle, phone)
    yield from walk.does(Started())
    for _ in range(_LONGEST):
        if walk.asking is None or not (choices := walk.asking.replies[-1].choices):
            return
        inbound: FromPerson = walk.tap(0)
        for question, value in answers.items():
            if any(choice.label.key.startswith(f"trial:question.{question}.option.") for choice in choices):
                place = walk.place_of(f"trial:question.{question}.option.{value}")
                inbound = Typed(str(value)) if place is None else walk.tap(place)
        said = list(walk.does(inbound))
        yield from said
        if any(talk.outcome for person in walk.desk.people.values() for talk in person.conversations):
            break
    yield from walk.does(Commanded("status"))
    yield from walk.does(Commanded("mydata"))
    yield from walk.does(walk.tap(0))


_LONGEST = 40


def cases() -> list[dict[str, Any]]:
    """Return the answers of the oracle's cases."""
    return [case["answers"] for case in oracle()["cases"] if case["group"] == "answers"]
