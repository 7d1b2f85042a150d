"""Signing in to the console by a link, and who is signed in; see codes.py for the second factor."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.access import LINK_LIVES, LINKS_AN_HOUR, LONGEST, LOST, Session
from bot.domain.staff import OPERATOR, LinkMade, SignedIn, SignedOut, Staff
from bot.service.access_ports import AccessStore, AccessTransaction
from bot.service.review_ports import NotAllowed

_SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a session was last used: not each request is worth a write."""


@dataclass(frozen=True, slots=True)
class Access:
    """What signing in needs: wired once by app.py."""

    store: AccessStore
    new_secret: Callable[[], bytes]
    """Makes 32 random bytes."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody in the console."""

    staff: Staff
    session: Session
    enrolled: bool
    """Whether they have a second factor."""

    @property
    def waits_for_code(self) -> bool:
        """Whether a one-time code is due before anything else is shown."""
        return self.staff.needs_code and not self.session.second_factor

    def fresh(self, now: datetime) -> bool:
        """Tell whether they showed a moment ago who they are."""
        return self.session.fresh(now)


async def invite(access: Access, telegram_id: int, *, now: datetime) -> str | None:
    """Return the secret of a sign-in link for whoever has this Telegram account; None for strangers.

    NotAllowed where they asked for too many within an hour.
    """
    async with access.store.transaction() as transaction:
        staff = await transaction.register.by_telegram(telegram_id)
        if staff is None or not staff.active:
            return None
        if await transaction.doors.links_since(staff.id, now - timedelta(hours=1)) >= LINKS_AN_HOUR:
            raise NotAllowed("review-too-many-links")
        return await _link(access, transaction, staff.id, now)


async def invite_by_operator(access: Access, staff: str, *, now: datetime) -> str:
    """Return the secret of a sign-in link for somebody without Telegram; that it was made is an event."""
    async with access.store.transaction() as transaction:
        member = await transaction.register.by_id(staff)
        if member is None or not member.active:
            raise NotAllowed("review-no-member")
        await transaction.register.record(LinkMade(at=now, by=OPERATOR, staff=staff))
        return await _link(access, transaction, staff, now)


async def _link(access: Access, transaction: AccessTransaction, staff: str, now: datetime) -> str:
    secret = _spoken(access.new_secret())
    await transaction.doors.put_link(_digest(secret), staff, now, now + LINK_LIVES)
    return secret


async def link_opens(access: Access, secret: str, *, now: datetime) -> bool:
    """Tell whether a link would still sign somebody in. Looking uses up nothing."""
    async with access.store.looking() as looking:
        return await looking.doors.link(_digest(secret), now) is not None


async def redeem(access: Access, secret: str, *, now: datetime) -> str:
    """Use up a link and return the token of a new session. NotAllowed where it opens nothing (any more)."""
    async with access.store.transaction() as transaction:
        whose = await transaction.doors.use_link(_digest(secret), now)
        return await _begin(access, transaction, whose, now)


async def enter_demo(access: Access, staff: str, *, now: datetime) -> str:
    """Return the token of a new session of a member of staff of a demo: by a tap, which counts as a code too.

    Only for a demo, where everybody is made up and nobody has an authenticator app.
    """
    async with access.store.transaction() as transaction:
        return await _begin(access, transaction, staff, now, second_factor=True)


async def _begin(
    access: Access,
    transaction: AccessTransaction,
    whose: str | None,
    now: datetime,
    *,
    second_factor: bool = False,
) -> str:
    staff = await transaction.register.by_id(whose) if whose else None
    if staff is None or not staff.active:
        raise NotAllowed("review-link-over")
    token = _spoken(access.new_secret())
    session = Session(_digest(token), staff.id, now, now, now, second_factor=second_factor)
    await transaction.doors.begin_session(session)
    await transaction.register.record(SignedIn(at=now, by=staff.id, how="link"))
    await transaction.doors.prune(now - LONGEST)
    return token


async def seat(access: Access, token: str, *, now: datetime, by_itself: bool = False) -> Seat | None:
    """Return who is signed in with this token; None where nobody is (any more).

    What a page asks for by itself does not count as use: an open page keeps nobody signed in.
    """
    async with access.store.looking() as looking:
        session = await looking.doors.session(_digest(token))
        if session is None or not session.alive(now):
            return None
        staff = await looking.register.by_id(session.staff)
        factor = await looking.doors.factor(session.staff)
    if staff is None or not staff.active or factor == LOST:
        return None
    if not by_itself and now - session.seen_at >= _SEEN_EVERY:
        session = await _seen(access, session.digest, now)
    return Seat(staff, session, factor is not None) if session else None


async def _seen(access: Access, digest: bytes, now: datetime) -> Session | None:
    async with access.store.transaction() as transaction:
        session = await transaction.doors.session(digest, hold=True)
        if session is None:
            return None  # signed out between two looks
        session = replace(session, seen_at=now)
        return session if await transaction.doors.keep_session(session) else None


async def sign_out(access: Access, seat: Seat, *, now: datetime) -> None:
    """End a session."""
    async with access.store.transaction() as transaction:
        await transaction.doors.end_session(seat.session.digest)
        await transaction.register.record(SignedOut(at=now, by=seat.staff.id))


def form_token(token: str) -> str:
    """Return what a form of this session must carry, so that no other site can send one."""
    return hmac.new(token.encode(), b"form", hashlib.sha256).hexdigest()


def same_form_token(token: str, given: str) -> bool:
    """Tell whether a form came from a page of this session."""
    return hmac.compare_digest(form_token(token).encode(), given.encode())


def _spoken(secret: bytes) -> str:
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
