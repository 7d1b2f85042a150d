"""Keys become words, strictly: nothing is shown half-made, escaped twice or in another language."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.bundle import Bundle
from bot.content.fluent import BrokenText, Messages
from bot.content.load import load_trial
from bot.content.words import Words, render_in_all
from bot.domain.messages import Choice, Reply, Text
from tests.content.planted import copy_of_trial

ENGLISH = """
language-name = English
plain = Hello
greeting = Hello <b>{ $name }</b>
count = { $n ->
    [one] one answer
   *[other] { $n } answers
  }
listed = Said: { $lines }
because = Why: { $reasons }
"""
CHINESE = ENGLISH.replace("English", "简体中文").replace("Hello", "您好")
TEXTS = {"title": "A <i>study</i>", "yes": "Yes", "why.A": "age", "why.B": "b & c", "end": "No: {reason}."}


@pytest.fixture(scope="module")
def words() -> dict[str, Words]:
    messages = {"en": Messages("en", ENGLISH), "zh-Hans": Messages("zh-Hans", CHINESE)}
    chinese = {**TEXTS, "title": "研究", "yes": "是"}
    return {"en": Words("en", TEXTS, messages), "zh-Hans": Words("zh-Hans", chinese, messages)}


def test_values_are_escaped_and_texts_are_trusted(words: dict[str, Words]) -> None:
    english = words["en"]
    assert english.text("greeting", name="<b>&") == "Hello <b>&lt;b&gt;&amp;</b>"
    assert english.text("greeting", name=Text("trial:title")) == "Hello <b>A <i>study</i></b>"
    assert english.text("greeting", name=Text("greeting", {"name": "<"})) == "Hello <b>Hello <b>&lt;</b></b>"


def test_labels_are_plain_text(words: dict[str, Words]) -> None:
    assert words["en"].label("listed", lines="R&D <3") == "Said: R&D <3"


def test_numbers_choose_the_plural(words: dict[str, Words]) -> None:
    assert words["en"].text("count", n=1) == "one answer"
    assert words["en"].text("count", n=3) == "3 answers"


def test_lists_are_joined_by_lines_and_reasons_by_semicolons(words: dict[str, Words]) -> None:
    both = (Text("trial:why.A"), Text("trial:why.B"))
    assert words["en"].text("listed", lines=both) == "Said: age\nb & c"
    assert words["en"].text("because", reasons=both) == "Why: age; b & c"
    assert words["zh-Hans"].text("because", reasons=both) == "Why: age；b & c"
    assert words["en"].text("trial:end", reason=both) == "No: age; b & c."


@pytest.mark.parametrize(
    "key", ["nothing", "trial:nothing", "greeting", "trial:end", "language-name:fr", "count"]
)
def test_a_broken_text_is_never_shown(words: dict[str, Words], key: str) -> None:
    with pytest.raises(BrokenText):
        words["en"].text(key)
    with pytest.raises(LookupError):
        words["en"].label(key)


def test_a_missing_text_is_not_taken_from_another_language() -> None:
    messages = {"en": Messages("en", ENGLISH), "zh-Hans": Messages("zh-Hans", "language-name = 简体中文\n")}
    chinese = Words("zh-Hans", {}, messages)
    for key in ("plain", "trial:title"):
        with pytest.raises(BrokenText):
            chinese.text(key)


def test_a_reply_has_paragraphs_and_rows(words: dict[str, Words]) -> None:
    rows = ((Choice("a", Text("trial:yes")), Choice("b", Text("language-name:zh-Hans"))),)
    rendered = words["en"].render(Reply((Text("plain"), Text("trial:title")), rows))
    assert rendered.html == "Hello\n\nA <i>study</i>"
    assert rendered.rows == (("Yes", "简体中文"),)


def test_a_bilingual_reply_is_said_in_every_language(words: dict[str, Words]) -> None:
    rows = ((Choice("a", Text("language-name:en")),), (Choice("b", Text("trial:yes")),))
    rendered = render_in_all(
        words.values(), Reply((Text("plain"), Text("trial:title")), rows, bilingual=True)
    )
    assert rendered.html == "Hello\n\nA <i>study</i>\n\n您好\n\n研究"
    assert rendered.rows == (("English",), ("Yes / 是",))


def test_facts_not_decided_are_told_honestly_and_decided_ones_filled_in(
    bundle: Bundle, tmp_path: Path
) -> None:
    key = "trial:acknowledgement.A2_health_data"
    assert "It is not decided yet how long we keep them." in bundle.words["en"].text(key)
    copy = copy_of_trial(tmp_path)
    copy.edit("trial.yaml", "retention_days: null", "retention_days: 90")
    copy.edit("trial.yaml", "who_sees: null", "who_sees: {en: nurses at A & B, zh-Hans: 甲乙护士}")
    trial = copy.path("trial.yaml").read_text("utf-8")
    head, tail = trial.split("  retention: #", 1)
    periods, rest = tail.split("acknowledgements:", 1)
    copy.path("trial.yaml").write_text(
        f"{head}  retention: #{periods.replace('null', '30')}acknowledgements:{rest}", "utf-8"
    )
    decided = load_trial(copy.folder, copy.locales).words
    text = decided["en"].text(key)
    assert (
        "Only nurses at A &amp; B can see them. We delete your answers 30 days after this chat ends." in text
    )
    assert "只有甲乙护士可以查看。对话结束30天后，我们会删除您的回答。" in decided["zh-Hans"].text(key)


def test_periods_are_told_by_how_it_ends_and_equal_ones_together(tmp_path: Path) -> None:
    copy = copy_of_trial(tmp_path)
    copy.edit("trial.yaml", "may_be_eligible: null", "may_be_eligible: 365")
    for name in ("declined", "stopped"):
        copy.edit("trial.yaml", f"    {name}: null", f"    {name}: 30")
    bundle = load_trial(copy.folder, copy.locales)
    assert bundle.trial.retention_days == {"may_be_eligible": 365, "declined": 30, "stopped": 30}
    for key in ("acknowledgement.A2_health_data", "stopped", "privacy"):
        assert (
            "We delete your answers when their time is over. That is 365 days after the end if the study may "
            "fit you. That is 30 days after the end if you say no at the start, or if you stop. It is not "
            "decided yet if it does not seem to fit, or if the study team needs to look, or if you do not "
            "finish. After that we keep only"
        ) in bundle.words["en"].texts[key]
        assert "如果您一开始没有同意，或如果您停止：30天后删除。" in bundle.words["zh-Hans"].texts[key]


def test_texts_are_final_but_for_what_only_run_time_knows(bundle: Bundle) -> None:
    for words in bundle.words.values():
        open_places = {key for key, text in words.texts.items() if "{" in text}
        last = f"facts.{bundle.trial.facts_length - 1}"
        assert open_places == {last, "ending.likely_not_eligible", "ending.likely_not_for_now"}
