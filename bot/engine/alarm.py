"""Whether a message tells of an emergency, of which kind, and by what it was heard."""

from __future__ import annotations

from functools import lru_cache

from bot.domain.lexicon import Lexicon, Net
from bot.domain.peril import Peril
from bot.engine.net import catches, heaviest
from bot.engine.reading import Ear, clauses, normalise

_SHOWN = 8


def alarms(text: str, lexicon: Lexicon) -> bool:
    """Say whether a text, as it was typed, holds emergency words outside of a harmless run."""
    return _listener(_Same(lexicon)).hears(_as_compared(text))


def peril(text: str, lexicon: Lexicon) -> Peril | None:
    """Return the kind of emergency a text tells of, general where that is unknown; None for none."""
    said = _as_compared(text)
    listener = _listener(_Same(lexicon))
    return listener.kind(said) if listener.hears(said) else None


def reasons(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return why a text raises the alarm: `a rule`, and the terms that the second net weighs most."""
    return _listener(_Same(lexicon)).reasons(_as_compared(text))


def _as_compared(text: str) -> str:
    # A new line ends a sentence as a full stop does, and would be a space once it is normalised.
    return normalise(" | ".join(text.splitlines()))


class _Same:
    """A lexicon as a key that is compared by identity: to hash all its words takes ten times the reading."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def __hash__(self) -> int:
        return id(self.lexicon)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.lexicon is self.lexicon


@lru_cache(maxsize=64)
def _listener(same: _Same) -> _Listener:
    return _Listener(same.lexicon)


class _Listener:
    """Rules or the net raise the alarm; what a harmless run hides is hidden from both."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._rules = Ear(lexicon.emergency, lexicon.harmless)
        self._nets = lexicon.nets
        self._kinds = {kind: Ear(lexicon.perils.get(kind, ()), lexicon.harmless) for kind in Peril}

    def hears(self, said: str) -> bool:
        return self._rules.hears(said) or self._caught(said)

    def kind(self, said: str) -> Peril:
        return next((kind for kind, ear in self._kinds.items() if ear.hears(said)), Peril.GENERAL)

    def reasons(self, said: str) -> tuple[str, ...]:
        found = ["a rule"] if self._rules.hears(said) else []
        for net in self._nets:
            if self._caught_by(net, said):
                left = self._rules.clauses(said, chinese=net.chinese)
                found += [f"{term} {weight:+}" for term, weight in heaviest(net, left, _SHOWN)]
        return tuple(found)

    def _caught(self, said: str) -> bool:
        return any(self._caught_by(net, said) for net in self._nets)

    def _caught_by(self, net: Net, said: str) -> bool:
        # Both with and without what is hidden: to hide words takes an alarm away, and never raises one.
        return catches(net, clauses(said, chinese=net.chinese)) and catches(
            net, self._rules.clauses(said, chinese=net.chinese)
        )
