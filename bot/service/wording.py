"""From replies to messages: words, buttons with their tokens, and the line that staff get."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.domain.messages import ANYTIME, BESIDE, Alert, Choice, Reply, Text
from bot.service.editions import Edition, Rendered
from bot.service.handled import Said
from bot.service.message import Button, Document, Key, Message
from bot.service.tokens import token

_CONTACTS, _RECEIPT = "contacts", "receipt"
"""Parameters that are filled in here: how many people asked to be contacted, and a receipt's code."""


def wants_contacts(said: Said) -> bool:
    """Say whether a reply tells how many people asked to be contacted."""
    return any(_CONTACTS in part.params for reply in said.replies for part in reply.parts)


def words(said: Said, contacts: Mapping[str, int], copy: Document | None = None) -> list[Message]:
    """Return the messages of one turn, in the language of its conversation, and the file where one is due."""
    known = {_CONTACTS: str(contacts.get(said.edition.trial.id, 0)), _RECEIPT: said.receipt}
    return [
        replace(_message(said, _filled(reply, known)), document=copy if reply.copy else None)
        for reply in said.replies
    ]


def staff_line(edition: Edition, alert: Alert, conversation: str, *, silent: bool = False) -> Message:
    """Return one line for the staff group, in each of the trial's languages and without content."""
    text = Text(alert.value, {"trial": edition.trial.id, "code": conversation})
    return Message(edition.render(Reply((text,)), None).html, silent=silent)


def _filled(reply: Reply, known: Mapping[str, str]) -> Reply:
    def fill(part: Text) -> Text:
        mine = {name: known[name] for name in part.params.keys() & known.keys()}
        return replace(part, params={**part.params, **mine}) if mine else part

    return replace(reply, parts=tuple(fill(part) for part in reply.parts))


def _message(said: Said, reply: Reply) -> Message:
    language = None if reply.bilingual else reply.language or said.conversation.language
    rendered = said.edition.render(reply, language)
    message = Message(rendered.html, clears=reply.clears, identifies=reply.identifies)
    if reply.keys:
        return replace(message, keys=tuple(_keys(reply, rendered)))
    return replace(message, rows=_rows(said, reply, rendered))


def _keys(reply: Reply, rendered: Rendered) -> Iterator[tuple[Key, ...]]:
    for row, labels in zip(reply.rows, rendered.rows, strict=True):
        asks = (choice.key == "share_phone" for choice in row)
        yield tuple(Key(label, asks_phone=each) for label, each in zip(labels, asks, strict=True))


def _rows(said: Said, reply: Reply, rendered: Rendered) -> tuple[tuple[Button, ...], ...]:
    place = iter(range(len(reply.choices)))
    return tuple(
        tuple(_button(said, choice, label, next(place)) for choice, label in zip(row, labels, strict=True))
        for row, labels in zip(reply.rows, rendered.rows, strict=True)
    )


def _button(said: Said, choice: Choice, label: str, place: int) -> Button:
    if choice.key.startswith("study:"):
        return Button(label, start=choice.key.removeprefix("study:"))
    place = (ANYTIME | BESIDE).get(choice.key, place)
    return Button(label, token=token(said.conversation.id, said.conversation.turn, place))
