"""Saved views: filters of the queue under a name, each member's own, on whatever device they sign in.

A preference and no record: it changes nothing of a participant, a case or a right, and shows nothing that the
same member could not ask for anyway. So no event tells of it, and it goes with the member.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.service.review import Office, member
from bot.service.review_ports import NotAllowed, ReviewTransaction
from bot.service.saved_view_ports import SavedView

MOST = 8
"""More than fit above a queue are no short cut any more."""
_LONGEST_NAME = 40
_LONGEST_WORD = 80


async def saved_views(office: Office, who: str) -> list[SavedView]:
    """Return the views of a member of staff, oldest first."""
    async with office.store.looking() as reading:
        return await reading.saved_views.of(who)


async def save_view(office: Office, who: str, name: str, asked: Mapping[str, str]) -> SavedView:
    """Keep filters under a name and return them as kept; the same name means the newer ones.

    NotAllowed without a name, and where there are enough: nobody's view goes without their word.
    """
    named = " ".join(name.split())[:_LONGEST_NAME].strip()
    if not named:
        raise NotAllowed("review-words-missing")
    view = SavedView(named, {filter_: word[:_LONGEST_WORD] for filter_, word in asked.items()})
    async with office.store.transaction() as transaction:
        others = await _others(transaction, who, named)
        if len(others) >= MOST:
            raise NotAllowed("review-views-full")
        await transaction.saved_views.keep(who, [*others, view])
    return view


async def forget_view(office: Office, who: str, name: str) -> None:
    """Forget the view of that name, if there is one."""
    async with office.store.transaction() as transaction:
        await transaction.saved_views.keep(who, await _others(transaction, who, name))


async def _others(transaction: ReviewTransaction, who: str, name: str) -> list[SavedView]:
    """Hold a member of staff and return their views but that one; NotAllowed for who left meanwhile."""
    views = await transaction.saved_views.hold(who)
    await member(transaction.register, who)  # now that they are held: nobody who is gone leaves views behind
    return [view for view in views if view.name != name]
