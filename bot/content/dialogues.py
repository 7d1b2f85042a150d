"""dialogues/*.txt: scripted talks that must hold, run against the engine with the trial's own words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.content.bundle import Bundle
from bot.content.problem import Problem, error, warning
from bot.content.shelf import Edition
from bot.content.words import Rendered
from bot.domain.conversation import Conversation
from bot.domain.errors import ContentError
from bot.domain.messages import Commanded, Inbound, Reply, Started, Tapped, Typed
from bot.engine.advance import advance, open_screening
from bot.engine.assess import assess
from bot.engine.outline import answered
from bot.engine.transition import Transition

FOLDER = "dialogues"
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
"""Nothing in a dialogue depends on the time, but events carry one."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a dialogue: its mark (`>`, `<` or `=`), what it says, and where it stands."""

    mark: str
    text: str
    number: int


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A dialogue file: the phone's language, and its lines."""

    phone: str
    lines: tuple[Line, ...]


class Unreadable(ContentError):  # noqa: N818 -- it is the line that is unreadable
    """A line of a dialogue that means nothing; `line` is its number."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


def parse_dialogue(text: str) -> Dialogue:
    """Return the dialogue that this text describes; raises Unreadable where it cannot be read."""
    lines = text.splitlines()
    if "---" not in lines:
        raise Unreadable(1, "There is no line `---` after the header.")
    split = lines.index("---")
    return Dialogue(_phone(lines[:split]), tuple(_merged(lines, split + 1)))


def check_dialogues(folder: Path, bundle: Bundle) -> Iterator[Problem]:
    """Run every dialogue of the trial and yield what does not hold."""
    paths = sorted((folder / FOLDER).glob("*.txt"))
    if not paths:
        yield warning(str(folder / FOLDER), 1, "There is no dialogue.", "Write the talks that must hold.")
    for path in paths:
        try:
            dialogue = parse_dialogue(path.read_text(encoding="utf-8"))
        except Unreadable as refused:
            yield error(str(path), refused.line, str(refused), "Write it as the other dialogues are written.")
        else:
            for line, what in run_dialogue(dialogue, bundle):
                yield error(str(path), line, what, "Correct the dialogue or the trial.")


def run_dialogue(dialogue: Dialogue, bundle: Bundle) -> list[tuple[int, str]]:
    """Return what does not hold, by line; after something that cannot be done, nothing more is tried."""
    talk = _Talk(bundle, dialogue.phone)
    found: list[tuple[int, str]] = []
    for line in dialogue.lines:
        what = talk.take(line)
        if what:
            found.append((line.number, what))
            if line.mark == ">":
                break
    return found


def _phone(header: list[str]) -> str:
    phone = None
    for number, line in enumerate(header, 1):
        name, _, value = line.partition(":")
        if name.strip() == "phone":
            phone = value.strip()
        elif line.strip() and not line.startswith("#"):
            raise Unreadable(number, f"The header has no `{name.strip()}`.")
    if phone is None:
        raise Unreadable(1, "The header lacks `phone: <language>`.")
    return phone


def _merged(lines: list[str], start: int) -> Iterator[Line]:
    """Yield the lines of the talk, what continues one joined to it."""
    line: Line | None = None
    for number, raw in enumerate(lines[start:], start + 1):
        mark, text = raw[:1], raw[2:]
        if mark == "|" and line and line.mark == "<":
            line = Line("<", f"{line.text}\n{text}", line.number)
            continue
        if line:
            yield line
        line = None
        if mark in {">", "<", "="} and raw[1:2] in {" ", ""}:
            line = Line(mark, text, number)
        elif raw.strip() and mark != "#":
            raise Unreadable(number, "A line begins with `> `, `< `, `| `, `= ` or `# `.")
    if line:
        yield line


@dataclass(slots=True)
class _Talk:
    """A talk going on: what was said last, and what of that was not yet compared."""

    bundle: Bundle
    phone: str
    conversation: Conversation | None = None
    newest: Reply = field(default_factory=lambda: Reply(()))
    unread: list[Rendered] = field(default_factory=list)
    opened: int = 0

    def take(self, line: Line) -> str | None:
        """Do or compare what a line says; return what is wrong, if anything."""
        match line.mark:
            case ">":
                return self._say(line.text)
            case "<":
                return self._compare(line.text)
            case _:
                return self._expect(line.text)

    def _say(self, text: str) -> str | None:
        inbound = self._tap(text[1:-1]) if text.startswith("[") and text.endswith("]") else _read(text)
        if inbound is None:
            labels = [label for row in self._render(self.newest).rows for label in row]
            return f"The newest message has no button {text}, but: {', '.join(labels) or 'none'}."
        if self.conversation is None:
            self._open(None)
            return None if isinstance(inbound, Started) else "A talk begins with `> /start`."
        self._hear(advance(self.bundle.trial, self.conversation, inbound, now=NOW))
        return None

    def _open(self, previous: Conversation | None) -> None:
        self.opened += 1
        language = self.phone if self.phone in self.bundle.words else None
        self._hear(
            open_screening(
                self.bundle.trial,
                f"talk000{self.opened}",
                language=previous.language if previous else language,
                source=None,
                previous=previous.id if previous else None,
                now=NOW,
                earlier=previous,
            )
        )

    def _hear(self, transition: Transition) -> None:
        self.conversation = transition.conversation
        self.unread = [self._render(reply) for reply in transition.replies]
        self.newest = transition.replies[-1] if transition.replies else self.newest
        if transition.reopens:
            self._open(transition.conversation)

    def _render(self, reply: Reply) -> Rendered:
        spoken = reply.language or (self.conversation.language if self.conversation else None)
        language = None if reply.bilingual else spoken
        return Edition(self.bundle).render(reply, language)

    def _tap(self, label: str) -> Tapped | None:
        labels = [shown for row in self._render(self.newest).rows for shown in row]
        if label not in labels or self.conversation is None:
            return None
        return Tapped(self.conversation.id, self.conversation.turn, labels.index(label))

    def _compare(self, text: str) -> str | None:
        if not self.unread:
            return "The bot said nothing more."
        said = self.unread.pop(0).html
        return None if said == text else f"The bot said:\n{said}"

    def _expect(self, text: str) -> str | None:
        name, _, wanted = (part.strip() for part in text.partition(":"))
        if self.conversation is None:
            return "Nothing has begun yet."
        state = exported(self.bundle, self.conversation)
        if name not in state:
            return f"There is no `{name}`, but: {', '.join(state)}."
        parts = ",".join(sorted(part.strip() for part in wanted.split(",")))
        return None if parts == state[name] else f"`{name}` is `{state[name]}`, not `{wanted}`."


def exported(bundle: Bundle, conversation: Conversation) -> dict[str, str]:
    """Return the state as dialogues speak of it; lists are sorted and comma-separated, nothing is `none`."""
    result = assess(bundle.trial, conversation.answers)
    given = answered(bundle.trial, conversation.answers)
    permission = {None: "none", True: "yes", False: "no"}
    return {
        "status": conversation.status.value,
        "outcome": conversation.outcome.value if conversation.outcome else "none",
        "ending": conversation.ending or "none",
        "flags": ",".join(sorted({*conversation.flags, *result.flags})) or "none",
        "recheck": ",".join(sorted(result.recheck)) or "none",
        "last_question": given[-1].key if given else "none",
        "contact_permission": permission[conversation.contact_permission],
        "language": conversation.language or "none",
    }


def _read(text: str) -> Inbound:
    if not text.startswith("/"):
        return Typed(text)
    name, _, argument = text[1:].partition(" ")
    return Started(argument) if name == "start" else Commanded(name, argument)
