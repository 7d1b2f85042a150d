"""A compiled trial is the same whether it comes from files or from the store."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.content.bundle import Bundle, compile_bundle
from bot.content.check import check_trial
from bot.content.load import load_trial, load_trials
from bot.content.problem import Severity
from bot.domain.errors import ContentError
from bot.domain.trial import CriterionKind, Trial, Verdict
from bot.engine.assess import assess
from tests.conftest import FLOWS, LOCALES, ROOT, oracle
from tests.content.planted import TODAY, copy_of_trial


def test_the_store_gives_back_the_same_bundle(bundle: Bundle) -> None:
    again = compile_bundle(bundle.body)
    assert (again.trial, again.body, again.content_hash) == (bundle.trial, bundle.body, bundle.content_hash)
    assert {code: words.texts for code, words in again.words.items()} == {
        code: words.texts for code, words in bundle.words.items()
    }
    assert bundle.content_hash == hashlib.sha256(bundle.body).hexdigest() == bundle.trial.content_hash


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_compiles_the_same_bytes(bundle: Bundle, seed: str) -> None:
    program = (
        "from pathlib import Path; from bot.content.load import load_trial;"
        "print(load_trial(Path('flows/NCT06203249'), Path('locales')).content_hash)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == bundle.content_hash


def test_the_body_is_canonical(bundle: Bundle) -> None:
    parts = json.loads(bundle.body)
    again = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert again == bundle.body


def test_an_open_question_changes_no_approved_content(bundle: Bundle, tmp_path: Path) -> None:
    copy = copy_of_trial(tmp_path)
    copy.edit("trial.yaml", "open_questions:", "open_questions:\n  - Is it raining?")
    assert load_trial(copy.folder, copy.locales).content_hash == bundle.content_hash


def test_one_changed_letter_is_another_content(bundle: Bundle, tmp_path: Path) -> None:
    copy = copy_of_trial(tmp_path)
    copy.edit("zh-Hans.yaml", "我明白了", "我清楚了")
    other = load_trial(copy.folder, copy.locales)
    assert other.content_hash != bundle.content_hash
    assert other.trial.acknowledgements[0].digests == bundle.trial.acknowledgements[0].digests


def test_a_digest_is_that_of_the_exact_text(bundle: Bundle) -> None:
    for item in bundle.trial.acknowledgements:
        for code, digest in item.digests.items():
            text = bundle.words[code].text(f"trial:acknowledgement.{item.key}")
            assert digest == hashlib.sha256(text.encode()).hexdigest()
        assert set(item.digests) == {"en", "zh-Hans"}


@pytest.mark.parametrize("body", [b"", b"{}", b'{"trial":{},"words":{},"typed":{},"ftl":{}}'])
def test_what_is_no_bundle_is_refused(body: bytes) -> None:
    with pytest.raises(ContentError):
        compile_bundle(body)


def test_a_bundle_stored_before_words_were_heard_together_is_still_read(bundle: Bundle) -> None:
    parts = json.loads(bundle.body)
    for typed in parts["typed"].values():
        del typed["near"]
    old = compile_bundle(json.dumps(parts, ensure_ascii=False).encode()).trial.lexicon.emergency
    assert set(old) == {phrase for phrase in bundle.trial.lexicon.emergency if isinstance(phrase, str)}


def test_trials_are_found_by_their_id() -> None:
    assert list(load_trials(FLOWS, LOCALES)) == ["NCT06203249"]


def test_no_trial_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="There is no trial in"):
        load_trials(tmp_path, LOCALES)


@pytest.mark.parametrize("missing", ["trial.yaml", "zh-Hans.yaml", "en/bot.ftl"])
def test_a_missing_file_is_named(missing: str, tmp_path: Path) -> None:
    copy = copy_of_trial(tmp_path)
    copy.path(missing).unlink()
    with pytest.raises(ContentError, match=missing.replace("/", ".")):
        load_trial(copy.folder, copy.locales)


@pytest.mark.parametrize("missing", ["trial.yaml", "zh-Hans.yaml", "en/bot.ftl"])
def test_a_file_that_is_not_utf8_is_named(missing: str, tmp_path: Path) -> None:
    copy = copy_of_trial(tmp_path)
    copy.path(missing).write_bytes(b"title: \xff\xfe")
    with pytest.raises(ContentError, match="UTF-8"):
        load_trial(copy.folder, copy.locales)


def test_the_shipped_trial_has_no_errors_and_says_what_is_not_settled() -> None:
    problems = check_trial(FLOWS / "NCT06203249", LOCALES, TODAY)
    assert {problem.severity for problem in problems} == {Severity.WARNING}
    told = " ".join(problem.what for problem in problems)
    for words in ("is not approved", "Open question: I2", "`decisions.site_contact` is not decided"):
        assert words in told


def test_an_approval_silences_its_warning(bundle: Bundle, tmp_path: Path) -> None:
    copy = copy_of_trial(tmp_path)
    copy.path("approvals.yaml").write_text(
        "spec_version: 1\napprovals:\n"
        f"  - {{content_hash: {bundle.content_hash}, language: en, committee: Board, number: 7/26,"
        " approved_on: 2026-01-01, expires_on: 2027-01-01}\n"
    )
    told = [p.what for p in check_trial(copy.folder, copy.locales, TODAY) if "not approved" in p.what]
    assert len(told) == 1
    assert "zh-Hans" in told[0]


def test_a_broken_approval_is_an_error(tmp_path: Path) -> None:
    copy = copy_of_trial(tmp_path)
    copy.path("approvals.yaml").write_text("spec_version: 1\napprovals:\n  - {content_hash: abc}\n")
    assert {Path(problem.file).name for problem in copy.errors()} == {"approvals.yaml"}


REGISTRY = """\
Inclusion Criteria:
* Patients who meet the diagnostic criteria of dermatomyositis and anti-MDA 5 antibody positive.
* Anti-MDA5 antibody positive DM patients with RPILD meet the diagnostic criteria for RPILD.
* Must have undergone bronchoalveolar lavage.
* Age≥18 years old.
* Patients who signed informed consent forms
Exclusion Criteria:
* Patients who had other connective tissue diseases.
* Patients with ILD or RPILD caused by infection, tumors, drugs, biochemistry and other factors.
* Pregnant or lactating patients.
* The patient also participated in any other clinical trial.
* Disagreement for inclusion in this study
"""


def test_the_ten_criteria_are_the_registrys_word_for_word(trial: Trial) -> None:
    inclusion, exclusion = REGISTRY.split("Exclusion Criteria:")
    for kind, part in ((CriterionKind.INCLUSION, inclusion), (CriterionKind.EXCLUSION, exclusion)):
        items = [line.removeprefix("* ") for line in part.splitlines() if line.startswith("* ")]
        assert [criterion.text for criterion in trial.criteria if criterion.kind is kind] == items


def test_questions_options_and_flags_are_those_of_the_oracle(trial: Trial) -> None:
    assert [question.key for question in trial.questions] == oracle()["question_order"]
    for question in trial.questions:
        wanted = [value for value in oracle()["answer_values"][question.key] if "integer" not in value]
        assert [option.key for option in question.options] == wanted
    flags = {flag for case in oracle()["cases"] for flag in case["expected_flags"]}
    known = {flag for question in trial.questions for option in question.options for flag in option.flags}
    raised = {flag for flag in flags if not flag.startswith(("declined_answer:", "urgent:"))}
    assert raised - known <= {"mda5_without_dm", "contact_requested", "info:repeat_screening"}


def test_the_oracles_full_answers_may_be_eligible(trial: Trial) -> None:
    result = assess(trial, oracle()["full_answers"])
    assert result.ending == "may_be_eligible"
    assert {name for name, verdict in result.criteria.items() if verdict is Verdict.DEFERRED} == {"I5"}
