"""The shipped trial with periods for keeping decided, under any name: what a site does by editing lines."""

from __future__ import annotations

import json
from functools import cache

from bot.content.bundle import Bundle, compile_bundle
from tests.conftest import shipped

ENDS = ("may_be_eligible", "likely_not_eligible", "needs_review", "declined", "stopped", "incomplete")


@cache
def keeping(*days: int | None, trial: str = "NCT06203249") -> Bundle:
    """Return the trial with periods in the order of `ENDS`."""
    content = json.loads(shipped().body)
    content["trial"]["id"] = trial
    content["trial"]["policies"]["retention"] = dict(zip(ENDS, days, strict=True))
    return compile_bundle(json.dumps(content).encode())
