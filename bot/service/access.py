"""Signing in to the console: by a link that the bot sends, and a one-time code for who sees identities."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pyotp

from bot.domain.access import LINK_LIVES, LINKS_AN_HOUR, LOCKED, LONGEST, TRIES, Factor, Session
from bot.domain.staff import OPERATOR, FactorReset, LinkMade, SignedIn, SignedOut, SignInRefused, Staff
from bot.service.access_ports import AccessStore, AccessTransaction
from bot.service.register import check_keeper
from bot.service.review import member
from bot.service.review_ports import NotAllowed

_SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a session was last used: not each request is worth a write."""
_STEP = 30
_SECRET_BYTES = 20


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
        return self.staff.sees_identity and not self.session.second_factor

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


async def invite_demo(access: Access, staff: str, *, now: datetime) -> str:
    """Return the secret of a sign-in link for a member of staff of a demo, however often they ask."""
    async with access.store.transaction() as transaction:
        return await _link(access, transaction, staff, now)


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
        staff = await transaction.register.by_id(whose) if whose else None
        if staff is None or not staff.active:
            raise NotAllowed("review-link-over")
        token = _spoken(access.new_secret())
        await transaction.doors.put_session(Session(_digest(token), staff.id, now, now, now))
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
    if staff is None or not staff.active:
        return None
    if not by_itself and now - session.seen_at >= _SEEN_EVERY:
        session = await _seen(access, session.digest, now)
    return Seat(staff, session, factor is not None and factor.confirmed) if session else None


async def _seen(access: Access, digest: bytes, now: datetime) -> Session | None:
    async with access.store.transaction() as transaction:
        session = await transaction.doors.session(digest)
        if session is None:
            return None  # signed out between two looks
        session = replace(session, seen_at=now)
        await transaction.doors.put_session(session)
        return session


async def enrol(access: Access, seat: Seat) -> str:
    """Return the secret for an authenticator app; NotAllowed where one was confirmed already."""
    async with access.store.transaction() as transaction:
        factor = await transaction.doors.factor(seat.staff.id, hold=True)
        if factor and factor.confirmed:
            raise NotAllowed("review-enrolled")
        if factor is None:
            secret = base64.b32encode(access.new_secret()[:_SECRET_BYTES]).decode()
            factor = Factor(secret)
            await transaction.doors.put_factor(seat.staff.id, factor)
        return factor.secret


async def confirm(access: Access, seat: Seat, code: str, *, now: datetime) -> None:
    """Take a one-time code: the session has its second factor and is fresh. NotAllowed for any other code.

    A wrong code is an event, and counts; after five in a row codes are refused for a quarter of an hour.
    """
    refused = None
    async with access.store.transaction() as transaction:
        factor = await transaction.doors.factor(seat.staff.id, hold=True)
        session = await transaction.doors.session(seat.session.digest)
        if factor is None or session is None:
            raise NotAllowed("review-not-enrolled")
        if factor.locked_until and now < factor.locked_until:
            raise NotAllowed("review-code-locked")
        step = _step_of(factor, code, now)
        if step is None:
            refused = "review-code-wrong"
            await transaction.doors.put_factor(seat.staff.id, _failed(factor, now))
            await transaction.register.record(SignInRefused(at=now, by=seat.staff.id, why="code"))
        else:
            taken = replace(factor, confirmed=True, last_step=step, failures=0, locked_until=None)
            await transaction.doors.put_factor(seat.staff.id, taken)
            proved = replace(session, second_factor=True, proved_at=now, seen_at=now)
            await transaction.doors.put_session(proved)
            await transaction.register.record(SignedIn(at=now, by=seat.staff.id, how="code"))
    if refused:  # only now: what was counted must be kept
        raise NotAllowed(refused)


async def reset_factor(access: Access, staff: str, *, by: str, now: datetime) -> Staff:
    """Let somebody who lost their authenticator set up another at their next sign-in; signed out at once.

    NotAllowed for all but administrators and the operator.
    """
    async with access.store.transaction() as transaction:
        await check_keeper(transaction.register, by)
        whose = await member(transaction.register, staff)
        await transaction.doors.forget_factor(staff)
        await transaction.doors.end_sessions_of(staff)
        await transaction.register.record(FactorReset(at=now, by=by, staff=staff))
    return whose


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


def provisioning(staff: Staff, secret: str, issuer: str) -> str:
    """Return the address that authenticator apps read from a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=staff.name, issuer_name=issuer)


def _step_of(factor: Factor, code: str, now: datetime) -> int | None:
    """Return the half minute a code belongs to: this one or the one before, and never one used already."""
    present = int(now.timestamp()) // _STEP
    totp = pyotp.TOTP(factor.secret)
    for step in (present, present - 1):
        if step > factor.last_step and hmac.compare_digest(totp.generate_otp(step), code.strip()):
            return step
    return None


def _failed(factor: Factor, now: datetime) -> Factor:
    failures = factor.failures + 1
    if failures < TRIES:
        return replace(factor, failures=failures)
    return replace(factor, failures=0, locked_until=now + LOCKED)


def _spoken(secret: bytes) -> str:
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
