"""People who answer whatever happens to the bot, and what must be true of them afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from bot.content.script import script
from bot.domain.events import AnswerRecorded, ConsentAcknowledged, OutcomeReached
from bot.service.export import export_row
from bot.simulator import Message, Person, Simulator
from bot.storage.database import open_database
from bot.storage.reading import ExportRow, conversations
from bot.storage.store import SqlStore
from tests.conftest import oracle, shipped

FULL: dict[str, Any] = oracle()["full_answers"]
PATIENCE = 30.0
"""Seconds somebody waits for one answer before the test says what they saw instead."""
_LOOK = 0.004
_MOST_MISLED = 4
"""Each such tap is answered, and the answer may come twice as well: without an end it would never end."""


@cache
def words(language: str) -> dict[str, Any]:
    """Return every text of the trial in this language."""
    return script(shipped(), language)


@dataclass(frozen=True, slots=True)
class Persona:
    """Who somebody is: their phone, how they answer, and what differs from a full set of answers."""

    name: str
    phone: str = "en"
    age: int = 45
    types: bool = False
    """Types numbers of options where others tap: heard twice, a number would answer the next question too."""
    careless: bool = False
    """Taps another button under every message that comes twice."""
    differs: tuple[tuple[str, str], ...] = ()

    @property
    def language(self) -> str:
        return "zh-Hans" if self.phone.startswith("zh") else "en"

    @property
    def answers(self) -> dict[str, Any]:
        return {**FULL, "age": self.age, **dict(self.differs)}


CAST = (
    Persona("Mei", age=31),
    Persona("林", "zh-hans", age=67, types=True, differs=(("mda5", "not_tested"),)),
    Persona("Tao", age=52, types=True, differs=(("bal", "planned"),)),
    Persona("Anna", age=38, careless=True, differs=(("other_ctd", "not_sure"),)),
    Persona("Sofía", "es", age=44, types=True, differs=(("preg_lact", "not_applicable"),)),
    Persona("伟", "zh-cn", age=71, types=True, differs=(("rpild", "not_sure"),)),
    Persona("Omar", age=59, careless=True, differs=(("ild", "not_sure"),)),
    Persona("Jun", "zh-hans-sg", age=26, types=True, differs=(("other_trial", "past_only"),)),
)


@dataclass(slots=True)
class Talker:
    """A persona at the simulator's phone."""

    persona: Persona
    person: Person
    said: list[tuple[str, Any]] = field(default_factory=list)
    misled: set[int] = field(default_factory=set)
    patience: float = PATIENCE
    disturbed: Callable[[], float] = float
    """When the bot was killed last, by the loop's clock: they are patient from then on."""
    longest: float = 0.0
    """Seconds that they waited at most for one answer."""
    done: bool = False

    async def talk(self) -> None:
        """Go through the whole screening, waiting for each question as long as it takes."""
        told = words(self.persona.language)
        self.person.start()
        if self.persona.phone == "es":
            await self._tap(await self._sees("Please choose your language"), "English")
        await self._tap(await self._with_button(told["navigation"]["start"]), told["navigation"]["start"])
        for item in told["acknowledgements"]:
            await self._tap(await self._sees(item["text"].split("\n")[0][:40]), item["accept"])
        while question := await self._question():
            await self._answer(*question)
        submit = told["navigation"]["submit"]
        await self._tap(await self._with_button(submit), submit)
        again = told["navigation"]["again"]
        contact = told["contact_request"].split("\n")[0][:30]
        if await self._either(again, contact):
            await self._tap(await self._sees(contact), told["navigation"]["contact_yes"])
        await self._with_button(again)
        self.done = True

    @property
    def texts(self) -> list[str]:
        """What the bot wrote, in order."""
        return [message.text for message in self.person.messages if message.from_bot]

    @property
    def doubled(self) -> int:
        """How many messages came more than once."""
        return len(self.texts) - len(set(self.texts))

    @property
    def codes(self) -> list[str]:
        """The codes of their conversations: one, where all is well."""
        data = {b.data for m in self.person.messages for row in m.buttons for b in row if b.data}
        return sorted({token.partition(".")[0] for token in data})

    @property
    def code(self) -> str:
        """The code of their only conversation."""
        (code,) = self.codes
        return code

    def _bot_messages(self) -> list[Message]:
        return [message for message in self.person.messages if message.from_bot]

    async def _sees(self, text: str) -> Message:
        return await self._wait(lambda m: text in m.text and bool(m.buttons), text)

    async def _with_button(self, label: str) -> Message:
        return await self._wait(lambda m: m.button(label) is not None, label)

    async def _either(self, button: str, text: str) -> bool:
        message = await self._wait(lambda m: m.button(button) is not None or text in m.text, text)
        return text in message.text

    async def _question(self) -> tuple[str, Message] | None:
        """Return the first question that they have not answered yet, or None at the review."""
        told = words(self.persona.language)
        asked = {question["key"]: question["text"] for question in told["questions"]}
        answered = {key for key, _ in self.said}

        def due(message: Message) -> str | None:
            return next((key for key, text in asked.items() if text in message.text), None)

        def is_next(message: Message) -> bool:
            return message.button(told["navigation"]["submit"]) is not None or (
                due(message) is not None and due(message) not in answered
            )

        message = await self._wait(is_next, f"a question after {sorted(answered)}")
        key = due(message)
        return (key, message) if key else None

    async def _answer(self, key: str, message: Message) -> None:
        value = self.persona.answers[key]
        self.said.append((key, value))
        if key == "age":
            await self._type(message, str(value))
            return
        (options,) = (q["options"] for q in words(self.persona.language)["questions"] if q["key"] == key)
        place = next(n for n, option in enumerate(options) if option["key"] == value)
        if self.persona.types:
            await self._type(message, str(place + 1))
        else:
            await self._tap(message, options[place]["label"])

    async def _type(self, message: Message, text: str) -> None:
        del message  # a person who has to say it again looks at what they were asked; see coping.py
        self.person.send(text)
        await asyncio.sleep(0)

    async def _tap(self, message: Message, label: str) -> None:
        self.person.tap_label(message.message_id, label)
        await asyncio.sleep(0)

    async def _wait(self, wanted: Any, what: str) -> Message:
        loop = asyncio.get_running_loop()
        began = loop.time()
        seen = -1
        while loop.time() < max(began, self.disturbed()) + self.patience:
            self.longest = max(self.longest, loop.time() - began)
            if seen == len(self.person.chat.messages):  # looking through all costs more than waiting
                await asyncio.sleep(_LOOK)
                continue
            seen = len(self.person.chat.messages)
            if self.persona.careless and len(self.misled) < _MOST_MISLED:
                self._tap_what_came_twice()
            for message in self._bot_messages():
                if wanted(message):
                    return message
        raise AssertionError(f"{self.persona.name} waits for {what!r}; last: {self.texts[-1:]}")

    def _tap_what_came_twice(self) -> None:
        """Tap the last answer under a question answered long ago: it must change nothing."""
        answered = len(self.said)
        seen: set[str] = set()
        for message in self._bot_messages():
            twice = message.text in seen
            seen.add(message.text)
            options = [b for row in message.buttons for b in row if b.data][:4]
            if twice and answered and message.message_id not in self.misled and len(options) == 4:
                old = words(self.persona.language)["questions"]
                if any(q["text"] in message.text and q["key"] in dict(self.said) for q in old):
                    self.misled.add(message.message_id)
                    self.person.tap_data(message.message_id, options[3].data or "")


