"""What is sent: words, buttons, and a file that goes with them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Button:
    """A button as it is sent: a label with a token of ours, or with a link."""

    label: str
    token: str | None = None
    start: str | None = None
    """Opens the bot with this deep-link payload instead of sending a token."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file that goes with a message."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Key:
    """A key in the place of the phone's keyboard: tapping it sends its label, or the person's own number."""

    label: str
    asks_phone: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A message in its final words: Telegram's HTML, and rows of buttons under it."""

    html: str
    rows: tuple[tuple[Button, ...], ...] = ()
    document: Document | None = None
    silent: bool = False
    """Arrives without a sound: nobody has to look at it now."""
    keys: tuple[tuple[Key, ...], ...] = ()
    clears: bool = False
    """Takes keys away that stand on the phone."""
    identifies: bool = False
    """Shows who its person is."""

    @property
    def passing(self) -> bool:
        """Whether nothing of it is kept once it was sent: what it shows is kept elsewhere, and goes there."""
        return self.document is not None or self.identifies
