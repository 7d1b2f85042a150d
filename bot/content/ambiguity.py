"""Whether what people type can mean only one thing."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.bundle import Bundle
from bot.content.draft import Draft
from bot.content.language import flatten
from bot.content.lexicon import check_clashes, clashes, dashed, opposite_clashes
from bot.content.problem import Problem, error
from bot.content.source import Place
from bot.domain.trial import Question
from bot.engine.alarm import alarms
from bot.engine.reading import normalise


def check_ambiguity(draft: Draft, bundle: Bundle) -> Iterator[Problem]:
    """Yield each word that stands for two choices, and each label that would raise the alarm."""
    lexicon = bundle.trial.lexicon
    for question in bundle.trial.questions:
        for word, first, second in clashes(lexicon, question):
            file, line = _where(draft, question, second, word)
            what = f"“{word}” stands for both `{first}` and `{second}` of `{question.key}`."
            yield error(file, line, what, "Take it away from one of them.")
    for check in bundle.trial.comprehension.checks if bundle.trial.comprehension else ():
        for word, first, second in check_clashes(lexicon, check):
            what = f"“{word}” stands for both `{first}` and `{second}` of `{check.key}`."
            place = draft.trial_source.file, draft.trial_source.line(("comprehension",))
            yield error(*place, what, "Label them so that no word stands for both.")
    for word, first, second in opposite_clashes(lexicon):
        file, line = _in_messages(draft, second, word)
        what = f"“{word}” stands for both `{first}` and `{second}`."
        yield error(file, line, what, "Take it away from one of them.")
    yield from _alarming_labels(draft, bundle)


def _alarming_labels(draft: Draft, bundle: Bundle) -> Iterator[Problem]:
    for code, file in draft.languages.items():
        for text in flatten(file):
            if text.plain and alarms(text.raw, bundle.trial.lexicon):
                what = f"Typing the label “{text.raw}” would bring the emergency text."
                yield draft.sources[code].error(text.place, what, "Change the label or the phrase.")


def _where(draft: Draft, question: Question, option: str, word: str) -> tuple[str, int]:
    """Return the place where the word is given to the option, or where generic words stand."""
    for code, file in draft.languages.items():
        words = file.questions[question.key]
        place: Place = ("questions", question.key)
        if word in {normalise(said) for said in words.synonyms.get(option, ())}:
            return draft.sources[code].file, draft.sources[code].line((*place, "synonyms", option))
        if word == normalise(words.options[option]):
            return draft.sources[code].file, draft.sources[code].line((*place, "options", option))
    return _in_messages(draft, option, word)


def _in_messages(draft: Draft, choice: str, word: str) -> tuple[str, int]:
    """Return the place in bot.ftl where the word is given to a choice; its label is the trial's, if none."""
    for code, shapes in draft.messages.items():
        for shape in shapes:
            said = {normalise(part) for pattern in shape.patterns for part in pattern.split("|")}
            if shape.id in {f"words-{dashed(choice)}", f"choice-{dashed(choice)}"} and word in said:
                return draft.ftl_files[code], shape.line
    return draft.trial_source.file, 1
