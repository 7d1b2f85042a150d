"""Saved views of the queue: one row a member, sealed whole and bound to it, as their words are free."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import delete, insert, select, update

from bot.service.saved_view_ports import SavedView
from bot.storage.review_tables import saved_views, staff
from bot.storage.sealing import Place
from bot.storage.vault import HOUSE
from bot.storage.work import Work

_VIEWS = TypeAdapter(list[tuple[str, dict[str, str]]])


def views_at(staff_id: str) -> Place:
    """Return where the saved views of a member of staff stand."""
    return Place("saved_views", "body", staff_id)


class SqlSavedViews:
    """See bot.service.saved_view_ports.SavedViews.

    A row that was not written so here holds nothing: nobody's queue goes with it, and the next view
    replaces it.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._connection = work.connection

    async def of(self, staff_id: str) -> list[SavedView]:
        """Return the views of a member of staff, oldest first."""
        query = select(saved_views.c.body).where(saved_views.c.staff_id == staff_id)
        sealed = (await self._connection.execute(query)).scalar()
        if sealed is None:
            return []
        return _read((await self._work.vault.try_open([(views_at(staff_id), sealed)]))[0])

    async def hold(self, staff_id: str) -> list[SavedView]:
        """Return the views of a member of staff, who is held."""
        # Their row of the register, since their first view has no row yet that could be waited for.
        await self._connection.execute(select(staff.c.id).where(staff.c.id == staff_id).with_for_update())
        return await self.of(staff_id)

    async def keep(self, staff_id: str, views: Sequence[SavedView]) -> None:
        """Keep these as all views of a member of staff, who is held."""
        if not views:
            await self.forget(staff_id)
            return
        plain = _VIEWS.dump_json([(view.name, dict(view.asked)) for view in views])
        body = (await self._work.vault.sealer(())).seal(HOUSE, views_at(staff_id), plain)
        again = update(saved_views).where(saved_views.c.staff_id == staff_id).values(body=body)
        if not (await self._connection.execute(again)).rowcount:
            await self._connection.execute(insert(saved_views).values(staff_id=staff_id, body=body))

    async def forget(self, staff_id: str) -> None:
        """Forget all views of a member of staff."""
        await self._connection.execute(delete(saved_views).where(saved_views.c.staff_id == staff_id))


def _read(plain: bytes | None) -> list[SavedView]:
    try:
        return [SavedView(*kept) for kept in _VIEWS.validate_json(plain)] if plain else []
    except ValidationError:
        return []
