"""What people type, in any language of the trial at once, means one thing or nothing."""

from __future__ import annotations

import pytest

from bot.content.lexicon import terms
from bot.domain.messages import Choice, Text
from bot.domain.trial import Trial
from bot.engine.advance import is_emergency
from bot.engine.answers import Misread, read_age, read_choice
from bot.engine.reading import mentions, normalise


def choices(trial: Trial, question: str) -> tuple[Choice, ...]:
    options = trial.question(question).options
    return tuple(Choice(f"option:{question}:{option.key}", Text("label")) for option in options)


@pytest.mark.parametrize(
    ("question", "text", "option"),
    [
        ("bal", "done", "yes"),
        ("bal", "做过", "yes"),
        ("bal", "没做过", "no"),
        ("bal", "还没做，但已安排", "planned"),
        ("bal", "2", "no"),
        ("dm", "YES!", "yes"),
        ("dm", "是的。", "yes"),
        ("dm", "I don’t know", "not_sure"),
        ("dm", "不知道", "not_sure"),
        ("mda5", "negative", "no"),
        ("mda5", "阳性", "yes"),
        ("mda5", "没做过", "not_tested"),
        ("willing", "愿意", "yes"),
        ("preg_lact", "N/A", "not_applicable"),
        ("preg_lact", "不适用", "not_applicable"),
        ("other_trial", "yes", "yes_now"),
        ("other_trial", "没有", "no"),
        ("age", "over 18", "18_or_older"),
        ("age", "未成年", "under_18"),
        ("age", "prefer not to say", "prefer_not"),
    ],
)
def test_a_usual_word_is_the_option(trial: Trial, question: str, text: str, option: str) -> None:
    choice = read_choice(text, choices(trial, question), trial.lexicon)
    assert choice
    assert choice.key == f"option:{question}:{option}"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("dm", "maybe, my doctor thinks so"),
        ("bal", "not yet"),
        ("mda5", "weakly"),
        ("dm", "yes?"),
        ("dm", "7"),
    ],
)
def test_what_could_mean_two_things_means_nothing(trial: Trial, question: str, text: str) -> None:
    assert read_choice(text, choices(trial, question), trial.lexicon) is None


@pytest.mark.parametrize(
    "text", ["45", "４５", "I am 45", "45 years old", "45岁", "我今年45周岁", "四十五", "im 45 yrs"]
)
def test_an_age_is_read_as_people_write_it(trial: Trial, text: str) -> None:
    assert read_age(text, trial.lexicon, trial.question("age")) == 45


@pytest.mark.parametrize("text", ["虚岁18", "17.5", "1980", "18-20", "满18岁", "over 40", "twenty something"])
def test_an_age_is_never_guessed(trial: Trial, text: str) -> None:
    assert isinstance(read_age(text, trial.lexicon, trial.question("age")), Misread)


@pytest.mark.parametrize(
    "text",
    [
        "I can’t breathe",
        "I CANT BREATHE",
        "I am not short of breath today",
        "my lips look blue",
        "my breathing is getting worse",
        "i coughed up blood",
        "I want to die",
        "我喘不过气,胸口疼",
        "呼吸困难加重了",
        "喘 不 过 气",
        "我想死",
        "快叫救护车",
    ],
)
def test_emergency_words_are_heard_also_where_negated(trial: Trial, text: str) -> None:
    assert is_emergency(trial, text)


@pytest.mark.parametrize(
    "text", ["I have ILD", "faintly pink", "my doctor", "dry cough", "干咳", "没有胸部CT", "I am 120"]
)
def test_ordinary_words_raise_no_alarm(trial: Trial, text: str) -> None:
    assert not is_emergency(trial, text)


@pytest.mark.parametrize(
    "text",
    [
        "how much money",
        "i want to talk with doctor",
        "how long",
        "will it hurt",
        "do i have to come to beijing",
        "can i take my medicine",
        "what happens next",
        "Tell me about the risks",
        "I’d like to know what’s next",
        "有补偿吗",
        "会疼吗",
        "多少钱",
        "怎么参加",
        "什么时候开始",
        "为什么要灌洗",
        "想和医生说话",
        "想问一下费用",
        "想問一下費用",
        "那结果呢",
    ],
)
def test_a_question_is_one_without_its_mark(trial: Trial, text: str) -> None:
    assert mentions(normalise(text), trial.lexicon.person_wishes)


@pytest.mark.parametrize(
    "text",
    [
        "I do",
        "I am",
        "I can",
        "no I don't",
        "he said so",
        "maybe next year",
        "my doctor decides",
        "还没呢",
        "没有呢",
        "没什么病",
        "不知道是不是",
        "医生说是皮肌炎",
    ],
)
def test_an_answer_is_no_question(trial: Trial, text: str) -> None:
    assert not mentions(normalise(text), trial.lexicon.person_wishes)


def test_no_label_and_no_word_for_a_choice_is_a_question(trial: Trial) -> None:
    asking = ("help", "person", "command:")  # these are questions themselves, and read before wishes
    for key, words in trial.lexicon.choices.items():
        if not key.startswith(asking):
            assert [word for word in words if mentions(word, trial.lexicon.person_wishes)] == [], key


def test_a_range_stands_for_its_numbers() -> None:
    assert terms("8-11") == ("8", "9", "10", "11")
    assert terms("Breath*") == ("breath*",)
    assert terms("can’t") == ("can't",)
