"""trial.yaml: what an author may write about a trial."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from typing import Annotated, Literal, Self, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from bot.content.comprehension import ComprehensionInFile, to_comprehension
from bot.content.rules import FileModel, RuleInFile, resolve
from bot.content.source import Place
from bot.content.values import Key, Sentence
from bot.domain import trial as t
from bot.domain.quiet import QuietHours
from bot.domain.sharing import Identifier
from bot.domain.truth import Truth

Flag: TypeAlias = Annotated[str, StringConstraints(pattern=r"^(?:info:)?[a-z0-9][a-z0-9_]*$", max_length=60)]
Language: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$")]
Days: TypeAlias = Annotated[int, Field(ge=1, le=36500)]
TimeOfDay: TypeAlias = Annotated[str, StringConstraints(pattern=r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$")]
LocalText: TypeAlias = Sentence | dict[Language, Sentence]
"""The same in every language, or one wording for each."""
Jurisdiction: TypeAlias = Literal["CN", "EU", "UK", "US", "US-HIPAA", "other"]
"""Whose law holds at the site: mainland China, …; US-HIPAA where the site is bound by HIPAA."""


def _each_once(asks: tuple[Identifier, ...]) -> tuple[Identifier, ...]:
    if len({*asks}) < len(asks):
        raise ValueError("the same thing is asked twice")
    return asks


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("no time zone of this name, such as Asia/Shanghai, is known here") from None
    return name


class Registry(FileModel):
    """What the registry says, as of a date."""

    title: Sentence
    status: Sentence
    status_as_of: date
    sponsor: Sentence
    place: Sentence
    launch_label: Sentence
    launch_date: date
    estimated_completion: date | None
    sex: Literal["all", "female", "male"]
    source: Sentence


class Decisions(FileModel):
    """What only the site can decide; null means not decided yet, and texts then say so."""

    site_contact: LocalText | None
    answering_hours: LocalText | None
    who_sees: LocalText | None
    retention_days: Days | None
    data_location: LocalText | None
    complaints: LocalText | None
    site: LocalText | None = None
    ethics: Sentence | None = None
    jurisdiction: Jurisdiction | None = None
    legal_basis: Sentence | None = None
    transfer_mechanism: Sentence | None = None


class Retention(FileModel):
    """Days after the end, by how the screening ended; null means not decided yet."""

    may_be_eligible: Days | None
    likely_not_eligible: Days | None
    needs_review: Days | None
    declined: Days | None
    stopped: Days | None
    incomplete: Days | None


class StaffInFile(FileModel):
    """How the study team works with what people say."""

    answer_within_hours: Annotated[int, Field(ge=1, le=720)] = 48
    second_review: bool = False
    free_text: bool = False
    asks: Annotated[tuple[Identifier, ...], Field(max_length=2), AfterValidator(_each_once)] = ()


class QuietHoursInFile(FileModel):
    """`{from: "21:00", to: "08:00", zone: Asia/Shanghai}`: when nobody is written to by time alone."""

    begins: TimeOfDay = Field(alias="from")
    ends: TimeOfDay = Field(alias="to")
    zone: Annotated[str, AfterValidator(_known_zone)]

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.begins == self.ends:
            raise ValueError("`from` and `to` are the same time")
        return self


class Policies(FileModel):
    """Choices the site makes about how the trial is screened."""

    readings: dict[Key, Key] = Field(default_factory=dict)
    show_reason: bool = True
    expires_after_days: Days = 30
    reminder_days: tuple[Days, ...] = Field(default=(), max_length=2)
    recheck_days: dict[Key, Days] = Field(default_factory=dict)
    retention: Retention
    staff: StaffInFile = StaffInFile()
    quiet_hours: QuietHoursInFile | None = None


class AcknowledgementInFile(FileModel):
    """One of the taps before the first question."""

    key: Key
    covers_health: bool = False


class OptionInFile(FileModel):
    """One answer a question offers."""

    key: Key
    flags: tuple[Flag, ...] = ()
    declines: bool = False
    explicit: bool = False


class FloorInFile(FileModel):
    """Numbers below `below` are kept only as `option`."""

    below: int
    option: Key


class QuestionInFile(FileModel):
    """One thing a participant is asked."""

    key: Key
    kind: Literal["choice", "integer_or_choice"]
    options: tuple[OptionInFile, ...] = Field(min_length=1)
    shown_when: RuleInFile | None = None
    minimum: int = Field(default=0, ge=0)
    maximum: int = 120
    floor: FloorInFile | None = None


class Section(FileModel):
    """Questions that belong together; it may open with a notice of its own."""

    key: Key
    questions: tuple[QuestionInFile, ...] = Field(min_length=1)


class ContradictionInFile(FileModel):
    """Answers that cannot both be right; the criterion is then unknown and staff get the flag."""

    flag: Flag
    when: RuleInFile


class CriterionInFile(FileModel):
    """One line of the registry's criteria, word for word, and how it is judged."""

    id: Key
    kind: Literal["inclusion", "exclusion"]
    text: Sentence
    rule: RuleInFile | None = None
    deferred: bool = False
    recheck: Key | None = None
    staff_only: bool = False
    contradictions: tuple[ContradictionInFile, ...] = ()


