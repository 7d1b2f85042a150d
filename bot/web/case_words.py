"""What stands in a case as codes and times, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from bot.domain.case_events import Reason, ReasonKind
from bot.domain.trial import CriterionKind, Verdict
from bot.service.review_views import CriterionRow, Entry, Flag
from bot.web.time_words import Site
from bot.web.visit import Visit

_FLAGS = {
    "urgent:emergency_text": "flag-urgent",
    "contact_requested": "flag-contact",
    "question_for_team": "flag-question",
    "info:repeat_screening": "flag-repeat",
    "comprehension_failed": "flag-comprehension",
    "info:past_trial": "flag-past-trial",
}
"""Flags that every trial may raise; those of a trial's own are told by the answers that raised them."""


def reason(visit: Visit, each: Reason) -> str:
    """Return why staff should look at a case."""
    return visit.say(f"reason-{each.kind.value.replace('_', '-')}", about=each.about)


def reasons(visit: Visit, every: Sequence[Reason]) -> list[tuple[str, str]]:
    """Return the kinds of reasons and their words, the criteria nobody knows yet in one."""
    kinds = dict.fromkeys(each.kind for each in every)
    return [(kind.value, _all_of(visit, [each for each in every if each.kind is kind])) for kind in kinds]


def _all_of(visit: Visit, alike: list[Reason]) -> str:
    about = ", ".join(each.about for each in alike)
    return reason(visit, Reason(alike[0].kind, about))


def verdict(visit: Visit, row: CriterionRow) -> str:
    """Return how a criterion stands: of an exclusion, whether what it names is there."""
    return visit.say(f"verdict-{_excluded(row)}{row.verdict.value}")


def why(visit: Visit, row: CriterionRow) -> str:
    """Return why a criterion stands as it does."""
    kind, _, rest = row.why.partition("-")
    return visit.say(f"{kind}-{_excluded(row)}{rest}")


def _excluded(row: CriterionRow) -> str:
    """Return what sets the words for exclusions apart: `met` beside what must not be misleads."""
    settled = row.verdict in {Verdict.MET, Verdict.NOT_MET}
    return "excluded-" if settled and row.kind is CriterionKind.EXCLUSION else ""


def flag(visit: Visit, each: Flag) -> str:
    """Return a flag in words: the console's, or the answers that raised it."""
    if key := _FLAGS.get(each.name):
        return visit.say(key)
    return ours(visit, each.words) or each.name.replace("_", " ")


def ours(visit: Visit, words: Mapping[str, str]) -> str:
    """Return what a trial says in the visitor's language, or else in its own first."""
    return words.get(visit.language) or next(iter(words.values()), "")


def did(visit: Visit, entry: Entry) -> str:
    """Return what happened, for a line of a case's history."""
    return visit.say("did-EmergencyTold" if _urgent(entry) else f"did-{entry.kind}")


def _urgent(entry: Entry) -> bool:
    return entry.details.get("emergency") == "yes"


def details(visit: Visit, entry: Entry, site: Site) -> list[str]:
    """Return what else there is to say of a line of a case's history; its ids stay out."""
    return [words for words in _details(visit, entry, site) if words]


def _details(visit: Visit, entry: Entry, site: Site) -> Iterator[str]:  # noqa: C901 -- a list
    match entry.kind:
        case "ReasonAdded" | "ReasonRemoved":
            kind, _, about = entry.details["reason"].partition(":")
            yield reason(visit, Reason(ReasonKind(kind), about))
        case "AnswerPromised" | "Snoozed":
            until = entry.details.get("due_by") or entry.details["until"]
            yield site.until(datetime.fromisoformat(until), named=False)
        case "HandedOver":
            yield visit.say("did-to", name=entry.details["to"])
        case "ParticipantWrote":
            yield visit.say("did-changed") if entry.details.get("edited") == "yes" else ""
            yield entry.details.get("text") or ("" if _urgent(entry) else visit.say("did-no-words"))
        case "Alarmed":
            yield visit.say(f"did-told-{entry.details['told']}")
        case "CaseClosed":
            yield visit.say(f"closed-{entry.details['why']}")
        case "Decided":
            yield visit.say(f"decision-{entry.details['decision']}")
            yield from _named(entry, "criterion", "reason")
        case "SecondReviewGiven":
            yield visit.say("second-agree" if entry.details["agrees"] == "yes" else "second-disagree")
            yield from _named(entry, "reason")
        case _:
            yield from _named(entry, "text", "reason")


def _named(entry: Entry, *names: str) -> Iterator[str]:
    yield from (entry.details.get(name, "") for name in names)
