"""From replies to messages: words, buttons with their tokens, and the line that staff get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.messages import ANYTIME, Alert, Choice, Reply, Text
from bot.service.desk import Said
from bot.service.ports import Button, Edition, Message
from bot.service.tokens import token

_CONTACTS = "contacts"
"""The parameter that is filled in here: how many people asked to be contacted."""


def wants_contacts(said: Said) -> bool:
    """Say whether a reply tells how many people asked to be contacted."""
    return any(_CONTACTS in part.params for reply in said.replies for part in reply.parts)


def words(said: Said, contacts: Mapping[str, int]) -> list[Message]:
    """Return the messages of one turn, in the language of its conversation."""
    return [_message(said, _filled(reply, contacts.get(said.edition.trial.id, 0))) for reply in said.replies]


def staff_line(edition: Edition, alert: Alert, conversation: str) -> Message:
    """Return one line for the staff group, in each of the trial's languages and without content."""
    text = Text(alert.value, {"trial": edition.trial.id, "code": conversation})
    return Message(edition.render(Reply((text,)), None).html)


def _filled(reply: Reply, contacts: int) -> Reply:
    parts = tuple(
        replace(part, params={**part.params, _CONTACTS: str(contacts)}) if _CONTACTS in part.params else part
        for part in reply.parts
    )
    return replace(reply, parts=parts)


def _message(said: Said, reply: Reply) -> Message:
    language = None if reply.bilingual else reply.language or said.conversation.language
    rendered = said.edition.render(reply, language)
    place = iter(range(len(reply.choices)))
    rows = tuple(
        tuple(_button(said, choice, label, next(place)) for choice, label in zip(row, labels, strict=True))
        for row, labels in zip(reply.rows, rendered.rows, strict=True)
    )
    return Message(rendered.html, rows)


def _button(said: Said, choice: Choice, label: str, place: int) -> Button:
    if choice.key.startswith("study:"):
        return Button(label, start=choice.key.removeprefix("study:"))
    place = ANYTIME.get(choice.key, place)
    return Button(label, token=token(said.conversation.id, said.conversation.turn, place))
