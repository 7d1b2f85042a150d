"""Whether the bot's own words say the same things in each language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.content import markup
from bot.content.draft import Draft
from bot.content.fluent import MessageShape
from bot.content.lexicon import CHOICES, dashed
from bot.content.problem import Problem, error
from bot.content.words import LANGUAGE_NAME

TRIAL_LABELS = ("accept", "decline", "contact_yes", "contact_no")
"""Choices whose labels are the trial's own words."""
NEEDED = (LANGUAGE_NAME, *(f"choice-{dashed(key)}" for key in CHOICES if key not in TRIAL_LABELS))


def check_own_words(draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with bot.ftl in any language of the draft."""
    for code, shapes in draft.messages.items():
        file = draft.ftl_files[code]
        ids = {shape.id for shape in shapes}
        for name in NEEDED:
            if name not in ids:
                yield error(file, 1, f"The message `{name}` is missing.", "Add it.")
        for shape in shapes:
            yield from _form(shape, file)
    codes = list(draft.messages)
    for code in codes[1:]:
        yield from _compare(draft, codes[0], code)


LIMITS = {"command-": 256, "profile-short": 120, "profile-description": 512}
"""How many characters Telegram takes, by how a message id begins."""


def _form(shape: MessageShape, file: str) -> Iterator[Problem]:
    plain = shape.id.startswith(("choice-", LANGUAGE_NAME))
    if shape.id.startswith("words-"):
        return
    for pattern in shape.patterns:
        for fault in (markup.label_faults if plain else markup.faults)(pattern):
            yield error(file, shape.line, f"`{shape.id}`: {fault}.", "Correct the text.")
        for name, limit in LIMITS.items():
            if shape.id.startswith(name) and len(pattern) > limit:
                what = f"`{shape.id}` has {len(pattern)} characters; Telegram takes {limit}."
                yield error(file, shape.line, what, "Shorten it.")


def _compare(draft: Draft, first: str, code: str) -> Iterator[Problem]:
    theirs = _required(draft.messages[first])
    mine = _required(draft.messages[code])
    file = draft.ftl_files[code]
    for name in sorted(theirs.keys() - mine.keys()):
        yield error(file, 1, f"The message `{name}` stands in {first} but not here.", "Translate it.")
    for name in sorted(mine.keys() - theirs.keys()):
        what = f"The message `{name}` does not stand in {first}."
        yield error(file, mine[name].line, what, "Add it there, or remove it here.")
    for name in sorted(mine.keys() & theirs.keys()):
        if mine[name].variables != theirs[name].variables:
            wanted = ", ".join(sorted(theirs[name].variables)) or "none"
            what = f"The variables of `{name}` are not those in {first}: {wanted}."
            yield error(file, mine[name].line, what, "Use the same variables in each language.")


def _required(shapes: Sequence[MessageShape]) -> dict[str, MessageShape]:
    # People type other words in each language, and some languages need none for a choice.
    return {shape.id: shape for shape in shapes if not shape.id.startswith("words-")}
