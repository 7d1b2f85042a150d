"""Who somebody is, for the site: asked last, once, and only where the trial wants it. A no costs nothing."""

from __future__ import annotations

import re
import unicodedata
from functools import partial

from bot.domain.messages import Reply, Text
from bot.domain.sharing import (
    Identifier,
    IdentityDeclined,
    IdentityShared,
    IdentityWithdrawn,
    NameDropped,
    NameTyped,
)
from bot.engine import steps
from bot.engine.copies import name_of_shared
from bot.engine.hints import unclear
from bot.engine.reading import is_chinese
from bot.engine.steps import step
from bot.engine.transition import Turn

LONGEST_NAME = 100
_WORDS_OF_A_NAME, _CHARACTERS_OF_A_NAME = 3, 4
"""What most names do not exceed: more may be something else, and nobody would hear it."""
_FEWEST_DIGITS, _MOST_DIGITS = 5, 15
"""Of a phone number with its country (ITU E.164)."""
_NUMBER = re.compile(r"\+?[0-9 ()./-]+")


def take_contact(turn: Turn, phone: str, *, own: bool) -> None:
    """Keep a person's own number where it was asked for; any other contact is refused and not kept."""
    if not isinstance(step(turn.trial, turn.conversation), steps.AskingPhone):
        turn.say(Reply((Text("share-not-asked"),), clears=True))
        turn.ask()
        return
    number = _number(phone)
    if not own or number is None:
        turn.ask(Text("share-phone-refused"))
        return
    turn.happened(IdentityShared(at=turn.now, kind=Identifier.PHONE, value=number))
    turn.say(Reply((Text("share-phone-kept"),)))
    turn.ask()


def explain_button(turn: Turn) -> None:
    """Say that a number is taken from the button alone, to whoever typed the label of it."""
    turn.ask(Text("share-phone-typed"))


def decline(turn: Turn) -> None:
    """Take a no for what it is: nothing is kept, and nobody asks again."""
    where = step(turn.trial, turn.conversation)
    kind = Identifier.PHONE if isinstance(where, steps.AskingPhone) else Identifier.NAME
    turn.happened(IdentityDeclined(at=turn.now, kind=kind))
    turn.say(Reply((Text(f"share-{kind}-declined"),)))
    turn.ask()


def take_name(turn: Turn, text: str) -> None:
    """Show a typed name back, to be confirmed; until then no event holds it."""
    name = " ".join(text.split())
    if not any(unicodedata.category(mark).startswith("L") for mark in name):
        unclear(turn, Text("share-name-unclear"))
    elif len(name) > LONGEST_NAME:
        unclear(turn, Text("share-name-long"))
    else:
        turn.happened(NameTyped(at=turn.now))
        turn.waits_for_name(name)
        say = partial(unclear, turn) if _is_more_than_a_name(name) else turn.ask
        say()


def _is_more_than_a_name(name: str) -> bool:
    most = _CHARACTERS_OF_A_NAME if is_chinese(name) else _WORDS_OF_A_NAME
    return len(name if is_chinese(name) else name.split()) > most


def keep_name(turn: Turn) -> None:
    """Keep the name they said is right."""
    name = turn.conversation.name_text
    assert name is not None, "nothing was typed"
    turn.happened(IdentityShared(at=turn.now, kind=Identifier.NAME, value=name))
    turn.say(Reply((Text("share-name-kept"),)))
    turn.ask()


def type_again(turn: Turn) -> None:
    """Forget what they typed and ask for it again."""
    turn.happened(NameDropped(at=turn.now))
    turn.ask()


def unshare(turn: Turn, kind: Identifier) -> None:
    """Stop keeping what they shared, where it is kept."""
    if kind in turn.conversation.shared:
        turn.happened(IdentityWithdrawn(at=turn.now, kind=kind))


def take_back_shared(turn: Turn, kind: Identifier) -> None:
    """Do what the button under the list says."""
    unshare(turn, kind)
    turn.ask(Text("share-removed", {"name": name_of_shared(kind)}))


def _number(phone: str) -> str | None:
    digits = "".join(mark for mark in phone if mark in "0123456789")
    known = _NUMBER.fullmatch(phone.strip()) and _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS
    return f"+{digits}" if known else None
