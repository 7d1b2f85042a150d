"""What each command does. /start is not here: it opens a screening (see bot.engine.advance)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.domain import events as e
from bot.domain.conversation import CONTACT_FLAG, QUESTION_FLAG, URGENT_FLAG, Conversation, Status
from bot.domain.messages import Reply, Text
from bot.domain.trial import Outcome, Trial
from bot.engine.assess import assess
from bot.engine.choosing import request_person, speak
from bot.engine.consent import also_gone, answer_recheck, withdraw_contact
from bot.engine.copies import AGREEMENTS, AS_FILE
from bot.engine.going_back import go_back
from bot.engine.hints import unclear
from bot.engine.outline import answered
from bot.engine.prompts import answer_list, ending
from bot.engine.reading import normalise
from bot.engine.retention import kept_until
from bot.engine.steps import Reviewing, is_minor, may_keep_health_text, step
from bot.engine.transition import Turn


def obey(turn: Turn, name: str, argument: str) -> None:
    """Do what a command says; one that is not known is answered with those that are."""
    if turn.conversation.erasing and name not in {"delete", "back"}:
        turn.happened(e.ErasureCancelled(at=turn.now))
    command = _COMMANDS.get(name)
    if command:
        command(turn, argument)
    else:
        unclear(turn, Text("unknown-command"))


def _help(turn: Turn, _argument: str) -> None:
    turn.say(Reply((Text("help"),)))
    turn.ask()


def _status(turn: Turn, _argument: str) -> None:
    turn.ask(*_where(turn))


def _where(turn: Turn) -> tuple[Text, ...]:
    talk = turn.conversation
    if talk.status is Status.COMPLETED:
        return (Text("status-completed"), _ending(turn.trial, talk))
    if talk.status is Status.IN_PROGRESS:
        return (Text("status-in-progress", {"answered": len(answered(turn.trial, talk.answers))}),)
    return ()


def _ending(trial: Trial, talk: Conversation) -> Text:
    result = assess(trial, talk.answers)
    return ending(trial, talk, result.reasons if result.outcome is Outcome.LIKELY_NOT_ELIGIBLE else ())


def _back(turn: Turn, _argument: str) -> None:
    go_back(turn)


def _review(turn: Turn, _argument: str) -> None:
    if isinstance(step(turn.trial, turn.conversation), Reviewing):
        turn.ask()  # that is the list
    elif answered(turn.trial, turn.conversation.answers):
        turn.say(Reply(answer_list(turn.trial, turn.conversation)))
        turn.ask()
    else:
        turn.ask(Text("nothing-answered"))


def _language(turn: Turn, argument: str) -> None:
    wanted = normalise(argument)
    for code in turn.trial.languages:
        names = turn.trial.lexicon.choices.get(f"language:{code}", frozenset())
        if wanted and (wanted in {code.casefold(), code.partition("-")[0].casefold()} or wanted in names):
            speak(turn, code)
            return
    turn.happened(e.LanguageAsked(at=turn.now))
    turn.ask()


def _pause(turn: Turn, _argument: str) -> None:
    turn.happened(e.Paused(at=turn.now))
    turn.ask()


def _stop(turn: Turn, _argument: str) -> None:
    if turn.conversation.talking:
        turn.happened(e.TalkEnded(at=turn.now, by="participant"))
    talk, shared = turn.conversation, turn.conversation.shared
    ended = () if talk.status is Status.IN_PROGRESS else (Text("already-ended"),)
    gone = [Text("trial:contact.refused")] if talk.contact_permission else []
    gone += [Text("recheck-off")] if talk.recheck_wanted else []
    withdraw_contact(turn)
    if talk.recheck_wanted:
        answer_recheck(turn, wanted=False)
    if talk.status is Status.IN_PROGRESS:
        turn.happened(e.Stopped(at=turn.now))
    turn.ask(*(gone or ended), *also_gone(turn, shared))


def _mydata(turn: Turn, _argument: str) -> None:
    turn.say(
        data_kept(turn.trial, turn.conversation), Reply((Text("mydata-rights"),), ((AS_FILE,), (AGREEMENTS,)))
    )
    turn.ask()


def data_kept(trial: Trial, talk: Conversation) -> Reply:
    """Return what is kept of one screening, in words."""
    lines = [
        Text("mydata-code", {"code": talk.id}),
        Text("mydata-started", {"time": _utc(talk.opened_at)}),
        Text("mydata-agreed", {"count": len(talk.acknowledged), "total": len(trial.acknowledgements)}),
    ]
    if not is_minor(trial, talk):  # who is never asked for it
        lines.append(Text(_permission(talk.contact_permission)))
    over = kept_until(trial, talk)
    lines += [Text(f"mydata-{kind}", {kind.value: each.value}) for kind, each in talk.shared.items()]
    if over:
        lines.append(Text("mydata-until", {"time": _utc(over)}))
    if talk.source:
        lines.append(Text("mydata-source", {"source": talk.source}))
    lines.extend(Text(_told(trial, talk, name)) for flag, name in _TOLD.items() if flag in talk.flags)
    answers = answer_list(trial, talk) if answered(trial, talk.answers) else ()
    result = (Text("status-completed"), _ending(trial, talk)) if talk.status is Status.COMPLETED else ()
    parts = (Text("mydata"), Text("lines", {"lines": tuple(lines)}), *answers, *result)
    return Reply(parts, identifies=bool(talk.shared))


_TOLD = {URGENT_FLAG: "urgent", CONTACT_FLAG: "person", QUESTION_FLAG: "question"}
"""Flags that a person raised themselves, by the text that tells them so."""


_WITH_WORDS = frozenset({"urgent", "question"})


def _told(trial: Trial, talk: Conversation, name: str) -> str:
    """Return the key of what is told; whose words cannot be kept is not told that they may be."""
    kept = may_keep_health_text(trial, talk) and not is_minor(trial, talk)
    return f"mydata-{name}-not-kept" if name in _WITH_WORDS and not kept else f"mydata-{name}"


def _permission(permitted: bool | None) -> str:  # noqa: FBT001 -- three-valued: None is not asked
    if permitted is None:
        return "mydata-contact-not-asked"
    return "mydata-contact-yes" if permitted else "mydata-contact-no"


def _utc(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else ""


def _delete(turn: Turn, _argument: str) -> None:
    turn.happened(e.ErasureAsked(at=turn.now))
    turn.ask()


def _privacy(turn: Turn, _argument: str) -> None:
    turn.say(Reply((Text("trial:privacy"),), ((AGREEMENTS,),)))
    turn.ask()


def _contact(turn: Turn, _argument: str) -> None:
    request_person(turn)


_COMMANDS: dict[str, Callable[[Turn, str], None]] = {
    "help": _help,
    "status": _status,
    "back": _back,
    "review": _review,
    "language": _language,
    "pause": _pause,
    "stop": _stop,
    "mydata": _mydata,
    "delete": _delete,
    "privacy": _privacy,
    "contact": _contact,
}

COMMANDS = ("start", *_COMMANDS)
"""Every command, in the order of the menu."""
