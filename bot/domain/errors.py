"""Errors by who must act.

DoorstepError
├── ContentError    a trial's author must act: file, line, what is wrong, what to do
├── SettingsError   an operator must act: the setting's name and an example
└── Refused         the caller must act: not allowed here, or too late

What a participant types is never an error: it is a transition that changes nothing.
"""

from __future__ import annotations


class DoorstepError(Exception):
    """Anything a person can put right; shown to them without a traceback."""


class ContentError(DoorstepError):
    """A trial folder cannot be used until its author changes something."""


class SettingsError(DoorstepError):
    """A setting is missing or wrong; the text names it and shows an example."""


class Refused(DoorstepError):  # noqa: N818 -- the field's word reads better than RefusedError
    """The request was understood and may not be carried out."""
