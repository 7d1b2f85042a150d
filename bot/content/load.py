"""Trials read from their folders, refused with every reason at once."""

from __future__ import annotations

from pathlib import Path

from bot.content.bundle import Bundle, compile_bundle
from bot.content.draft import read_draft
from bot.content.inspection import inspect
from bot.content.problem import refuse_if_any
from bot.domain.errors import ContentError

TRIAL_FILE = "trial.yaml"


def load_trial(folder: Path, locales: Path) -> Bundle:
    """Return the trial of this folder, compiled; raises ContentError listing every problem."""
    draft = read_draft(folder, locales)
    refuse_if_any(inspect(draft))
    return compile_bundle(draft.body())


def load_trials(flows: Path, locales: Path) -> dict[str, Bundle]:
    """Return every trial by its id; raises ContentError where there is none or one is wrong."""
    folders = sorted(path.parent for path in flows.glob(f"*/{TRIAL_FILE}"))
    if not folders:
        raise ContentError(f"There is no trial in {flows}. Put one at {flows}/<trial-id>/{TRIAL_FILE}.")
    return {bundle.trial.id: bundle for bundle in (load_trial(path, locales) for path in folders)}
