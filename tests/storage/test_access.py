"""Signing in to the console: links that work once, sessions that end, codes that are used once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import datetime, timedelta
from itertools import count
from typing import cast

import pyotp
import pytest

from bot.domain.access import (
    FRESH,
    IDLE,
    LINK_LIVES,
    LINKS_AN_HOUR,
    LOCKED,
    LONGEST,
    LONGEST_LOCK,
    TRIES,
    TRIES_OF_ALL,
)
from bot.domain.staff import (
    OPERATOR,
    FactorReset,
    FactorSetUp,
    Role,
    RolesChanged,
    SignedIn,
    SignedOut,
    SignInRefused,
    Staff,
)
from bot.service.access import (
    Access,
    Seat,
    enter_demo,
    form_token,
    invite,
    link_opens,
    redeem,
    same_form_token,
    seat,
    sign_out,
)
from bot.service.codes import confirm, enrol, reset_factor
from bot.service.register import change_staff
from bot.service.review import Office
from bot.service.review_ports import NotAllowed
from bot.service.screening import Desks
from bot.storage.store import SqlStore
from tests.storage.persona import NOW

ANNA = Staff("anna0001", "Anna Li", frozenset({Role.COORDINATOR}), telegram_id=77)
CHEN = Staff("chen0001", "Chen", frozenset({Role.INVESTIGATOR}), sees_identity=True, telegram_id=78)
BOSS = Staff("boss0001", "Boss", frozenset({Role.ADMINISTRATOR}), telegram_id=79)
SECOND = timedelta(seconds=1)


def numbered_secrets() -> bytes:
    return next(_numbers).to_bytes(32, "little")


_numbers = count(1)


@pytest.fixture
async def access(store: SqlStore) -> Access:
    async with store.transaction() as transaction:
        for member in (ANNA, CHEN):
            await transaction.register.put(member, NOW)
    return Access(store, numbered_secrets)


async def signed_in(access: Access, telegram_id: int = 77, now: datetime = NOW) -> tuple[str, Seat]:
    secret = await invite(access, telegram_id, now=now)
    assert secret is not None
    token = await redeem(access, secret, now=now)
    found = await seat(access, token, now=now)
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
        return token, found, pyotp.TOTP(await enrol(access, found, now=NOW))

    async def in_use(self, access: Access) -> tuple[str, Seat, pyotp.TOTP]:
        token, found, app = await self.enrolled(access)
        await confirm(access, found, app.at(NOW), now=NOW)
        return token, found, app

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

    async def test_may_be_typed_as_keyboards_have_it(self, access: Access) -> None:
        wide = str.maketrans("0123456789", "０１２３４５６７８９")
        _, found, app = await self.enrolled(access)
        code = app.at(NOW).translate(wide)
        await confirm(access, found, f"{code[:3]}\u3000{code[3:]} ", now=NOW)

    @pytest.mark.parametrize(
        "typed", ["", "１２３", "一二三四五六", "١٢٣٤٥٦", "ﷺ" * 9999, "12345é", "1234567"]
    )
    async def test_whatever_else_is_typed_is_a_wrong_code(
        self, access: Access, store: SqlStore, typed: str
    ) -> None:
        _, found, _ = await self.in_use(access)
        assert await refused(confirm(access, found, typed, now=NOW + SECOND)) == "review-code-wrong"
        async with store.looking() as looking:
            factor = await looking.doors.factor(CHEN.id)
        assert factor is not None
        assert factor.failures == 1

    async def guess(self, access: Access, now: datetime, times: int = TRIES) -> None:
        """Sign in once more, and type wrong codes."""
        _, found = await signed_in(access, 78, now)
        for _ in range(times):
            await refused(confirm(access, found, "000000", now=now))

    async def test_guessing_ends_the_session_and_shuts_out_nobody_else(self, access: Access) -> None:
        token, owner, app = await self.in_use(access)
        thief_token, thief = await signed_in(access, 78)
        said = [await refused(confirm(access, thief, "000000", now=NOW)) for _ in range(TRIES)]
        assert said == ["review-code-wrong"] * (TRIES - 1) + ["review-code-out"]
        assert await seat(access, thief_token, now=NOW) is None
        later = NOW + timedelta(minutes=1)
        assert await refused(confirm(access, thief, app.at(later), now=later)) == "review-not-enrolled"
        await confirm(access, owner, app.at(later), now=later)
        assert await seat(access, token, now=later)

    async def test_guessing_while_setting_up_ends_the_session_too(self, access: Access) -> None:
        token, found, _ = await self.enrolled(access)
        for _ in range(TRIES):
            await refused(confirm(access, found, "000000", now=NOW))
        assert await seat(access, token, now=NOW) is None

    async def test_guessing_in_ever_new_sessions_is_stopped_for_longer_and_longer(
        self, access: Access
    ) -> None:
        _, _, app = await self.in_use(access)
        now, waits = NOW + timedelta(hours=1), []
        for _ in range(9):
            for _ in range(TRIES_OF_ALL // TRIES):
                await self.guess(access, now)
            _, owner = await signed_in(access, 78, now + SECOND)
            right = confirm(access, owner, app.at(now), now=now + SECOND)
            assert await refused(right) == "review-code-locked"
            async with access.store.looking() as looking:
                factor = await looking.doors.factor(CHEN.id)
            assert factor is not None
            assert factor.locked_until is not None
            waits.append(factor.locked_until - now)
            now = factor.locked_until + timedelta(hours=1)
        assert waits[:3] == [LOCKED, 2 * LOCKED, 4 * LOCKED]
        assert waits[-2:] == [LONGEST_LOCK, LONGEST_LOCK]
        _, owner = await signed_in(access, 78, now)
        await confirm(access, owner, app.at(now), now=now)

    async def test_the_secret_is_shown_until_it_was_used(self, access: Access) -> None:
        _, found, app = await self.enrolled(access)
        assert await enrol(access, found, now=NOW) == app.secret
        await confirm(access, found, app.at(NOW), now=NOW)
        _, again = await signed_in(access, 78)
        assert again.enrolled
        assert await refused(enrol(access, again, now=NOW)) == "review-enrolled"

    async def test_the_secret_is_shown_in_its_own_session_only(self, access: Access) -> None:
        _, thief, shown = await self.enrolled(access)
        _, owner, own = await self.enrolled(access)
        assert shown.secret != own.secret
        assert await refused(confirm(access, owner, shown.at(NOW), now=NOW)) == "review-code-wrong"
        await confirm(access, owner, own.at(NOW), now=NOW)
        later = NOW + timedelta(minutes=1)
        assert await refused(confirm(access, thief, shown.at(later), now=later)) == "review-code-wrong"

    async def test_of_two_sessions_that_set_up_at_once_one_wins(self, access: Access) -> None:
        (_, one, first), (_, two, second) = await self.enrolled(access), await self.enrolled(access)
        tries = [
            confirm(access, one, first.at(NOW), now=NOW),
            confirm(access, two, second.at(NOW), now=NOW),
        ]
        came = await asyncio.gather(*tries, return_exceptions=True)
        assert came.count(None) == 1
        assert sum(isinstance(each, NotAllowed) for each in came) == 1

    async def test_is_set_up_only_by_who_just_signed_in(self, access: Access) -> None:
        token, _ = await signed_in(access, 78)
        later = NOW + FRESH
        stale = await seat(access, token, now=later)
        assert stale is not None
        assert await refused(enrol(access, stale, now=later)) == "review-sign-in-again"

    async def test_is_set_up_only_by_who_needs_one(self, access: Access) -> None:
        _, found = await signed_in(access, 77)
        assert await refused(enrol(access, found, now=NOW)) == "review-no-code-needed"

    async def test_is_asked_of_administrators(self, access: Access, store: SqlStore) -> None:
        async with store.transaction() as transaction:
            await transaction.register.put(BOSS, NOW)
        _, found = await signed_in(access, 79)
        assert found.waits_for_code

    async def test_a_demo_needs_none(self, access: Access) -> None:
        found = await seat(access, await enter_demo(access, CHEN.id, now=NOW), now=NOW)
        assert found is not None
        assert not found.waits_for_code

    async def test_does_not_bring_back_a_session_that_was_ended(self, access: Access) -> None:
        token, found, app = await self.enrolled(access)
        await sign_out(access, found, now=NOW)
        assert await refused(confirm(access, found, app.at(NOW), now=NOW)) == "review-not-enrolled"
        assert await seat(access, token, now=NOW) is None


class TestLostAuthenticator:
    async def used(self, access: Access) -> tuple[str, Seat, str]:
        token, found = await signed_in(access, 78)
        secret = await enrol(access, found, now=NOW)
        await confirm(access, found, pyotp.TOTP(secret).at(NOW), now=NOW)
        return token, found, secret

    async def test_is_replaced_at_the_next_sign_in(self, access: Access) -> None:
        token, _, lost = await self.used(access)
        assert (await reset_factor(access, CHEN.id, by=OPERATOR, now=NOW)).name == "Chen"
        assert await seat(access, token, now=NOW) is None, "signed out at once"
        _, again = await signed_in(access, 78)
        assert again.waits_for_code
        assert not again.enrolled
        new = await enrol(access, again, now=NOW)
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
    app = pyotp.TOTP(await enrol(access, found, now=NOW))
    await refused(confirm(access, found, "000000", now=NOW))
    await confirm(access, found, app.at(NOW), now=NOW)
    assert token
    async with store.looking() as looking:
        events = [event for _, event in await looking.register.recorded(None, 10)]
    assert events[::-1] == [
        SignedIn(at=NOW, by=CHEN.id, how="link"),
        SignInRefused(at=NOW, by=CHEN.id, why="code"),
        FactorSetUp(at=NOW, by=CHEN.id),
        SignedIn(at=NOW, by=CHEN.id, how="code"),
    ]


async def test_a_session_that_ended_for_wrong_codes_is_in_the_installations_chain(
    access: Access, store: SqlStore
) -> None:
    _, found = await signed_in(access, 78)
    await enrol(access, found, now=NOW)
    for _ in range(TRIES):
        await refused(confirm(access, found, "000000", now=NOW))
    async with store.looking() as looking:
        (_, newest), *_ = await looking.register.recorded(None, 1)
    assert newest == SignedOut(at=NOW, by=CHEN.id)


class TestTrustedAnew:
    """Whoever comes to see identities uses no authenticator that was set up before they did."""

    async def test_sets_up_another_authenticator(self, access: Access, store: SqlStore) -> None:
        office = Office(cast("Desks", None), store)  # no trial is read

        async def may(*, identity: bool) -> None:
            await change_staff(office, CHEN.id, CHEN.roles, sees_identity=identity, by=OPERATOR, now=NOW)

        token, found = await signed_in(access, 78)
        app = pyotp.TOTP(await enrol(access, found, now=NOW))
        await confirm(access, found, app.at(NOW), now=NOW)
        await may(identity=True)
        assert await seat(access, token, now=NOW), "nothing was granted newly"
        await may(identity=False)
        assert await seat(access, token, now=NOW)
        await may(identity=True)
        assert await seat(access, token, now=NOW) is None
        _, again = await signed_in(access, 78)
        assert not again.enrolled
        async with store.looking() as looking:
            events = [event for _, event in await looking.register.recorded(None, 3)]
        roles = frozenset({Role.INVESTIGATOR})
        assert events[:0:-1] == [
            RolesChanged(at=NOW, by=OPERATOR, staff=CHEN.id, roles=roles, sees_identity=True),
            FactorReset(at=NOW, by=OPERATOR, staff=CHEN.id),
        ]
