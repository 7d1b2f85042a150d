"""The gate to production: each missing thing is named, all at once, and what is named is enough."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.content import approving, gate
from bot.content.approvals import Approval, Standing, append, day_of, judge, read_approvals
from bot.content.licence import Approved, states
from bot.content.load import load_trial
from bot.domain.errors import ContentError
from tests.content.planted import Copy, copy_of_trial

TODAY = date(2026, 3, 2)
END = TODAY + timedelta(days=365)
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DECISIONS = (
    *("site_contact", "answering_hours", "who_sees", "retention_days", "data_location", "complaints", "site"),
    *("ethics", "jurisdiction", "legal_basis", "transfer_mechanism"),
)
CHECKED = ("test_errors_that_check_finds", "test_a_trial_with_errors")
PERIODS = ("may_be_eligible", "likely_not_eligible", "needs_review", "declined", "stopped", "incomplete")


def lacking(copy: Copy, today: date = TODAY) -> list[str]:
    return gate.lacking(copy.folder, copy.locales, today)


@pytest.fixture(autouse=True)
def _without_check(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `check` finds has tests of its own, and takes its time."""
    if not request.node.name.startswith(CHECKED):
        for module in (gate, approving):
            monkeypatch.setattr(module, "check_trial", lambda *_: [])


