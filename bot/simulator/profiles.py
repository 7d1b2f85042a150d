"""What the world knows of a person; what a person can do is in `people`."""

from dataclasses import dataclass

from bot.simulator.chats import Json


@dataclass(slots=True, eq=False, kw_only=True)
class Profile:
    """A person as Telegram and the bot know them."""

    id: int
    first_name: str
    language_code: str | None = None
    has_blocked: bool = False
    has_started: bool = False
    is_deactivated: bool = False

    def user(self) -> Json:
        """This person as updates name them."""
        shown: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        return shown | ({"language_code": self.language_code} if self.language_code else {})
