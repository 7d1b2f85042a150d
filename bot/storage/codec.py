"""Domain values as bytes: one version byte, then JSON."""

from __future__ import annotations

from typing import Any, Generic, NamedTuple, TypeVar, get_args

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, to_json

from bot.domain.case_events import CaseEvent
from bot.domain.conversation import Conversation
from bot.domain.errors import DoorstepError
from bot.domain.events import Event
from bot.domain.review import Case
from bot.domain.staff import InstallationEvent
from bot.service.message import Message
from bot.storage.sealing import Place

VERSION = 1
_PREFIX = bytes([VERSION])

T = TypeVar("T")


class _Format(Generic[T]):
    """How one type is written and read."""

    def __init__(self, kind: Any) -> None:  # noqa: ANN401 -- a class or a union of classes
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)

    def write(self, value: T) -> bytes:
        try:
            return _PREFIX + self._adapter.dump_json(value)
        except PydanticSerializationError:
            # Half a surrogate pair, which no UTF-8 can hold: one such letter must not stop a whole batch.
            return _PREFIX + to_json(_sound(self._adapter.dump_python(value)))

    def read(self, body: bytes) -> T:
        try:
            return self._adapter.validate_json(_payload(body))
        except ValidationError as error:
            # Its own text would show what people said.
            fields = sorted({".".join(map(str, problem["loc"])) for problem in error.errors()})
            raise DoorstepError(f"A record in the database cannot be read: {', '.join(fields)}.") from None


class _Kinds(Generic[T]):
    """How a union is written: by name, since many events have the same fields."""

    def __init__(self, union: Any) -> None:  # noqa: ANN401 -- a union of classes
        self._formats: dict[str, _Format[T]] = {kind.__name__: _Format(kind) for kind in get_args(union)}

    def write(self, event: T) -> bytes:
        """Return the name of the event's kind and its fields as bytes."""
        kind = type(event).__name__
        return kind.encode() + b" " + self._formats[kind].write(event)

    def read(self, body: bytes) -> T:
        """Return the event written in these bytes."""
        kind, _, fields = body.partition(b" ")
        return self._formats[kind.decode()].read(fields)


EVENTS: _Kinds[Event] = _Kinds(Event)
CASE_EVENTS: _Kinds[CaseEvent] = _Kinds(CaseEvent)
INSTALLATION_EVENTS: _Kinds[InstallationEvent] = _Kinds(InstallationEvent)
CASES: _Format[Case] = _Format(Case)
_CONVERSATION: _Format[Conversation] = _Format(Conversation)
_MESSAGE: _Format[Message] = _Format(Message)


def write_event(event: Event) -> bytes:
    """Return the name of the event's kind and its fields as bytes."""
    return EVENTS.write(event)


def read_event(body: bytes) -> Event:
    """Return the event written in these bytes."""
    return EVENTS.read(body)


def write_conversation(conversation: Conversation) -> bytes:
    """Return a conversation's state as bytes."""
    return _CONVERSATION.write(conversation)


def read_conversation(body: bytes) -> Conversation:
    """Return the state written in these bytes."""
    return _CONVERSATION.read(body)


class Whose(NamedTuple):
    """The chat and the code of the participant whose conversation it is."""

    chat: str
    code: str


def snapshot_of(conversation: str, revision: int, whose: Whose) -> Place:
    """Return where the state of a conversation stands: no older one opens there, and for nobody else.

    Only a row of an earlier version has it apart from whose it is.
    """
    once = f"{conversation}@{revision}"
    return Place("conversations", "snapshot", f"{once}/{whose.chat}/{whose.code}", once)


def message_of(chat: str, sequence: int) -> Place:
    """Return where a message in the outbox stands."""
    return Place("outbox", "body", f"{chat}/{sequence}")


def write_message(message: Message) -> bytes:
    """Return a message as bytes."""
    return _MESSAGE.write(message)


def read_message(body: bytes) -> Message:
    """Return the message written in these bytes."""
    return _MESSAGE.read(body)


def _payload(body: bytes) -> bytes:
    if body[:1] != _PREFIX:
        raise DoorstepError(
            "The database holds records that a newer Doorstep wrote. Run that version, or a newer one."
        )
    return body[1:]


def _sound(value: Any) -> Any:  # noqa: ANN401 -- any JSON
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_sound(key): _sound(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_sound(item) for item in value]
    return value
