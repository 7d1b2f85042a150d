"""What people type, and what is listened for: the words of a trial that nobody says to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.peril import Peril


@dataclass(frozen=True, slots=True)
class Near:
    """Words that together mean something: one of each group, in any order, begun within a few words.

    In Chinese, `within` counts characters. `word*` stands for every word that begins so, and `word~` also
    for that word with one slip of the pen.
    """

    groups: tuple[frozenset[str], ...]
    within: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """Words that mean no emergency where they stand so: one of each group, directly in turn.

    `no chest pain`, `breathing test`, 没有胸痛. Nothing but spaces may part them (Chinese ones:
    nothing at all), and they hide only themselves: whatever else is written is heard as before.
    """

    groups: tuple[frozenset[str], ...]
    missing: frozenset[int] = frozenset()
    """The groups that may be left out: `no (more) chest pain`; never the first."""
    unless: frozenset[str] = frozenset()
    """Words that make it count for nothing, wherever they stand: `no chest pain until today`."""


@dataclass(frozen=True, slots=True)
class Net:
    """Terms with what each adds to the suspicion of an emergency; learned, see tests/emergency/learn.py.

    The sum of the terms of a message, and `bias`, above `limit` raises the alarm.
    """

    weights: Mapping[str, int]
    bias: int
    limit: int
    chinese: bool = False
    """Whether it weighs Chinese characters; else words in letters."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What people type, normalised (see bot.engine.reading), in every language of the trial at once."""

    choices: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Words for a choice, by the choice's key: `start`, `back`, `option:dm:yes`, …"""
    emergency: tuple[str | Near, ...] = ()
    perils: Mapping[Peril, tuple[Near, ...]] = field(default_factory=dict)
    """Words by which an emergency, once heard, is known to be of a kind; they raise no alarm alone."""
    nets: tuple[Net, ...] = ()
    """What hears emergencies in words that no rule names."""
    harmless: tuple[Run, ...] = ()
    """What is passed over when emergency words are looked for."""
    person_wishes: tuple[str, ...] = ()
    """Phrases by which someone asks for a person, or asks the team something."""
    age_prefixes: tuple[str, ...] = ()
    age_suffixes: tuple[str, ...] = ()
    nominal_age: tuple[str, ...] = ()
    """Words for an age that is not counted in completed years, such as 虚岁."""
