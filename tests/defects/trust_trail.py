"""Protections of the audit trail, of exports and of the schema: all is there, and no change goes unseen."""

from __future__ import annotations

from tests.defects.defect import defect

TRAIL = "bot/storage/trail.py"
CHECKPOINTS = "bot/storage/checkpoints.py"
VERIFYING = "bot/storage/verifying.py"

TEST_VERIFYING = "tests/storage/test_verifying.py::"
TEST_CHECKPOINTS = "tests/storage/test_checkpoints.py::"
TEST_KEEPING = "tests/storage/test_keeping.py::"
EVERY_MANIPULATION = f"{TEST_VERIFYING}test_every_manipulation_is_found_and_named"
REFUSED_FILE = f"{TEST_CHECKPOINTS}test_a_file_that_was_changed_or_cut_is_refused"

DEFECTS = (
    defect(
        "events-unwritten",
        "Every change is an event in the same transaction.",
        (
            TRAIL,
            "            await self._work.connection.execute(insert(events), self._rows)\n",
            "            insert(events)\n",
        ),
        f"{TEST_KEEPING}test_events_make_the_state",
    ),
    defect(
        "actor-unwritten",
        "Each event says who made it happen.",
        (TRAIL, '"participant" if kept.arrived else "system"', '"system"'),
        f"{TEST_KEEPING}test_each_event_says_when_and_by_whom",
    ),
    defect(
        "their-time-unwritten",
        "Each event says when the person wrote, by Telegram's clock.",
        (TRAIL, '                "told_at": kept.told_at,\n', '                "told_at": None,\n'),
        f"{TEST_KEEPING}test_each_event_says_when_and_by_whom",
    ),
    defect(
        "chain-not-linked",
        "Each event's hash depends on all events before it.",
        (TRAIL, 'hashlib.sha256(before + "|"', 'hashlib.sha256(b"" + "|"'),
        f"{TEST_CHECKPOINTS}test_an_early_event_rewritten_with_all_hashes_is_named",
        quick=True,
    ),
    defect(
        "who-not-chained",
        "Who acted is part of the chain.",
        (TRAIL, '        row["actor"],\n        row["digest"].hex(),\n', '        row["digest"].hex(),\n'),
        f"{TEST_VERIFYING}test_the_row_is_named",
    ),
    defect(
        "who-not-sealed",
        "What an event says opens only beside who did it, and when by Telegram's clock.",
        (TRAIL, "{once}/{row['actor']}/{_moment(row['told_at'])}", "{once}"),
        f"{TEST_VERIFYING}test_another_actor_is_named_although_all_hashes_fit",
    ),
    defect(
        "when-not-looked-at",
        "The time beside an event is the one that was sealed with it.",
        (VERIFYING, "        if event is not None and event.at != row.at:\n", "        if event is None:\n"),
        f"{TEST_VERIFYING}test_another_time_is_named_although_all_hashes_fit",
    ),
    defect(
        "missing-event-unseen",
        "An event that was removed is missed.",
        (
            VERIFYING,
            '            yield Finding(talk.id, expected, "an event is missing")\n            return\n',
            "            pass\n",
        ),
        f"{TEST_VERIFYING}test_an_event_that_was_removed_is_named_as_missing",
    ),
    defect(
        "cut-tail-unseen",
        "A conversation whose last events were cut off shows.",
        (
            "bot/storage/case_verifying.py",
            "    if len(trail) < mark.length:\n",
            "    if mark.length < 0:\n",
        ),
        f"{TEST_CHECKPOINTS}test_a_conversation_put_back_as_it_was_is_named",
        shows=("IndexError",),
    ),
    defect(
        "gone-conversation-unseen",
        "A conversation that is gone is missed by the checkpoints.",
        (
            VERIFYING,
            "[name for name in report.marks if name != CHAIN and",
            "[name for name in () if name != CHAIN and",
        ),
        f"{TEST_CHECKPOINTS}test_a_conversation_that_is_gone_is_named",
        shows=("not enough values",),
    ),
    defect(
        "only-the-first-page",
        "Every page of the trail is looked at.",
        (
            VERIFYING,
            "    while talks := await _page(connection, last):\n",
            "    if talks := await _page(connection, last):\n",
        ),
        f"{TEST_VERIFYING}test_every_page_is_looked_at",
    ),
    defect(
        "states-not-opened",
        "A state that was replaced or put elsewhere is found.",
        (
            VERIFYING,
            "        yield Finding(talk.id, None, _SHUT[1])\n",
            "        pass\n",
        ),
        EVERY_MANIPULATION,
    ),
    defect(
        "words-gone-unseen",
        "Words that are gone without an event that says why are found.",
        (VERIFYING, "        elif not row.body and not lawful:\n", "        elif not row.body and lawful:\n"),
        EVERY_MANIPULATION,
        f"{TEST_VERIFYING}test_what_was_written_verifies_also_after_an_erasure",
    ),
    defect(
        "row-not-compared",
        "What staff filter by is what the sealed state says.",
        (VERIFYING, "    if told != shown or not (ended", "    if not (ended"),
        EVERY_MANIPULATION,
    ),
    defect(
        "checkpoints-unsigned",
        "A checkpoint counts only with our signature.",
        (
            CHECKPOINTS,
            '        key.verify(bytes.fromhex(entry["signature"]), _signed(entry))\n',
            '        bytes.fromhex(entry["signature"])\n',
        ),
        REFUSED_FILE,
    ),
    defect(
        "checkpoints-not-chained",
        "No checkpoint can be taken out or put elsewhere.",
        (CHECKPOINTS, '(entry["number"], entry["before"]) == (number, before)', 'bool(entry["before"])'),
        REFUSED_FILE,
    ),
    defect(
        "checkpoints-not-counted",
        "A file of checkpoints whose end was cut off is refused.",
        (CHECKPOINTS, "            if number < expected:\n", "            if number < 0:\n"),
        REFUSED_FILE,
    ),
    defect(
        "verify-always-well",
        "`verify` ends with 1 where it found something, and names the row.",
        (
            "bot/cli/records.py",
            "    raise typer.Exit(1 if report.findings else 0)\n",
            "    raise typer.Exit(0)\n",
        ),
        "tests/test_verify_command.py::test_it_ends_with_1_and_names_the_row",
    ),
    defect(
        "export-forgets-pages",
        "An export holds every conversation.",
        ("bot/storage/reading.py", "        while page:\n", "        if page:\n"),
        "tests/storage/test_reading.py::test_many_are_read_a_page_at_a_time",
    ),
    defect(
        "export-keeps-the-erased",
        "An export tells nothing of who was erased.",
        (
            "bot/service/export.py",
            "    erased = conversation.status is Status.ERASED\n",
            "    erased = False\n",
        ),
        "tests/test_cli.py::TestExport::test_every_field_without_answers",
    ),
    defect(
        "migration-by-halves",
        "A change of the schema that fails leaves nothing.",
        (
            "bot/storage/migrations/env.py",
            "with context.begin_transaction():\n    context.run_migrations()",
            'context.get_bind().exec_driver_sql("COMMIT")\ncontext.run_migrations()',
        ),
        "tests/storage/test_migrations.py::test_a_migration_that_fails_leaves_nothing",
        shows=("no transaction", "OperationalError"),
    ),
    defect(
        "old-schema-taken",
        "A database of another schema is refused, with what to type.",
        (
            "bot/storage/migrate.py",
            "    if not await _on(url, _prepare):\n",
            "    if not (await _on(url, _prepare) or url):\n",
        ),
        "tests/storage/test_migrations.py::test_another_schema_is_refused_with_the_remedy",
    ),
)
