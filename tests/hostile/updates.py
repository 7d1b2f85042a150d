"""Updates of every type of the Bot API, by one person or from elsewhere, and such as Telegram never sends."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from random import Random  # noqa: TID251 -- seeded: the same updates each time
from typing import Any

from telegram import Message, Update

from tests.hostile.samples import Json, field_of, fields, sample
from tests.hostile.texts import short, typed

MOMENT = 1_772_443_800
_MESSAGES = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_message",
    "edited_business_message",
    "guest_message",
)
TYPES = tuple(fields(Update))
"""Every type of update that the library knows."""
CONTENTS = tuple(name for name in fields(Message) if name not in {"from_user", "text"})
"""Every field that a message may carry beside its text."""
_GROUP = -1009876543210
_LANGUAGES = (
    "en",
    "zh-hans",
    "zh-hant",
    "zh",
    "ar",
    "he",
    "xx",
    "",
    "EN_us",
    "\u202e",
    "<b>",
    "en-" + "x" * 300,
)
_JUNK: tuple[Any, ...] = (
    None, True, False, 0, -1, 7, 1.5, 1e308, 10**30, -(2**63), "", "7", "<b>", "\x00", "\ud800", [], {}, [[]],
    [None], {"id": None}, {"": ""}, "x" * 10_000, [[[[[[[[[[]]]]]]]]]], {"type": "new_kind"}, float("nan"),
)  # fmt: skip


class Writer:
    """Makes updates that concern one person."""

    def __init__(self, chance: Random, person: int) -> None:
        self._chance = chance
        self.person = person
        self._number = 0

    def next_number(self) -> int:
        """Return an update id not used before."""
        self._number += 1
        return self._number

    def any(self, tokens: Sequence[str] = ()) -> tuple[str, Json]:
        """Return an update and its type; by half what a person does, by half all there is."""
        usual = ("message", "message", "edited_message", "callback_query")
        kind = self._chance.choice(usual if self._often(0.5) else TYPES)
        return kind, self.of(kind, tokens)

    def of(self, kind: str, tokens: Sequence[str] = ()) -> Json:
        """Return an update of one type, as Telegram could send it."""
        return {"update_id": self.next_number(), kind: self._body(kind, tokens)}

    def unknown(self) -> Json:
        """Return an update of a type that nobody knows yet."""
        return {"update_id": self.next_number(), f"new_{self._number}": self._message("message")}

    def text(self, text: str, *, edited: bool = False) -> Json:
        """Return what arrives when the person types something, or edits it."""
        body = {**self._head(), "text": text}
        return {"update_id": self.next_number(), "edited_message" if edited else "message": body}

    def tap(self, data: str | None) -> Json:
        """Return a tap with this data, under a message, one out of reach, or none."""
        query: Json = {"id": str(self._number), "from": self.user(), "chat_instance": "1"}
        if data is not None:
            query["data"] = data
        under = self._chance.random()
        if under < 0.7:
            query["message"] = {**self._head(), "text": short(self._chance)}
        elif under < 0.85:
            query["message"] = {"chat": self._chat(), "message_id": 3, "date": 0}
        else:
            query["inline_message_id"] = "AAA"
        return {"update_id": self.next_number(), "callback_query": query}

    def malformed(self) -> Any:
        """Return what Telegram never sends: an update with a part replaced, lost or doubled in itself."""
        chance = self._chance
        if self._often(0.03):
            return chance.choice(_JUNK)
        _, update = self.any()
        broken = copy.deepcopy(update)
        for _ in range(chance.randint(1, 3)):
            _break(broken, chance)
        return broken

    def user(self) -> Json:
        """Return the person, under a hostile name."""
        user: Json = {"id": self.person, "is_bot": False, "first_name": short(self._chance)}
        if self._often(0.8):
            user["language_code"] = self._chance.choice(_LANGUAGES)
        return user

    def _body(self, kind: str, tokens: Sequence[str]) -> Json:
        if kind in _MESSAGES:
            return self._message(kind)
        if kind == "callback_query":
            if self._often(0.2):
                return {**field_of(Update, kind, self._chance), "from": self.user()}
            data = self._chance.choice([*tokens, None, short(self._chance), typed(self._chance)[:64]])
            body: Json = self.tap(data)["callback_query"]
            return body
        body = field_of(Update, kind, self._chance)
        if kind in {"my_chat_member", "chat_member"}:
            body |= {"from": self.user(), "chat": self._chat() if self._often(0.7) else _group()}
        return body

    def _message(self, kind: str) -> Json:
        body = self._head() if self._often(0.85) else {**self._head(), "chat": _group()}
        if kind.endswith("channel_post"):
            body = {
                **self._head(),
                "chat": {"id": _GROUP - 1, "type": "channel", "title": short(self._chance)},
            }
        if self._often(0.4):
            body["text"] = typed(self._chance)
        else:
            name = self._chance.choice(CONTENTS)
            value = field_of(Message, name, self._chance)
            if value is not None:
                body[name] = value
        if self._often(0.05):
            del body["from"]
        return body

    def _head(self) -> Json:
        return {"message_id": 5, "date": MOMENT, "chat": self._chat(), "from": self.user()}

    def _chat(self) -> Json:
        return {"id": self.person, "type": "private", "first_name": short(self._chance)}

    def _often(self, share: float) -> bool:
        return self._chance.random() < share


def _group() -> Json:
    return {"id": _GROUP, "type": "supergroup", "title": "<b>a group</b>"}


def _break(update: Json, chance: Random) -> None:
    """Replace, lose or add something anywhere in an update."""
    place: Any = update
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = chance.choice(keys)
        inner = place[key]
        if isinstance(inner, dict | list) and inner and chance.random() < 0.75:
            place = inner
            continue
        if chance.random() < 0.3 and isinstance(place, dict):
            del place[key]
        else:
            place[key] = copy.deepcopy(chance.choice(_JUNK))
        return


def sampled(chance: Random) -> Json:
    """Return a whole update as the library's classes describe one, with nothing settled."""
    return sample(Update, chance)
