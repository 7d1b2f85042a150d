"""A bot as Telegram knows it: its token, its profile, its queue, the taps it still owes an answer."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from bot.simulator.chats import Json
from bot.simulator.updates import UpdateQueue

TOKEN = re.compile(r"(\d{1,15}):[A-Za-z0-9_-]{20,}")

ADMINISTRATOR: Json = {
    "status": "administrator",
    "can_be_edited": False,
    "is_anonymous": False,
    "can_manage_chat": True,
    "can_delete_messages": True,
    "can_manage_video_chats": False,
    "can_restrict_members": False,
    "can_promote_members": False,
    "can_change_info": False,
    "can_invite_users": True,
    "can_post_stories": False,
    "can_edit_stories": False,
    "can_delete_stories": False,
    "can_pin_messages": True,
    "can_manage_topics": True,
}


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where updates are delivered, and how."""

    url: str
    secret_token: str
    max_connections: int
    has_certificate: bool
    ip_address: str


@dataclass(slots=True)
class Query:
    """A tap that waits for `answerCallbackQuery`."""

    person_id: int
    asked_at: datetime
    answered: bool = False


@dataclass(slots=True, eq=False)
class Bot:
    """One bot of this world; `token` is unknown until the first call that claims it."""

    user: Json
    queue: UpdateQueue
    token: str | None = None
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    menu_buttons: dict[int, Json] = field(default_factory=dict)
    queries: dict[str, Query] = field(default_factory=dict)
    webhook: Webhook | None = None
    last_error: tuple[datetime, str] | None = None
    polls: int = 0

    @property
    def id(self) -> int:
        return int(self.user["id"])

    def claim(self, token: str) -> None:
        """Take this token's identity; what was queued before carries it too, as `user` is shared."""
        self.token = token
        self.user["id"] = int(token.partition(":")[0])

    def commands_by_language(self) -> dict[str, list[Json]]:
        """The commands people see in private chats, by language ("" is the default)."""
        shown: dict[str, list[Json]] = {}
        for scope in ("default", "all_private_chats"):
            shown.update({language: c for (kind, language), c in self.commands.items() if kind == scope})
        return shown

    def text(self, name: str, language: str = "") -> str:
        return self.texts.get((name, language)) or self.texts.get((name, ""), "")


def new_bot(queue: UpdateQueue, *, first_name: str, username: str) -> Bot:
    """A bot without a token yet."""
    user = {"id": 0, "is_bot": True, "first_name": first_name, "username": username}
    return Bot(user=user, queue=queue)
