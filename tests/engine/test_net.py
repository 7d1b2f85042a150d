"""The second net: whole numbers added up, never lighter by more words elsewhere, and always explained."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.lexicon import Lexicon, Net, Run
from bot.engine.alarm import alarms, reasons
from bot.engine.net import catches, heaviest, terms
from bot.engine.reading import clauses, normalise
from tests.conftest import shipped

LEXICON = shipped().trial.lexicon
ONLY_NETS = replace(LEXICON, emergency=())
SMALL = Net({"gasp": 50, "fine": -80, "very bad": 30}, bias=-10, limit=30)


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ("gasp", True),
        ("gasp fine", False),
        ("gasp. fine", True),
        ("fine. gasp. fine", True),
        ("very bad", False),
        ("very bad. gasp", True),
        ("", False),
        ("zebra", False),
    ],
)
def test_clauses_that_follow_one_another_are_added_up(text: str, caught: bool) -> None:  # noqa: FBT001
    assert catches(SMALL, clauses(normalise(text), chinese=False)) is caught


@given(
    st.lists(st.sampled_from(["gasp", "fine", "very bad", "zebra"])),
    st.lists(st.sampled_from(["gasp", "fine"])),
)
def test_more_clauses_before_or_after_never_make_a_message_lighter(said: list[str], more: list[str]) -> None:
    parts, others = [each.split() for each in said], [[each] for each in more]
    if catches(SMALL, parts):
        assert catches(SMALL, [*others, *parts, *others])


def test_a_clause_is_weighed_by_words_pairs_and_pieces() -> None:
    assert terms(["cant", "breathe"], chinese=False) >= {"cant", "breathe", "cant breathe", "~^bre", "~the$"}
    assert terms(["我喘12"], chinese=True) >= {"我", "喘", "我喘", "^我喘", "喘0", "^…喘"}


def test_a_harmless_run_is_not_weighed() -> None:
    denied = Run((frozenset({"no"}), frozenset({"gasp"})))
    lexicon = Lexicon(nets=(SMALL,), harmless=(denied,))
    assert alarms("gasp", lexicon)
    assert not alarms("no gasp", lexicon)
    assert alarms("no gasp, gasp", lexicon)


def test_a_net_weighs_only_what_is_in_its_script() -> None:
    chinese = Net({"喘": 90}, bias=0, limit=0, chinese=True)
    assert alarms("喘", Lexicon(nets=(chinese,)))
    assert not alarms("gasp", Lexicon(nets=(chinese,)))
    for text in ("gasp. 好的", "好的 gasp", "fine. 喘", "gasp 喘"):
        assert alarms(text, Lexicon(nets=(SMALL, chinese)))


def test_why_a_message_raised_the_alarm_can_be_told() -> None:
    assert reasons("gasp gasp", Lexicon(nets=(SMALL,)))[:1] == ("gasp +50",)
    assert reasons("gasp", Lexicon(emergency=("gasp",))) == ("a rule",)
    assert reasons("zebra", Lexicon(nets=(SMALL,))) == ()
    assert heaviest(SMALL, [["gasp", "fine"]], 2)[0] == ("gasp", 50)


@pytest.mark.parametrize("net", LEXICON.nets)
def test_what_was_learned_is_small_and_whole(net: Net) -> None:
    assert 5_000 < len(net.weights) < 20_000
    assert all(abs(weight) < 300 for weight in net.weights.values())
    assert net.bias < net.limit  # words that it does not know raise no alarm


@given(st.text())
def test_what_nobody_learned_raises_no_alarm_alone(text: str) -> None:
    unknown = [replace(net, weights={}) for net in LEXICON.nets]
    assert not alarms(text, replace(ONLY_NETS, nets=tuple(unknown)))


DENIED = [
    "没有胸痛",
    "没有呼吸困难",
    "从来没有咯血",
    "没有胸闷、气短",
    "不喘",
    "呼吸正常",
    "没有自杀的想法",
    "没有人打我",
]


def test_a_direct_denial_in_chinese_is_believed() -> None:
    assert [text for text in DENIED if alarms(text, LEXICON) or alarms(f"{text}。", LEXICON)] == []


STILL_SAID = [
    "这算不算急症",
    "他不喘了",
    "有没有生命危险",
    "有没有会死的试验组 我报那个",
    "没有呼吸",
    "没呼吸了",
    "没有意识",
    "没有 胸痛",
    "没有。胸痛",
    "没有，胸痛",
    "没有胸痛，但是喘不上气",
    "没有胸痛 喘不上气",
    "以前没有胸痛，现在胸痛",
    "他不喘气了",
    "有没有不痛苦的死法",
    "从来没有这么痛过胸口",
    "没有尿",
    "没有力气呼吸",
]


def test_in_chinese_too_a_denial_silences_nothing_else() -> None:
    assert [text for text in STILL_SAID if not alarms(text, LEXICON)] == []
