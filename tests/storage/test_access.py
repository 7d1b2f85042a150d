"""Signing in to the console: links that work once, sessions that end, codes that are used once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from itertools import count

import pyotp
import pytest

from bot.domain.access import FRESH, IDLE, LINK_LIVES, LINKS_AN_HOUR, LOCKED, LONGEST, TRIES
from bot.domain.staff import OPERATOR, FactorReset, Role, SignedIn, SignInRefused, Staff
from bot.service.access import (
    Access,
    Seat,
    confirm,
    enrol,
    form_token,
    invite,
    link_opens,
    redeem,
    reset_factor,
    same_form_token,
    seat,
    sign_out,
)
from bot.service.review_ports import NotAllowed
from bot.storage.store import SqlStore
from tests.storage.persona import NOW

ANNA = Staff("anna0001", "Anna Li", frozenset({Role.COORDINATOR}), telegram_id=77)
CHEN = Staff("chen0001", "Chen", frozenset({Role.INVESTIGATOR}), sees_identity=True, telegram_id=78)
BOSS = Staff("boss0001", "Boss", frozenset({Role.ADMINISTRATOR}), telegram_id=79)
SECOND = timedelta(seconds=1)


def numbered_secrets() -> bytes:
    return next(_numbers).to_bytes(32, "big")


_numbers = count(1)


@pytest.fixture
async def access(store: SqlStore) -> Access:
    async with store.transaction() as transaction:
        for member in (ANNA, CHEN):
            await transaction.register.put(member, NOW)
    return Access(store, numbered_secrets)


async def signed_in(access: Access, telegram_id: int = 77) -> tuple[str, Seat]:
    secret = await invite(access, telegram_id, now=NOW)
    assert secret is not None
    token = await redeem(access, secret, now=NOW)
    found = await seat(access, token, now=NOW)
    assert found is not None
    return token, found


async def refused(doing: Awaitable[object]) -> str:
    with pytest.raises(NotAllowed) as told:
        await doing
    return told.value.key


class TestLink:
    async def test_signs_in_once(self, access: Access) -> None:
        secret = await invite(access, 77, now=NOW)
        assert secret is not None
        assert await link_opens(access, secret, now=NOW)
        assert await link_opens(access, secret, now=NOW), "looking uses up nothing"
        token = await redeem(access, secret, now=NOW)
        assert await refused(redeem(access, secret, now=NOW)) == "review-link-over"
        assert not await link_opens(access, secret, now=NOW)
        found = await seat(access, token, now=NOW)
        assert found is not None
        assert found.staff == ANNA

    async def test_of_many_at_once_one_wins(self, access: Access) -> None:
        secret = await invite(access, 77, now=NOW)
        assert secret is not None
        tries = [redeem(access, secret, now=NOW) for _ in range(8)]
        came = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(isinstance(each, str) for each in came) == 1
        assert all(isinstance(each, str | NotAllowed) for each in came)

    async def test_ends_after_ten_minutes(self, access: Access) -> None:
        secret = await invite(access, 77, now=NOW)
        assert secret is not None
        assert await refused(redeem(access, secret, now=NOW + LINK_LIVES)) == "review-link-over"

    async def test_a_new_one_closes_the_old(self, access: Access) -> None:
        old, new = await invite(access, 77, now=NOW), await invite(access, 77, now=NOW + SECOND)
        assert old is not None
        assert new is not None
        assert await refused(redeem(access, old, now=NOW + SECOND)) == "review-link-over"
        assert await redeem(access, new, now=NOW + SECOND)

    async def test_a_stranger_gets_none(self, access: Access) -> None:
        assert await invite(access, 79, now=NOW) is None

    async def test_not_too_many(self, access: Access) -> None:
        for _ in range(LINKS_AN_HOUR):
            assert await invite(access, 77, now=NOW)
        assert await refused(invite(access, 77, now=NOW)) == "review-too-many-links"
        assert await invite(access, 77, now=NOW + timedelta(hours=1, seconds=1))

    async def test_is_nowhere_in_the_database(self, access: Access, store: SqlStore) -> None:
        secret = await invite(access, 77, now=NOW)
        async with store.transaction() as transaction:
            rows = await transaction._connection.exec_driver_sql("SELECT digest FROM sign_in_links")
            assert secret is not None
            assert secret.encode() not in [bytes(row[0]) for row in rows]


class TestSession:
    async def test_ends_when_nobody_uses_it(self, access: Access) -> None:
        token, _ = await signed_in(access)
        assert await seat(access, token, now=NOW + IDLE - SECOND)
        assert await seat(access, token, now=NOW + IDLE + IDLE - 2 * SECOND), "use puts the end off"
        assert await seat(access, token, now=NOW + 3 * IDLE) is None

    async def test_ends_after_a_working_day(self, access: Access) -> None:
        token, _ = await signed_in(access)
        now = NOW
        while now + IDLE / 2 < NOW + LONGEST:
            now += IDLE / 2
            assert await seat(access, token, now=now)
        assert await seat(access, token, now=NOW + LONGEST) is None

    async def test_ends_with_whoever_left(self, access: Access, store: SqlStore) -> None:
        token, found = await signed_in(access)
        gone = Staff(found.staff.id, found.staff.name, found.staff.roles, active=False, telegram_id=77)
        async with store.transaction() as transaction:
            await transaction.register.put(gone, NOW)
        assert await seat(access, token, now=NOW) is None
        assert await invite(access, 77, now=NOW) is None

    async def test_ends_on_signing_out(self, access: Access) -> None:
        token, found = await signed_in(access)
        await sign_out(access, found, now=NOW)
        assert await seat(access, token, now=NOW) is None

    async def test_is_fresh_for_ten_minutes(self, access: Access) -> None:
        _, found = await signed_in(access)
        assert found.fresh(NOW + FRESH - SECOND)
        assert not found.fresh(NOW + FRESH)

    async def test_a_guessed_token_is_nobody(self, access: Access) -> None:
        await signed_in(access)
        assert await seat(access, "", now=NOW) is None
        assert await seat(access, "a" * 43, now=NOW) is None

    def test_a_form_is_good_in_its_own_session_only(self) -> None:
        assert same_form_token("one", form_token("one"))
        assert not same_form_token("two", form_token("one"))
        assert not same_form_token("one", "")


class TestCode:
    async def enrolled(self, access: Access) -> tuple[str, Seat, pyotp.TOTP]:
        token, found = await signed_in(access, 78)
        assert found.waits_for_code
        return token, found, pyotp.TOTP(await enrol(access, found))

    async def test_opens_what_waits_for_it(self, access: Access) -> None:
        token, found, app = await self.enrolled(access)
        await confirm(access, found, app.at(NOW), now=NOW)
        after = await seat(access, token, now=NOW)
        assert after is not None
        assert after.enrolled
        assert not after.waits_for_code

    async def test_is_asked_of_nobody_who_sees_no_identity(self, access: Access) -> None:
        _, found = await signed_in(access, 77)
        assert not found.waits_for_code

    async def test_works_once(self, access: Access) -> None:
        _, found, app = await self.enrolled(access)
        await confirm(access, found, app.at(NOW), now=NOW)
        again = confirm(access, found, app.at(NOW), now=NOW + SECOND)
        assert await refused(again) == "review-code-wrong"

    async def test_works_once_of_many_at_once(self, access: Access) -> None:
        _, found, app = await self.enrolled(access)
        tries = [confirm(access, found, app.at(NOW), now=NOW) for _ in range(4)]
        came = await asyncio.gather(*tries, return_exceptions=True)
        assert came.count(None) == 1

    async def test_guessing_is_stopped(self, access: Access) -> None:
        _, found, app = await self.enrolled(access)
        for _ in range(TRIES):
            assert await refused(confirm(access, found, "000000", now=NOW)) == "review-code-wrong"
        right = app.at(NOW)
        assert await refused(confirm(access, found, right, now=NOW)) == "review-code-locked"
        later = NOW + LOCKED
        await confirm(access, found, app.at(later), now=later)

    async def test_the_secret_is_shown_until_it_was_used(self, access: Access) -> None:
        _, found, app = await self.enrolled(access)
        assert await enrol(access, found) == app.secret
        await confirm(access, found, app.at(NOW), now=NOW)
        assert await refused(enrol(access, found)) == "review-enrolled"

    async def test_does_not_bring_back_a_session_that_was_ended(self, access: Access) -> None:
        token, found, app = await self.enrolled(access)
        await sign_out(access, found, now=NOW)
        assert await refused(confirm(access, found, app.at(NOW), now=NOW)) == "review-not-enrolled"
        assert await seat(access, token, now=NOW) is None


class TestLostAuthenticator:
    async def used(self, access: Access) -> tuple[str, Seat, str]:
        token, found = await signed_in(access, 78)
        secret = await enrol(access, found)
        await confirm(access, found, pyotp.TOTP(secret).at(NOW), now=NOW)
        return token, found, secret

    async def test_is_replaced_at_the_next_sign_in(self, access: Access) -> None:
        token, _, lost = await self.used(access)
        assert (await reset_factor(access, CHEN.id, by=OPERATOR, now=NOW)).name == "Chen"
        assert await seat(access, token, now=NOW) is None, "signed out at once"
        _, again = await signed_in(access, 78)
        assert again.waits_for_code
        assert not again.enrolled
        new = await enrol(access, again)
        assert new != lost
        assert await refused(confirm(access, again, pyotp.TOTP(lost).at(NOW), now=NOW)) == "review-code-wrong"
        await confirm(access, again, pyotp.TOTP(new).at(NOW), now=NOW)

    async def test_is_recorded_with_who_allowed_it(self, access: Access, store: SqlStore) -> None:
        await self.used(access)
        async with store.transaction() as transaction:
            await transaction.register.put(BOSS, NOW)
        await reset_factor(access, CHEN.id, by=BOSS.id, now=NOW)
        async with store.looking() as looking:
            (_, newest), *_ = await looking.register.recorded(None, 1)
        assert newest == FactorReset(at=NOW, by=BOSS.id, staff=CHEN.id)

    @pytest.mark.parametrize("by", [ANNA.id, CHEN.id, "nobody"])
    async def test_only_an_administrator_or_the_operator_may(self, access: Access, by: str) -> None:
        token, _, lost = await self.used(access)
        assert await refused(reset_factor(access, CHEN.id, by=by, now=NOW)) == "review-not-allowed"
        still = await seat(access, token, now=NOW)
        assert still is not None
        assert still.enrolled
        assert lost

    async def test_of_nobody_is_refused(self, access: Access) -> None:
        assert await refused(reset_factor(access, "nobody", by=OPERATOR, now=NOW)) == "review-not-allowed"


async def test_each_sign_in_is_in_the_installations_chain(access: Access, store: SqlStore) -> None:
    token, found = await signed_in(access, 78)
    app = pyotp.TOTP(await enrol(access, found))
    await refused(confirm(access, found, "000000", now=NOW))
    await confirm(access, found, app.at(NOW), now=NOW)
    assert token
    async with store.looking() as looking:
        events = [event for _, event in await looking.register.recorded(None, 10)]
    assert events[::-1] == [
        SignedIn(at=NOW, by=CHEN.id, how="link"),
        SignInRefused(at=NOW, by=CHEN.id, why="code"),
        SignedIn(at=NOW, by=CHEN.id, how="code"),
    ]
