"""Protections of the person's rights: kept as long as was said, gone after that, a copy, a proof."""

from __future__ import annotations

from tests.defects.defect import defect

PERIOD = "bot/engine/retention.py"
RETAINING = "bot/storage/retaining.py"
SETTLING = "bot/storage/settling.py"

RETENTION = "tests/service/test_retention.py::"
RIGHTS = "tests/service/test_rights.py::"

DEFECTS = (
    defect(
        "gone-too-early",
        "Nothing goes before the time that its person was told.",
        (
            PERIOD,
            "    over = talk.finished_at + timedelta(days=days)\n",
            "    over = talk.finished_at + timedelta(days=days, seconds=-1)\n",
        ),
        f"{RETENTION}test_it_goes_at_its_moment_and_not_a_second_before",
    ),
    defect(
        "gone-before-the-invitation",
        "Whoever wished to be asked again is kept until they were.",
        (PERIOD, " if asked else over\n", " if not talk else over\n"),
        f"{RETENTION}test_one_who_wished_to_be_asked_again_is_told_and_kept_for_it",
    ),
    defect(
        "words-outlive-their-time",
        "What was said goes when its time is over.",
        (
            RETAINING,
            "    await erasing.empty_events(work, events.c.conversation_id.in_(over))\n",
            "    assert events is not None\n",
        ),
        f"{RETENTION}test_an_earlier_round_goes_and_the_newer_one_stays",
    ),
    defect(
        "messages-outlive-their-time",
        "Messages of a conversation go with it.",
        (
            RETAINING,
            "    about = or_(outbox.c.conversation_id.in_(over), unknown)\n",
            "    about = or_(outbox.c.conversation_id.is_(None), unknown)\n",
        ),
        f"{RETENTION}test_an_earlier_round_goes_and_the_newer_one_stays",
    ),
    defect(
        "people-outlive-their-time",
        "Nobody is known of whom nothing is kept any more.",
        (RETAINING, "    await erasing.begin(work, gone)\n", "    gone = []\n"),
        f"{RETENTION}test_whoever_writes_afterwards_is_a_stranger",
    ),
    defect(
        "stranger-with-a-record",
        "Whoever still has something here goes on in it, and can have it erased.",
        (RETAINING, "values(current=_NEWEST_KEPT)", "values(current=None)"),
        f"{RETENTION}test_ten_years_nothing_late_and_nothing_early[2]",
    ),
    defect(
        "erased-without-a-note",
        "An erasure that is done again after an old copy was put back is noted in the trail.",
        (
            "bot/storage/erasing.py",
            "    await trail.write()\n    await work.connection.execute(_CLOSE",
            "    await work.connection.execute(_CLOSE",
        ),
        "tests/storage/test_erasure.py::test_conversations_without_an_erasure_event_are_emptied_too",
    ),
    defect(
        "file-kept",
        "A file with all that is kept of somebody is not kept itself.",
        (
            SETTLING,
            "    async def _passed(self, ids: Sequence[int]) -> None:\n        if ids:\n",
            "    async def _passed(self, ids: Sequence[int]) -> None:\n        if not ids:\n",
        ),
        f"{RIGHTS}test_a_file_is_sent_once_for_each_wish_and_not_kept",
    ),
    defect(
        "goodbye-kept",
        "After an erasure the last message, with the receipt in it, goes too.",
        (
            SETTLING,
            "        await self.connection.execute(delete(outbox).where(outbox.c.chat_id.in_(empty)))\n",
            "        assert empty is not None\n",
        ),
        f"{RIGHTS}test_after_an_erasure_no_message_stays",
    ),
    defect(
        "receipts-in-the-backup",
        "Receipts are kept where no old copy undoes them.",
        ("bot/storage/receipts.py", "    if rows:\n", "    if not rows:\n"),
        f"{RIGHTS}test_a_receipt_proves_an_erasure_and_names_nobody",
    ),
    defect(
        "year-of-birth-kept",
        "Of an answer that was not taken, at most a short number is kept.",
        ("bot/engine/hints.py", " and len(said) <= _LONGEST_AGE else None", " else None"),
        f"{RIGHTS}test_the_file_holds_all_that_is_kept_in_plain_words",
    ),
    defect(
        "prompt-unnoted",
        "It is noted that an answer was not taken, and why.",
        (
            "bot/engine/typed.py",
            "        note_prompt(turn, where, age.value, text)\n",
            "        assert note_prompt\n",
        ),
        f"{RIGHTS}test_why_an_answer_was_not_taken_is_kept_and_the_words_are_not",
    ),
    defect(
        "old-edition-speechless",
        "Whoever began before a text of the bot was written is told it all the same.",
        (
            "bot/content/fluent.py",
            "        if name not in self.shapes and self._spare:\n",
            "        if self._spare is self:\n",
        ),
        f"{RIGHTS}test_an_edition_from_before_a_text_was_written_goes_on",
        shows=("BrokenText",),
    ),
)
