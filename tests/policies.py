"""The shipped trial with one policy set otherwise: what a site does by editing one line."""

from __future__ import annotations

import json
from functools import cache

from bot.content.bundle import Bundle, compile_bundle


@cache
def _with_policy(body: bytes, policy: str) -> Bundle:
    content = json.loads(body)
    content["trial"]["policies"]["readings"]["rpild_policy"] = policy
    return compile_bundle(json.dumps(content).encode())


def with_policy(bundle: Bundle, policy: str) -> Bundle:
    """Return the trial under `ask_staff`, `conditional` or `strict`."""
    return _with_policy(bundle.body, policy)
