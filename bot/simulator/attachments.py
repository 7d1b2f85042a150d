"""What a person can attach, in the shape Telegram gives each kind."""

from collections.abc import Callable
from typing import Literal, get_args

from bot.simulator.chats import Json
from bot.simulator.files import Files
from bot.simulator.profiles import Profile

AttachmentKind = Literal["photo", "document", "voice", "video", "sticker", "location", "contact"]
KINDS: tuple[AttachmentKind, ...] = get_args(AttachmentKind)
WITH_CAPTION = frozenset({"photo", "document", "voice", "video"})

_SIDE = {"width": 512, "height": 512}
_BODY = b"made by the simulator\n"


def attachment(kind: AttachmentKind, person: Profile, files: Files) -> Json:
    """The part of a message that carries this kind of attachment."""
    return {kind: _MAKERS[kind](person, files)}


def _photo(_person: Profile, files: Files) -> list[Json]:
    small, large = (files.add(f"photo-{side}.jpg", "image/jpeg", _BODY) for side in (90, 1280))
    return [{**small.wire(), "width": 90, "height": 90}, {**large.wire(), "width": 1280, "height": 1280}]


def _document(_person: Profile, files: Files) -> Json:
    stored = files.add("document.pdf", "application/pdf", _BODY)
    return {**stored.wire(), "file_name": stored.name, "mime_type": stored.mime_type}


def _voice(_person: Profile, files: Files) -> Json:
    return {**files.add("voice.ogg", "audio/ogg", _BODY).wire(), "duration": 3, "mime_type": "audio/ogg"}


def _video(_person: Profile, files: Files) -> Json:
    stored = files.add("video.mp4", "video/mp4", _BODY)
    return {**stored.wire(), **_SIDE, "duration": 5, "mime_type": stored.mime_type, "file_name": stored.name}


def _sticker(_person: Profile, files: Files) -> Json:
    kind = {"type": "regular", "is_animated": False, "is_video": False, "emoji": "👍"}
    return {**files.add("sticker.webp", "image/webp", _BODY).wire(), **_SIDE, **kind}


def _location(_person: Profile, _files: Files) -> Json:
    return {"latitude": 40.4406, "longitude": -79.9959}


def _contact(person: Profile, _files: Files) -> Json:
    return {"phone_number": "+12025550143", "first_name": person.first_name, "user_id": person.id}


_MAKERS: dict[AttachmentKind, Callable[[Profile, Files], object]] = {
    "photo": _photo,
    "document": _document,
    "voice": _voice,
    "video": _video,
    "sticker": _sticker,
    "location": _location,
    "contact": _contact,
}