def write(copy: Copy, name: str, value: str, instead_of: str = "null") -> None:
    """Write one decision or period into trial.yaml."""
    path = copy.path("trial.yaml")
    line = rf"^(\s+{name}:) {instead_of}"
    text, times = re.subn(line, rf"\g<1> {value}", path.read_text("utf-8"), flags=re.MULTILINE)
    assert times == 1, name
    path.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Copy]:
    """A trial in which everything is decided, in the words that the gate proposes; and that one approved."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (gate, approving):
            patch.setattr(module, "check_trial", lambda *_: [])
        copy = copy_of_trial(tmp_path_factory.mktemp("decided"))
        for what in lacking(copy):
            found = re.search(r", (?:decisions|policies)\.[\w.]+\. Example:\n  (\w+): (.+)$", what)
            if found:
                write(copy, *found.groups())
        return {"decided": copy, "ready": approved(again(copy, tmp_path_factory.mktemp("ready")))}


def again(copy: Copy, root: Path) -> Copy:
    shutil.copytree(copy.root, root, dirs_exist_ok=True)
    return Copy(root)


@pytest.fixture
def decided(templates: dict[str, Copy], tmp_path: Path) -> Copy:
    return again(templates["decided"], tmp_path / "decided")


@pytest.fixture
def ready(templates: dict[str, Copy], tmp_path: Path) -> Copy:
    return again(templates["ready"], tmp_path / "ready")


def approved(copy: Copy, number: str = "7/26", since: date = TODAY, until: date = END) -> Copy:
    for language in ("en", "zh-Hans"):
        approving.approve(
            copy.folder,
            copy.locales,
            language=language,
            committee="Ethics Committee",
            number=number,
            approved_on=since,
            expires_on=until,
            today=TODAY,
        )
    return copy


def test_the_shipped_trial_lacks_each_decision_each_period_and_both_approvals(tmp_path: Path) -> None:
    copy = copy_of_trial(tmp_path)
    told = lacking(copy)
    file = copy.path("trial.yaml")
    for name in DECISIONS:
        line = copy.line_of("trial.yaml", f"  {name}: null")
        assert any(f"{file}:{line}, decisions.{name}." in what for what in told), name
    for name in PERIODS:
        assert any(f"policies.retention.{name}." in what for what in told), name
    for language in ("en", "zh-Hans"):
        assert any(what.startswith(f"`{language}` of NCT06203249") for what in told), language
    assert len(told) == len(DECISIONS) + len(PERIODS) + 2


def test_what_it_proposes_is_enough(decided: Copy, ready: Copy) -> None:
    assert len(lacking(decided)) == 2, "both approvals"
    assert lacking(ready) == []


@pytest.mark.parametrize("name", [*DECISIONS, *PERIODS])
def test_each_is_missed_alone(name: str, decided: Copy) -> None:
    copy = decided
    text = copy.path("trial.yaml").read_text("utf-8")
    copy.path("trial.yaml").write_text(
        re.sub(rf"^(\s+{name}:) .+$", r"\1 null", text, flags=re.MULTILINE), "utf-8"
    )
    told = "\n".join(lacking(copy))
    assert f".{name}" in told


@pytest.mark.parametrize(("jurisdiction", "wanted"), [("CN", 1), ("EU", 0), ("other", 0)])
def test_a_site_in_mainland_china_needs_a_transfer_mechanism(
    jurisdiction: str, wanted: int, tmp_path: Path
) -> None:
    copy = copy_of_trial(tmp_path)
    copy.edit("trial.yaml", "jurisdiction: null", f"jurisdiction: {jurisdiction}")
    assert sum("transfer_mechanism" in what for what in lacking(copy)) == wanted


def test_hipaa_is_refused_also_in_a_pilot(ready: Copy) -> None:
    copy = ready
    copy.edit("trial.yaml", "jurisdiction: CN", "jurisdiction: US-HIPAA")
    why = gate.barred(copy.folder, copy.locales)
    assert len(why) == 1
    assert "business associate agreement" in why[0]
    assert why[0] in lacking(copy)
    copy.edit("trial.yaml", "jurisdiction: US-HIPAA", "jurisdiction: US")
    assert gate.barred(copy.folder, copy.locales) == []


CHANGES = [
    ("en.yaml", "takes about 5 minutes", "takes about 6 minutes"),
    ("zh-Hans.yaml", "我明白了", "我清楚了"),
    ("en/bot.ftl", "Nothing was erased.", "Nothing is erased."),
    ("trial.yaml", "at_least: 18", "at_least: 17"),
    ("trial.yaml", "show_reason: true", "show_reason: false"),
    ("trial.yaml", "rpild_policy: ask_staff", "rpild_policy: strict"),
    ("trial.yaml", "recheck: bal_done", "recheck: bal_gone"),
]


@pytest.mark.parametrize(("file", "old", "new"), CHANGES)
def test_one_character_stops_the_start(file: str, old: str, new: str, ready: Copy) -> None:
    copy = ready
    assert lacking(copy) == []
    copy.edit(file, old, new)
    told = lacking(copy)
    assert [what.count("is of other content") for what in told] == [1, 1]


def test_errors_that_check_finds_stop_it_and_the_rest_is_named_too(tmp_path: Path) -> None:
    copy = copy_of_trial(tmp_path)
    copy.edit("trial.yaml", "question: mda5, met", "question: mda6, met")
    told = "\n".join(lacking(copy))
    assert "mda6" in told
    assert "decisions.site_contact" in told


def test_on_the_day_it_expires_it_holds_no_more(ready: Copy) -> None:
    copy = ready
    assert lacking(copy, END - timedelta(days=1)) == []
    assert all("expired on 2027-03-02" in what for what in lacking(copy, END))
    assert len(lacking(copy, END)) == 2
    assert gate.lacking(copy.folder, copy.locales, END, closed=True) == []
    assert all("holds only from" in what for what in lacking(copy, TODAY - timedelta(days=1)))


def test_one_language_that_is_not_approved_stops_it(ready: Copy) -> None:
    copy = ready
    path = copy.folder / "approvals.yaml"
    path.write_text(path.read_text("utf-8").replace('"zh-Hans"', '"en"'), "utf-8")
    assert [what.partition(" of ")[0] for what in lacking(copy)] == ["`zh-Hans`"]


def test_days_begin_in_the_east() -> None:
    assert day_of(datetime(2026, 3, 1, 9, 59, tzinfo=UTC)) == date(2026, 3, 1)
    assert day_of(datetime(2026, 3, 1, 10, 0, tzinfo=UTC)) == TODAY


def letter(**fields: object) -> Approval:
    known = {
        "content_hash": "a" * 64,
        "language": "en",
        "committee": "Board",
        "number": "7/26",
        "approved_on": TODAY,
        "expires_on": TODAY + timedelta(days=10),
    }
    return Approval.model_validate({**known, **fields})


def test_of_several_approvals_the_best_counts() -> None:
    old = letter(expires_on=TODAY, approved_on=TODAY - timedelta(days=9))
    renewed = letter(number="8/26")
    for items in ([old, renewed], [renewed, old]):
        assert judge(items, "a" * 64, "en", TODAY).approval == renewed
    assert judge([old], "a" * 64, "en", TODAY).standing is Standing.EXPIRED
    assert judge([renewed], "b" * 64, "en", TODAY).standing is Standing.OTHER_CONTENT
    assert judge([renewed], "a" * 64, "zh-Hans", TODAY).standing is Standing.NONE
    assert judge([renewed], "a" * 64, "en", TODAY - timedelta(days=1)).standing is Standing.NOT_YET


class TestAppending:
    """approvals.yaml only grows."""

    def test_what_was_there_stays_as_it_is(self, tmp_path: Path) -> None:
        before = "# ours\nspec_version: 1\napprovals:\n- content_hash: " + "b" * 64 + "  # of last year\n"
        before += "  language: en\n  committee: 伦理委员会\n  number: '1'\n"
        before += "  approved_on: 2025-01-01\n  expires_on: 2026-01-01\n"
        (tmp_path / "approvals.yaml").write_text(before, "utf-8")
        known, problems = read_approvals(tmp_path)
        assert (len(known), problems) == (1, [])
        new = letter(committee='A "quoted": \\ # name')
        append(tmp_path, known, new)
        assert (tmp_path / "approvals.yaml").read_text("utf-8").startswith(before)
        assert read_approvals(tmp_path) == ((*known, new), [])
        assert [path.name for path in tmp_path.iterdir()] == ["approvals.yaml"]

    def test_nothing_is_written_twice_and_a_renewal_lasts_longer(self, tmp_path: Path) -> None:
        append(tmp_path, (), letter())
        written = (tmp_path / "approvals.yaml").read_bytes()
        known, _ = read_approvals(tmp_path)
        for again in (letter(expires_on=TODAY + timedelta(days=99)), letter(number="8/26")):
            with pytest.raises(ContentError, match="Nothing was written"):
                append(tmp_path, known, again)
        assert (tmp_path / "approvals.yaml").read_bytes() == written
        append(tmp_path, known, letter(number="8/26", expires_on=TODAY + timedelta(days=99)))
        append(tmp_path, read_approvals(tmp_path)[0], letter(language="zh-Hans"))
        assert len(read_approvals(tmp_path)[0]) == 3

    def test_a_file_in_another_style_is_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "approvals.yaml").write_text("{spec_version: 1, approvals: []}", "utf-8")
        with pytest.raises(ContentError, match="is not written line by line"):
            append(tmp_path, (), letter())
        assert (tmp_path / "approvals.yaml").read_text("utf-8") == "{spec_version: 1, approvals: []}"

    def test_an_empty_list_is_one(self, tmp_path: Path) -> None:
        (tmp_path / "approvals.yaml").write_text("spec_version: 1\napprovals: []\n", "utf-8")
        append(tmp_path, (), letter())
        assert read_approvals(tmp_path)[0] == (letter(),)


REFUSED = [
    ("7/26", TODAY + timedelta(days=1), END, "is yet to come"),
    ("7/26", TODAY - timedelta(days=9), TODAY, "is over already"),
    (" ", TODAY, END, "must not be empty"),
]


@pytest.mark.parametrize(("number", "since", "until", "why"), REFUSED)
def test_what_cannot_be_an_approval_is_refused(
    number: str, since: date, until: date, why: str, tmp_path: Path
) -> None:
    copy = copy_of_trial(tmp_path)
    with pytest.raises(ContentError, match=why):
        approved(copy, number, since, until)
    assert not (copy.folder / "approvals.yaml").exists()


def test_a_trial_with_errors_cannot_be_approved(tmp_path: Path) -> None:
    copy = copy_of_trial(tmp_path)
    copy.edit("trial.yaml", "question: mda5, met", "question: mda6, met")
    with pytest.raises(ContentError, match="mda6"):
        approved(copy)
    assert not (copy.folder / "approvals.yaml").exists()


def test_a_licence_holds_until_the_first_language_s_approval_expires(tmp_path: Path) -> None:
    copy = approved(copy_of_trial(tmp_path))
    trial = load_trial(copy.folder, copy.locales).trial
    known = list(read_approvals(copy.folder)[0])
    known[1] = known[1].model_copy(update={"expires_on": TODAY + timedelta(days=3)})
    licence = Approved(tuple(known), (trial,))
    later = [licence.holds(trial, NOW + timedelta(days=days)) for days in (0, 2, 3, 400)]
    assert later == [True, True, False, False]
    assert states(licence, NOW) == {trial.id: "2026-03-05"}
    assert states(licence, NOW + timedelta(days=3)) == {trial.id: "does not hold"}
    assert not Approved(tuple(known), (trial,), closed=True).holds(trial, NOW)


def test_the_operator_is_told_once_a_day(tmp_path: Path) -> None:
    copy = approved(copy_of_trial(tmp_path), until=TODAY + timedelta(days=40))
    trial = load_trial(copy.folder, copy.locales).trial
    licence = Approved(read_approvals(copy.folder)[0], (trial,))
    told = [licence.notices(NOW + timedelta(hours=hours)) for hours in range(0, 24 * 45, 2)]
    lines = [notice.says for each in told for notice in each]
    assert len([line for line in lines if "expires on 2026-04-11" in line]) == 30
    assert len([line for line in lines if "none holds" in line]) == 6
    assert licence.notices(NOW + timedelta(days=44, hours=23)) == []
