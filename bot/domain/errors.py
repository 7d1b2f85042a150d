"""Errors by who must act.

DoorstepError
├── ContentError    a trial's author must act: file, line, what is wrong, what to do
├── EditionChanged  the operator must act: a stored text is not what was kept
├── SettingsError   an operator must act: the setting's name and an example
└── Refused         the caller must act: not allowed here, or too late

What a participant types is never an error: it is a transition that changes nothing.
"""

from __future__ import annotations


class DoorstepError(Exception):
    """Anything a person can put right; shown to them without a traceback."""


class ContentError(DoorstepError):
    """A trial folder cannot be used until its author changes something."""


class EditionChanged(DoorstepError):  # noqa: N818 -- says what happened
    """The stored text of an edition is not the one that its hash stands for: nobody is shown any of it."""

    def __init__(self, content_hash: str) -> None:
        super().__init__(
            f"The stored text of edition {content_hash} was changed: none of it is shown to anybody. "
            "Put the row back from a backup, and type: python -m bot verify"
        )
        self.content_hash = content_hash


class SettingsError(DoorstepError):
    """A setting is missing or wrong; the text names it and shows an example."""


class Refused(DoorstepError):  # noqa: N818 -- the field's word reads better than RefusedError
    """The request was understood and may not be carried out."""
