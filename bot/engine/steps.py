"""Where a conversation stands: one step, derived from its state and never stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from bot.domain.conversation import Conversation, Status
from bot.domain.peril import Peril
from bot.domain.sharing import Identifier
from bot.domain.trial import Acknowledgement, Question, Trial
from bot.domain.understanding import Check
from bot.engine.assess import Assessment, assess
from bot.engine.comprehension import due_check
from bot.engine.outline import next_question


@dataclass(frozen=True, slots=True)
class Erasing:
    """Asked to confirm erasure."""


@dataclass(frozen=True, slots=True)
class Held:
    """Has seen the safety text of that kind; waits for Continue."""

    peril: Peril


@dataclass(frozen=True, slots=True)
class OfferingQuestion:
    """Asked whether to pass what they wrote to the study team."""


@dataclass(frozen=True, slots=True)
class OfferingNewRound:
    """Came back after an ending; asked whether to begin anew."""


@dataclass(frozen=True, slots=True)
class Pausing:
    """Nothing is asked until they write; may say whether they want a reminder."""


@dataclass(frozen=True, slots=True)
class Talking:
    """A human talks with them; the bot is silent."""


@dataclass(frozen=True, slots=True)
class PickingLanguage:
    """Choosing a language."""


@dataclass(frozen=True, slots=True)
class Introduction:
    """Reading the summary."""


@dataclass(frozen=True, slots=True)
class Acknowledging:
    """Deciding on one acknowledgement."""

    item: Acknowledgement


@dataclass(frozen=True, slots=True)
class Checking:
    """Answering one question of the comprehension check."""

    check: Check


@dataclass(frozen=True, slots=True)
class ReadingAgreements:
    """Looking at what they agreed to, and free to take back any of it."""


@dataclass(frozen=True, slots=True)
class PickingChange:
    """Choosing which answer to change."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Answering one question."""

    question: Question


@dataclass(frozen=True, slots=True)
class Reviewing:
    """Reading their answers before the result."""


@dataclass(frozen=True, slots=True)
class AskingContact:
    """Deciding whether the study team may contact them."""


@dataclass(frozen=True, slots=True)
class AskingRecheck:
    """Deciding whether to be asked again when a temporary reason may be over."""


@dataclass(frozen=True, slots=True)
class AskingPhone:
    """Deciding whether to share their phone number."""


@dataclass(frozen=True, slots=True)
class AskingName:
    """Deciding whether to leave a name."""


@dataclass(frozen=True, slots=True)
class ConfirmingName:
    """Reading the name they typed, before it is kept."""

    name: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing is due."""


Step: TypeAlias = (
    Erasing
    | Held
    | OfferingQuestion
    | OfferingNewRound
    | Pausing
    | Talking
    | PickingLanguage
    | Introduction
    | Acknowledging
    | Checking
    | ReadingAgreements
    | PickingChange
    | Asking
    | Reviewing
    | AskingContact
    | AskingRecheck
    | AskingPhone
    | AskingName
    | ConfirmingName
    | Ended
)


def step(trial: Trial, conversation: Conversation) -> Step:
    """Return where this conversation stands; an interruption comes before what it interrupts."""
    interruption = _interruption(conversation)
    if interruption:
        return interruption
    if conversation.status not in {Status.IN_PROGRESS, Status.COMPLETED}:
        return Ended()
    return _before_questions(trial, conversation) or _questions(trial, conversation)


def is_minor(trial: Trial, conversation: Conversation) -> bool:
    """Say whether an answer lies below a floor: such a person is not offered contact."""
    return any(q.floor and conversation.answers.get(q.key) == q.floor.option for q in trial.questions)


def may_keep_health_text(trial: Trial, conversation: Conversation) -> bool:
    """Say whether the acknowledgement that covers health data was given."""
    return any(trial.acknowledgement(key).covers_health for key in conversation.acknowledged)


def _interruption(conversation: Conversation) -> Step | None:  # noqa: PLR0911 -- one line a step
    if conversation.erasing:
        return Erasing()
    if conversation.held and not conversation.reading_agreements:
        return Held(conversation.peril)
    if conversation.paused:
        return Pausing()
    if conversation.talking:
        return Talking()
    if conversation.choosing_language or conversation.language is None:
        return PickingLanguage()
    if conversation.question_offered:
        return OfferingQuestion()
    if conversation.reading_agreements:
        return ReadingAgreements()
    return OfferingNewRound() if conversation.offering_new_round else None


def _before_questions(trial: Trial, conversation: Conversation) -> Step | None:
    if not conversation.introduced:
        return Introduction()
    for item in trial.acknowledgements:
        if item.key not in conversation.acknowledged:
            return Acknowledging(item)
    check = due_check(trial, conversation)
    return Checking(check) if check else None


def _questions(trial: Trial, conversation: Conversation) -> Step:
    if conversation.choosing_change:
        return PickingChange()
    if conversation.changing:
        return Asking(trial.question(conversation.changing))
    if conversation.outcome:
        return _after_outcome(trial, conversation)
    question = next_question(trial, conversation.answers)
    return Asking(question) if question else Reviewing()


def _after_outcome(trial: Trial, conversation: Conversation) -> Step:
    result = assess(trial, conversation.answers)
    if conversation.contact_permission is None and result.offers_contact:
        return AskingContact()
    if conversation.recheck_wanted is None and result.offers_contact and recheck_days(trial, result):
        return AskingRecheck()
    return _sharing(trial, conversation) or Ended()


def _sharing(trial: Trial, conversation: Conversation) -> Step | None:
    asked = trial.staff.asks if conversation.contact_permission else ()
    due = next((kind for kind in asked if kind not in conversation.share_answered), None)
    if due is Identifier.PHONE:
        return AskingPhone()
    if due is None:
        return None
    # What was typed and waits may be gone where an older copy was put back: then it is asked for again.
    return ConfirmingName(conversation.name_text) if conversation.name_text else AskingName()


def recheck_days(trial: Trial, result: Assessment) -> int | None:
    """Return the days until all temporary reasons may be over; None where there is nothing to wait for."""
    days = [trial.recheck_days.get(name) for name in result.recheck]
    known = [each for each in days if each is not None]
    return max(known) if known and len(known) == len(days) else None
