"""Protections of signing in: against whoever holds the database, a stolen session, or a guess."""

from __future__ import annotations

from tests.defects.defect import defect

CODES = "bot/service/codes.py"
FORGED = "tests/storage/test_access_tampering.py::"
CODE = "tests/storage/test_access.py::TestCode::"
VIEWS = "tests/storage/test_saved_views.py::"
CARRIED = "tests/storage/test_resealing.py::"

DEFECTS = (
    defect(
        "access-session-moved",
        "A session is its member's, whatever stands beside it in the database.",
        (
            "bot/storage/access_bodies.py",
            "    return session if session and session.staff == staff else None\n",
            "    return session\n",
        ),
        f"{FORGED}TestForged::test_a_session_is_not_made_somebody_elses[sqlite]",
    ),
    defect(
        "access-lookup-believed",
        "Whose Telegram account it is, what is sealed says, and no lookup.",
        (
            "bot/storage/register.py",
            "        return found[0] if found and found[0].telegram_id == telegram_id else None\n",
            "        return found[0] if found else None\n",
        ),
        f"{FORGED}TestForged::test_a_copied_lookup_signs_in_nobody[sqlite]",
    ),
    defect(
        "access-factor-replaced",
        "Where a second factor is broken nobody sets up another.",
        (
            "bot/storage/access_bodies.py",
            "    return _read(_FACTOR, body) or LOST\n",
            "    return _read(_FACTOR, body)\n",
        ),
        f"{FORGED}TestForged::test_a_second_factor_is_nobodys_but_its_owners[sqlite]",
    ),
    defect(
        "access-session-back",
        "A session that was ended stays ended.",
        (
            "bot/storage/doors.py",
            "        return bool((await self._connection.execute(again)).rowcount)\n\n    async def session(",
            (
                "        if not (await self._connection.execute(again)).rowcount:\n"
                "            await self.begin_session(session)\n"
                "        return True\n\n    async def session("
            ),
        ),
        f"{FORGED}test_a_session_that_was_ended_while_it_was_used_stays_ended[sqlite-sign out]",
    ),
    defect(
        "access-chain-cut",
        "Where the chain was harmed, nobody of before is carried over.",
        (
            "bot/storage/resealing.py",
            "            if body is None or row.position != position:\n",
            "            if body is None:\n",
        ),
        f"{CARRIED}test_nobody_is_carried_over_where_the_chain_was_harmed[sqlite-cut out]",
    ),
    defect(
        "access-late-set-up",
        "A stolen session sets up no authenticator.",
        (CODES, "        if not session.fresh(now):\n", "        if False:\n"),
        f"{CODE}test_is_set_up_only_by_who_just_signed_in[sqlite]",
    ),
    defect(
        "access-guesses-free",
        "Wrong codes end the session that they were typed in.",
        (CODES, "    over = failed.failures >= TRIES\n", "    over = False\n"),
        f"{CODE}test_guessing_ends_the_session_and_shuts_out_nobody_else[sqlite]",
    ),
    defect(
        "access-wide-digits",
        "A code may be typed in the wide digits of Chinese keyboards.",
        (
            CODES,
            'unicodedata.normalize("NFKC", typed[:_LONGEST_TYPED])',
            'unicodedata.normalize("NFC", typed)',
        ),
        f"{CODE}test_may_be_typed_as_keyboards_have_it[sqlite]",
        shows=("NotAllowed",),
    ),
    defect(
        "access-administrator-without-code",
        "Administrators give a code too.",
        (
            "bot/domain/staff.py",
            "        return self.sees_identity or Role.ADMINISTRATOR in self.roles\n",
            "        return self.sees_identity\n",
        ),
        f"{CODE}test_is_asked_of_administrators[sqlite]",
    ),
    defect(
        "access-own-roles",
        "Nobody changes what they may do themselves.",
        ("bot/service/register.py", "    if staff == by:\n", "    if False:\n"),
        "tests/service/test_review.py::test_nobody_changes_what_they_may_do_themselves",
        shows=("DID NOT RAISE",),
    ),
    defect(
        "access-old-factor",
        "Whoever comes to see identities uses no authenticator from before.",
        ("bot/service/register.py", "        if _trusted_more(before, changed):\n", "        if False:\n"),
        "tests/storage/test_access.py::TestTrustedAnew::test_sets_up_another_authenticator[sqlite]",
    ),
    defect(
        "views-of-another",
        "Saved views open for the member who saved them alone.",
        ("bot/storage/saved_views.py", '"body", staff_id)', '"body", "")'),
        f"{VIEWS}test_a_row_of_somebody_else_does_not_open[sqlite]",
        "tests/web/test_views.py::test_views_put_under_a_colleagues_name_do_not_open",
    ),
    defect(
        "views-lost-between-tabs",
        "Of two tabs that save a view at once neither loses it.",
        (
            "bot/storage/saved_views.py",
            "(staff.c.id == staff_id).with_for_update())",
            "(staff.c.id == staff_id))",
        ),
        f"{VIEWS}test_of_tabs_that_save_at_once_none_is_lost[postgresql]",
        shows=("IntegrityError",),
    ),
    defect(
        "views-outlive-their-member",
        "Whoever leaves the team leaves no saved views behind.",
        ("bot/service/register.py", "        await transaction.saved_views.forget(staff)", "        ..."),
        f"{VIEWS}test_they_go_with_the_member[sqlite]",
    ),
)
