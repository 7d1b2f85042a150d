"""How the operator's key is changed: every data key is wrapped anew, while others work."""

from __future__ import annotations

from collections.abc import AsyncIterator

from sqlalchemy import bindparam, func, select, update

from bot.storage.vault import WRAPPED_BY, Vault, data_keys

_SLICE = 500
_REWRAP = update(data_keys).where(data_keys.c.name == bindparam("of")).values(wrapped=bindparam("new"))


async def rewrap(vault: Vault) -> AsyncIterator[tuple[int, int]]:
    """Wrap every key by the present one of the ring; yield how many are done, of all that were to be.

    Killed in the middle it can be called again. It goes through them until none is left: others make keys
    meanwhile, and who was not started anew since makes them by the old one.
    """
    total = await left(vault)
    done, last = 0, ""
    yield done, total
    while True:
        names = await _rewrap_after(vault, last)
        if not names and not last:
            break
        last = names[-1] if names else ""
        done += len(names)
        yield done, max(total, done)
    await vault.scrub()


async def left(vault: Vault) -> int:
    """Return how many keys are not wrapped by the present one of the ring."""
    old = WRAPPED_BY.not_in([vault.ring.present])
    async with vault.reading() as connection:
        return (await connection.execute(select(func.count()).where(old))).scalar_one()


async def _rewrap_after(vault: Vault, last: str) -> list[str]:
    old = WRAPPED_BY.not_in([vault.ring.present])
    slice_ = select(data_keys).where(data_keys.c.name > last, old).order_by(data_keys.c.name).limit(_SLICE)
    async with vault.writing() as connection:
        rows = (await connection.execute(slice_.with_for_update())).all()
        news = [
            {"of": row.name, "new": vault.ring.wrap(row.name, vault.ring.unwrap(row.name, row.wrapped))}
            for row in rows
        ]
        if news:
            await connection.execute(_REWRAP, news)
    return [row.name for row in rows]
