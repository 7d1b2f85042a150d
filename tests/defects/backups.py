"""Protections of copies and keys: whole, of one moment, without the erased, and never half."""

from __future__ import annotations

from tests.defects.defect import defect

COPIES = "tests/storage/test_backup.py::"
DATABASE_FIRST = "    manifest = await _copy_database(store, database, now, seed)\n"
KEYS_AFTER = "    await _copy_keys(store, keys, now, seed)\n"
KEYS = "tests/storage/test_rewrapping.py::"

DEFECTS = (
    defect(
        "keys-copied-first",
        "Whoever is in the copy of the database has a key in the other file.",
        (
            "bot/storage/backup.py",
            f"{DATABASE_FIRST}{KEYS_AFTER}",
            f"{KEYS_AFTER}{DATABASE_FIRST}",
        ),
        f"{COPIES}test_a_backup_is_the_state_at_one_moment_while_others_write[sqlite-to sqlite]",
        shows=("Unusable",),
    ),
    defect(
        "copied-table-by-table",
        "A backup is the state at one moment.",
        ("bot/storage/connections.py", '**{_BEGIN: "BEGIN"}, **level', "**{_BEGIN: None}, **level"),
        f"{COPIES}test_a_backup_is_the_state_at_one_moment_while_others_write[sqlite-to sqlite]",
        shows=("Unusable", "FOREIGN KEY constraint failed"),
    ),
    defect(
        "older-keys-kept",
        "No older copy of the keys stays to bring an erased person's key back.",
        (
            "bot/storage/backup.py",
            "        path.unlink(missing_ok=True)\n    return tuple(older)\n",
            "        pass\n    return tuple(older)\n",
        ),
        f"{COPIES}test_who_was_erased_since_does_not_come_back[sqlite-to sqlite]",
    ),
    defect(
        "erasures-not-put-together",
        "A restore loses no erasure that any copy of the keys knows of.",
        (
            "bot/storage/vault.py",
            "                await insert_missing(connection, table, entries)\n",
            "                pass\n",
        ),
        f"{COPIES}test_lists_of_erasures_of_several_copies_are_put_together[sqlite-to sqlite]",
        shows=("Unusable",),
    ),
    defect(
        "erased-again-without-a-word",
        "The trail of whoever is erased again says why it is empty.",
        (
            "bot/storage/erasing.py",
            "    if not found:\n        return\n    sealer",
            "    if found is not None:\n        return\n    sealer",
        ),
        f"{COPIES}test_an_old_copy_of_the_keys_brings_nobody_back[sqlite]",
    ),
    defect(
        "people-overwritten",
        "A restore overwrites nobody unless it is told to.",
        ("bot/storage/restore.py", "        if count:\n", "        if count < 0:\n"),
        f"{COPIES}test_people_who_are_there_are_not_overwritten_unless_told[sqlite]",
    ),
    defect(
        "copy-not-looked-through",
        "A copy that was changed is not restored.",
        (
            "bot/storage/archive.py",
            "    if (rows, digest.hexdigest()) != (part.rows, part.sha256):\n",
            "    if rows != part.rows:\n",
        ),
        f"{COPIES}test_a_byte_changed_anywhere_is_refused",
    ),
    defect(
        "signature-unread",
        "Where there is a key, a copy without its signature is not restored.",
        (
            "bot/storage/manifest.py",
            "    if seed is None:\n        return\n",
            "    if whole:\n        return\n",
        ),
        f"{COPIES}test_a_signature_is_asked_for_where_there_is_a_key",
    ),
    defect(
        "migrated-by-halves",
        "A migration that is killed leaves the schema and the rows as they were.",
        ("bot/storage/connections.py", 'get(_BEGIN, "BEGIN IMMEDIATE")', 'get(_BEGIN, "")'),
        "tests/storage/test_migrations_killed.py::test_a_kill_at_any_statement_loses_nothing[sqlite-to 0002]",
    ),
    defect(
        "keys-gone-through-once",
        "No key made while keys are changed stays under the old one.",
        ("bot/storage/rewrapping.py", "        if not names and not last:\n", "        if not names:\n"),
        f"{KEYS}test_keys_made_meanwhile_by_whoever_was_not_started_anew_are_changed_too[sqlite]",
    ),
    defect(
        "key-missed-too-late",
        "An old key taken away too early is missed at the start, not when its person writes.",
        ("bot/storage/store.py", "        await self.database.vault.check()\n", ""),
        f"{KEYS}test_taking_the_old_key_away_too_early_is_refused_at_the_start[sqlite]",
    ),
    defect(
        "id-in-plain-sight",
        "Nothing at rest names anybody.",
        (
            "bot/storage/keeping.py",
            '            "code": work.whose[person.id].code,\n',
            '            "code": str(person.telegram_id),\n',
        ),
        "tests/test_at_rest.py::test_nothing_at_rest_names_anybody",
    ),
    defect(
        "erasure-taken-for-tampering",
        "Somebody erased while the trail is looked through is no finding.",
        ("bot/storage/verifying.py", "        if lately and report.findings:\n", "        if not report:\n"),
        "tests/storage/test_verifying.py::test_somebody_erased_while_it_looks_is_no_finding[sqlite]",
    ),
    defect(
        "restore-unspoken-of",
        "After a restore the checkpoints begin anew, and tampering still shows.",
        (
            "bot/storage/checkpoints.py",
            '                if entry["at"] < restored:\n',
            "                if not entry:\n",
        ),
        f"{COPIES}test_checkpoints_begin_anew_after_a_restore[sqlite]",
    ),
)
