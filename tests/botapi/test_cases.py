"""Every given case, field by field, through real python-telegram-bot over HTTP (CLINICAL 1.8)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.content.bundle import Bundle, compile_bundle
from bot.content.script import script
from tests.botapi.running import Running, Someone, running
from tests.conftest import oracle, shipped
from tests.policies import with_policy

CASES = {case["id"]: case for case in oracle()["cases"]}
ANSWERS = [case for case in CASES.values() if case["group"] != "behaviour"]
BEHAVIOURS = [case for case in CASES.values() if case["group"] == "behaviour"]
FULL: dict[str, Any] = oracle()["full_answers"]
TEXTS = script(shipped(), "en")
QUESTIONS: dict[str, dict[str, Any]] = {question["key"]: question for question in TEXTS["questions"]}
ASKED = {
    key: [
        question["text"],
        next(q["text"] for q in script(shipped(), "zh-Hans")["questions"] if q["key"] == key),
    ]
    for key, question in QUESTIONS.items()
}
NAVIGATION: Mapping[str, str] = TEXTS["navigation"]
OUTCOMES = {"needs_review": "NEEDS_STAFF_REVIEW", None: "ASK_AGAIN"}
STATUSES = {
    "declined": "CONSENT_DECLINED",
    "stopped": "WITHDRAWN",
    "erased": "DELETED",
    "incomplete": "INCOMPLETE",
}


def due(person: Someone) -> str | None:
    """Return the question that the newest message asks, by its key."""
    text = person.newest().text if person.codes() else ""
    return next((key for key, wordings in ASKED.items() if any(asked in text for asked in wordings)), None)


def label(question: str, option: str) -> str:
    labels: list[str] = [item["label"] for item in QUESTIONS[question]["options"] if item["key"] == option]
    return labels[0]


async def agree(person: Someone) -> None:
    """Go through everything before the first question."""
    await person.say("/start")
    await person.tap(NAVIGATION["start"])
    for item in TEXTS["acknowledgements"]:
        assert item["text"].split(". ")[0] in person.newest().text
        await person.tap(item["accept"])


async def answer(person: Someone, question: str, value: object) -> None:
    """Answer by a button where there is one, else by typing."""
    assert due(person) == question
    if question != "age" or value in {"18_or_older", "under_18", "prefer_not"}:
        await person.tap(label(question, str(value)))
    else:
        await person.say(str(value))


async def screen(person: Someone, answers: Mapping[str, Any]) -> None:
    """Answer for as long as there is a question, then submit."""
    while question := due(person):
        await answer(person, question, answers[question])
    await person.tap(NAVIGATION["submit"])


def observed(row: dict[str, Any]) -> dict[str, Any]:
    """Return an exported row in the words of the cases."""
    return {
        "expected_outcome": OUTCOMES.get(row["outcome"], str(row["outcome"]).upper()),
        "expected_flags": row["flags"],
        "expected_recheck": row["recheck"],
        "expected_last_question": row["last_question"],
        "expected_staff_queue": row["outcome"] == "needs_review",
        "expected_criteria": {name: verdict.upper() for name, verdict in row["criteria"].items()},
    }


async def check_answers(bot: Running, case: dict[str, Any], changes: Mapping[str, Any] | None = None) -> None:
    person = Someone(bot.simulator.person(first_name=case["id"], language_code="en"))
    await agree(person)
    if case["group"] == "validation":
        await person.say(str(case["answers"]["age"]))
        assert due(person) == "age"
    else:
        await screen(person, case["answers"])
    (row,) = await bot.export(person)
    source = case if changes is None else changes
    expected = {name: value for name, value in source.items() if name.startswith("expected_")}
    seen = observed(row)
    assert {name: seen[name] for name in expected} == expected, case["id"]


async def test_every_answer_case(tmp_path: Path, bundle: Bundle) -> None:
    """All at once: thirty people talk to one bot at the same time."""
    async with running(tmp_path, bundle) as bot, asyncio.TaskGroup() as group:
        for case in ANSWERS:
            group.create_task(check_answers(bot, case))
    assert len(ANSWERS) == 29


@pytest.mark.parametrize("policy", ["conditional", "strict"])
async def test_every_case_under_another_reading(policy: str, tmp_path: Path, bundle: Bundle) -> None:
    variants = [case for case in ANSWERS if policy in case["policy_variants"]]
    assert variants
    async with running(tmp_path, with_policy(bundle, policy)) as bot, asyncio.TaskGroup() as group:
        for case in variants:
            group.create_task(check_answers(bot, case, case["policy_variants"][policy]))


class Behaviour:
    """Plays one behaviour script, step by step, and collects what can be seen."""

    def __init__(self, bot: Running, person: Someone) -> None:
        self.bot = bot
        self.person = person
        self.tokens: dict[str, str] = {}

    async def play(self, step: str) -> None:
        """Do one step."""
        known = {
            "/start": self._start,
            "consent:all": self._consent,
            "photo": self._photo,
            "confirm": self._first_button,
            "restart": self.bot.restart,
            "finish": self._finish,
            "/start again": self._start_again,
            "wait:timeout": self._timeout,
            "button:human": self._human,
            "flow:publish v2": self._publish,
            "willing:yes(duplicate callback)": self._double_tap,
            "callback:willing=no(stale)": self._stale_tap,
        }
        if step in known:
            await known[step]()
            return
        kind, _, rest = step.partition(":")
        await getattr(self, f"_step_{kind.split()[0].strip('/')}", self._answer_step)(kind, rest)

    async def _start(self) -> None:
        await self.person.say("/start")

    async def _consent(self) -> None:
        self.person.person.language_code = "en"
        await agree(self.person)

    async def _photo(self) -> None:
        await self.person.after(lambda: self.person.person.attach("photo"))

    async def _first_button(self) -> None:
        first = self.person.newest().buttons[0][0].text
        await self.person.tap(first)

    async def _finish(self) -> None:
        await screen(self.person, FULL)

    async def _start_again(self) -> None:
        await self.person.say("/start")
        await self._first_button()
        await self.person.tap(NAVIGATION["start"])
        for item in TEXTS["acknowledgements"]:
            await self.person.tap(item["accept"])

    async def _timeout(self) -> None:
        self.bot.clock.advance(timedelta(days=31))
        seen = len(self.person.person.messages)
        await self.person.after(lambda: asyncio.get_running_loop().create_task(self.bot.worker.tick()))
        assert len(self.person.person.messages) == seen + 1

    async def _human(self) -> None:
        await self.person.tap(NAVIGATION["person"])

    async def _publish(self) -> None:
        content = json.loads(self.bot.bundle.body)
        content["trial"]["version"] = "v2"
        content["words"]["en"]["question.willing"] = "Another wording?"
        self.bot.bundle = compile_bundle(json.dumps(content).encode())
        await self.bot.restart()

    async def _double_tap(self) -> None:
        await self._tap_token(self.tokens["willing:yes"])

    async def _stale_tap(self) -> None:
        await self._tap_token(self.tokens["willing:no"])

    async def _tap_token(self, token: str) -> None:
        message = self.person.newest()
        await self.person.after(lambda: self.person.person.tap_data(message.message_id, token))

    async def _step_lang(self, _kind: str, language: str) -> None:
        await self.person.tap({"en": "English", "zh": "简体中文"}[language])
        await self._first_button()

    async def _step_A1(self, _kind: str, decision: str) -> None:  # noqa: N802 -- the scripts' own name
        buttons = self.person.newest().buttons
        await self.person.tap(buttons[0 if decision == "accept" else 1][0].text)

    _step_A2 = _step_A3 = _step_A1  # noqa: N815 -- the scripts' own names

    async def _step_text(self, _kind: str, text: str) -> None:
        await self.person.say(text)

    async def _step_language(self, kind: str, _rest: str) -> None:
        await self.person.say(kind)

    _step_stop = _step_delete = _step_language

    async def _step_run(self, _kind: str, rest: str) -> None:
        if due(self.person) is None:
            await self._consent()
        changed = dict([rest.split(" with ")[1].split("=")]) if " with " in rest else {}
        await screen(self.person, {**FULL, **changed})

    async def _step_run_to_review(self, _kind: str, rest: str) -> None:
        await self._consent()
        changed = dict([rest.split(" with ")[1].split("=")])
        while question := due(self.person):
            await answer(self.person, question, {**FULL, **changed}[question])

    async def _step_edit(self, _kind: str, rest: str) -> None:
        question, _, value = rest.partition("=")
        await self.person.tap(NAVIGATION["change"])
        rows = self.person.newest().buttons
        short = TEXTS["other"][f"trial:question.{question}.short"]
        await self.person.tap(next(b.text for row in rows for b in row if b.text.startswith(short)))
        await answer(self.person, question, value)

    async def _answer_step(self, question: str, value: str) -> None:
        message = self.person.newest()
        for row in message.buttons:
            for button in row:
                for option in QUESTIONS[question]["options"]:
                    if button.text == option["label"] and button.data:
                        self.tokens[f"{question}:{option['key']}"] = button.data
        if question == "willing" and "Another wording?" in message.text:
            raise AssertionError("a conversation must keep its version")
        await answer(self.person, question, value)


async def seen_of(bot: Running, person: Someone) -> dict[str, Any]:
    """Return everything that a behaviour case may expect, as it can be observed from outside."""
    rows = await bot.export(person)
    row = rows[-1]
    kinds = await bot.events(row["conversation"])
    said = [message.text for message in person.person.messages if message.from_bot]
    now_due = due(person)
    seen: dict[str, Any] = {
        "questions_asked": sum(q["text"] in text for text in said for q in QUESTIONS.values()),
        "health_rows_stored": len(row["answers"]) + kinds.count("AnswerRecorded"),
        "consent_rows": kinds.count("ConsentAcknowledged"),
        "next_question": now_due,
        "audit_row": row["status"] == "erased" and row["finished_at"] is not None,
        "open_flags": len(row["flags"]),
        "emergency_text_sent": any(TEXTS["emergency"] == text for text in said),
        "staff_queue": any(row["conversation"] in line for line in bot.alerts()),
        "answers": row["answers"],
        "files_stored": len(bot.simulator.calls("getFile")),
        "language": {"zh-Hans": "zh"}.get(row["language"], row["language"]),
        "sessions": len(rows),
        "flow_version": "v1" if row["trial_version"] == shipped().trial.version else row["trial_version"],
        "recorded": kinds.count("AnswerRecorded"),
    }
    if NAVIGATION["continue"] in {b.text for r in person.newest().buttons for b in r}:
        await person.tap(NAVIGATION["continue"])
        seen["next_question_after_continue"] = due(person)
    return seen


def outcome_of(row: dict[str, Any], *, introduced: bool) -> str:
    if row["outcome"]:
        return str(row["outcome"]).upper()
    if row["status"] in STATUSES:
        return STATUSES[row["status"]]
    return "IN_PROGRESS" if introduced else "NOT_STARTED"


@pytest.mark.parametrize("case", BEHAVIOURS, ids=lambda case: str(case["id"]))
async def test_every_behaviour(case: dict[str, Any], tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot:
        phone = None if any(step.startswith("lang:") for step in case["script"]) else "en"
        person = Someone(bot.simulator.person(first_name=case["id"], language_code=phone))
        behaviour = Behaviour(bot, person)
        for step in case["script"]:
            await behaviour.play(step)
        row = (await bot.export(person))[-1]
        assert outcome_of(row, introduced=bool(row["acknowledged"])) == case["expected_outcome"]
        assert row["flags"] == case["expected_flags"]
        await compare(case["expected"], bot, person)


async def compare(expected: dict[str, Any], bot: Running, person: Someone) -> None:
    expected = {name: value for name, value in expected.items() if name != "note"}
    answered = expected.pop("answer_rows_for", {}) | expected.pop("audit_versions_of", {})
    for question, count in answered.items():
        assert await bot.answers_recorded(person, question) == count
    wanted_answers = expected.pop("answers", {})
    question_due = due(person)
    seen = await seen_of(bot, person)
    assert {name: seen[name] for name in expected} == expected
    assert {name: seen["answers"].get(name) for name in wanted_answers} == wanted_answers
    assert question_due == expected.get("next_question", question_due)
