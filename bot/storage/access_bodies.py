"""What lets somebody in, sealed whole and bound to the row it stands in.

Columns beside a body only find its row: whoever can write to the database but has no key can change them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from bot.domain.access import LOST, Factor, Session
from bot.domain.staff import Staff
from bot.storage.sealing import Place

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Link:
    """Whom a sign-in link signs in, and until when."""

    staff: str
    until: datetime


_STAFF = TypeAdapter(Staff)
_LINK = TypeAdapter(Link)
_SESSION = TypeAdapter(Session)
_FACTOR = TypeAdapter(Factor)


def member_at(row: str) -> Place:
    """Return where what the register says of a member of staff stands."""
    return Place("staff", "body", row)


def link_at(digest: bytes) -> Place:
    """Return where a sign-in link stands."""
    return Place("sign_in_links", "body", digest.hex())


def session_at(digest: bytes) -> Place:
    """Return where a session stands."""
    return Place("sessions", "body", digest.hex())


def factor_at(staff: str) -> Place:
    """Return where somebody's second factor stands."""
    return Place("second_factors", "body", staff)


def write_member(member: Staff) -> bytes:
    """Return a member of staff as bytes."""
    return _STAFF.dump_json(member)


def read_member(row: str, body: bytes | None) -> Staff | None:
    """Return the member of staff of a row; None where its body is of no use, or says another."""
    member = _read(_STAFF, body)
    return member if member and member.id == row else None


def write_link(link: Link) -> bytes:
    """Return a sign-in link as bytes."""
    return _LINK.dump_json(link)


def read_link(staff: str, body: bytes | None) -> Link | None:
    """Return the link of a row of that member; None where its body is of no use, or says another."""
    link = _read(_LINK, body)
    return link if link and link.staff == staff else None


def write_session(session: Session) -> bytes:
    """Return a session as bytes, without the digest that its row is found by."""
    return _SESSION.dump_json(session, exclude={"digest"})


def read_session(digest: bytes, staff: str, body: bytes | None) -> Session | None:
    """Return the session of a row of that member; None where its body is of no use, or says another."""
    session = _read(_SESSION, body, digest=digest)
    return session if session and session.staff == staff else None


def write_factor(factor: Factor) -> bytes:
    """Return a second factor as bytes."""
    return _FACTOR.dump_json(factor)


def read_factor(body: bytes | None) -> Factor:
    """Return a second factor; LOST where its body is of no use."""
    return _read(_FACTOR, body) or LOST


def _read(kind: TypeAdapter[T], body: bytes | None, **beside: Any) -> T | None:  # noqa: ANN401 -- any field
    """Return a value; None where nothing opened, or an earlier version wrote less than counts now."""
    if body is None:
        return None
    try:
        return kind.validate_python({**from_json(body), **beside})
    except (ValidationError, ValueError, TypeError):
        return None
