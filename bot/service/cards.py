"""The card of a case in the staff group: what it says, and its buttons. Never what a participant said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from html import escape
from typing import Protocol

from bot.domain.case_events import GONE, Decision, Reason
from bot.domain.review import FREE, Case, Priority, SecondReview, State
from bot.domain.trial import Trial
from bot.service.card_tokens import CardToken, card_token
from bot.service.review_views import Snippet

UNDO_FOR = timedelta(minutes=10)
"""How long a decision can be taken back on the card; afterwards the console asks for a reason."""
CLAIM, RELEASE, DECIDE, DECIDED, CRITERION = "c", "r", "d", "x", "k"
SNIPPETS, SNIPPET, NOTES, BACK, UNDO, AGREE = "s", "t", "n", "b", "u", "a"
DECISIONS = (
    Decision.MAY_BE_ELIGIBLE,
    Decision.UNREACHABLE,
    Decision.WITHDREW,
    Decision.DUPLICATE,
    Decision.REFERRED,
)
"""What is decided by one tap. Not eligible needs its criterion, and anything else words: the console's."""
_ROW = 4
_ROOM = 2800
"""Letters that a card has for its list of replies, of the 4096 that Telegram takes."""
DOTS = {Priority.URGENT: "🔴", Priority.WANTED: "🟠", Priority.UNDETERMINED: "🟡", Priority.INFO: "⚪"}


class View(Enum):
    """Which side of a card is shown."""

    MAIN = "main"
    DECIDE = "decide"
    SNIPPETS = "snippets"


class Words(Protocol):
    """The words of staff, in each language."""

    def say(self, language: str, key: str, **params: str | int) -> str: ...
    def nearest(self, language: str | None) -> str:
        """Return the language of staff for a phone's."""
        ...


@dataclass(frozen=True, slots=True)
class Key:
    """A button: a token of ours, or a link."""

    label: str
    token: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A card in its final words."""

    html: str
    rows: tuple[tuple[Key, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """All that a card is drawn from."""

    case: Case
    names: Mapping[str, str]
    """Names of staff by id."""
    words: Words
    language: str
    now: datetime
    trial: Trial | None = None
    """None where the trial is offered no longer."""
    since: datetime | None = None
    """Since when somebody has it."""
    snippets: Sequence[Snippet] = field(default_factory=tuple)
    console: str | None = None

    def say(self, key: str, **params: str | int) -> str:
        """Return words in the language of the card, escaped."""
        return escape(self.words.say(self.language, key, **params))

    def plain(self, key: str, **params: str | int) -> str:
        """Return words for a button."""
        return self.words.say(self.language, key, **params)


def draw(look: Look, view: View = View.MAIN) -> Card:
    """Return one side of a card."""
    lines = list(_lines(look))
    if view is View.DECIDE:
        return Card("\n".join([*lines, "", look.say("card-decide-hint")]), tuple(_deciding(look)))
    if view is View.SNIPPETS:
        return Card("\n".join([*lines, "", *_offered(look)]), tuple(_sending(look)))
    return Card("\n".join(lines), tuple(_rows(look)))


def first_line(look: Look) -> str:
    """Return what stands in the place of a card until it is drawn: true for ever, and about nobody."""
    return look.say("card-new", code=look.case.id, trial=look.case.trial)


def topic_name(look: Look) -> str:
    """Return the name of a case's topic."""
    return look.plain("card-topic", code=look.case.id)


def undo_until(case: Case, now: datetime) -> datetime | None:
    """Return until when a decision can be taken back on the card; None where it cannot."""
    if case.ruling is None or case.closed is not None:
        return None
    until = case.ruling.at + UNDO_FOR
    return until if now < until else None


def moment(at: datetime) -> str:
    """Return a moment as cards tell it: the phones of a team may be in several places."""
    return at.strftime("%Y-%m-%d %H:%M UTC")


def _lines(look: Look) -> Iterator[str]:
    case = look.case
    pressing = look.say(f"priority-{case.priority.name.lower()}")
    yield f"{DOTS[case.priority]} <b>{pressing}</b> · {escape(case.trial)}"
    yield look.say("card-code", code=case.id)
    yield from (f"• {reason_words(look, each)}" for each in case.reasons)
    yield _stands(look)
    if case.ruling:
        yield _ruled(look)
    if case.state is not State.RESOLVED:
        yield from _running(look)
    if case.notes:
        yield look.say("card-notes", n=case.notes)


def reason_words(look: Look, reason: Reason) -> str:
    """Return why staff should look at a case, by name."""
    return look.say(f"reason-{reason.kind.value.replace('_', '-')}", about=reason.about)


