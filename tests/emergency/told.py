"""Where an emergency is not heard, the answer still says where help is: python -m tests.emergency.told.

Every wording that no rule and no net hears is sent in each kind of state, and the answer is read as a person
reads it. What goes to a member of the study team instead is told apart: there the bot is silent.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence

from bot.content.bundle import Bundle
from bot.content.shelf import Edition
from bot.domain.conversation import Conversation
from bot.domain.messages import Reply, Typed
from bot.engine.advance import advance
from bot.engine.alarm import alarms
from bot.engine.steps import Asking, is_minor, step
from tests.conftest import NOW, shipped
from tests.emergency.apart import FOLDER, LANGUAGES
from tests.hostile.campaign import asking, states_of

WHERE_HELP_IS = ("emergency number", "急救电话")
"""How the approved texts name whom to call, in English and in Chinese."""


def emergencies(language: str) -> list[str]:
    """Return the emergencies that a stranger to the rules put into words."""
    lines = (FOLDER / f"apart_{language}.txt").read_text("utf-8").splitlines()
    return [line[2:] for line in lines if line.startswith("+ ")]


def kinds_of_states(edition: Edition) -> dict[str, Conversation]:
    """Return a conversation in each kind of state, by its name: which question it is does not matter here."""
    return {_kind(edition, talk): talk for talk in states_of(edition.bundle)}


def _kind(edition: Edition, talk: Conversation) -> str:
    due = step(edition.trial, talk)
    about = due.question.kind if isinstance(due, Asking) else talk.status
    marks = [name for name in ("paused", "erasing") if getattr(talk, name)]
    minor = ["minor"] if is_minor(edition.trial, talk) else []
    return " ".join((type(due).__name__, str(about), str(talk.language), *marks, *minor))


def untold(edition: Edition, talk: Conversation, texts: Iterable[str]) -> list[str]:
    """Return those messages whose answer does not say where help is."""
    return [text for text in texts if not _tells(edition, talk, text)]


def _tells(edition: Edition, talk: Conversation, text: str) -> bool:
    done = advance(edition.trial, talk, Typed(text), now=NOW)
    return any(_names_help(edition, reply, done.conversation.language) for reply in done.replies)


def _names_help(edition: Edition, reply: Reply, language: str | None) -> bool:
    said = edition.render(reply, None if reply.bilingual else language).html
    return any(words in said for words in WHERE_HELP_IS)


def unheard(bundle: Bundle, language: str) -> tuple[Sequence[str], int]:
    """Return the emergencies that raise no alarm, and how many there are in all."""
    said = emergencies(language)
    return [text for text in said if not alarms(text, bundle.trial.lexicon)], len(said)


def main() -> None:
    """Print, by kind of state, how many emergencies are neither heard nor answered with where help is."""
    edition = Edition(asking(shipped()))
    states = kinds_of_states(edition)
    for language in LANGUAGES:
        silent, of = unheard(edition.bundle, language)
        left = Counter({name: len(untold(edition, talk, silent)) for name, talk in states.items()})
        worst, most = left.most_common(1)[0]
        sys.stdout.write(
            f"{language}: of {of} emergencies {of - len(silent)} raise the alarm; in {len(states)} kinds of "
            f"states at least {of - most} ({100 * (of - most) / of:.1f} %) are told where help is ({worst})\n"
        )


if __name__ == "__main__":
    main()