@dataclass(slots=True)
class Crowd:
    """So many people talk at any time: when one is through, the next one comes."""

    simulator: Simulator
    at_once: int = 6
    patience: float = PATIENCE
    disturbed_at: float = 0.0
    people: list[Talker] = field(default_factory=list)
    _talks: list[asyncio.Task[None]] = field(default_factory=list)

    def fill(self) -> None:
        """Let people come until there are enough; raises what somebody complained of."""
        for talk in self._talks:
            if talk.done():
                talk.result()
        while sum(not talk.done() for talk in self._talks) < self.at_once:
            persona = CAST[len(self.people) % len(CAST)]
            person = self.simulator.person(first_name=persona.name, language_code=persona.phone)
            talker = Talker(persona, person, patience=self.patience, disturbed=lambda: self.disturbed_at)
            self.people.append(talker)
            self._talks.append(asyncio.create_task(self.people[-1].talk()))

    async def finish(self) -> None:
        """Wait until everybody is through; nobody else comes."""
        await asyncio.gather(*self._talks)

    async def complaints(self) -> list[str]:
        """Wait until everybody is through or has lost patience; return what these say."""
        ended = await asyncio.gather(*self._talks, return_exceptions=True)
        return [str(each) for each in ended if each is not None]


def cast(simulator: Simulator, size: int) -> list[Talker]:
    """Return so many people, each with a phone."""
    personas = [CAST[n % len(CAST)] for n in range(size)]
    return [
        Talker(persona, simulator.person(first_name=persona.name, language_code=persona.phone))
        for persona in personas
    ]


def first_times(texts: Iterable[str]) -> list[str]:
    """Return each text once, where it came first."""
    return list(dict.fromkeys(texts))


async def kept(database_url: str) -> dict[str, ExportRow]:
    """Return what the database holds, by the code of the conversation."""
    database = open_database(database_url)
    try:
        store = SqlStore(database, lambda: "")
        return {row.conversation.id: row async for row in conversations(store, with_events=True)}
    finally:
        await database.close()


def check_kept(row: ExportRow, talker: Talker) -> None:
    """Compare what is kept of a conversation with what its person said."""
    recorded = [(e.question, e.value) for e in row.events if isinstance(e, AnswerRecorded)]
    assert recorded == talker.said, talker.persona.name
    agreed = [e.key for e in row.events if isinstance(e, ConsentAcknowledged)]
    assert agreed == [item["key"] for item in words("en")["acknowledgements"]]
    assert sum(isinstance(e, OutcomeReached) for e in row.events) == 1
    exported = export_row(shipped().trial, row.conversation, row.participant_code, with_answers=True)
    assert exported["answers"] == dict(talker.said)
    assert exported["status"] == "completed"
    assert exported["language"] == talker.persona.language


def check_seen(talker: Talker, calm: Sequence[str]) -> None:
    """Every message at least once and in order, as somebody sees it whose bot was never interrupted."""
    seen = first_times(talker.texts)
    if talker.misled:  # taps on what came twice were answered by the present question again
        seen = [text for text in seen if text in calm]
    assert seen == first_times(calm), talker.persona.name
