"""The guard of the person's side: only pages and programs of this machine may use it.

A web page anywhere can make a browser send requests to 127.0.0.1. So a request must name a local host
(or one allowed by the option), which stops DNS tricks, and if a browser says which page it comes from, that
must be this very server. Programs send no Origin and are let through. The bot's side asks for no local
host, since a bot may run in another container, but refuses pages too.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
_FROM_HERE = frozenset({"same-origin", "none"})


class LocalOnly:
    """ASGI middleware that answers 403 to requests that a foreign web page may have caused."""

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = LOCAL_HOSTS | set(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._allows(scope["path"], Headers(scope=scope)):
            refused = JSONResponse({"error": "only for pages and programs of this machine"}, 403)
            await refused(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _allows(self, path: str, headers: Headers) -> bool:
        host = headers.get("host", "")
        is_bot_side = path.startswith(("/bot", "/file/bot"))
        if not is_bot_side and urlsplit(f"//{host}").hostname not in self._hosts:
            return False
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return False
        return headers.get("sec-fetch-site", "none") in _FROM_HERE or _is_plain_visit(path, headers)


def _is_plain_visit(path: str, headers: Headers) -> bool:
    """Following a link to the chat page from elsewhere is harmless."""
    return path == "/" and headers.get("sec-fetch-mode") == "navigate"
