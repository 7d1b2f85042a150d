"""The exact words that somebody agreed to, from the edition they stand in, and proved by their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from bot.domain.consent import Consent
from bot.domain.errors import DoorstepError
from bot.domain.messages import Reply
from bot.engine.agreements import forms
from bot.service.editions import Edition


class WordsLost(DoorstepError):  # noqa: N818 -- says what happened
    """An edition does not hold the words that were agreed to; no others are shown in their place."""


def exact_words(edition: Edition, consent: Consent) -> str:
    """Return the text as it was shown, byte for byte; WordsLost where the edition has other words.

    `edition` is the one that the consent names. Of what an earlier program kept without a digest, the text is
    certain only where its edition has but one.
    """
    said = list(_said(edition, consent))
    if not consent.digest and len(said) == 1:
        return said[0]
    for text in said:
        if hashlib.sha256(text.encode()).hexdigest() == consent.digest:
            return text
    raise WordsLost(f"The words agreed to as `{consent.key}` are not in edition {consent.edition[:12]}.")


def _said(edition: Edition, consent: Consent) -> Iterator[str]:
    """Yield every text by which this edition can ask for it, in the language of the consent."""
    for text in forms(edition.trial, consent.key).values():
        try:
            yield edition.render(Reply((text,)), consent.language).html
        except LookupError:  # not in these words, or not in this language
            continue
