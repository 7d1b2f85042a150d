"""HTTP for python-telegram-bot by aiohttp, which costs a third of its default client (docs/adr/0004)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

Seconds = float | None


class Transport(BaseRequest):
    """Carries requests to the Bot API. No error it raises carries the URL, which holds the token."""

    def __init__(self, *, connections: int = 64, timeout: float = 10.0) -> None:
        """Take the number of connections kept open and the seconds a call may take."""
        self._connections = connections
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None
        self._dated, self._at = "", _read("")  # one text stands for a whole second
        self.hear_time: Callable[[datetime], None] | None = None
        """Told when the other side dated an answer, as soon as it comes."""

    @property
    def read_timeout(self) -> float:
        return self._timeout

    async def initialize(self) -> None:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections)
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Seconds | object = BaseRequest.DEFAULT_NONE,
        write_timeout: Seconds | object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 -- one limit covers all
        connect_timeout: Seconds | object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 -- one limit covers all
        pool_timeout: Seconds | object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 -- one limit covers all
    ) -> tuple[int, bytes]:
        """Make one call; TimedOut means it may have been carried out, NetworkError that it may not."""
        if self._session is None:
            raise NetworkError("the line is closed")
        limit = read_timeout if isinstance(read_timeout, int | float) else self._timeout
        try:
            async with self._session.request(
                method, url, data=_form(request_data), timeout=aiohttp.ClientTimeout(total=limit)
            ) as response:
                self._hear(response.headers.get("Date", ""))
                return response.status, await response.read()
        except TimeoutError:
            raise TimedOut from None
        except aiohttp.ClientError as error:
            raise NetworkError(type(error).__name__) from None

    def _hear(self, dated: str) -> None:
        if self.hear_time is None:
            return
        if dated != self._dated:
            self._dated, self._at = dated, _read(dated)
        if self._at:
            self.hear_time(self._at)


def _read(dated: str) -> datetime | None:
    """Return the time of an HTTP header; None for what cannot be read."""
    try:
        at = parsedate_to_datetime(dated)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _form(data: RequestData | None) -> dict[str, str] | aiohttp.FormData | None:
    """Return what a call carries; made anew for each try, since a form with a file can be sent once."""
    if data is None or not data.contains_files:
        return data.json_parameters if data else None
    form = aiohttp.FormData(data.json_parameters)
    for name, (filename, content, kind) in (data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form