class StopInFile(FileModel):
    """Where screening may end early."""

    after: Key
    criteria: tuple[Key, ...] = Field(min_length=1)
    on: tuple[Literal["met", "not_met", "unknown"], ...] = Field(min_length=1)
    hard: bool = False
    ending: Literal["under_age", "not_willing"] | None = None
    offers_contact: bool = True


class TrialFile(FileModel):
    """trial.yaml as a whole."""

    spec_version: Literal[1]
    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,20}$")]
    version: Sentence
    languages: tuple[Language, ...] = Field(min_length=1)
    registry: Registry
    unknown_facts: tuple[Sentence, ...] = ()
    decisions: Decisions
    policies: Policies
    acknowledgements: tuple[AcknowledgementInFile, ...] = Field(min_length=1)
    comprehension: ComprehensionInFile | None = None
    sections: tuple[Section, ...] = Field(min_length=1)
    criteria: tuple[CriterionInFile, ...] = Field(min_length=1)
    stops: tuple[StopInFile, ...] = ()
    open_questions: tuple[Sentence, ...] = ()

    def questions(self) -> Iterator[tuple[Place, str, QuestionInFile]]:
        """Yield each question with its place in the file and its section, in order."""
        for s, section in enumerate(self.sections):
            for q, question in enumerate(section.questions):
                yield ("sections", s, "questions", q), section.key, question


def to_trial(file: TrialFile, *, summary_length: int, facts_length: int, notices: frozenset[str]) -> t.Trial:
    """Return the trial that a checked file describes, without words, digests or hash."""
    return t.Trial(
        id=file.id,
        version=file.version,
        content_hash="",
        languages=file.languages,
        acknowledgements=tuple(t.Acknowledgement(a.key, a.covers_health) for a in file.acknowledgements),
        questions=tuple(_question(file, section, item) for _, section, item in file.questions()),
        criteria=tuple(_criterion(file, item) for item in file.criteria),
        stops=tuple(_stop(item) for item in file.stops),
        summary_length=summary_length,
        facts_length=facts_length,
        notices=notices,
        show_reason=file.policies.show_reason,
        expires_after_days=file.policies.expires_after_days,
        reminder_days=file.policies.reminder_days,
        recheck_days=file.policies.recheck_days,
        retention_days={name: days for name, days in file.policies.retention if days is not None},
        comprehension=to_comprehension(file.comprehension),
        staff=t.StaffPolicy(**file.policies.staff.model_dump()),
        quiet_hours=_quiet(file.policies.quiet_hours),
    )


def _quiet(file: QuietHoursInFile | None) -> QuietHours | None:
    if file is None:
        return None
    begins, ends = time.fromisoformat(file.begins), time.fromisoformat(file.ends)
    return QuietHours(begins, ends, ZoneInfo(file.zone))


_ON = {"met": Truth.YES, "not_met": Truth.NO, "unknown": Truth.UNKNOWN}


def _question(file: TrialFile, section: str, item: QuestionInFile) -> t.Question:
    return t.Question(
        key=item.key,
        section=section,
        kind=t.QuestionKind(item.kind),
        options=tuple(t.Option(**option.model_dump()) for option in item.options),
        shown_when=resolve(item.shown_when, file.policies.readings) if item.shown_when else None,
        minimum=item.minimum,
        maximum=item.maximum,
        floor=t.Floor(item.floor.below, item.floor.option) if item.floor else None,
    )


def _criterion(file: TrialFile, item: CriterionInFile) -> t.Criterion:
    readings = file.policies.readings
    return t.Criterion(
        id=item.id,
        kind=t.CriterionKind(item.kind),
        text=item.text,
        rule=resolve(item.rule, readings) if item.rule else None,
        recheck=item.recheck,
        staff_only=item.staff_only,
        contradictions=tuple(t.Contradiction(resolve(c.when, readings), c.flag) for c in item.contradictions),
    )


def _stop(item: StopInFile) -> t.Stop:
    return t.Stop(
        after=item.after,
        criteria=item.criteria,
        on=frozenset(_ON[word] for word in item.on),
        hard=item.hard,
        ending=item.ending,
        offers_contact=item.offers_contact,
    )
