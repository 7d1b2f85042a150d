"""The card of a case: its words in every language, its buttons, and what never stands on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.bundle import Bundle
from bot.content.console_words import read_staff_words
from bot.content.fluent import read_messages
from bot.domain.case_events import Closing, Decision, Reason, ReasonKind
from bot.domain.review import Case, Ruling, SecondReview, State
from bot.service.card_tokens import CardToken, card_token, read_card_token
from bot.service.cards import Card, Look, View, draw
from bot.service.group_queue import many_changed
from bot.service.group_work import Group, card_of
from bot.service.review_views import Snippet
from tests.conftest import LOCALES, NOW, shipped
from tests.editions import with_policies
from tests.talk import World, open_world, plain

WORDS = read_staff_words(LOCALES)
LONGEST_TOKEN = 24
PRIVATE = ("Tuesday after four", "internal thought", "participant-row")
REASONS = tuple(Reason(kind, "I3") for kind in ReasonKind)


def case(state: State, **more: object) -> Case:
    made = Case(
        "abcd1234",
        participant=PRIVATE[2],
        trial="NCT06203249",
        state=state,
        reasons=REASONS,
        opened_at=NOW,
        changed_at=NOW,
        revision=999_999_999,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def cases() -> Iterator[Case]:
    """Yield a case in every state, as full as it can be."""
    ruling = Ruling(Decision.NOT_ELIGIBLE, "I3", PRIVATE[1], "w", NOW)
    for state, late, talking, second in product(State, (True, False), (True, False), SecondReview):
        yield case(
            state,
            claimed_by="w",
            alarmed=late,
            due_by=NOW + timedelta(hours=1),
            talking=talking,
            notes=2,
            second_review=second,
            ruling=ruling,
            snoozed_until=NOW + timedelta(days=1),
        )
    for closing in Closing:
        yield case(State.RESOLVED, closed=closing)
    yield case(State.OPEN, reasons=())


def every_card() -> Iterator[tuple[Case, View, Card]]:
    snippets = tuple(Snippet(str(n), "说 <b>", "say & so") for n in range(20))
    for each, view, language in product(cases(), View, WORDS.languages):
        look = Look(
            each, {"w": "Wang <i>"}, WORDS, language, NOW, shipped().trial, NOW, snippets, "https://c.example"
        )
        yield each, view, draw(look, view)


def test_every_card_has_its_words_its_buttons_and_nothing_that_was_said() -> None:
    count = 0
    for shown, view, card in every_card():
        count += 1
        assert shown.id in card.html
        assert "<i>" not in card.html.replace("<i>say", "")
        assert not any(words in card.html for words in PRIVATE), (shown.state, view)
        keys = [key for row in card.rows for key in row]
        assert keys
        for key in keys:
            assert key.label
            assert bool(key.token) != bool(key.url)
            if key.token:
                assert len(key.token.encode()) <= LONGEST_TOKEN
                told = read_card_token(key.token)
                assert told is not None
                assert (told.case, told.revision) == (shown.id, shown.revision)
    assert count > 200


@given(
    st.from_regex(r"[a-z0-9]{8}", fullmatch=True),
    st.integers(0, 999_999_999),
    st.sampled_from("crdxkstnbua"),
    st.none() | st.integers(0, 99),
)
def test_a_token_says_what_it_was_made_of(name: str, revision: int, verb: str, place: int | None) -> None:
    token = CardToken(name, revision, verb, place)
    assert read_card_token(card_token(token)) == token
    assert len(card_token(token).encode()) <= LONGEST_TOKEN


@given(st.text())
def test_whatever_else_a_client_sends_is_no_token(data: str) -> None:
    told = read_card_token(data)
    assert told is None or card_token(told) == data or data.removeprefix(card_token(told)).isdigit()


def test_the_words_of_the_group_are_the_same_in_both_languages() -> None:
    files = {path.parent.name: path.read_text("utf-8") for path in LOCALES.glob("*/staff.ftl")}
    shapes = {}
    for language, text in files.items():
        read, problems = read_messages("staff.ftl", text)
        assert problems == []
        shapes[language] = {shape.id: shape.variables for shape in read}
    assert set(shapes) == {"en", "zh-Hans"}
    assert shapes["en"] == shapes["zh-Hans"]


@pytest.fixture
async def world(tmp_path: Path, bundle: Bundle) -> AsyncIterator[World]:
    async with open_world(tmp_path, bundle) as opened:
        opened.desks = replace(opened.desks, cards=True)
        yield opened


async def test_a_new_case_rings_by_its_card_and_what_comes_later_by_a_line(world: World) -> None:
    anna = world.phone()
    await world.send(anna, "/contact")
    assert len(await world.cases()) == 1
    assert world.staff.messages == [], "its card rings"
    await world.send(anna, "/contact")
    await world.send(anna, "my chest hurts and I cannot breathe")
    assert any("URGENT" in plain(line) for line in world.staff.messages)


async def test_an_emergency_rings_by_a_line_even_where_it_opens_the_case(world: World) -> None:
    await world.send(world.phone(), "my chest hurts and I cannot breathe")
    assert [line for line in world.staff.messages if "URGENT" in plain(line)]


@pytest.mark.parametrize(("hour", "silent"), [(14, True), (20, True), (9, False)])
async def test_at_night_a_card_rings_nobody(tmp_path: Path, bundle: Bundle, hour: int, silent: bool) -> None:  # noqa: FBT001 -- a table
    quiet = with_policies(bundle, quiet=("22:00", "08:00", "Asia/Shanghai"))
    async with open_world(tmp_path, quiet) as world:
        world.now = NOW.replace(hour=hour, minute=5)
        await world.send(world.phone(), "/contact")
        group = Group(world.office, world.store, WORDS, lambda: world.now)
        drawn = await card_of(group, (await world.cases())[0].case, View.MAIN)
        assert drawn is not None
        assert drawn.silent is silent
        assert (await many_changed(group))[1] is silent


async def test_an_urgent_card_rings_nobody_again(world: World) -> None:
    await world.send(world.phone(), "my chest hurts and I cannot breathe")
    group = Group(world.office, world.store, WORDS, lambda: world.now)
    drawn = await card_of(group, (await world.cases())[0].case, View.MAIN)
    assert drawn is not None
    assert drawn.silent, "its line has rung"
    assert not (await many_changed(group))[1]
