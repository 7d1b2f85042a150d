"""What holds of what a person agreed to, the exact texts of it, and what a newer edition changes in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.domain.consent import CONTACT, PERMISSIONS, RECHECK, REMINDERS, Consent
from bot.domain.conversation import Conversation, Status
from bot.domain.messages import Text
from bot.domain.trial import Acknowledgement, Trial
from bot.engine.assess import assess
from bot.engine.steps import recheck_days


def forms(trial: Trial, key: str) -> dict[str, Text]:
    """Return every text that can ask for this acknowledgement or permission, by the name of its form.

    There is one, but for a recheck, whose text names the days it will take.
    """
    if key == CONTACT:
        return {CONTACT: Text("trial:contact_request")}
    if key == REMINDERS:
        return {REMINDERS: Text("reminders-request")}
    if key == RECHECK:
        return {_of_days(days): recheck_request(days) for days in sorted({*trial.recheck_days.values()})}
    return {key: Text(f"trial:acknowledgement.{key}")}


def recheck_request(days: int) -> Text:
    """Return the text that asks whether to write again after so many days."""
    return Text("recheck-request", {"days": days})


def worded(trial: Trial, conversation: Conversation, key: str) -> Consent:
    """Return which text asks for this now: its digest, its language, and the edition whose words it is."""
    language = conversation.language or trial.languages[0]
    edition, version = trial.content_hash, trial.version
    if key in PERMISSIONS:
        digest = trial.permission_digests.get(_form_now(trial, conversation, key), {}).get(language, "")
    else:
        item = trial.acknowledgement(key)
        digest = item.digests.get(language, "")
        edition, version = item.origins.get(language, (edition, version))
    return Consent(key, language, digest, edition, version)


def standing(trial: Trial, conversation: Conversation) -> tuple[Consent, ...]:
    """Return all that holds: acknowledgements in the order of the trial, then permissions."""
    keys = [item.key for item in trial.acknowledgements if item.key in conversation.acknowledged]
    keys += [key for key, given in _permitted(conversation).items() if given]
    return tuple(_held(trial, conversation, key) for key in keys)


def exact_text(trial: Trial, consent: Consent) -> Text | None:
    """Return the text that was agreed to, by its digest; None where this edition has other words."""
    texts = forms(trial, consent.key)
    if not consent.digest:  # an earlier program recorded none: certain only where there is one text
        return next(iter(texts.values())) if len(texts) == 1 else None
    found = (form for form in texts if digests(trial, form).get(consent.language) == consent.digest)
    return next((texts[form] for form in found), None)


def digests(trial: Trial, form: str) -> Mapping[str, str]:
    """Return the digests of one form of a text, by language; none where the trial has no such text."""
    item = next((item for item in trial.acknowledgements if item.key == form), None)
    return item.digests if item else trial.permission_digests.get(form, {})


def carried_over(trial: Trial, earlier: Conversation, language: str | None) -> tuple[Consent, ...]:
    """Return what a person acknowledged in an earlier round whose exact text is still the same.

    Only where the texts were changed since, so that nobody wades through them to find what is new: a round on
    the same edition asks for everything, as the first did. And only after an ending that was no refusal.
    """
    if earlier.status not in {Status.COMPLETED, Status.INCOMPLETE}:
        return ()
    if trial.content_hash in {earlier.content_hash, earlier.renewed_by}:
        return ()
    same = (
        consent
        for item in trial.acknowledgements
        if (consent := earlier.agreed.get(item.key)) and item.key in earlier.acknowledged
        if consent.digest and consent.language == language
        if item.digests.get(consent.language) == consent.digest
    )
    return tuple(same)


def outdated(trial: Trial, conversation: Conversation, newest: Trial) -> tuple[str, ...]:
    """Return the acknowledgements whose text is another in the newest edition, in an open screening."""
    if conversation.status is not Status.IN_PROGRESS or conversation.language not in newest.languages:
        return ()
    return tuple(_changed(trial, conversation, newest))


def _changed(trial: Trial, conversation: Conversation, newest: Trial) -> Iterator[str]:
    theirs = {item.key: item for item in newest.acknowledgements}
    for item in trial.acknowledgements:
        given = item.key in conversation.acknowledged
        read = _held(trial, conversation, item.key) if given else worded(trial, conversation, item.key)
        if item.key in theirs and theirs[item.key].digests.get(read.language) != read.digest:
            yield item.key


def renewed(pinned: Trial, newer: Trial) -> Trial:
    """Return a trial with the acknowledgements of a newer edition; all else stays as it was."""
    theirs = {item.key: item for item in newer.acknowledgements}
    items = tuple(_renewed(item, theirs.get(item.key), newer) for item in pinned.acknowledgements)
    said = {key: newer.lexicon.choices.get(key, frozenset()) for key in ("accept", "decline")}
    choices = {**pinned.lexicon.choices}
    choices |= {key: choices.get(key, frozenset()) | words for key, words in said.items()}
    return replace(pinned, acknowledgements=items, lexicon=replace(pinned.lexicon, choices=choices))


def _renewed(item: Acknowledgement, other: Acknowledgement | None, newer: Trial) -> Acknowledgement:
    if other is None:
        return item
    origins = dict.fromkeys(other.digests, (newer.content_hash, newer.version))
    return replace(item, digests={**item.digests, **other.digests}, origins=origins)


def _held(trial: Trial, conversation: Conversation, key: str) -> Consent:
    # A state written by an earlier program knows the keys alone: the text was that of its edition.
    return conversation.agreed.get(key) or worded(trial, conversation, key)


def _permitted(conversation: Conversation) -> dict[str, bool | None]:
    return {
        CONTACT: conversation.contact_permission,
        REMINDERS: conversation.reminders_wanted,
        RECHECK: conversation.recheck_wanted,
    }


def _of_days(days: int) -> str:
    return f"{RECHECK}:{days}"


def _form_now(trial: Trial, conversation: Conversation, key: str) -> str:
    if key != RECHECK:
        return key
    return _of_days(recheck_days(trial, assess(trial, conversation.answers)) or 0)
