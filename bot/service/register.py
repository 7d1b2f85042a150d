"""The staff register: who may do what. Every change, sign-in and look at an identity is an event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.domain.staff import InstallationEvent, Role, Staff
from bot.service.review import Office


async def add_staff(
    office: Office,
    name: str,
    roles: Iterable[Role],
    *,
    telegram_id: int | None,
    sees_identity: bool,
    by: str,
    now: datetime,
) -> Staff:
    """Add somebody, or bring back whoever left. NotAllowed where that Telegram account is on it already."""
    raise NotImplementedError


async def change_staff(
    office: Office, staff: str, roles: Iterable[Role], *, sees_identity: bool, by: str, now: datetime
) -> Staff:
    """Change what somebody may do."""
    raise NotImplementedError


async def remove_staff(office: Office, staff: str, *, by: str, now: datetime) -> Staff:
    """Take somebody off, at once; the cases they held are free again."""
    raise NotImplementedError


async def list_staff(office: Office) -> list[Staff]:
    """Return all who ever were on the register."""
    raise NotImplementedError


async def staff_by_telegram(office: Office, telegram_id: int) -> Staff | None:
    """Return the active member of staff with this Telegram account: checks each tap in the group."""
    raise NotImplementedError


async def staff_by_id(office: Office, staff: str) -> Staff | None:
    """Return the active member of staff of that id: what each request in the console is checked by."""
    raise NotImplementedError


async def record(office: Office, event: InstallationEvent) -> None:
    """Append an event to the installation's chain: a sign-in, a sign-out, an export."""
    raise NotImplementedError


async def recorded(
    office: Office, *, before: int | None = None, limit: int = 50
) -> list[tuple[int, InstallationEvent]]:
    """Return what is in the installation's chain, the newest first, with positions for paging."""
    raise NotImplementedError
