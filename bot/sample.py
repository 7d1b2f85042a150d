"""What a demo begins with: a study team, people who have talked to the bot, and some work done already."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from bot.app import clock
from bot.content.dialogues import FOLDER, Dialogue, parse_dialogue
from bot.domain.case_actions import Action, Answer, Decide, Note, Snooze
from bot.domain.case_events import Decision
from bot.domain.staff import OPERATOR, Role
from bot.engine.review import REVIEWERS
from bot.service.register import add_staff
from bot.service.review import Office, act
from bot.service.review_ports import NotAllowed
from bot.simulator import Chat, Simulator
from bot.simulator.people import Person
from bot.simulator.player import play

Member = tuple[str, str, str]
"""Id, name and role of somebody on the team."""
_TEAM = (
    ("Li Na", Role.COORDINATOR),
    ("Dr Chen Wei", Role.INVESTIGATOR),
    ("Sam Ortiz", Role.AUDITOR),
    ("Kim Park", Role.ADMINISTRATOR),
)
_SAMPLES = (
    ("Sample", "fits"),
    ("王芳", "chinese"),
    ("Rosa", "needs_review"),
    ("Tom", "bal_not_done"),
    ("Lin", "mda5_without_dm"),
    ("Mia", "emergency"),
)
"""Names, and the dialogues of the trial that they go through, where it has them."""
_MORE = {"Tom": ("[Yes, contact me]",)}
"""What somebody does beyond their dialogue; nothing happens where the trial has no such button."""
_WAITS = 100
"""Tenths of a second to wait for the team's first words to arrive."""
_ANSWERS = {"en": "Yes. Monday after 3 pm is good.", "zh-hans": "可以，星期一下午三点以后。"}


def invite_into_group(simulator: Simulator) -> Chat:
    """Put those of the study team who work on cases in a group, where each case gets a topic."""
    members = [simulator.person(first_name=name) for name, role in _TEAM if role in REVIEWERS]
    return simulator.group("Study team", members, forum=True)


async def invite_team(office: Office, simulator: Simulator, group: Chat) -> tuple[Member, ...]:
    """Put the study team on the register; signing in by a tap, nobody needs an authenticator app."""
    phones = {simulator.people[each].first_name: each for each in group.members}
    members = []
    for name, role in _TEAM:
        added = await add_staff(
            office,
            name,
            [role],
            telegram_id=phones.get(name),
            sees_identity=False,
            by=OPERATOR,
            now=clock(),
        )
        members.append((added.id, name, role.value))
    return tuple(members)


async def play_samples(
    simulator: Simulator, flows: Path, trial: str, office: Office, team: Sequence[Member]
) -> None:
    """Let people have talked to the bot, all at once, and the team have begun to work."""
    (coordinator, *_), (investigator, *_) = team[:2]

    async def one(name: str, dialogue: Dialogue) -> None:
        person = simulator.person(first_name=name, language_code=dialogue.phone)
        said = (line.text for line in dialogue.lines if line.mark == ">")
        await play(person, [*said, *_MORE.get(name, ())])
        if case := await _case_of(office, person):
            await _work(office, name, case, person, coordinator, investigator)

    await asyncio.gather(*(one(*each) for each in _samples(flows / trial / FOLDER).items()))


async def _case_of(office: Office, person: Person) -> str | None:
    """Return the case of somebody who talked to the bot: each of its buttons names the talk."""
    tokens = [b.data for message in person.messages for row in message.buttons for b in row if b.data]
    async with office.store.looking() as looking:
        found = [
            each for code in {_code(token) for token in tokens} for each in await looking.cases.find(code)
        ]
    return found[0].case.id if found else None


def _code(token: str) -> str:
    return token.partition(".")[0]


def _samples(folder: Path) -> dict[str, Dialogue]:
    paths = {name: folder / f"{dialogue}.txt" for name, dialogue in _SAMPLES}
    return {name: parse_dialogue(path.read_text("utf-8")) for name, path in paths.items() if path.is_file()}


async def _work(
    office: Office, name: str, case: str, person: Person, coordinator: str, investigator: str
) -> None:
    """Do to a case what a team does; to those of the others nothing yet."""
    if name == "王芳":
        before = len(person.messages)
        await _do(office, case, coordinator, Answer(snippet="ask_call"))
        await _do(office, case, coordinator, Note("Asked whether we may call her."))
        await _answer_the_team(person, before)
    elif name == "Tom":
        await _do(office, case, investigator, Note("Travels until Wednesday. Write to him then."))
        await _do(office, case, investigator, Snooze(clock() + timedelta(days=3)))
    elif name == "Lin":
        why = "Has a doctor of her own; sent there."
        await _do(office, case, coordinator, Decide(Decision.REFERRED, reason=why))


async def _do(office: Office, case: str, who: str, action: Action) -> None:
    try:
        await act(office, case, action, who, now=clock())
    except NotAllowed:
        return  # another trial's people, or a visitor of the demo who was faster


async def _answer_the_team(person: Person, before: int) -> None:
    for _ in range(_WAITS):
        if any(message.from_bot for message in person.messages[before:]):
            person.send(_ANSWERS.get((person.language_code or "").casefold(), _ANSWERS["en"]))
            return
        await asyncio.sleep(0.1)
