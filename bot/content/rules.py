"""Rules as they stand in a file, and what they become."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, TypeAlias, assert_never

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from bot.content.source import Place
from bot.domain.trial import AllOf, AnyOf, AtLeast, Chosen, Not, Rule


class FileModel(BaseModel):
    """A part of a file: nothing is converted and nothing unknown is let through."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, validate_by_name=True)


class ChosenInFile(FileModel):
    """`{question: dm, met: [yes], not_met: [no]}`: an option in neither list is unknown."""

    question: str
    met: tuple[str, ...] = ()
    not_met: tuple[str, ...] = ()


class AtLeastInFile(ChosenInFile):
    """`{question: age, at_least: 18}`, with options as above."""

    at_least: int


class AllInFile(FileModel):
    """`{all: [rule, …]}`."""

    parts: tuple[RuleInFile, ...] = Field(alias="all", min_length=1)


class AnyInFile(FileModel):
    """`{any: [rule, …]}`."""

    parts: tuple[RuleInFile, ...] = Field(alias="any", min_length=1)


class NotInFile(FileModel):
    """`{not: rule}`."""

    part: RuleInFile = Field(alias="not")


class ByPolicyInFile(FileModel):
    """`{by_policy: name, cases: {reading: rule}}`: which rule holds, a policy of the trial decides."""

    by_policy: str
    cases: dict[str, RuleInFile]


_KINDS = {"all": "all", "any": "any", "not": "not", "by_policy": "by_policy", "at_least": "at_least"}


def _kind(rule: Any) -> str:  # noqa: ANN401 -- whatever stands in the file
    if isinstance(rule, BaseModel):
        rule = rule.model_dump(by_alias=True)
    named = [kind for kind in _KINDS if isinstance(rule, dict) and kind in rule]
    return named[0] if named else "question"


RuleInFile: TypeAlias = Annotated[
    Annotated[ChosenInFile, Tag("question")]
    | Annotated[AtLeastInFile, Tag("at_least")]
    | Annotated[AllInFile, Tag("all")]
    | Annotated[AnyInFile, Tag("any")]
    | Annotated[NotInFile, Tag("not")]
    | Annotated[ByPolicyInFile, Tag("by_policy")],
    Discriminator(_kind),
]

for _model in (AllInFile, AnyInFile, NotInFile, ByPolicyInFile):
    _model.model_rebuild()


def resolve(rule: RuleInFile, policies: Mapping[str, str]) -> Rule:
    """Return the rule that these policies choose; KeyError where a policy or its case is missing."""
    match rule:
        case AtLeastInFile():
            return AtLeast(rule.question, rule.at_least, frozenset(rule.met), frozenset(rule.not_met))
        case ChosenInFile():
            return Chosen(rule.question, frozenset(rule.met), frozenset(rule.not_met))
        case AllInFile():
            return AllOf(tuple(resolve(part, policies) for part in rule.parts))
        case AnyInFile():
            return AnyOf(tuple(resolve(part, policies) for part in rule.parts))
        case NotInFile():
            return Not(resolve(rule.part, policies))
        case ByPolicyInFile():
            return resolve(rule.cases[policies[rule.by_policy]], policies)
    assert_never(rule)


def leaves(rule: RuleInFile, place: Place) -> Iterator[tuple[Place, ChosenInFile]]:
    """Yield each question looked at, under every policy, with its place in the file."""
    for where, part in _parts(rule, place):
        if isinstance(part, ChosenInFile):
            yield where, part


def policies_of(rule: RuleInFile, place: Place) -> Iterator[tuple[Place, ByPolicyInFile]]:
    """Yield each choice between readings, with its place in the file."""
    for where, part in _parts(rule, place):
        if isinstance(part, ByPolicyInFile):
            yield where, part


def _parts(rule: RuleInFile, place: Place) -> Iterator[tuple[Place, RuleInFile]]:
    yield place, rule
    match rule:
        case AllInFile() | AnyInFile():
            name = "all" if isinstance(rule, AllInFile) else "any"
            for index, part in enumerate(rule.parts):
                yield from _parts(part, (*place, name, index))
        case NotInFile():
            yield from _parts(rule.part, (*place, "not"))
        case ByPolicyInFile():
            for case, part in rule.cases.items():
                yield from _parts(part, (*place, "cases", case))
        case _:
            pass
