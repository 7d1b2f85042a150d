"""From replies to messages: words, buttons with their tokens, and the line that staff get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.messages import ANYTIME, BESIDE, Alert, Choice, Reply, Text
from bot.service.desk import Said
from bot.service.ports import Button, Document, Edition, Message
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


def staff_line(edition: Edition, alert: Alert, conversation: str) -> Message:
    """Return one line for the staff group, in each of the trial's languages and without content."""
    text = Text(alert.value, {"trial": edition.trial.id, "code": conversation})
    return Message(edition.render(Reply((text,)), None).html)


def _filled(reply: Reply, known: Mapping[str, str]) -> Reply:
    def fill(part: Text) -> Text:
        mine = {name: known[name] for name in part.params.keys() & known.keys()}
        return replace(part, params={**part.params, **mine}) if mine else part

    return replace(reply, parts=tuple(fill(part) for part in reply.parts))


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
    place = (ANYTIME | BESIDE).get(choice.key, place)
    return Button(label, token=token(said.conversation.id, said.conversation.turn, place))
