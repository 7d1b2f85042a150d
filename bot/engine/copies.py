"""What a person agreed to, shown to them: as a list with a way back from each, and word for word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.domain.consent import PERMISSIONS, Consent
from bot.domain.conversation import Conversation
from bot.domain.messages import Choice, Param, Reply, Text
from bot.domain.trial import Trial
from bot.engine.agreements import exact_text, standing

AGREEMENTS = Choice("agreements", Text("choice-agreements"))
"""Opens the list, under any message."""
AS_FILE = Choice("mydata_file", Text("choice-mydata-file"))
"""Sends all that is kept of somebody as a file."""
_SHORT = 12
"""Letters shown of a hash."""


def agreement_list(trial: Trial, conversation: Conversation) -> Reply:
    """Return the message that shows what holds, with a button to take back each."""
    held = standing(trial, conversation)
    rows = [(Choice("continue", Text("choice-continue")),)]
    if not held:
        return Reply((Text("agreements-none"),), tuple(rows))
    rows.append((Choice("copy", Text("choice-copy")),))
    rows += [(_taking_back(trial, consent),) for consent in held]
    lines = tuple(_line(trial, consent) for consent in held)
    parts = (Text("agreements"), Text("lines", {"lines": lines}), Text("agreements-hint"))
    return Reply(parts, tuple(rows))


def copies(trial: Trial, conversation: Conversation) -> Iterator[Reply]:
    """Yield one message for each thing that holds: when, which version, its hash, and the exact text."""
    held = standing(trial, conversation)
    for number, consent in enumerate(held, 1):
        text = exact_text(trial, consent)
        about: dict[str, Param] = {
            "number": number,
            "total": len(held),
            "name": name_of(trial, consent.key),
            "time": _utc(consent.at),
            "version": consent.version or trial.version,
            "hash": consent.digest[:_SHORT] or "–",
        }
        said = (Text("agreement-copy", about), text or Text("agreement-elsewhere"))
        yield Reply(said, language=consent.language if text else None)


def name_of(trial: Trial, key: str) -> Text:
    """Return the short name of an acknowledgement or a permission."""
    if key in PERMISSIONS:
        return Text(f"agreement-{key}")
    item = trial.acknowledgement(key)
    if item.named:
        return Text(f"trial:acknowledgement.{key}.short")
    return Text("agreement-point", {"number": trial.acknowledgements.index(item) + 1})


def _taking_back(trial: Trial, consent: Consent) -> Choice:
    return Choice(f"withdraw:{consent.key}", Text("withdraw-line", {"name": name_of(trial, consent.key)}))


def _line(trial: Trial, consent: Consent) -> Text:
    return Text("agreement-line", {"name": name_of(trial, consent.key), "time": _utc(consent.at)})


def _utc(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "–"