def _stands(look: Look) -> str:
    case = look.case
    if case.closed:
        return look.say("card-closed", why=look.words.say(look.language, f"closed-{case.closed.value}"))
    state = look.words.say(look.language, f"state-{case.state.value}")
    if case.claimed_by:
        name = look.names.get(case.claimed_by, case.claimed_by)
        since = moment(look.since) if look.since else "?"
        return look.say("card-held", state=state, name=name, since=since)
    return look.say("card-free" if case.state in FREE else "card-stands", state=state)


def _ruled(look: Look) -> str:
    ruling = look.case.ruling
    assert ruling is not None
    decision = look.words.say(look.language, f"decision-{ruling.decision.value}")
    named = f"{decision}: {ruling.criterion}" if ruling.criterion else decision
    by = look.names.get(ruling.by, ruling.by)
    return look.say("card-ruled", decision=named, name=by, at=moment(ruling.at))


def _running(look: Look) -> Iterator[str]:
    case = look.case
    if case.second_review is SecondReview.ASKED:
        yield look.say("card-second")
    if case.talking:
        yield look.say("talking")
    if case.snoozed_until:
        yield look.say("card-away", until=moment(case.snoozed_until))
    if case.due_by:
        yield look.say("card-late" if case.alarmed else "card-due", due=moment(case.due_by))


def _rows(look: Look) -> Iterator[tuple[Key, ...]]:
    case = look.case
    if case.closed not in GONE:
        if case.state is State.RESOLVED:
            yield from _after(look)
        else:
            yield from _before(look)
    yield from _link(look)


def _before(look: Look) -> Iterator[tuple[Key, ...]]:
    case = look.case
    asked = case.second_review is SecondReview.ASKED
    free = case.state in FREE
    first = [_key(look, "claim", CLAIM) if free else _key(look, "release", RELEASE)]
    if asked:
        first.insert(0, _key(look, "second-agree", AGREE))
    yield tuple(first)
    if undo_until(case, look.now):
        yield (_key(look, "card-undo", UNDO),)
    snippets = bool(look.trial and look.trial.snippets)
    beside = (_key(look, "card-snippets", SNIPPETS),) if snippets else ()
    yield (*beside, _key(look, "card-note", NOTES))
    if not asked and look.trial:
        yield (_key(look, "decide", DECIDE),)


def _after(look: Look) -> Iterator[tuple[Key, ...]]:
    if undo_until(look.case, look.now):
        yield (_key(look, "card-undo", UNDO),)
    yield (_key(look, "card-note", NOTES),)


def _link(look: Look) -> Iterator[tuple[Key, ...]]:
    if look.console:
        yield (Key(look.plain("card-open"), url=f"{look.console}/cases/{look.case.id}"),)


def _key(look: Look, word: str, verb: str, place: int | None = None) -> Key:
    return Key(look.plain(word), _token(look, verb, place))


def _token(look: Look, verb: str, place: int | None = None) -> str:
    return card_token(CardToken(look.case.id, look.case.revision, verb, place))


def _deciding(look: Look) -> Iterator[tuple[Key, ...]]:
    for place, decision in enumerate(DECISIONS):
        yield (_key(look, f"decision-{decision.value}", DECIDED, place),)
    criteria = [criterion.id for criterion in look.trial.criteria] if look.trial else []
    keys = [
        Key(look.plain("card-not", criterion=name), _token(look, CRITERION, place))
        for place, name in enumerate(criteria)
    ]
    yield from _in_rows(keys, 2)
    yield (_key(look, "card-back", BACK),)


def _offered(look: Look) -> Iterator[str]:
    yield look.say("card-snippets-hint" if look.snippets else "card-snippets-none")
    most = _ROOM // (2 * max(len(look.snippets), 1))
    for number, snippet in enumerate(look.snippets, 1):
        gloss = f"\n<i>{_clipped(snippet.in_english, most)}</i>" if snippet.in_english else ""
        yield f"<b>{number}</b> {_clipped(snippet.text, most)}{gloss}"


def _clipped(words: str, most: int) -> str:
    """Return words for a list, escaped; the whole is sent, and stands in the console."""
    return escape(words if len(words) <= most else f"{words[:most]}…")


def _sending(look: Look) -> Iterator[tuple[Key, ...]]:
    keys = [Key(str(number + 1), _token(look, SNIPPET, number)) for number in range(len(look.snippets))]
    yield from _in_rows(keys, _ROW)
    yield (_key(look, "card-back", BACK),)


def _in_rows(keys: Sequence[Key], many: int) -> Iterator[tuple[Key, ...]]:
    yield from (tuple(keys[place : place + many]) for place in range(0, len(keys), many))
