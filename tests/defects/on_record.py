"""Protections of the record of what the operator reads out or changes at the command line."""

from __future__ import annotations

from tests.defects.defect import defect

JOBS = "bot/jobs.py"
TEST = "tests/test_cli.py::TestOnRecord::"
KEPT = "        if not await put_on_record(store, event):\n            unrecorded()\n"

DEFECTS = (
    defect(
        "export-on-no-record",
        "An export at the command line is on record before the first line leaves.",
        (JOBS, f"rows=await how_many(store))\n{KEPT}", "rows=await how_many(store))\n        assert event\n"),
        f"{TEST}test_an_export",
        f"{TEST}test_an_export_that_nobody_reads_to_its_end",
    ),
    defect(
        "keys-on-no-record",
        "A change of keys is on record.",
        (JOBS, f"await left(store.database.vault))\n{KEPT}", "0)\n        assert event\n"),
        f"{TEST}test_a_change_of_keys",
    ),
    defect(
        "backup-on-no-record",
        "That the database was copied is on record.",
        (
            "bot/storage/backup.py",
            "await put_on_record(store, BackupMade(at=now, by=OPERATOR, rows=manifest.rows))",
            "bool(BackupMade(at=now, by=OPERATOR, rows=manifest.rows))",
        ),
        f"{TEST}test_a_backup_and_its_way_back",
    ),
    defect(
        "restore-on-no-record",
        "That a backup was put back is on record.",
        (JOBS, "recorded = await put_on_record(store, came)\n", "recorded = bool(came)\n"),
        f"{TEST}test_a_backup_and_its_way_back",
    ),
    defect(
        "no-record-no-copy",
        "A database that takes no record is copied all the same, and that is said.",
        (
            "bot/storage/on_record.py",
            "    except Exception:  # noqa: BLE001 -- whoever",
            "    except KeyError:  # whoever",
        ),
        f"{TEST}test_what_cannot_be_kept_is_said_and_holds_up_nothing",
        shows=("IntegrityError",),
    ),
)
