"""The short form: every type of update, every state, hostile texts, forged and replayed taps."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random  # noqa: TID251 -- seeded: the same updates each time
from typing import get_args

import pytest
from telegram import Update

from bot.botapi.intake import read_all
from bot.botapi.updates import LONGEST, Ignored, read
from bot.content.bundle import Bundle
from bot.domain.messages import Edited, Typed
from bot.engine.steps import Step, Talking, step
from bot.service.message import Message
from tests.hostile.campaign import BOT, PERSON, Campaign, Seen, asking, states_of
from tests.hostile.examine import lost, misplaced
from tests.hostile.on_disk import stored
from tests.hostile.taps import WAYS
from tests.hostile.updates import CONTENTS, TYPES, Writer

TIMES = 6_000
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
"""The library warns of fields that Telegram no longer sends; hostile updates hold them too."""


@pytest.fixture(scope="module")
def campaign(bundle: Bundle) -> Campaign:
    return Campaign(asking(bundle), 7)


@pytest.fixture(scope="module")
def updates(campaign: Campaign) -> Seen:
    return asyncio.run(campaign.updates(TIMES))


@pytest.fixture(scope="module")
def taps(bundle: Bundle) -> Seen:
    return asyncio.run(Campaign(asking(bundle), 8).taps(TIMES // 2))


def test_hostile_updates_harm_nothing(updates: Seen) -> None:
    assert updates.wrong == []
    assert updates.counts["updates"] == TIMES
    assert updates.counts["replies"] > TIMES / 4
    assert min(updates.counts[name] for name in ("edits", "from groups", "unreadable")) > 10


def test_every_type_of_update_came(updates: Seen) -> None:
    assert {*Update.ALL_TYPES, "unknown type", "malformed"} <= updates.kinds.keys()
    assert set(TYPES) == set(Update.ALL_TYPES)


def test_forged_taps_change_nothing(taps: Seen) -> None:
    assert taps.wrong == []
    assert set(taps.kinds) == set(WAYS)
    assert taps.counts["taps"] > TIMES * 0.4
    assert taps.counts["replies"] >= taps.counts["taps"], "each tap is answered"


def test_every_step_of_the_flow_is_among_the_states(bundle: Bundle) -> None:
    """But a talk with the team, which only a person of the team begins: see tests/service/test_review.py."""
    edition = asking(bundle)
    states = states_of(edition)
    assert {type(step(edition.trial, talk)) for talk in states} == {*get_args(Step)} - {Talking}
    assert {talk.language for talk in states} == {None, *bundle.trial.languages}
    assert len(states) > 1000


async def test_on_a_real_database_too(tmp_path: Path, bundle: Bundle) -> None:
    seen = await stored(tmp_path, bundle, 9, 500)
    assert seen.wrong == []
    assert seen.counts["replies"] > 100


@pytest.mark.parametrize("name", CONTENTS)
def test_whatever_a_message_carries_it_can_be_read(name: str, bundle: Bundle) -> None:
    del bundle
    writer = Writer(Random(3), PERSON)
    chance = Random(name)
    for _ in range(5):
        raw = writer.text("hello")
        raw["message"][name] = writer_value(name, chance)
        batch = read_all([raw], BOT)
        assert batch.unreadable == []


def writer_value(name: str, chance: Random) -> object:
    from telegram import Message as Wire  # noqa: PLC0415 -- only here

    from tests.hostile.samples import field_of  # noqa: PLC0415 -- only here

    return field_of(Wire, name, chance)


@pytest.mark.parametrize(
    "name", [name for name in CONTENTS if name not in {"date", "chat", "caption", "contact"}]
)
def test_what_nobody_reads_costs_nobody_their_answer(name: str) -> None:
    """Telegram adds to messages faster than the library learns: anything beside the words, in a new form."""
    raw = Writer(Random(4), PERSON).text("I cannot breathe")
    raw["message"][name] = {"type": "new", "date": {"not": "a time"}, "user": 7, "chat": None}
    assert [each.inbound for each in read_all([raw], BOT).arrivals] == [Typed("I cannot breathe")]


def test_what_is_needed_must_be_right() -> None:
    for wrong in ({"from": {"id": [], "is_bot": False, "first_name": "x"}}, {"chat": 7}, {"date": "never"}):
        raw = Writer(Random(4), PERSON).text("hello")
        raw["message"] |= wrong
        assert len(read_all([raw], BOT).unreadable) == 1, wrong
    assert isinstance(read({"update_id": 7, "something_new": {"text": "hello"}}, BOT), Ignored)


def test_no_text_is_longer_than_telegram_s_longest() -> None:
    """Looking for words of an emergency in a megabyte would hold up everybody for many seconds."""
    writer = Writer(Random(4), PERSON)
    arrivals = read_all([writer.text("x" * 10**6), writer.text("y" * 10**6, edited=True)], BOT).arrivals
    assert [a.inbound for a in arrivals] == [Typed("x" * LONGEST), Edited("y" * LONGEST)]
    assert LONGEST >= 4096


def test_the_examiner_sees_what_is_wrong() -> None:
    """Whoever looks for lost replies must find one."""
    assert lost(Message("a <b>b</b> &lt;")) is None
    for html in ("a <b>b", "Li <script>", "", "   ", "half \ud800"):
        assert lost(Message(html)), html
    assert misplaced([(5, Message("x"))], 7, -1, set())
    assert misplaced([(-1, Message("I cough blood"))], 7, -1, {"A question waits."})
    assert (
        misplaced([(-1, Message("A question waits.")), (7, Message("x"))], 7, -1, {"A question waits."}) == []
    )
