"""Protections of who somebody is, of the night, and of the chains beside the conversations'."""

from __future__ import annotations

from tests.defects.defect import defect

UPDATES = "bot/botapi/updates.py"
TRANSITION = "bot/engine/transition.py"
TRANSCRIPT = "bot/service/transcript.py"
DESK = "bot/service/desk.py"
SCREENING = "bot/service/screening.py"
QUIET = "bot/domain/quiet.py"
OUTBOX = "bot/storage/outbox.py"
VERIFYING = "bot/storage/verifying.py"
CHECKPOINTS = "bot/storage/checkpoints.py"

TALKS = "tests/test_conversations.py::test_the_conversation_goes_word_for_word"
SHARING = "tests/service/test_sharing.py::"
CHAINS = "tests/storage/test_verifying_chains.py::"

DEFECTS = (
    defect(
        "anybodys-number-taken",
        "Only a number that Telegram says is the sender's own is kept.",
        (
            UPDATES,
            "contact.user_id is not None and contact.user_id == sender.id and not forwarded",
            "contact.user_id is not None and not forwarded",
        ),
        f"{TALKS}[share]",
    ),
    defect(
        "forwarded-number-taken",
        "A contact that was forwarded is not theirs to give.",
        (UPDATES, "contact.user_id == sender.id and not forwarded", "contact.user_id == sender.id"),
        f"{TALKS}[share]",
    ),
    defect(
        "identity-outlives-permission",
        "Who takes back the permission takes back with it what was given for it.",
        (TRANSITION, "over = not self.conversation.contact_permission or", "over ="),
        f"{TALKS}[share_withdrawn]",
    ),
    defect(
        "keys-left-on-the-phone",
        "Keys in the place of the keyboard go with the question they were for.",
        (TRANSITION, "        if not left or not self._replies:\n", "        if left or not left:\n"),
        f"{TALKS}[share_declined]",
    ),
    defect(
        "name-in-the-transcript",
        "What shows who somebody is stands behind a door of its own.",
        (TRANSCRIPT, " if not seen.message.identifies]", "]"),
        f"{SHARING}test_a_name_that_still_waits_to_be_sent_is_not_in_the_transcript",
    ),
    defect(
        "name-kept-in-the-outbox",
        "Nothing that shows it is kept once it was sent.",
        (
            "bot/service/message.py",
            "self.document is not None or self.identifies",
            "self.document is not None",
        ),
        f"{SHARING}test_nothing_that_shows_it_is_kept_once_it_was_sent",
    ),
    defect(
        "taken-back-and-still-there",
        "What is taken back is gone from the trail.",
        (
            DESK,
            "                self.changes.unshared.append((talk.id, event.kind, before + place + 1))\n",
            "                assert before >= 0\n",
        ),
        f"{SHARING}test_what_is_taken_back_is_gone_and_the_trail_still_holds",
    ),
    defect(
        "gaps-without-end",
        "No more may be missing than was taken back.",
        (VERIFYING, "            back.pop()  # each took", "            pass  # each took"),
        f"{SHARING}test_no_more_may_be_missing_than_was_taken_back",
    ),
    defect(
        "night-not-kept",
        "Nothing leaves in quiet hours that nobody asked for just now.",
        (OUTBOX, "chats.c.quiet_until <= now", "chats.c.quiet_until > now"),
        f"{TALKS}[quiet_hours]",
    ),
    defect(
        "alarms-ring-at-night",
        "In quiet hours the team hears of what is not urgent without a sound.",
        (SCREENING, "silent = not urgent and _quiet_until(edition, desk.now) is not None", "silent = False"),
        f"{SHARING}test_the_team_hears_of_a_night_without_a_sound_but_for_what_is_urgent",
    ),
    defect(
        "clocks-never-change",
        "Quiet hours end by the clock at the site, also where it is changed.",
        (QUIET, "if over.astimezone(self.zone).utcoffset() == here.utcoffset():", "if over > now:"),
        "tests/domain/test_quiet.py::test_a_night_in_which_the_clocks_are_changed",
    ),
    defect(
        "cases-not-listed",
        "A checkpoint lists the chains of review cases.",
        (CHECKPOINTS, "for row in reviews] + own", "for row in reviews[:0]] + own"),
        f"{CHAINS}test_a_case_put_back_as_it_was_is_named",
    ),
    defect(
        "installation-not-listed",
        "A checkpoint lists the installation's chain.",
        (CHECKPOINTS, "for row in reviews] + own", "for row in reviews]"),
        f"{CHAINS}test_the_installations_chain_cut_short_is_named",
    ),
)
