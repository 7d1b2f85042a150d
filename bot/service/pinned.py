"""The editions that conversations are pinned to, as long as the store has them as they were kept."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from bot.domain.errors import EditionChanged
from bot.service.editions import Edition, Editions
from bot.service.ports import Person, Transaction

log = logging.getLogger(__name__)


async def editions_for(
    people: Iterable[Person], transaction: Transaction, editions: Editions
) -> dict[str, Edition]:
    """Return what is on offer and what these people's conversations are pinned to, by content hash.

    EditionChanged, which the operator is told, where the store has another text than was kept.
    """
    found = {item.trial.content_hash: item for item in editions.offered.values()}
    for name in _pinned(people) - found.keys():
        edition = editions.known(name)
        if edition:
            found[name] = edition
    missing = sorted(_pinned(people) - found.keys())
    bodies = await transaction.editions(missing) if missing else {}
    return found | {name: _remembered(editions, name, body) for name, body in bodies.items()}


async def readable(
    people: Iterable[Person], transaction: Transaction, editions: Editions
) -> tuple[list[Person], list[Person]]:
    """Return those of these people whose editions are as they were kept, and those who must wait."""
    fine: list[Person] = []
    waiting: list[Person] = []
    for person in people:
        try:
            await editions_for([person], transaction, editions)
        except EditionChanged:
            waiting.append(person)
        else:
            fine.append(person)
    return fine, waiting


def _pinned(people: Iterable[Person]) -> set[str]:
    talks = [talk for person in people for talk in person.conversations]
    return {talk.content_hash for talk in talks} | {talk.renewed_by for talk in talks if talk.renewed_by}


def _remembered(editions: Editions, name: str, body: bytes) -> Edition:
    try:
        return editions.remember(name, body)
    except EditionChanged:
        # Without its place: the same error is told where it ends.
        log.error(  # noqa: TRY400
            "the stored text of an edition was changed; type: python -m bot verify", extra={"id": name}
        )
        raise
