"""What all tests share: the trial as it ships, a fixed moment, and the oracle."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from bot.content.bundle import Bundle
from bot.content.load import load_trial
from bot.domain.trial import Trial

# The same examples each time, so that a change is judged by what it changed; DOORSTEP_EXPLORE=1 for new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, print_blob=True)
settings.load_profile("explore" if os.environ.get("DOORSTEP_EXPLORE") else "steady")

ROOT = Path(__file__).resolve().parent.parent
FLOWS, LOCALES = ROOT / "flows", ROOT / "locales"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@cache
def shipped() -> Bundle:
    """Return NCT06203249 as it ships; read once."""
    return load_trial(FLOWS / "NCT06203249", LOCALES)


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    return shipped()


@pytest.fixture(scope="session")
def trial() -> Trial:
    return shipped().trial


@cache
def oracle() -> dict[str, Any]:
    """Return the 52 cases that say what must come out: our own, kept with the tests."""
    cases: dict[str, Any] = json.loads((ROOT / "tests" / "cases" / "NCT06203249.json").read_text("utf-8"))
    return cases
