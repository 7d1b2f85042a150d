"""After an action on the team: the page it leads back to says in a line that it was done."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from bot.web.doors import Door
from bot.web.visit import Visit

TOLD = {
    "/staff/{staff}/roles": "roles",
    "/staff/{staff}/authenticator": "reset",
    "/staff/{staff}/remove": "removed",
}
"""What the page's address says was done; not to whom: addresses are kept in many places."""


def telling(door: Door) -> Door:
    """Return a door that says what it did to the page it leads back to."""
    if door.path not in TOLD:
        return door

    async def answer(visit: Visit) -> Response:
        response = await door.answer(visit)
        if response.headers.get("location") == "/staff":
            response.headers["location"] = f"/staff?done={TOLD[door.path]}"
        return response

    return replace(door, answer=answer)
