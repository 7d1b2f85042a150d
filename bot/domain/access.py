"""How a member of staff is known in the console: a session, and a second factor."""

from __future__ import annotations

from dataclasses import dataclass, field
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
"""Wrong codes after which a session ends."""
TRIES_OF_ALL = 20
"""Wrong codes in a row, of all sessions together, after which a member's codes are refused for a while."""
LOCKED = timedelta(minutes=15)
"""How long they are refused the first time; each further time in a row, twice as long as before."""
LONGEST_LOCK = timedelta(days=1)
# Two of a million codes are right: this half minute's and the one before. One session's guesses open one door
# in 100,000, and shut nobody out. Whoever can open ever new sessions, since they hold the member's Telegram,
# has 20 guesses, 20 more after each of 1/4, 1/2, 1, 2, 4, 8 and 16 hours, then 20 a day: by the second day
# 1 in 3,000, after a year about 1 in 65, with 7,400 refusals in the audit trail and the owner locked out.


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
    setting_up: str | None = field(default=None, repr=False)
    """The secret that is shown in this session alone; the first right code makes it the member's."""
    failures: int = 0
    """Wrong codes since the last right one."""

    def alive(self, now: datetime) -> bool:
        """Tell whether the session may still be used."""
        return now < min(self.seen_at + IDLE, self.made_at + LONGEST)

    def fresh(self, now: datetime) -> bool:
        """Tell whether they showed a moment ago who they are."""
        return now < self.proved_at + FRESH


@dataclass(frozen=True, slots=True)
class Factor:
    """What makes the one-time codes of a member of staff (TOTP, RFC 6238)."""

    secret: str = field(repr=False)
    last_step: int = -1
    """The half minute of the last code taken: it and older ones are not taken again."""
    failures: int = 0
    """Wrong codes since the last right one, whoever typed them."""
    locked_until: datetime | None = None


LOST = Factor("")
"""A second factor that is there and cannot be read: it opens nothing, and none is set up in its place."""
