"""Golden conversations: text files that say word for word what people and the bot write to each other.

phone: en                     the header; `phone: none` for a phone that tells no language
asks: phone name              in the header, what of who they are the trial asks for
quiet: 21:00 08:00 Asia/Shanghai   in the header, the trial's quiet hours
comprehension: stop           in the header, where the trial checks what was understood: go_on or stop
---
> /start                      what the person types
> [Yes]                       what they tap
> (photo) a caption           what they send
> (contact) other             a contact they send: their own, `other`, `unknown`, or `forwarded`
> {No, thank you}             a key that they tap in the place of the keyboard
> (edit) other words          an earlier message of theirs, edited
@ answer more_time            what a member of staff does: answer (a snippet), end, claim, decide, undo
* 31 days                     time passes           * away 10 minutes   the bot was not there
* reworded KEY: other words   the bot is started anew with an acknowledgement that reads so
* the approval ends           nobody may be screened any more
< Hello.                      a message of the bot, and under it what continues it
| Second line.
  [Start]                     its buttons, row by row
  📎 my-data.json             a file that comes with it
  {No, thank you}             keys in the place of the keyboard, and {} where they are taken away
! 🔴 URGENT …                 the line that staff get
= status: completed           what is exported then
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.content.bundle import Bundle
from bot.domain.trial import Trial
from bot.service.lapse import Notice
from bot.service.ports import Message
from tests.editions import acknowledgement_reworded, with_comprehension, with_policies
from tests.talk import Phone, World, plain

_SPANS = {"seconds": "seconds", "minutes": "minutes", "hours": "hours", "days": "days"}


_REWORDED = re.compile(r"^\* reworded (\S+): (.*)$", re.MULTILINE)


def first_edition(script: str, bundle: Bundle) -> Bundle:
    """Return the edition that a file begins with, as its header asks."""
    wanted = re.search(r"^comprehension: (\S+)$", script.partition("---\n")[0], re.MULTILINE)
    bundle = with_comprehension(bundle, wanted[1]) if wanted else bundle
    return with_policies(bundle, **_policies(script.partition("---\n")[0]))


def _policies(header: str) -> dict[str, Any]:
    asks = re.search(r"^asks: (.*)$", header, re.MULTILINE)
    quiet = re.search(r"^quiet: (\S+) (\S+) (\S+)$", header, re.MULTILINE)
    found: dict[str, Any] = {"asks": asks[1].split()} if asks else {}
    return found | ({"quiet": quiet.groups()} if quiet else {})


def editions(script: str, bundle: Bundle) -> list[Bundle]:
    """Return the editions that a file goes through, in order."""
    found = [first_edition(script, bundle)]
    for key, text in _REWORDED.findall(script):
        found.append(acknowledgement_reworded(found[-1], key, text))
    return found


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
        await _send(kind, text, phone, world)
    elif mark == ">" and (pressed := re.fullmatch(r"\{(.*)\}", said)):
        assert pressed[1] in phone.keys, f"no key {pressed[1]!r}: {phone.keys}"
        await world.send(phone, pressed[1])
    elif mark == ">":
        await world.send(phone, said)


async def _send(kind: str, text: str | None, phone: Phone, world: World) -> None:
    if kind == "edit":
        await world.edit(phone, text or "")
    elif kind == "contact":
        await world.share(phone, text or "")
    else:
        await world.attach(phone, text)


class _Over:
    """The licence of a trial whose approval has expired."""

    def holds(self, _trial: Trial, _now: datetime) -> bool:
        return False

    def notices(self, _now: datetime) -> list[Notice]:
        return []


async def _pass(said: str, world: World) -> None:
    if said == "the approval ends":
        world.desks = replace(world.desks, licence=_Over())
        return
    if other := _REWORDED.fullmatch(f"* {said}"):
        await world.redeploy(acknowledgement_reworded(world.bundle, *other.groups()))
        return
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
    if message.document:
        yield f"  📎 {message.document.name}\n"
    for row in message.rows:
        yield "  " + " ".join(f"[{button.label}]" for button in row) + "\n"
    for keys in message.keys or (((),) if message.clears else ()):
        yield "  " + (" ".join(f"{{{key.label}}}" for key in keys) or "{}") + "\n"
