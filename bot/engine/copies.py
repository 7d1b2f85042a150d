"""What a person agreed to, shown to them: as a list with a way back from each, and word for word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.domain.consent import PERMISSIONS, Consent
from bot.domain.conversation import Conversation
from bot.domain.messages import Choice, Param, Reply, Text
from bot.domain.sharing import Identifier
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
    held, shared = standing(trial, conversation), conversation.shared
    rows = [(Choice("continue", Text("choice-continue")),)]
    if not held:  # and so nothing is shared either: that takes a permission
        return Reply((Text("agreements-none"),), tuple(rows))
    rows.append((Choice("copy", Text("choice-copy")),))
    # First what costs nothing to take back.
    rows += [(_removing(kind),) for kind in shared]
    rows += [(_taking_back(trial, consent),) for consent in held]
    lines = [_line(trial, consent) for consent in held]
    lines += [_of(name_of_shared(kind), each.at) for kind, each in shared.items()]
    parts = (Text("agreements"), Text("lines", {"lines": tuple(lines)}), Text("agreements-hint"))
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


def name_of_shared(kind: Identifier) -> Text:
    """Return what a phone number, or a name, is called in a list."""
    return Text(f"shared-{kind}")


def _removing(kind: Identifier) -> Choice:
    return Choice(f"unshare:{kind}", Text("share-remove", {"name": name_of_shared(kind)}))


def _taking_back(trial: Trial, consent: Consent) -> Choice:
    return Choice(f"withdraw:{consent.key}", Text("withdraw-line", {"name": name_of(trial, consent.key)}))


def _line(trial: Trial, consent: Consent) -> Text:
    return _of(name_of(trial, consent.key), consent.at)


def _of(name: Text, at: datetime | None) -> Text:
    return Text("agreement-line", {"name": name, "time": _utc(at)})


def _utc(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "–"
