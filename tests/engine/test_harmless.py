"""A denial that stands directly at a symptom raises no alarm, and silences nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.lexicon import Lexicon, Near, Run
from bot.engine.advance import is_emergency
from bot.engine.alarm import alarms
from tests.engine.test_emergency import LISTS, TRIAL, wordings

ALARMING = [text for name in LISTS for text in wordings(name, "+") if is_emergency(TRIAL, text)]
ORDINARY = [text for name in LISTS for text in wordings(name, "-")]
STRANGE = ["zebra", "quilt", "ovoid", "xylem", "kayak", "jazz"]
DENYING = [
    "no",
    "any",
    "my",
    "chest",
    "pain",
    "breathing",
    "fine",
    "until",
    ".",
    ",",
    "not",
    "never",
    "blood",
]
UNTOUCHED = replace(TRIAL.lexicon, harmless=())


@pytest.mark.parametrize(
    "text",
    [
        "no chest pain",
        "No chest pain or palpitations",
        "I never fainted",
        "not short of breath",
        "no trouble breathing",
        "my breathing is fine",
        "I had the breathing test in May",
        "I had a stroke in 2009",
        "Will it hurt me?",
        "will this harm my baby",
        "I am not suicidal",
        "it is not an emergency",
    ],
)
def test_what_is_denied_directly_raises_no_alarm(text: str) -> None:
    assert alarms(text, UNTOUCHED)
    assert not is_emergency(TRIAL, text)


@pytest.mark.parametrize(
    "text",
    [
        "no i cant breathe",
        "not breathing",
        "no breathing",
        "she is not breathing normally",
        "cant breathe well",
        "no longer breathing well",
        "don't want to live",
        "no. chest pain",
        "no, chest pain",
        "no\nchest pain",
        "no - chest pain",
        "(no) chest pain",
        "no chest pain until today",
        "no chest pain but i cant breathe",
        "no chest pain. coughing blood",
        "no i have chest pain",
        "never had chest pain like this",
        "not short of breath yesterday, today gasping",
        "no chest pain, but chest pain when i walk",
        "no pulse",
        "no air",
        "its an emergency",
        "emergency number please",
        "I had a stroke in 2009 and now again",
        "a seizure my child please",
        "stroke 60 years old man",
        "he locked me out of the house and hits me",
        "no i have suicidal thoughts",
        "problem breathing doctor please",
        "my breathing is no good",
        "i dont want to go on living",
        "i do not want to go on like this",
    ],
)
def test_whatever_else_is_said_is_heard(text: str) -> None:
    assert is_emergency(TRIAL, text)


def test_no_emergency_of_the_lists_is_taken_for_harmless() -> None:
    said = [text for name in LISTS for text in wordings(name, "+")]
    assert [text for text in said if alarms(text, UNTOUCHED) and not is_emergency(TRIAL, text)] == []


@given(
    st.sampled_from(ALARMING),
    st.sampled_from(ORDINARY) | st.text(max_size=40),
    st.sampled_from([". ", ", ", "\n", "; ", " - ", " 🙂 "]),
)
def test_nothing_said_in_another_sentence_silences_an_alarm(text: str, other: str, between: str) -> None:
    assert is_emergency(TRIAL, f"{text}{between}{other}")
    assert is_emergency(TRIAL, f"{other}{between}{text}")


@given(st.sampled_from(ALARMING), st.lists(st.sampled_from(STRANGE)))
def test_words_that_deny_nothing_silence_nothing(text: str, more: list[str]) -> None:
    assert is_emergency(TRIAL, " ".join([*more, text]))
    assert is_emergency(TRIAL, " ".join([text, *more]))


@given(st.lists(st.sampled_from(DENYING)))
def test_a_harmless_run_only_ever_takes_alarms_away(words: list[str]) -> None:
    text = " ".join(words)
    assert alarms(text, UNTOUCHED) or not is_emergency(TRIAL, text)


def lexicon(*groups: str, missing: frozenset[int] = frozenset(), unless: str = "") -> Lexicon:
    run = Run(tuple(frozenset(group.split()) for group in groups), missing, frozenset(unless.split()))
    near = Near((frozenset({"chest"}), frozenset({"pain*"})), 4)
    return Lexicon(emergency=(near, "no air"), harmless=(run,))


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("no chest pain", False),
        ("NO  CHEST   PAIN!", False),
        ("no more chest pains", False),
        ("no real chest pain", True),
        ("chest pain no", True),
        ("no chest pain, chest pain", True),
        ("no chest pain until today", True),
        ("until today no chest pain", True),
        ("no: chest pain", True),
        ("no_chest pain", True),
        ("no 胸 chest pain", True),
        ("no\u2028chest pain", True),
        ("no no chest pain", False),
        ("no chest no chest pain", False),
        ("no air", True),
    ],
)
def test_a_run_is_of_words_directly_after_another(text: str, heard: bool) -> None:  # noqa: FBT001
    run = lexicon("no", "more", "chest", "pain*", missing=frozenset({1}), unless="until")
    assert alarms(text, run) is heard


@pytest.mark.parametrize(
    "text", ["I can't", "I cant", "I can t", "I can;t", "I can,t", "I ca nt", "I caaaan't"]
)
def test_a_broken_not_is_put_together(text: str) -> None:
    assert alarms(f"{text} breathe", Lexicon(emergency=("can't breathe",)))


def test_a_sign_is_heard_anywhere() -> None:
    signs = Lexicon(emergency=("🆘",))
    assert alarms("ok🆘🆘", signs)
    assert not alarms("ok 🙂", signs)
