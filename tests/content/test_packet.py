"""The committee's sheet holds every text once, beside what the registry says, and needs no other file."""

from __future__ import annotations

import html
import re
from collections import Counter
from datetime import date

import pytest

from bot.content.approvals import Approval, Judged, Standing
from bot.content.packet import Packet, packet
from bot.content.sheet import as_html, as_markdown
from bot.domain.errors import ContentError
from tests.conftest import shipped

TODAY = date(2026, 3, 2)
BOTH = ("en", "zh-Hans")


@pytest.fixture(scope="module")
def sheet() -> Packet:
    return packet(shipped(), [Judged(language, Standing.NONE) for language in BOTH], TODAY)


def test_every_text_stands_there_once_in_each_language(sheet: Packet) -> None:
    rows = {row.key: row.texts for part in sheet.parts for row in part.rows}
    assert max(Counter(row.key for part in sheet.parts for row in part.rows).values()) == 1
    words = shipped().words
    for key in words["en"].texts:
        assert rows.pop(key) == tuple(words[language].texts[key] for language in BOTH)
    said = {name for name in words["en"].messages.shapes if not name.startswith(("words-", "demo-"))}
    assert set(rows) == said


def test_each_question_stands_beside_its_criterion_with_its_options_in_order(sheet: Packet) -> None:
    parts = {part.title: part for part in sheet.parts}
    asked = [title for title in parts if title.startswith("Question: ")]
    assert asked == [f"Question: {question.key}" for question in shipped().trial.questions]
    for question in shipped().trial.questions:
        part = parts[f"Question: {question.key}"]
        options = [row.key.rpartition(".")[2] for row in part.rows if ".option." in row.key]
        assert options == [option.key for option in question.options]
    assert parts["Question: bal"].criteria == ("I3: Must have undergone bronchoalveolar lavage.",)
    told = {line.partition(":")[0] for part in sheet.parts for line in part.criteria}
    assert told == {criterion.id for criterion in shipped().trial.criteria}


def test_each_form_that_a_number_can_bring_is_shown(sheet: Packet) -> None:
    (row,) = [row for part in sheet.parts for row in part.rows if row.key == "status-in-progress"]
    for form in ("not answered any", "one question so far", "{answered} questions so far"):
        assert form in row.texts[0]


def test_the_page_needs_nothing_else_and_shows_markup_as_it_is_meant(sheet: Packet) -> None:
    page = as_html(sheet)
    assert not re.search(r"<(script|link|img|iframe)|url\(|@import|https?://", page)
    assert "DRAFT, NOT APPROVED. en: not approved; zh-Hans: not approved" in page
    assert page.count(sheet.content_hash) == 2, "above, and at the foot of each page"
    for row in (row for part in sheet.parts for row in part.rows):
        shown = html.escape(row.texts[0]) if row.key.startswith("choice-") else row.texts[0]
        assert f">{shown}</td>" in page, row.key
    assert page.count('lang="zh-Hans"') == sum(len(part.rows) for part in sheet.parts)


def test_what_is_approved_says_by_whom_and_until_when() -> None:
    approval = Approval(
        content_hash=shipped().content_hash,
        language="en",
        committee="Board <A>",
        number="7/26",
        approved_on=TODAY,
        expires_on=date(2027, 3, 2),
    )
    page = as_html(packet(shipped(), [Judged("en", Standing.APPROVED, approval)], TODAY))
    assert "APPROVED. en: approved, Board &lt;A&gt;, 7/26, 2026-03-02 until the day before 2027-03-02" in page
    assert "DRAFT" not in page


def test_markdown_has_the_same_texts(sheet: Packet) -> None:
    told = as_markdown(sheet)
    for row in (row for part in sheet.parts for row in part.rows):
        assert f"### {row.key}\n" in told
        assert all(text in told for text in row.texts)


def test_a_language_the_trial_lacks_is_refused() -> None:
    with pytest.raises(ContentError, match="It has: en, zh-Hans"):
        packet(shipped(), [Judged("fr", Standing.NONE)], TODAY)
