"""Where somebody comes to who goes back."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain.messages import Text
from bot.engine import steps
from bot.engine.outline import answered
from bot.engine.relay import leave_talk
from bot.engine.steps import step
from bot.engine.transition import Turn


def go_back(turn: Turn) -> None:
    """Return to the step before, whatever the present one is."""
    event = _way_back(turn)
    if isinstance(event, e.TalkEnded):
        leave_talk(turn)
    elif isinstance(event, e.ErasureCancelled):
        turn.happened(event)
        turn.ask(Text("erase-cancelled"))
    elif event:
        turn.happened(event)
        turn.ask()
    else:
        turn.ask(Text("nothing-before"))


def _way_back(turn: Turn) -> e.Event | None:  # noqa: C901, PLR0911, PLR0912 -- one line a step
    match step(turn.trial, turn.conversation):
        case steps.Erasing():
            return e.ErasureCancelled(at=turn.now)
        case steps.OfferingQuestion():
            return e.QuestionDropped(at=turn.now)
        case steps.OfferingNewRound():
            return e.NewRoundDeclined(at=turn.now)
        case steps.PickingLanguage():
            language = turn.conversation.language
            return e.LanguageChosen(at=turn.now, language=language) if language else None
        case steps.Introduction():
            return e.LanguageAsked(at=turn.now)
        case steps.Acknowledging(item):
            return _before_acknowledgement(turn, item.key)
        case steps.Checking():
            return e.ConsentReopened(at=turn.now, key=turn.trial.acknowledgements[-1].key)
        case steps.ReadingAgreements():
            return e.AgreementsLeft(at=turn.now)
        case steps.PickingChange():
            return e.ChangeLeft(at=turn.now)
        case steps.Asking(question):
            return _before_question(turn, question.key)
        case steps.Reviewing():
            last = answered(turn.trial, turn.conversation.answers)[-1]
            return e.ChangeBegan(at=turn.now, question=last.key)
        case steps.ConfirmingName():
            return e.NameDropped(at=turn.now)
        case steps.AskingContact() | steps.AskingRecheck() | steps.AskingPhone() | steps.AskingName():
            return e.ChangeAsked(at=turn.now)
        case steps.Pausing():
            return e.Resumed(at=turn.now)
        case steps.Talking():
            return e.TalkEnded(at=turn.now, by="participant")
        case steps.Ended() | steps.Held():
            return None


def _before_acknowledgement(turn: Turn, key: str) -> e.Event:
    keys = [item.key for item in turn.trial.acknowledgements]
    place = keys.index(key)
    if place == 0:
        return e.IntroductionReopened(at=turn.now)
    return e.ConsentReopened(at=turn.now, key=keys[place - 1])


def _before_question(turn: Turn, key: str) -> e.Event | None:
    order = [question.key for question in turn.trial.questions]
    given = [q.key for q in answered(turn.trial, turn.conversation.answers)]
    earlier = [name for name in given if order.index(name) < order.index(key)]
    if earlier:
        return e.ChangeBegan(at=turn.now, question=earlier[-1])
    if given or not turn.trial.acknowledgements:
        return None
    return e.ConsentReopened(at=turn.now, key=turn.trial.acknowledgements[-1].key)
