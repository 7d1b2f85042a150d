"""What a person agrees to, takes back and looks at again: what each of it does."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain import events as e
from bot.domain.consent import CONTACT, PERMISSIONS, RECHECK, REMINDERS, Consent
from bot.domain.conversation import Conversation, Status
from bot.domain.messages import Alert, Reply, Text
from bot.domain.sharing import Identifier, Shared
from bot.engine import steps
from bot.engine.agreements import carried_over, outdated, renewed, standing, worded
from bot.engine.copies import AGREEMENTS, copies, name_of
from bot.engine.steps import step
from bot.engine.transition import Turn


def acknowledge(turn: Turn, *, accepted: bool) -> None:
    """Record that the acknowledgement being asked for was given or declined."""
    where = step(turn.trial, turn.conversation)
    assert isinstance(where, steps.Acknowledging)
    read = worded(turn.trial, turn.conversation, where.item.key)
    if not accepted:
        withdraw_contact(turn)
    event = e.ConsentAcknowledged if accepted else e.ConsentDeclined
    _agree(turn, read, event(at=turn.now, key=read.key, **_words(read)))
    turn.ask()


def answer_contact(turn: Turn, *, permitted: bool) -> None:
    """Record whether the study team may make contact."""
    read = worded(turn.trial, turn.conversation, CONTACT)
    _agree(turn, read, e.ContactAnswered(at=turn.now, permitted=permitted, **_words(read)))


def answer_reminders(turn: Turn, *, wanted: bool) -> None:
    """Record whether they wish to be reminded of what they paused."""
    read = worded(turn.trial, turn.conversation, REMINDERS)
    _agree(turn, read, e.RemindersAnswered(at=turn.now, wanted=wanted, **_words(read)))


def answer_recheck(turn: Turn, *, wanted: bool) -> None:
    """Record whether they wish to be asked again when a temporary reason may be over."""
    read = worded(turn.trial, turn.conversation, RECHECK)
    _agree(turn, read, e.RecheckAnswered(at=turn.now, wanted=wanted, **_words(read)))


def withdraw(turn: Turn, key: str) -> None:
    """Take back one acknowledgement or permission, where it holds; without the first, nothing goes on."""
    held = next((each for each in standing(turn.trial, turn.conversation) if each.key == key), None)
    if held is None:
        return
    _agree(turn, held, e.ConsentWithdrawn(at=turn.now, key=key, **_words(held)))
    if key == CONTACT:
        turn.alert(Alert.CONTACT_WITHDRAWN)
    elif key not in PERMISSIONS:
        _end(turn)


def withdraw_contact(turn: Turn) -> None:
    """Take back the permission to be contacted, where there is one, and tell staff."""
    if turn.conversation.contact_permission:
        withdraw(turn, CONTACT)


def take_back(turn: Turn, key: str) -> None:
    """Do what the button under the list says, and say what follows from it."""
    shared = turn.conversation.shared
    withdraw(turn, key)
    said = _TAKEN_BACK.get(key) or Text("agreement-withdrawn", {"name": name_of(turn.trial, key)})
    turn.ask(said, *also_gone(turn, shared))


def also_gone(turn: Turn, shared: Mapping[Identifier, Shared]) -> tuple[Text, ...]:
    """Return that what they shared went too, where they shared anything and it did."""
    return (Text("share-gone"),) if shared and not turn.conversation.shared else ()


_TAKEN_BACK = {
    CONTACT: Text("trial:contact.refused"),
    REMINDERS: Text("reminders-off"),
    RECHECK: Text("recheck-off"),
}


def open_agreements(turn: Turn) -> None:
    """Show what they agreed to."""
    if turn.conversation.erasing:
        turn.happened(e.ErasureCancelled(at=turn.now))
    if not turn.conversation.reading_agreements:
        turn.happened(e.AgreementsOpened(at=turn.now))
    turn.ask()


def send_copies(turn: Turn) -> None:
    """Send all that they agreed to, word for word."""
    turn.happened(e.AgreementsSent(at=turn.now))
    turn.say(*copies(turn.trial, turn.conversation))
    turn.ask()


def carry_over(turn: Turn, earlier: Conversation) -> None:
    """Let what was acknowledged in the round before hold here, where its exact text is the same."""
    for held in carried_over(turn.trial, earlier, turn.conversation.language):
        event = e.ConsentCarriedOver(at=turn.now, key=held.key, given_at=held.at, **_words(held))
        turn.happened(event)


def tell_of_carried(turn: Turn) -> None:
    """Say how many acknowledgements of the round before hold, and where they can be read."""
    carried = sum(held.carried for held in turn.conversation.agreed.values())
    if carried:
        turn.say(Reply((Text("agreements-carried", {"count": carried}),), ((AGREEMENTS,),)))


def renew(turn: Turn) -> bool:
    """Note which texts are others in the newest edition, so that they are asked anew; say whether any is."""
    if turn.newest is None:
        return False
    keys = outdated(turn.trial, turn.conversation, turn.newest)
    if keys:
        turn.happened(e.ConsentTextChanged(at=turn.now, keys=keys, edition=turn.newest.content_hash))
        turn.trial = renewed(turn.trial, turn.newest)
    return bool(keys)


def _end(turn: Turn) -> None:
    if turn.conversation.status is Status.COMPLETED:
        turn.alert(Alert.CONSENT_WITHDRAWN)
    if turn.conversation.status in {Status.COMPLETED, Status.IN_PROGRESS}:
        withdraw_contact(turn)
        turn.happened(e.Stopped(at=turn.now))


def _agree(turn: Turn, read: Consent, event: e.Event) -> None:
    turn.happened(event)
    if turn.message is not None:
        turn.happened(e.ConsentMessageNoted(at=turn.now, key=read.key, message=turn.message))


def _words(read: Consent) -> dict[str, str]:
    return {
        "language": read.language,
        "digest": read.digest,
        "edition": read.edition,
        "version": read.version,
    }
