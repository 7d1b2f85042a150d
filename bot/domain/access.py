"""How a member of staff is known in the console: a session, and a second factor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LINK_LIVES = timedelta(minutes=10)
"""OWASP ASVS 5.0, 6.5.5: a code sent by another way lives ten minutes at most."""
LINKS_AN_HOUR = 10
"""Sign-in links one member of staff may ask for in an hour."""
IDLE = timedelta(minutes=30)
"""A session nobody uses ends (OWASP session management: 15 to 30 minutes)."""
LONGEST = timedelta(hours=12)
"""A session ends after a working day, used or not."""
FRESH = timedelta(minutes=10)
"""How long somebody counts as having just shown who they are: for identities, exports and roles."""
TRIES = 5
"""Wrong codes in a row before codes are refused for a while."""
LOCKED = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that a member of staff signed in with."""

    digest: bytes
    """SHA-256 of the token in the cookie; the token itself is kept nowhere."""
    staff: str
    made_at: datetime
    seen_at: datetime
    proved_at: datetime
    """When they last showed who they are."""
    second_factor: bool = False
    """Whether a code was given in this session."""

    def alive(self, now: datetime) -> bool:
        """Tell whether the session may still be used."""
        return now < min(self.seen_at + IDLE, self.made_at + LONGEST)

    def fresh(self, now: datetime) -> bool:
        """Tell whether they showed a moment ago who they are."""
        return now < self.proved_at + FRESH


@dataclass(frozen=True, slots=True)
class Factor:
    """What makes the one-time codes of a member of staff (TOTP, RFC 6238)."""

    secret: str
    confirmed: bool = False
    """Whether a code was given once: until then the secret may be shown."""
    last_step: int = -1
    """The half minute of the last code taken: it and older ones are not taken again."""
    failures: int = 0
    locked_until: datetime | None = None
