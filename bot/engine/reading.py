"""Typed text made comparable, and phrases found in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"'})
_ENDS = " \t\n.。,，!！;；:：、\"'()[]【】「」*_"


def normalise(text: str) -> str:
    """Return text as it is compared: one width, one case, plain quotes, no invisible marks.

    A question mark is kept: `yes?` is not a yes.
    """
    wide = unicodedata.normalize("NFKC", text).translate(_QUOTES).casefold()
    seen = "".join(mark for mark in wide if unicodedata.category(mark) not in {"Cf", "Cc"} or mark.isspace())
    return " ".join(seen.split()).strip(_ENDS)


def mentions(text: str, phrases: Iterable[str]) -> bool:
    """Say whether normalised `text` holds one of the normalised phrases.

    Latin phrases count at word boundaries only (`faint`, not `faintly`); Chinese ones anywhere, also
    where spaces or punctuation were typed between the characters.
    """
    packed = re.sub(r"[\s\W]+", "", text)
    return any(
        _pattern(phrase).search(text) or (not phrase.isascii() and phrase in packed) for phrase in phrases
    )


@lru_cache(maxsize=4096)
def _pattern(phrase: str) -> re.Pattern[str]:
    body = re.escape(phrase).replace(r"\ ", r"\s+")
    return re.compile(rf"(?<![a-z0-9]){body}(?![a-z0-9])" if phrase.isascii() else body)
