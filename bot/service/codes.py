"""The one-time codes of administrators and of whoever sees identities: set up, taken, counted, reset."""

from __future__ import annotations

import base64
import hmac
import re
import unicodedata
from dataclasses import replace
from datetime import datetime

import pyotp

from bot.domain.access import LOCKED, LONGEST_LOCK, LOST, TRIES, TRIES_OF_ALL, Factor, Session
from bot.domain.staff import FactorReset, FactorSetUp, SignedIn, SignedOut, SignInRefused, Staff
from bot.service.access import Access, Seat
from bot.service.access_ports import AccessTransaction
from bot.service.register import check_keeper
from bot.service.review import member
from bot.service.review_ports import NotAllowed

_STEP = 30
_SECRET_BYTES = 20
_CODE = re.compile(r"[0-9]{6}")
_LONGEST_TYPED = 32
"""Letters of what was typed that are looked at: more is no code."""


async def enrol(access: Access, seat: Seat, *, now: datetime) -> str:
    """Return the secret for an authenticator app: the same in a session, another in each.

    NotAllowed where one was set up already, for whoever needs none, and unless they just signed in.
    """
    if not seat.waits_for_code:
        raise NotAllowed("review-no-code-needed")
    async with access.store.transaction() as transaction:
        if await transaction.doors.factor(seat.staff.id):
            raise NotAllowed("review-enrolled")
        session = await _held(transaction, seat)
        if not session.fresh(now):
            raise NotAllowed("review-sign-in-again")
        if session.setting_up is None:
            secret = base64.b32encode(access.new_secret()[:_SECRET_BYTES]).decode()
            session = replace(session, setting_up=secret)
            await _keep(transaction, session)
        return session.setting_up or ""


async def _held(transaction: AccessTransaction, seat: Seat) -> Session:
    session = await transaction.doors.session(seat.session.digest, hold=True)
    if session is None:
        raise NotAllowed("review-not-enrolled")
    return session


async def _keep(transaction: AccessTransaction, session: Session) -> None:
    if not await transaction.doors.keep_session(session):
        raise NotAllowed("review-not-enrolled")  # signed out meanwhile, and stays so


async def confirm(access: Access, seat: Seat, code: str, *, now: datetime) -> None:
    """Take a one-time code: the session has its second factor and is fresh. NotAllowed for any other code.

    A wrong code is an event, and counts: five end the session, and twenty of all sessions of a member refuse
    codes for a while. The first right code makes what this session was shown the member's second factor.
    """
    refused = None
    async with access.store.transaction() as transaction:
        factor = await transaction.doors.factor(seat.staff.id, hold=True)
        session = await _held(transaction, seat)
        tried = factor or Factor(session.setting_up or "")
        if tried == LOST:
            raise NotAllowed("review-not-enrolled")
        if tried.locked_until and now < tried.locked_until:
            raise NotAllowed("review-code-locked")
        step = _step_of(tried, code, now)
        if step is None:
            refused = await _refuse(transaction, session, factor, now)
        elif factor or await _set_up(transaction, session, tried, now):
            await _take(transaction, session, Factor(tried.secret, last_step=step), now)
        else:
            raise NotAllowed("review-enrolled")
    if refused:  # only now: what was counted must be kept
        raise NotAllowed(refused)


async def _set_up(transaction: AccessTransaction, session: Session, factor: Factor, now: datetime) -> bool:
    """Make what a session was shown its member's second factor; False where they have one meanwhile."""
    first = await transaction.doors.begin_factor(session.staff, factor)
    if first:
        await transaction.register.record(FactorSetUp(at=now, by=session.staff))
    return first


async def _take(transaction: AccessTransaction, session: Session, taken: Factor, now: datetime) -> None:
    await transaction.doors.keep_factor(session.staff, taken)
    proved = replace(session, second_factor=True, proved_at=now, seen_at=now, setting_up=None, failures=0)
    await _keep(transaction, proved)
    await transaction.register.record(SignedIn(at=now, by=session.staff, how="code"))


async def _refuse(
    transaction: AccessTransaction, session: Session, factor: Factor | None, now: datetime
) -> str:
    """Count a wrong code, and return what is said to whoever typed it."""
    if factor:
        await transaction.doors.keep_factor(session.staff, _failed(factor, now))
    failed = replace(session, failures=session.failures + 1)
    over = failed.failures >= TRIES
    if over:
        await transaction.doors.end_session(session.digest)
    else:
        await _keep(transaction, failed)
    await transaction.register.record(SignInRefused(at=now, by=session.staff, why="code"))
    if over:
        await transaction.register.record(SignedOut(at=now, by=session.staff))
    return "review-code-out" if over else "review-code-wrong"


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


def provisioning(staff: Staff, secret: str, issuer: str) -> str:
    """Return the address that authenticator apps read from a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=staff.name, issuer_name=issuer)


def _step_of(factor: Factor, typed: str, now: datetime) -> int | None:
    """Return the half minute a code belongs to: this one or the one before, and never one used already."""
    code = _digits(typed)
    present = int(now.timestamp()) // _STEP
    totp = pyotp.TOTP(factor.secret)
    for step in (present, present - 1):
        if code and step > factor.last_step and hmac.compare_digest(totp.generate_otp(step), code):
            return step
    return None


def _digits(typed: str) -> str:
    """Return the six digits that somebody typed, also in the wide form of Chinese keyboards; else nothing."""
    code = "".join(unicodedata.normalize("NFKC", typed[:_LONGEST_TYPED]).split())
    return code if _CODE.fullmatch(code) else ""


def _failed(factor: Factor, now: datetime) -> Factor:
    failures = factor.failures + 1
    times, more = divmod(failures, TRIES_OF_ALL)
    if more:
        return replace(factor, failures=failures)
    doubled = LOCKED * 2 ** min(times - 1, 10)
    return replace(factor, failures=failures, locked_until=now + min(doubled, LONGEST_LOCK))
