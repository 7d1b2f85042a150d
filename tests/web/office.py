"""The console in front of a real database, and browsers that speak plain HTTP."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from urllib.parse import urlsplit

import httpx
import pyotp
from starlette.applications import Starlette

from bot.content.console_words import read_console_words
from bot.domain.staff import Staff
from bot.running import checked
from bot.service.access import Access, form_token, invite_by_operator, redeem, seat
from bot.service.codes import confirm, enrol
from bot.service.timetable import Timetable
from bot.web.console import console_refusals, console_routes
from bot.web.health import create_app
from bot.web.live import Live
from bot.web.visit import Checked, Desk, LanguageState
from tests.conftest import LOCALES
from tests.talk import World

ORIGIN = "http://127.0.0.1:8080"


@dataclass
class Browser:
    """A browser of one person."""

    http: httpx.AsyncClient
    token: str | None = None

    async def get(self, path: str) -> httpx.Response:
        """Open a page."""
        return await self.http.get(path)

    async def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form of our own pages."""
        form = {"form": form_token(self.token)} if self.token else {}
        return await self.http.post(path, data={**form, **fields}, headers={"Origin": ORIGIN})


class Console:
    """A console at work, with the time of its world."""

    def __init__(self, world: World) -> None:
        self.world = world
        secrets = count(1)
        self.access = Access(world.store, lambda: next(secrets).to_bytes(32, "big"))
        self.desk = Desk(
            world.office,
            self.access,
            read_console_words(LOCALES),
            self._clock,
            lambda: next(secrets).to_bytes(32, "big"),
            ORIGIN,
            live=Live(every=0.01, lasts=0.2),
            check=self._check,
            standings=self._standings,
        )
        self.app = self.serve(self.desk)

    def serve(self, desk: Desk) -> Starlette:
        """Return all that is served, with another desk perhaps."""
        return create_app(
            lambda: {"store": True}, console=console_routes(desk), refusals=console_refusals(desk)
        )

    def _clock(self) -> datetime:
        return self.world.now

    async def _check(self) -> Checked:
        return await checked(self.world.store, Timetable(self.world.office.desks.editions, self.world.now))

    def _standings(self) -> dict[str, list[LanguageState]]:
        """Every way there is for a language to stand."""
        kinds = ("approved", "expired", "not-yet", "other-content", "none", "not-offered")
        approval = "Ethics Committee of Example Hospital", "2026-17", date(2026, 1, 2), date(2027, 1, 2)
        approved = [LanguageState("en", kind, approval) for kind in kinds[:4]]
        return {
            self.world.bundle.trial.id: [*approved, *(LanguageState("zh-Hans", each) for each in kinds[4:])]
        }

    @asynccontextmanager
    async def browser(self, staff: Staff | None = None, desk: Desk | None = None) -> AsyncIterator[Browser]:
        """Open a browser, signed in as somebody or not at all."""
        transport = httpx.ASGITransport(app=self.serve(desk) if desk else self.app)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
            browser = Browser(http)
            if staff:
                secret = await invite_by_operator(self.access, staff.id, now=self.world.now)
                browser.token = await redeem(self.access, secret, now=self.world.now)
                http.cookies.set("doorstep", browser.token)
            yield browser

    async def give_code(self, browser: Browser) -> None:
        """Set up an authenticator app, and type what it shows."""
        assert browser.token
        seated = await seat(self.access, browser.token, now=self.world.now)
        assert seated
        app = pyotp.TOTP(await enrol(self.access, seated, now=self.world.now))
        await confirm(self.access, seated, app.at(self.world.now), now=self.world.now)


def sent_to(response: httpx.Response) -> str:
    """Return the path that a redirect leads to, without its query."""
    return urlsplit(response.headers["location"]).path


def told(response: httpx.Response) -> str:
    """Return a page's words, without its tags."""
    body = re.sub(r"(?s)<(script|style).*?</\1>", "", response.text)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).strip()
