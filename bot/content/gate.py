"""The gate to production: all that a trial lacks before it meets real people, and what to write where."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from bot.content.approvals import FILE as APPROVALS
from bot.content.approvals import Judged, Standing, judge, read_approvals
from bot.content.bundle import compile_bundle
from bot.content.check import check_trial
from bot.content.draft import read_draft
from bot.content.problem import errors_among
from bot.content.schema import TrialFile
from bot.content.source import Place, Source

_DECISIONS = {
    "site_contact": ("Whom to contact", "Dr. Li, phone +86 10 1234 5678"),
    "answering_hours": ("When a person reads the queue", "Monday to Friday, 9 to 17 o'clock in Beijing"),
    "who_sees": ("Who sees the answers", "the study doctors and nurses"),
    "retention_days": ("How long answers are kept at most", "365"),
    "data_location": ("Where the server stands", "China"),
    "complaints": ("Where to complain", "Ethics Committee, phone +86 10 1234 5679"),
    "site": ("The site", "Department of Rheumatology, Example Hospital, 1 Example Road, Beijing"),
    "ethics": ("The approval of the study itself", "Ethics Committee of Example Hospital, no. 2024-017"),
    "jurisdiction": ("Whose law holds at the site", "CN"),
    "legal_basis": ("The legal basis", "separate consent, PIPL articles 13, 28 and 29"),
    "transfer_mechanism": (
        "What permits that answers leave mainland China",
        "standard contract, filed on 2026-05-01, PIPL article 38",
    ),
}
"""What each decision is about, and an example of it."""

_HIPAA = (
    "This site is bound by HIPAA, and Telegram signs no business associate agreement. Doorstep must not ask "
    "its patients about their health on Telegram."
)


def lacking(folder: Path, locales: Path, today: date, *, closed: bool = False) -> list[str]:
    """Return everything that this trial lacks for production; empty where it may go on.

    Where it is closed to everybody who would be screened, no approval need hold.
    """
    # What `check` calls an error stops it too: there belongs whatever is wrong in itself, such as a phone
    # number for emergencies that nobody has looked at for too long.
    wrong = errors_among(check_trial(folder, locales, today))
    found = [str(problem) for problem in wrong]
    draft = read_draft(folder, locales)
    if draft.trial is None:
        return found
    found += [what for condition in _CONDITIONS for what in condition(draft.trial, draft.trial_source)]
    if not wrong and not closed:
        content_hash = compile_bundle(draft.body()).content_hash
        found += _unapproved(draft.trial, folder, content_hash, today)
    return found


def barred(folder: Path, locales: Path) -> list[str]:
    """Return why this trial must not meet real people on Telegram at all, in a pilot neither."""
    draft = read_draft(folder, locales)
    return list(_barred(draft.trial, draft.trial_source)) if draft.trial else []


def _barred(file: TrialFile, _source: Source) -> Iterator[str]:
    if file.decisions.jurisdiction == "US-HIPAA":
        yield f"{file.id}: {_HIPAA}"


def _undecided(file: TrialFile, source: Source) -> Iterator[str]:
    for name, value in file.decisions:
        if value is None and (name != "transfer_mechanism" or _is_in_china(file)):
            what, example = _DECISIONS.get(name, (f"`{name}`", "…"))
            yield _write(source, f"{what} is not decided.", ("decisions", name), f"{name}: {example}")


def _without_period(file: TrialFile, source: Source) -> Iterator[str]:
    for name, days in file.policies.retention:
        if days is None:
            what = f"How many days a screening that ended as `{name}` is kept is not decided."
            yield _write(source, what, ("policies", "retention", name), f"{name}: 90")


_CONDITIONS = (_barred, _undecided, _without_period)


def _unapproved(file: TrialFile, folder: Path, content_hash: str, today: date) -> Iterator[str]:
    approvals, _ = read_approvals(folder)
    for language in file.languages:
        judged = judge(approvals, content_hash, language, today)
        if judged.standing is not Standing.APPROVED:
            what = f"`{language}` of {file.id}, content {content_hash}, is not approved: {_why(judged)}."
            wanted = f"--committee NAME --number NUMBER --approved-on {today} --expires-on {today + _YEAR}"
            remedy = f"Once it is, this writes it into {folder / APPROVALS}:"
            yield f"{what} {remedy}\n  python -m bot approve {file.id} --language {language} {wanted}"


def _why(judged: Judged) -> str:
    if judged.approval is None:
        return "no committee has approved it"
    fields = judged.approval.model_dump(mode="json")
    return _SAID[judged.standing].format(other=judged.approval.content_hash[:12], **fields)


_YEAR = timedelta(days=365)
_SAID = {
    Standing.EXPIRED: "approval {number} of this content expired on {expires_on}",
    Standing.NOT_YET: "approval {number} of this content holds only from {approved_on}",
    Standing.OTHER_CONTENT: "approval {number} is of other content ({other}…), something was changed since",
}


def _is_in_china(file: TrialFile) -> bool:
    """Say whether the site is in mainland China; where nobody has said whose law holds, by its place."""
    if file.decisions.jurisdiction is not None:
        return file.decisions.jurisdiction == "CN"
    return file.registry.place.endswith("China")


def _write(source: Source, what: str, place: Place, example: str) -> str:
    where = f"{source.file}:{source.line(place)}, {'.'.join(str(part) for part in place)}"
    return f"{what} Write it in {where}. Example:\n  {example}"
