"""Golden conversations: text files that say word for word what people and the bot write to each other.

phone: en                     the header; `phone: none` for a phone that tells no language
---
> /start                      what the person types
> [Yes]                       what they tap
> (photo) a caption           what they send
> (edit) other words          an earlier message of theirs, edited
@ answer more_time            what a member of staff does: answer (a snippet), end, claim, decide, undo
* 31 days                     time passes           * away 10 minutes   the bot was not there
< Hello.                      a message of the bot, and under it what continues it
| Second line.
  [Start]                     its buttons, row by row
! 🔴 URGENT …                 the line that staff get
= status: completed           what is exported then
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta

from bot.service.ports import Message
from tests.talk import Phone, World, plain

_SPANS = {"seconds": "seconds", "minutes": "minutes", "hours": "hours", "days": "days"}


async def replayed(script: str, world: World) -> str:
    """Return the file as it comes out when its person says the same again."""
    header, _, body = script.partition("---\n")
    found = re.search(r"^phone: (\S+)$", header, re.MULTILINE)
    assert found, "the header lacks `phone: <language>`"
    phone = world.phone(None if found[1] == "none" else found[1])
    written = [f"{header}---\n"]
    for line in body.splitlines():
        if line[:2] not in {"> ", "* ", "= ", "@ "} and not line.startswith("#"):
            continue
        written.append(await _shown(line, world) if line.startswith("=") else line + "\n")
        seen, told = len(phone.messages), len(world.staff.messages)
        await _do(line, phone, world)
        written.extend(_message(message) for message in phone.messages[seen:])
        written.extend(
            f"! {plain(message)}\n".replace("\n\n", "\n! ") for message in world.staff.messages[told:]
        )
    return "".join(written)


async def _do(line: str, phone: Phone, world: World) -> None:
    mark, said = line[:1], line[2:]
    if mark == "*":
        await _pass(said, world)
    elif mark == "@":
        await world.staff_do(said)
    elif mark == ">" and (tapped := re.fullmatch(r"\[(.*)\]", said)):
        await world.tap(phone, tapped[1])
    elif mark == ">" and (sent := re.fullmatch(r"\((\w+)\)(?: (.*))?", said)):
        kind, text = sent.groups()
        await (world.edit(phone, text or "") if kind == "edit" else world.attach(phone, text))
    elif mark == ">":
        await world.send(phone, said)


async def _pass(said: str, world: World) -> None:
    *away, number, unit = said.split()
    span = timedelta(**{_SPANS[unit]: int(number)})
    await (world.absence(span) if away else world.wait(span))


async def _shown(line: str, world: World) -> str:
    name = line[2:].partition(":")[0]
    row = (await world.exported())[-1]
    return f"= {name}: {json.dumps(row[name], ensure_ascii=False)}\n"


def _message(message: Message) -> str:
    return "".join(_lines(message))


def _lines(message: Message) -> Iterator[str]:
    first, *others = plain(message).split("\n")
    yield f"< {first}\n"
    for line in others:
        yield f"| {line}".rstrip() + "\n"
    for row in message.rows:
        yield "  " + " ".join(f"[{button.label}]" for button in row) + "\n"
