"""Writing down an approval, and how each language of a trial stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from bot.content.approvals import Approval, Judged, append, judge, read_approvals
from bot.content.bundle import Bundle, compile_bundle
from bot.content.check import check_trial
from bot.content.draft import read_draft
from bot.content.problem import refuse_if_any
from bot.domain.errors import ContentError


def approve(  # noqa: PLR0913 -- what a committee's letter says, each by its name
    folder: Path,
    locales: Path,
    *,
    language: str,
    committee: str,
    number: str,
    approved_on: date,
    expires_on: date,
    today: date,
) -> Approval:
    """Write down that a committee approved the present content; ContentError says why that cannot be."""
    refuse_if_any(check_trial(folder, locales, today))
    bundle = compile_bundle(read_draft(folder, locales).body())
    if language not in bundle.trial.languages:
        offered = ", ".join(bundle.trial.languages)
        raise ContentError(f"{bundle.trial.id} has no language `{language}`. It has: {offered}.")
    if approved_on > today:
        raise ContentError(f"--approved-on {approved_on} is yet to come. Write the date of the letter.")
    if expires_on <= max(today, approved_on):
        raise ContentError(f"--expires-on {expires_on} is over already: on that day it holds no more.")
    try:
        new = Approval(
            content_hash=bundle.content_hash,
            language=language,
            committee=committee.strip(),
            number=number.strip(),
            approved_on=approved_on,
            expires_on=expires_on,
        )
    except ValidationError:
        raise ContentError("--committee and --number must not be empty.") from None
    approvals, problems = read_approvals(folder)
    refuse_if_any(problems)
    append(folder, approvals, new)
    return new


def standings(
    folder: Path, bundle: Bundle, today: date, languages: Sequence[str] | None = None
) -> list[Judged]:
    """Return how each language of the present content stands, or those named."""
    approvals, problems = read_approvals(folder)
    refuse_if_any(problems)
    return [
        judge(approvals, bundle.content_hash, language, today)
        for language in languages or bundle.trial.languages
    ]
