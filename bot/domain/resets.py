"""What of a conversation's state is set back when it ends, and when what was said goes."""

from __future__ import annotations

from typing import Any

from bot.domain.peril import Peril

DECIDED: dict[str, Any] = {"question_offered": False, "question_text": None}

NO_NAME: dict[str, Any] = {"name_typed": False, "name_text": None}

NO_TALK: dict[str, Any] = {"talking": None, "talked": False, "talked_at": None}

NOTHING_PENDING: dict[str, Any] = {
    **DECIDED,
    **NO_TALK,
    **NO_NAME,
    "choosing_language": False,
    "choosing_change": False,
    "changing": None,
    "held": False,
    "peril": Peril.GENERAL,
    "erasing": False,
    "offering_new_round": False,
    "reading_agreements": False,
    "paused": False,
    "reminders_wanted": False,
    "recheck_wanted": False,
}

NO_RESULT: dict[str, Any] = {
    "outcome": None,
    "ending": None,
    "recheck_wanted": None,
    "recheck_invited": False,
}

NOTHING_SAID: dict[str, Any] = {
    "answers": {},
    "flags": frozenset(),
    "told_staff": {},
    "outcome": None,
    "ending": None,
    "contact_permission": None,
    "source": None,
    "attempts": {},
    "understood": None,
    "shared": {},
    "share_answered": (),
}
