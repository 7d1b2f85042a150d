"""What is asked of the console, before anybody looks who asks: refused where no page of ours sends such."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

_MOST = 64 * 1024
"""Bytes a form may have; a note or a reply has at most 4,096 characters."""
_FIELDS = 50
_KIND = "application/x-www-form-urlencoded"
_PORT = re.compile(r":\d*$")
_HERE = frozenset({"127.0.0.1", "localhost", "[::1]"})
"""Names of this machine, by which a proxy or a watcher beside the bot may ask."""


def check_asked(request: Request, origin: str) -> None:
    """Raise HTTPException where a request is for another host, or has what no text of ours has.

    Only an https address says which host is ours: without one, people reach the console by any name.
    """
    if origin.startswith("https://") and not _known(request.headers.get("host", ""), origin):
        raise HTTPException(421)
    _check_texts((request.scope["path"], *request.query_params.values()))


def _known(host: str, origin: str) -> bool:
    asked, ours = host.lower().removesuffix(":443"), urlsplit(origin).netloc.lower().removesuffix(":443")
    return asked == ours or _PORT.sub("", asked) in _HERE


def _check_texts(texts: Iterable[str]) -> None:
    if any("\0" in text for text in texts):  # PostgreSQL keeps none
        raise HTTPException(400)


async def fields(request: Request) -> Mapping[str, str]:
    """Return the fields of a form; HTTPException where it is too large, or not as a page of ours sends it."""
    _check_head(request)
    body = (await _body(request)).decode("utf-8", "replace")
    try:
        found = dict(parse_qsl(body, keep_blank_values=True, max_num_fields=_FIELDS))
    except ValueError:
        raise HTTPException(400) from None
    _check_texts(found.values())
    return found


def _check_head(request: Request) -> None:
    kind = request.headers.get("content-type", _KIND).partition(";")[0].strip().lower()
    size = request.headers.get("content-length", "0")
    # Browsers and proxies say how long a form is; two ways of saying it are one to get around the other.
    if kind != _KIND or "transfer-encoding" in request.headers or not re.fullmatch("[0-9]+", size):
        raise HTTPException(400)
    if len(size) > len(str(_MOST)) or int(size) > _MOST:
        raise HTTPException(413)


async def _body(request: Request) -> bytes:
    """Return what is sent, counted as it comes: what the head says of its length is only said."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST:
                raise HTTPException(413)
    except ClientDisconnect:
        raise HTTPException(400) from None  # nobody is there to read it
    return bytes(body)
