"""Deep links: `<trial-id>` or `<trial-id>_<source>`, and which of a trial's languages a phone speaks."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SOURCE = re.compile(r"[A-Za-z0-9-]{1,40}", re.ASCII)


def read_payload(payload: str, trials: Iterable[str]) -> tuple[str | None, str | None]:
    """Return (trial id, source); None for what the payload does not name or names wrongly."""
    head, _, tail = payload.partition("_")
    trial = next((name for name in trials if name.casefold() == head.casefold()), None)
    source = tail if trial and _SOURCE.fullmatch(tail) else None
    return trial, source


def spoken(phone: str | None, languages: Iterable[str]) -> str | None:
    """Return the trial's language that a phone set to `phone` (IETF tag) speaks, else None.

    Chinese phones without a script, or from the mainland or Singapore, read simplified characters;
    phones from Taiwan, Hong Kong and Macau are given the choice.
    """
    if not phone:
        return None
    tag = phone.replace("_", "-").casefold()
    return next((language for language in languages if _speaks(tag, language.casefold())), None)


_TRADITIONAL = {"hant", "tw", "hk", "mo"}


def _speaks(tag: str, language: str) -> bool:
    tag_parts, parts = tag.split("-"), language.split("-")
    if tag_parts[0] != parts[0]:
        return False
    if parts[0] != "zh" or len(parts) == 1:
        return True
    wants_traditional = bool(_TRADITIONAL & set(tag_parts[1:])) and "hans" not in tag_parts
    return wants_traditional == ("hant" in parts)
