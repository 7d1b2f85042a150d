"""A wire form of any of the Bot API's types, made from what the library's classes say they take.

What the library learns with a later version is sent here too, without anybody thinking of it.
"""

from __future__ import annotations

import datetime as dt
import sys
import types
import typing
from collections.abc import Callable, Iterator, Sequence
from random import Random  # noqa: TID251 -- seeded: the same updates each time
from typing import Any, TypeVar

import telegram
from telegram import TelegramObject

from tests.hostile.texts import short

Json = dict[str, Any]

_DEEPEST = 3
_KINDS: dict[str, tuple[str, str]] = {
    "ChatMember": ("status", "status"),
    "MessageOrigin": ("type", "type"),
    "ReactionType": ("type", "type"),
    "PaidMedia": ("type", "type"),
    "ChatBoostSource": ("source", "source"),
    "BackgroundType": ("type", "type"),
    "BackgroundFill": ("type", "type"),
}
"""Families that the wire tells apart by a field: the field, and the attribute that holds its value."""

_ALSO_NEEDED = frozenset(
    {"persistent_id", "option_persistent_ids", "allows_revoting", "members_only", "can_react_to_messages"}
)
"""What the library's constructors make optional, and refuse to do without."""


_T = TypeVar("_T")


def _once(found: Callable[[type[TelegramObject]], _T]) -> Callable[[type[TelegramObject]], _T]:
    """Ask once for each class; functools does not believe that these classes are hashable."""
    known: dict[str, _T] = {}

    def remembered(kind: type[TelegramObject]) -> _T:
        name = f"{kind.__module__}.{kind.__qualname__}"
        if name not in known:
            known[name] = found(kind)
        return known[name]

    return remembered


def sample(kind: type[TelegramObject], chance: Random, depth: int = 0) -> Json:
    """Return a valid wire form: what must be there, and by chance what may be."""
    concrete = _concrete(kind, chance)
    made: Json = dict(_marks(concrete))
    for name, hint, required in _parameters(concrete):
        wanted = required or (depth < _DEEPEST and chance.random() < (0.25 if depth else 0.15))
        if wanted and name not in made:
            value = _value(hint, chance, depth + 1)
            if value is not None:
                made[_wire(name)] = value
    return made


def fields(kind: type[TelegramObject]) -> list[str]:
    """Return the names of all that may stand in a wire form of this type, but need not."""
    return [name for name, _, required in _parameters(kind) if not required]


def field_of(kind: type[TelegramObject], name: str, chance: Random) -> Any:
    """Return a value of one field."""
    hint = next(hint for each, hint, _ in _parameters(kind) if each == name)
    return _value(hint, chance, 1)


def _wire(name: str) -> str:
    return "from" if name == "from_user" else name


@_once
def _parameters(kind: type[TelegramObject]) -> tuple[tuple[str, Any, bool], ...]:
    code = kind.__init__
    known = {**vars(typing), **vars(telegram), **vars(sys.modules[kind.__module__]), "dtm": dt}
    hints = typing.get_type_hints(code, known, _Anything(known))
    names = code.__code__.co_varnames[1 : code.__code__.co_argcount]
    needed = len(names) - len(code.__defaults__ or ())
    given = [name for name in names if name != "api_kwargs"]
    return tuple(
        (name, hints.get(name, Any), place < needed or name in _ALSO_NEEDED)
        for place, name in enumerate(given)
    )


class _Anything(dict[str, Any]):
    """Names that are imported for type checkers only stand for anything."""

    def __missing__(self, name: str) -> Any:
        return getattr(telegram, name, Any)


@_once
def _family(kind: type[TelegramObject]) -> tuple[type[TelegramObject], ...]:
    below = tuple(each for each in kind.__subclasses__() if kind.__name__ in _KINDS)
    return below or (kind,)


def _concrete(kind: type[TelegramObject], chance: Random) -> type[TelegramObject]:
    return chance.choice(_family(kind))


def _marks(kind: type[TelegramObject]) -> Iterator[tuple[str, str]]:
    """Yield the field by which the wire tells a member of a family."""
    for base in kind.__mro__[1:]:
        if base.__name__ in _KINDS:
            name, _ = _KINDS[base.__name__]
            own = kind.__name__.removeprefix(base.__name__)
            constant = "".join(f"_{c}" if c.isupper() else c.upper() for c in own).lstrip("_").upper()
            yield name, str(getattr(base, constant))


def _value(hint: Any, chance: Random, depth: int) -> Any:
    origin = typing.get_origin(hint)
    if origin in {typing.Union, types.UnionType}:
        return _value(_chosen(typing.get_args(hint)), chance, depth)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Sequence):
        return [_value(typing.get_args(hint)[0], chance, depth) for _ in range(chance.randint(1, 2))]
    if isinstance(hint, type) and issubclass(hint, TelegramObject):
        return sample(hint, chance, depth) if depth <= _DEEPEST + 2 else None
    return _plain(hint, chance)


def _chosen(options: Sequence[Any]) -> Any:
    """Of what a field may be, return what stands on the wire."""
    if dt.timedelta in options:
        return dt.timedelta
    return next(each for each in options if each is not types.NoneType)


def _plain(hint: Any, chance: Random) -> Any:
    if hint is bool:
        return chance.random() < 0.5
    if hint is dt.timedelta:
        return chance.choice([0, 1, 86_400])
    if hint in {int, float}:
        return chance.choice([0, 1, 7, 2**31, 2**52 - 1])
    if hint is dt.datetime:
        return chance.choice([0, 1, 1_700_000_000, 1_790_000_000])
    return short(chance)
