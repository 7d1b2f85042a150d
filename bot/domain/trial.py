"""A trial as data: questions, criteria, rules, stop points and the words people may type.

Texts are not here: they are kept by key, per language, beside the trial (see bot.content).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from bot.domain.lexicon import Lexicon
from bot.domain.quiet import QuietHours
from bot.domain.sharing import Identifier
from bot.domain.truth import Truth
from bot.domain.understanding import Comprehension

Value: TypeAlias = int | str
"""An answer: an age in completed years, or the key of an option."""


class Outcome(StrEnum):
    """What the answers suggest. Never more than that: staff confirm from records."""

    MAY_BE_ELIGIBLE = "may_be_eligible"
    LIKELY_NOT_ELIGIBLE = "likely_not_eligible"
    NEEDS_REVIEW = "needs_review"


class Verdict(StrEnum):
    """Whether a criterion supports eligibility; for an exclusion, met means it is absent."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"
    NOT_ASKED = "not_asked"
    DEFERRED = "deferred"


class CriterionKind(StrEnum):
    """Which of the registry's two lists a criterion stands in."""

    INCLUSION = "inclusion"
    EXCLUSION = "exclusion"


class QuestionKind(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"
    AGE = "integer_or_choice"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Yes where the answer is one of `met`, no where one of `not_met`, else unknown."""

    question: str
    met: frozenset[str] = frozenset()
    not_met: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Yes where the number answered is `minimum` or more; options count as in `Chosen`."""

    question: str
    minimum: int
    met: frozenset[str] = frozenset()
    not_met: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AllOf:
    """Kleene's and."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Kleene's or."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Kleene's not."""

    rule: Rule


Rule: TypeAlias = Chosen | AtLeast | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Option:
    """One answer a question offers, with the flags that choosing it raises for staff."""

    key: str
    flags: tuple[str, ...] = ()
    declines: bool = False
    """Choosing it is declining to answer: raises `declined_answer:<question>`."""
    explicit: bool = False
    """A bare yes, no or not sure is not taken for it, since it may mean something else here."""


@dataclass(frozen=True, slots=True)
class Floor:
    """Numbers below `below` are kept only as the option `option` (a minor's age is not stored)."""

    below: int
    option: str


@dataclass(frozen=True, slots=True)
class Question:
    """One thing a participant is asked."""

    key: str
    section: str
    kind: QuestionKind
    options: tuple[Option, ...]
    shown_when: Rule | None = None
    minimum: int = 0
    maximum: int = 120
    floor: Floor | None = None

    def option(self, key: Value) -> Option | None:
        """Return the option of that key, or None for a number or a stranger."""
        return next((option for option in self.options if option.key == key), None)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Answers that cannot both be right: the criterion is unknown and staff are told why."""

    when: Rule
    flag: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the registry's eligibility criteria, in its own words, and how it is judged."""

    id: str
    kind: CriterionKind
    text: str
    rule: Rule | None = None
    """None: deferred, decided later at the site."""
    recheck: str | None = None
    """Named where not meeting it is temporary: what to look at again later."""
    staff_only: bool = False
    """Never judged against a participant by the bot: a no counts as unknown."""
    contradictions: tuple[Contradiction, ...] = ()


@dataclass(frozen=True, slots=True)
class Stop:
    """Where screening may end early: after `after`, if one of `criteria` is any of `on`.

    Beyond a hard stop nothing that was answered earlier counts any more (a minor's answers, for one).
    """

    after: str
    criteria: tuple[str, ...]
    on: frozenset[Truth]
    hard: bool = False
    ending: str | None = None
    """The ending to tell where a criterion is not met here; None: by outcome."""
    offers_contact: bool = True


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Something to be acknowledged, or declined, on its own before the first question."""

    key: str
    covers_health: bool = False
    """From here on, what the person writes about their health may be kept."""
    digests: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of the exact text, by language."""
    origins: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Content hash and version of the edition whose words it has, by language; else the trial's own."""
    named: bool = False
    """Whether it has a short name in every language."""


@dataclass(frozen=True, slots=True)
class StaffPolicy:
    """How the study team works with what people say."""

    answer_within_hours: int = 48
    """Until when somebody who asked should hear from the team; afterwards all are told that it is late."""
    second_review: bool = False
    """Whether another reviewer must agree with a decision."""
    free_text: bool = False
    """Whether staff may write in their own words; else approved snippets only."""
    asks: tuple[Identifier, ...] = ()
    """What of who they are people are asked for, in this order, last of all and after a yes to contact."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Everything the engine needs to screen for one trial, resolved and checked."""

    id: str
    version: str
    content_hash: str
    languages: tuple[str, ...]
    acknowledgements: tuple[Acknowledgement, ...]
    questions: tuple[Question, ...]
    criteria: tuple[Criterion, ...]
    stops: tuple[Stop, ...]
    summary_length: int
    facts_length: int
    """How many messages tell about the study on request."""
    permission_digests: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """SHA-256 of the exact text that asks for a permission, by its form and language."""
    comprehension: Comprehension | None = None
    lexicon: Lexicon = field(default_factory=Lexicon)
    notices: frozenset[str] = frozenset()
    """Sections that open with a notice of their own."""
    show_reason: bool = True
    expires_after_days: int = 30
    """Days of silence after which an open screening is closed as incomplete."""
    reminder_days: tuple[int, ...] = ()
    """Days of silence after which somebody who wants it is reminded of what they paused."""
    recheck_days: Mapping[str, int] = field(default_factory=dict)
    """Days after which a temporary reason may be over, by the name of the recheck."""
    staff: StaffPolicy = field(default_factory=StaffPolicy)
    snippets: tuple[str, ...] = ()
    """Keys of the replies that staff may send: texts `trial:snippet.<key>`."""

    quiet_hours: QuietHours | None = None
    """When nobody is written to by time alone, or by staff, unless they wrote just before."""
    retention_days: Mapping[str, int] = field(default_factory=dict)
    """Days after its end for which a screening is kept, by outcome or status; without one it is undecided."""

    def question(self, key: str) -> Question:
        """Return the question of that key; KeyError where there is none."""
        return next(question for question in self.questions if question.key == key)

    def acknowledgement(self, key: str) -> Acknowledgement:
        """Return the acknowledgement of that key."""
        return next(item for item in self.acknowledgements if item.key == key)
