"""The whole examination of a trial: what load refuses, its dialogues, and what is not settled yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from bot.content.approvals import FILE as APPROVALS_FILE
from bot.content.approvals import ApprovalsFile, read_approvals
from bot.content.bundle import Bundle, compile_bundle
from bot.content.dialogues import check_dialogues
from bot.content.draft import Draft, read_draft
from bot.content.inspection import inspect
from bot.content.language import LanguageFile
from bot.content.problem import Problem, errors_among, warning
from bot.content.rules import FileModel
from bot.content.safety import SafetyFile, check_numbers
from bot.content.schema import TrialFile


def check_trial(folder: Path, locales: Path, today: date) -> list[Problem]:
    """Return everything wrong with a trial today, then what is not settled; never raises for content."""
    draft = read_draft(folder, locales)
    problems = inspect(draft)
    approvals, wrong = read_approvals(folder)
    problems.extend(wrong)
    overdue = list(check_numbers(draft.numbers, draft.safety_source, today))
    if not draft.trial or errors_among(problems):
        return [*problems, *overdue]
    bundle = compile_bundle(draft.body())
    problems.extend(overdue)
    problems.extend(check_dialogues(folder, bundle))
    problems.extend(_unsettled(draft, draft.trial))
    approved = {item.language for item in approvals if item.content_hash == bundle.content_hash}
    problems.extend(_unapproved(folder, bundle, approved))
    return problems


def json_schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of each kind of file, so that an editor can help its author."""
    models: dict[str, type[FileModel]] = {
        "trial": TrialFile,
        "language": LanguageFile,
        "approvals": ApprovalsFile,
        "safety": SafetyFile,
    }
    return {name: model.model_json_schema() for name, model in models.items()}


def _unsettled(draft: Draft, trial: TrialFile) -> Iterator[Problem]:
    source = draft.trial_source
    open_decisions = [("decisions", name) for name, value in trial.decisions if value is None]
    open_periods = [
        ("policies", "retention", name) for name, days in trial.policies.retention if days is None
    ]
    for place in (*open_decisions, *open_periods):
        what = f"`{'.'.join(place)}` is not decided yet."
        yield warning(source.file, source.line(place), what, "Ask the site before production.")
    for n, question in enumerate(trial.open_questions):
        line = source.line(("open_questions", n))
        yield warning(source.file, line, f"Open question: {question}", "Ask the investigator.")
    for n, criterion in enumerate(trial.criteria):
        if not criterion.rule and not criterion.deferred:
            what = f"Nobody is asked about `{criterion.id}`; it is left to staff."
            yield warning(source.file, source.line(("criteria", n)), what, "Be sure that this is meant.")


def _unapproved(folder: Path, bundle: Bundle, approved: set[str]) -> Iterator[Problem]:
    for language in bundle.trial.languages:
        if language not in approved:
            what = f"`{language}` of content {bundle.content_hash[:12]} is not approved."
            yield warning(str(folder / APPROVALS_FILE), 1, what, "Have it approved before production.")
