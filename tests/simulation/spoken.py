"""What people hear from the study team, and who wishes to hear from it, by the approved texts alone."""

from __future__ import annotations

import html
import re

from bot.content.shelf import Shelf
from bot.domain.conversation import CONTACT_FLAG, QUESTION_FLAG, URGENT_FLAG, Conversation, Status
from bot.domain.messages import Text
from tests.conftest import shipped
from tests.simulation.sheet import MINOR, sheet

_ASKED = frozenset({CONTACT_FLAG, QUESTION_FLAG, URGENT_FLAG})
_NO_MORE = frozenset({Status.STOPPED, Status.DECLINED, Status.ERASED})
_TAG = re.compile(r"<[^>]+>")
LANGUAGES = ("en", "zh-Hans")
_EDITION = next(iter(Shelf([shipped()]).offered.values()))


def _plain(text: Text, language: str) -> str:
    return html.unescape(_TAG.sub("", _EDITION.label(text, language))).strip()


LABELS = tuple(_plain(Text("team-message", {"text": ""}), language) for language in LANGUAGES)
"""What stands above everything that comes from a person."""
QUESTIONS = tuple(question["text"] for each in LANGUAGES for question in sheet(each).told["questions"])


def asks_a_question(words: str) -> bool:
    """Say whether words put a screening question, in either language."""
    return any(question in words for question in QUESTIONS)


def is_the_reply(snippet: str | None, read: str, text: str) -> bool:
    """Say whether a text is the approved reply that a card showed, in whichever language it was sent."""
    said = [_plain(Text(f"trial:snippet.{snippet}"), language) for language in LANGUAGES]
    return text in said and any(each.startswith(read) for each in said)


def may_be_written_to(talk: Conversation) -> bool:
    """Say whether somebody wishes to hear from the team: they said so, or asked and did not say no."""
    if talk.status in _NO_MORE or talk.answers.get("age") == MINOR:
        return False
    return bool(talk.flags & _ASKED) if talk.contact_permission is None else talk.contact_permission
