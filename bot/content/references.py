"""Whether the parts of trial.yaml fit together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from bot.content.comprehension import check_comprehension
from bot.content.problem import Problem
from bot.content.rules import AtLeastInFile, ChosenInFile, RuleInFile, leaves, policies_of
from bot.content.schema import CriterionInFile, QuestionInFile, StopInFile, TrialFile
from bot.content.source import Place, Source
from bot.domain.consent import PERMISSIONS


def check_references(trial: TrialFile, source: Source) -> Iterator[Problem]:
    """Yield everything in trial.yaml that points at nothing, twice at the same, or ahead of itself."""
    for rule in _RULES:
        yield from rule(trial, source)


def rules_of(criterion: CriterionInFile, place: Place) -> Iterator[tuple[Place, RuleInFile]]:
    """Yield the rules of a criterion, contradictions included, with their places."""
    if criterion.rule:
        yield (*place, "rule"), criterion.rule
    for n, item in enumerate(criterion.contradictions):
        yield (*place, "contradictions", n, "when"), item.when


def _all_rules(trial: TrialFile) -> Iterator[tuple[Place, RuleInFile]]:
    for place, _, question in trial.questions():
        if question.shown_when:
            yield (*place, "shown_when"), question.shown_when
    for n, criterion in enumerate(trial.criteria):
        yield from rules_of(criterion, ("criteria", n))


def _id(trial: TrialFile, source: Source) -> Iterator[Problem]:
    if not source.file.replace("\\", "/").endswith(f"/{trial.id}/trial.yaml"):
        what = f"The id `{trial.id}` is not the name of the folder."
        yield source.error(("id",), what, "Give both the same name: links and buttons use it.")


def _doubles(trial: TrialFile, source: Source) -> Iterator[Problem]:
    lists: list[Iterable[tuple[Place, str]]] = [
        ((("languages", n), code) for n, code in enumerate(trial.languages)),
        ((("acknowledgements", n, "key"), item.key) for n, item in enumerate(trial.acknowledgements)),
        ((("sections", n, "key"), item.key) for n, item in enumerate(trial.sections)),
        (((*place, "key"), question.key) for place, _, question in trial.questions()),
        ((("criteria", n, "id"), item.id) for n, item in enumerate(trial.criteria)),
    ]
    for place, _, question in trial.questions():
        lists.append(
            [((*place, "options", n, "key"), option.key) for n, option in enumerate(question.options)]
        )
    for named in lists:
        yield from _doubles_among(named, source)


def _doubles_among(named: Iterable[tuple[Place, str]], source: Source) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, name in named:
        if name in seen:
            yield source.error(place, f"`{name}` stands here for the second time.", "Rename or remove one.")
        seen.add(name)


def _leaves(trial: TrialFile, source: Source) -> Iterator[Problem]:
    questions = {question.key: question for _, _, question in trial.questions()}
    for place, rule in _all_rules(trial):
        for where, leaf in leaves(rule, place):
            yield from _leaf(leaf, where, questions.get(leaf.question), source)


def _leaf(
    leaf: ChosenInFile, place: Place, question: QuestionInFile | None, source: Source
) -> Iterator[Problem]:
    if question is None:
        what = f"There is no question `{leaf.question}`."
        yield source.error((*place, "question"), what, "Correct the name or add the question.")
        return
    if isinstance(leaf, AtLeastInFile) and question.kind != "integer_or_choice":
        what = f"`{leaf.question}` is not answered with a number."
        yield source.error((*place, "at_least"), what, "Use met and not_met instead.")
    options = {option.key for option in question.options}
    for name in (*leaf.met, *leaf.not_met):
        if name not in options:
            what = f"`{leaf.question}` has no option `{name}`."
            yield source.error(place, what, f"Use one of {', '.join(sorted(options))}.")
    for name in sorted(set(leaf.met) & set(leaf.not_met)):
        yield source.error(place, f"`{name}` is both met and not met.", "Leave it in one of the lists.")


def _looks_back(trial: TrialFile, source: Source) -> Iterator[Problem]:
    earlier: set[str] = set()
    known = {question.key for _, _, question in trial.questions()}
    for place, _, question in trial.questions():
        if question.shown_when:
            for where, leaf in leaves(question.shown_when, (*place, "shown_when")):
                if leaf.question in known - earlier:
                    what = f"`{question.key}` depends on `{leaf.question}`, which is not asked before it."
                    yield source.error(where, what, "Let it depend on an earlier question, or move it.")
        earlier.add(question.key)


def _policies(trial: TrialFile, source: Source) -> Iterator[Problem]:
    readings, used = trial.policies.readings, set()
    for place, rule in _all_rules(trial):
        for where, part in policies_of(rule, place):
            used.add(part.by_policy)
            chosen = readings.get(part.by_policy)
            if chosen is None:
                what = f"There is no policy `{part.by_policy}`."
                yield source.error((*where, "by_policy"), what, "Add it under policies.readings.")
            elif chosen not in part.cases:
                what = f"The policy `{part.by_policy}` is `{chosen}`, for which there is no case here."
                yield source.error((*where, "cases"), what, f"Use one of {', '.join(part.cases)}.")
    for name in sorted(readings.keys() - used):
        what = f"The policy `{name}` decides nothing."
        yield source.error(("policies", "readings", name), what, "Remove it, or use it in a rule.")


def _floors(trial: TrialFile, source: Source) -> Iterator[Problem]:
    for place, _, question in trial.questions():
        if question.minimum > question.maximum:
            yield source.error((*place, "minimum"), "The minimum is above the maximum.", "Swap them.")
        if not question.floor:
            continue
        if question.kind != "integer_or_choice":
            yield source.error((*place, "floor"), "Only a number has a floor.", "Remove it.")
        if question.floor.option not in {option.key for option in question.options}:
            what = f"`{question.key}` has no option `{question.floor.option}`."
            yield source.error((*place, "floor", "option"), what, "Name one of its options.")


def _criteria(trial: TrialFile, source: Source) -> Iterator[Problem]:
    for n, criterion in enumerate(trial.criteria):
        place: Place = ("criteria", n)
        if criterion.rule and criterion.deferred:
            what = f"`{criterion.id}` is deferred and has a rule."
            yield source.error((*place, "deferred"), what, "Keep one of the two.")
        if not (criterion.rule or criterion.deferred or criterion.staff_only):
            what = f"No question decides `{criterion.id}`."
            yield source.error(place, what, "Give it a rule, or say deferred: true or staff_only: true.")
        if criterion.contradictions and not criterion.rule:
            what = f"`{criterion.id}` has contradictions but no rule."
            yield source.error((*place, "contradictions"), what, "Give it a rule.")


def _questions_serve(trial: TrialFile, source: Source) -> Iterator[Problem]:
    served = {
        leaf.question
        for n, criterion in enumerate(trial.criteria)
        for place, rule in rules_of(criterion, ("criteria", n))
        for _, leaf in leaves(rule, place)
    }
    for place, _, question in trial.questions():
        if question.key not in served:
            what = f"The question `{question.key}` serves no criterion."
            yield source.error(
                (*place, "key"), what, "Ask only what is needed: remove it, or use it in a rule."
            )


def _stops(trial: TrialFile, source: Source) -> Iterator[Problem]:
    order = [question.key for _, _, question in trial.questions()]
    for n, stop in enumerate(trial.stops):
        place: Place = ("stops", n)
        if stop.after not in order:
            what = f"There is no question `{stop.after}` to stop after."
            yield source.error((*place, "after"), what, "Name a question.")
            continue
        yield from _stop_criteria(trial, stop, place, set(order[: order.index(stop.after) + 1]), source)


def _stop_criteria(
    trial: TrialFile, stop: StopInFile, place: Place, asked: set[str], source: Source
) -> Iterator[Problem]:
    criteria = {criterion.id: criterion for criterion in trial.criteria}
    for name in stop.criteria:
        criterion = criteria.get(name)
        if criterion is None:
            what = f"There is no criterion `{name}`."
            yield source.error((*place, "criteria"), what, "Name one of the criteria.")
        elif not (criterion.rule and any(leaf.question in asked for _, leaf in leaves(criterion.rule, ()))):
            what = f"Nothing about `{name}` is asked before this stop."
            yield source.error((*place, "criteria"), what, "Stop later, or by another criterion.")


def _comprehension(trial: TrialFile, source: Source) -> Iterator[Problem]:
    yield from check_comprehension(trial.comprehension, source)


def _consent(trial: TrialFile, source: Source) -> Iterator[Problem]:
    for n, item in enumerate(trial.acknowledgements):
        if item.key in PERMISSIONS:
            what = f"`{item.key}` is the name of a permission that the bot itself asks for."
            yield source.error(("acknowledgements", n, "key"), what, "Give it another name.")
    if not any(item.covers_health for item in trial.acknowledgements):
        what = "No acknowledgement covers health data."
        yield source.error(("acknowledgements",), what, "Say covers_health: true at the one that does.")


def _decisions(trial: TrialFile, source: Source) -> Iterator[Problem]:
    for name, value in trial.decisions:
        lacking = set(trial.languages) - value.keys() if isinstance(value, dict) else set()
        for code in sorted(lacking):
            what = f"`{name}` is not given in `{code}`."
            yield source.error(("decisions", name), what, "Add it, or give one text for all languages.")


def _retention(trial: TrialFile, source: Source) -> Iterator[Problem]:
    told = trial.decisions.retention_days
    for name, days in trial.policies.retention:
        if told is not None and (days is None or days > told):
            what = (
                f"Participants are told {told} days, but `{name}` is kept {days or 'for an undecided time'}."
            )
            yield source.error(("policies", "retention", name), what, "Let no record outlive retention_days.")


_RULES: tuple[Callable[[TrialFile, Source], Iterator[Problem]], ...] = (
    _id,
    _doubles,
    _leaves,
    _looks_back,
    _policies,
    _floors,
    _criteria,
    _questions_serve,
    _stops,
    _consent,
    _comprehension,
    _decisions,
    _retention,
)
