"""Members of the study team, and what happens to the installation as a whole: its own chain of events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias


class Role(StrEnum):
    """What somebody on the study team may do. Whether they see who a participant is, is said apart."""

    COORDINATOR = "coordinator"
    """Works on cases: claims, writes, decides."""
    INVESTIGATOR = "investigator"
    """Does so too, and may take a case from a colleague who is away."""
    AUDITOR = "auditor"
    """Reads everything, and changes nothing."""
    ADMINISTRATOR = "administrator"
    """Keeps the staff register, and may free or hand over a case; decides none."""


@dataclass(frozen=True, slots=True)
class Staff:
    """One member of the study team."""

    id: str
    name: str
    roles: frozenset[Role]
    sees_identity: bool = False
    """May see a participant's name and phone number."""
    active: bool = True
    telegram_id: int | None = None
    """None for an account that is only used in the browser."""

    @property
    def needs_code(self) -> bool:
        """Whether they sign in with a one-time code too: administrators decide who sees identities."""
        return self.sees_identity or Role.ADMINISTRATOR in self.roles


OPERATOR = "operator"
"""Who acts where somebody typed a command on the machine itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Something that happened to the installation at `at` (UTC), by a member of staff or the operator."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffAdded(Recorded):
    """Somebody joined the staff register."""

    staff: str
    roles: frozenset[Role]
    sees_identity: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesChanged(Recorded):
    """What a member of staff may do was changed to this."""

    staff: str
    roles: frozenset[Role]
    sees_identity: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRemoved(Recorded):
    """A member of staff left: from now on nothing is allowed to them."""

    staff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorSetUp(Recorded):
    """A member of staff set up an authenticator app, by typing a first right code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorReset(Recorded):
    """The second factor of a member of staff was taken away: they set up another at their next sign-in."""

    staff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkMade(Recorded):
    """The operator made a sign-in link on the machine, for somebody who gets none from the bot."""

    staff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn(Recorded):
    """A member of staff signed in to the console; `how` is the name of the way."""

    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRefused(Recorded):
    """A sign-in failed; `why` is a code."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOut(Recorded):
    """A member of staff signed out, or their session was ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityViewed(Recorded):
    """A member of staff looked at who the participant of a case is."""

    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported(Recorded):
    """Records left the installation; `what` names the kind of export."""

    what: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupMade(Recorded):
    """The operator copied the database, of so many rows, and its keys into two files."""

    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupRestored(Recorded):
    """The operator put a backup back, made at `copied_at`: what happened between that and now is lost."""

    copied_at: datetime
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysRewrapped(Recorded):
    """The operator had all keys, so many, wrapped by another of ENCRYPTION_KEYS, from this moment on."""

    keys: int


InstallationEvent: TypeAlias = (
    StaffAdded
    | RolesChanged
    | StaffRemoved
    | FactorSetUp
    | FactorReset
    | LinkMade
    | SignedIn
    | SignInRefused
    | SignedOut
    | IdentityViewed
    | Exported
    | BackupMade
    | BackupRestored
    | KeysRewrapped
)
