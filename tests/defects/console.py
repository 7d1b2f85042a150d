"""Protections of the console: who is let in, what is escaped, what is proven again."""

from __future__ import annotations

from tests.defects.defect import defect

DOORS = "bot/web/doors.py"
TRIED = "tests/web/test_doors.py::"
PAGES = "tests/web/test_pages.py::"
SEEN = "tests/web/test_in_browser.py::"
RENEWS = "tests/web/test_renewing.py::"
FOLLOWS = "tests/web/test_renewing_case.py::"
FORMS = "tests/web/test_forms_follow.py::"
HURRY = "tests/web/test_in_a_hurry.py::"

DEFECTS = (
    defect(
        "console-unescaped",
        "Nothing that somebody wrote is run in the console.",
        ("bot/web/pages.py", "    autoescape=True,\n", "    autoescape=False,\n"),
        f"{SEEN}test_nothing_that_somebody_wrote_is_run",
        f"{PAGES}test_an_administrator_keeps_the_register",
    ),
    defect(
        "console-roles-ignored",
        "Each role opens its own doors only.",
        (DOORS, "    if not _may(door.needs, visit.seat):\n", "    if False:\n"),
        f"{TRIED}test_each_role[POST /staff-coordinator]",
        f"{TRIED}test_each_role[GET /cases/{{case}}/identity-auditor]",
        quick=True,
    ),
    defect(
        "console-foreign-form",
        "A form of another site does nothing.",
        (DOORS, '    return same_form_token(visit.token, visit.form.get("form", ""))\n', "    return True\n"),
        f"{TRIED}test_a_foreign_form_does_nothing[no mark-POST /sign-out]",
    ),
    defect(
        "console-no-proof",
        "Grave actions need a proof of a moment ago.",
        (DOORS, "    if door.needs.fresh and not visit.seat.fresh(visit.now):\n", "    if False:\n"),
        f"{TRIED}test_grave_things_ask_for_proof_again[POST /log/file]",
    ),
    defect(
        "console-formula",
        "No cell of the screening log's file is run by a spreadsheet.",
        ("bot/web/log.py", "if cell.startswith(_FORMULA) else cell\n", "if not cell else cell\n"),
        f"{PAGES}test_no_cell_begins_like_a_formula[=1+1]",
    ),
    defect(
        "console-open-for-ever",
        "An open page keeps nobody signed in.",
        ("bot/service/access.py", "    if not by_itself and now", "    if now"),
        f"{PAGES}test_an_open_page_keeps_nobody_signed_in",
    ),
    defect(
        "console-stream-outlives-its-session",
        "No page is told of changes after the sign-out.",
        ("bot/web/live.py", "            if not await still():\n", "            if session is None:\n"),
        "tests/web/test_live.py::test_three_hundred_streams_of_one_session_are_twenty",
        "tests/web/test_live.py::test_who_leaves_the_team_follows_no_longer_and_others_do",
    ),
    defect(
        "console-case-stands-still",
        "An open case page follows what the participant does.",
        ("bot/storage/cases.py", "Revisions(row.revision, row.talk, ", "Revisions(row.revision, 0, "),
        "tests/web/test_live.py::test_a_case_follows_its_talk_too_and_the_queue_only_its_cases",
    ),
    defect(
        "console-reader-loses-their-place",
        "What somebody reads stays where it is while a page renews itself.",
        ("bot/web/static/console.js", "  readOn(place);\n", "  readOn();\n"),
        f"{FOLLOWS}test_who_reads_further_up_stays_there_and_who_reads_the_end_sees_what_comes",
    ),
    defect(
        "console-decision-outlives-itself",
        "A decision that was undone leaves the pages that are open.",
        (
            "bot/web/static/console.js",
            "detail.shouldSwap = !same && !inUse(part);",
            "detail.shouldSwap = false;",
        ),
        f"{FOLLOWS}test_a_decision_that_is_no_more_leaves_the_page_and_what_is_typed_stays",
        f"{FORMS}test_what_nobody_has_begun_follows_the_case",
    ),
    defect(
        "console-foreign-time",
        "Times are told as the clocks at the site show them.",
        (
            "bot/web/time_words.py",
            "return Site(visit, quiet.zone if quiet else None)",
            "return Site(visit, None)",
        ),
        "tests/web/test_site_times.py::test_a_case_tells_the_sites_time_and_its_zone_once",
        "tests/web/test_site_times.py::test_tomorrow_morning_is_the_sites_without_scripts_too",
    ),
    defect(
        "console-log-for-all-at-once",
        "The screening log is gone through for one reader at a time.",
        ("bot/web/kept.py", "        async with self.one:\n", "        if span:\n"),
        "tests/web/test_kept.py::test_the_log_is_gone_through_once_at_a_time_and_once_a_minute",
    ),
    defect(
        "console-renewed-twice",
        "A step of a participant and the bot's answer to it renew an open page once.",
        ("bot/web/live.py", "changed and more and not self.held", "False"),
        "tests/web/test_live.py::test_a_change_and_the_message_that_it_sends_renew_a_page_once",
    ),
    defect(
        "console-view-gone",
        "No saved view goes without a word.",
        ("bot/service/saved_views.py", "if len(others) >= MOST:", "if False:"),
        "tests/web/test_views.py::test_no_view_goes_without_a_word",
    ),
    defect(
        "console-form-lost",
        "A form that somebody has begun stays where the case changes.",
        (
            "bot/web/static/console.js",
            "detail.shouldSwap = !same && !inUse(part);",
            "detail.shouldSwap = !same;",
        ),
        f"{FORMS}test_what_is_typed_stays_where_a_colleague_was_faster",
    ),
    defect(
        "console-form-uncounted",
        "A form is counted as it comes, whatever its head says.",
        ("bot/web/arriving.py", "            if len(body) > _MOST:\n", "            if False:\n"),
        "tests/web/test_arriving.py::test_a_form_is_counted_as_it_comes_whatever_its_head_says",
    ),
    defect(
        "server-waits-for-ever",
        "Nobody who does not finish a request is waited for for ever.",
        (
            "bot/web/patience.py",
            "        if not self.transport.get_write_buffer_size():",
            "        if self.transport.get_write_buffer_size():",
        ),
        "tests/web/test_patience.py::test_a_hundred_who_do_not_finish_are_let_go[half a head]",
        "tests/web/test_patience.py::test_a_byte_now_and_then_gains_no_time",
    ),
    defect(
        "console-typing-lost",
        "What somebody types stays while a page renews itself.",
        (
            "bot/web/templates/case.html",
            ' id="notes-here" aria-labelledby="notes">',
            ' id="notes-here" aria-labelledby="notes" hx-swap-oob="true">',
        ),
        f"{SEEN}test_what_somebody_types_stays_while_the_page_renews_itself",
        f"{RENEWS}test_what_is_typed_where_it_is_typed_and_what_is_chosen_stay",
    ),
    defect(
        "console-address-stored",
        "The browser stores no address of a page, which may hold a code.",
        (
            "bot/web/static/console.js",
            'sessionStorage.removeItem("htmx-current-path-for-history");\n',
            "",
        ),
        f"{RENEWS}test_nothing_is_left_in_the_storage_of_the_browser",
    ),
    defect(
        "console-dead-page",
        "Whose session ends is shown the sign-in page, and no page that is dead.",
        (DOORS, '"HX-Refresh": "true"', '"HX-Refresh": "false"'),
        f"{RENEWS}test_whose_session_ends_sees_the_sign_in_page[removed]",
        f"{RENEWS}test_whose_session_ends_sees_the_sign_in_page[idle]",
    ),
    defect(
        "console-heeds-foreign-attributes",
        "The console's own library does nothing that stands in a page's main part.",
        ("bot/web/templates/base.html", ' tabindex="-1" hx-disable>', ' tabindex="-1">'),
        f"{RENEWS}test_htmx_does_nothing_that_somebody_wrote",
    ),
    defect(
        "console-unlabelled",
        "Every page has no violation that axe knows.",
        (
            "bot/web/templates/queue.html",
            '    <label class="hidden" for="priority">{{ say(\'priority\') }}</label>\n',
            "",
        ),
        f"{SEEN}test_every_page_is_for_everybody[desk-en-light]",
    ),
    defect(
        "console-exclusion-reads-as-met",
        "Of an exclusion it is said whether it applies.",
        (
            "bot/web/case_words.py",
            'return "excluded-" if settled and',
            'return "excluded-" if not settled and',
        ),
        f"{PAGES}test_what_is_no_longer_kept_is_not_said_to_have_never_been_asked",
    ),
    defect(
        "console-gone-reads-as-unasked",
        "Answers that are no longer kept are never shown as not asked.",
        (
            "bot/web/case.py",
            "_GONE = frozenset({Closing.ERASED, Closing.FORGOTTEN, Closing.RETENTION})",
            "_GONE = frozenset({Closing.ERASED, Closing.FORGOTTEN})",
        ),
        f"{PAGES}test_what_is_no_longer_kept_is_not_said_to_have_never_been_asked",
    ),
    defect(
        "console-typed-lost-by-refusal",
        "A refused form keeps what was typed, and not what another site sent.",
        (
            "bot/web/pages.py",
            '    if visit.request.headers.get("origin", visit.desk.origin) != visit.desk.origin:\n',
            "    if False:\n",
        ),
        f"{HURRY}test_what_was_typed_outlives_a_refusal_and_the_way_leads_back",
    ),
    defect(
        "console-emergency-out-of-sight",
        "An emergency that a colleague holds is told in the queue.",
        (
            "bot/storage/cases.py",
            "urgent, cases.c.claimed_by != staff)",
            "urgent, cases.c.claimed_by.is_(None), cases.c.claimed_by.is_not(None))",
        ),
        f"{HURRY}test_an_emergency_that_somebody_holds_is_not_out_of_sight",
    ),
    defect(
        "staff-link-unrecorded",
        "That the operator made a sign-in link is an event.",
        (
            "bot/service/access.py",
            "        await transaction.register.record(LinkMade(at=now, by=OPERATOR, staff=staff))\n",
            "",
        ),
        "tests/test_cli.py::TestStaff::test_somebody_without_telegram_signs_in_by_a_link",
    ),
    defect(
        "console-approval-for-ever",
        "The trials page tells when an approval is over.",
        (
            "bot/running.py",
            "        today = day_of(clock())\n",
            "        today = day_of(clock()).replace(year=2026)\n",
        ),
        f"{PAGES}test_a_trial_shows_how_its_languages_stand_today",
    ),
)
