"""Protections of rows that have no trail of their own: what steers the bot is what was written there."""

from __future__ import annotations

from tests.defects.defect import defect

TEST_PINNED = "tests/service/test_pinned.py::"
TEST_ROWS = "tests/storage/test_verifying_rows.py::"
EVERY_ROW = f"{TEST_ROWS}test_every_changed_row_is_found_and_named"

DEFECTS = (
    defect(
        "due-not-looked-at",
        "When something is due in a conversation is when its sealed state says.",
        (
            "bot/storage/due_verifying.py",
            " for talk, state in known if not timetable.fits(state, talk.due_at)]",
            " for talk, state in known if state is None]",
        ),
        "tests/service/test_due_times.py::test_a_time_that_was_moved_is_named",
        "tests/test_verify_command.py::test_it_names_a_conversation_whose_end_was_put_off",
    ),
    defect(
        "put-off-for-good",
        "Nobody puts off what is due by more than the timers do themselves.",
        ("bot/service/timetable.py", "at <= due_at - LATER <= self.now", "at <= due_at - LATER"),
        "tests/service/test_due_times.py::test_a_time_that_was_moved_is_named",
    ),
    defect(
        "changed-words-shown",
        "Words of an edition that were changed in the database are shown to nobody.",
        (
            "bot/content/shelf.py",
            "        if hash_of(body) != content_hash:\n",
            "        if not content_hash:\n",
        ),
        f"{TEST_PINNED}test_nobody_is_shown_words_that_were_changed_and_nothing_is_lost",
        quick=True,
    ),
    defect(
        "one-edition-stops-all",
        "An edition that was changed holds up nobody who has another.",
        (
            "bot/service/timers.py",
            "        people, waiting = await readable(due, transaction, desks.editions)\n",
            "        people, waiting = due, due[:0]\n",
        ),
        f"{TEST_PINNED}test_the_bot_goes_on_for_everybody_else",
        shows=("EditionChanged",),
    ),
    defect(
        "any-html-in-the-console",
        "A message does nothing to the page of whoever reads it but look like a message.",
        (
            "bot/web/telegram_html.py",
            '            self._say(self.get_starttag_text() or "")\n            return\n',
            '            self._written.append(self.get_starttag_text() or "")\n            return\n',
        ),
        "tests/web/test_telegram_html.py::test_everything_else_is_plain_words",
        "tests/web/test_pages.py::test_a_message_is_no_more_than_a_message",
    ),
    defect(
        "state-opens-for-anybody",
        "What somebody said opens only for the chat that is theirs.",
        ("bot/storage/codec.py", 'f"{once}/{whose.chat}/{whose.code}", once)', "once)"),
        f"{TEST_ROWS}test_nobody_reads_for_another[sqlite-swap_chats]",
        EVERY_ROW,
        quick=True,
    ),
    defect(
        "another-account-finds-the-chat",
        "A chat is found by no other Telegram account than the one it writes to.",
        (
            "bot/storage/chats.py",
            "        if row.private and telegram_id != address:\n",
            "        if not address:\n",
        ),
        f"{TEST_ROWS}test_nobody_reads_for_another[sqlite-swap_accounts]",
    ),
    defect(
        "cut-chain-sealed-again",
        "The end of the installation's chain cannot be cut off by somebody without a key.",
        ("bot/storage/installation_head.py", "    if fits:\n", "    if length:\n"),
        f"{TEST_ROWS}test_a_chain_that_was_cut_stays_found_however_it_goes_on",
    ),
    defect(
        "staff-not-compared",
        "Who is on the staff register, and with which rights, follows from recorded events.",
        (
            "bot/storage/staff_verifying.py",
            "(member.roles, member.sees_identity, member.active) != told:",
            "(member.roles, member.sees_identity, member.active) == ():",
        ),
        f"{TEST_ROWS}test_rights_of_before_put_back_in_their_own_place_are_found[sqlite]",
    ),
)
