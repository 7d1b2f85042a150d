"""The files of a trial as they were read, before anything is known to fit together."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from bot.content.bundle import make_body
from bot.content.fluent import FILE as BOT_FILE
from bot.content.fluent import MessageShape, read_messages
from bot.content.language import LanguageFile, NetInFile
from bot.content.problem import Problem, error, warning
from bot.content.safety import SafetyNumber, read_safety, said_numbers
from bot.content.schema import TrialFile
from bot.content.source import Source, read_source, validate
from bot.domain.errors import ContentError

NET_FILE = "emergency.json"


@dataclass(slots=True)
class Draft:
    """What could be read of a trial, and what could not."""

    trial_source: Source
    trial: TrialFile | None
    sources: dict[str, Source] = field(default_factory=dict)
    languages: dict[str, LanguageFile] = field(default_factory=dict)
    ftl_files: dict[str, str] = field(default_factory=dict)
    ftl: dict[str, str] = field(default_factory=dict)
    messages: dict[str, list[MessageShape]] = field(default_factory=dict)
    nets: dict[str, NetInFile] = field(default_factory=dict)
    safety_source: Source = field(default_factory=lambda: Source(""))
    numbers: dict[str, SafetyNumber] = field(default_factory=dict)
    """The telephone numbers for an emergency, by name."""
    problems: list[Problem] = field(default_factory=list)

    def body(self) -> bytes:
        """Return what to store; raises ContentError where a file could not be read."""
        if not self.is_whole():
            raise ContentError("The trial cannot be compiled before its files are right.")
        assert self.trial
        return make_body(self.trial, self.languages, self.ftl, self.nets, said_numbers(self.numbers))

    def is_whole(self) -> bool:
        """Say whether every file the trial needs was read."""
        return self.trial is not None and all(
            code in self.languages and code in self.messages for code in self.trial.languages
        )


def read_draft(folder: Path, locales: Path) -> Draft:
    """Return all that can be read of the trial; what is wrong is collected, never raised."""
    source = read_source(folder / "trial.yaml")
    draft = Draft(source, validate(source, TrialFile))
    draft.safety_source, draft.numbers = read_safety(locales)
    for code in _codes(draft, folder):
        _read_language(draft, folder, code)
        _read_messages(draft, locales, code)
        _read_net(draft, locales / code / NET_FILE, code)
    for read in (source, draft.safety_source, *draft.sources.values()):
        draft.problems.extend(read.problems)
    return draft


def _codes(draft: Draft, folder: Path) -> list[str]:
    """Return the languages to read: those declared, or where that is unknown, those there are files for."""
    if draft.trial:
        return list(draft.trial.languages)
    return language_files(folder)


def language_files(folder: Path) -> list[str]:
    """Return the languages there are files for in a trial's folder, offered or not."""
    return sorted(path.stem for path in folder.glob("*.yaml") if path.stem not in {"trial", "approvals"})


def _read_language(draft: Draft, folder: Path, code: str) -> None:
    source = draft.sources[code] = read_source(folder / f"{code}.yaml")
    file = validate(source, LanguageFile)
    if file and file.language != code:
        what = f"This file says that its language is `{file.language}`."
        source.problems.append(source.error(("language",), what, f"Write `{code}` or rename the file."))
    elif file:
        draft.languages[code] = file


def _read_messages(draft: Draft, locales: Path, code: str) -> None:
    path = locales / code / BOT_FILE
    draft.ftl_files[code] = str(path)
    try:
        ftl = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        what = f"The bot's own words in `{code}` cannot be read."
        draft.problems.append(error(str(path), 1, what, "Add the file, in UTF-8."))
        return
    shapes, problems = read_messages(str(path), ftl)
    draft.problems.extend(problems)
    draft.ftl[code] = ftl
    draft.messages[code] = shapes


def _read_net(draft: Draft, path: Path, code: str) -> None:
    try:
        draft.nets[code] = NetInFile.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        what = f"Emergencies in `{code}` are heard by the rules alone."
        draft.problems.append(warning(str(path), 1, what, "Learn a second net: see docs/adr/0018."))
    except (OSError, ValidationError):
        what = "The second net for emergencies cannot be read."
        draft.problems.append(error(str(path), 1, what, "Make it again; it is not written by hand."))
