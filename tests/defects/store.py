"""Protections of the store: whole, healing, alone, forgetting."""

from __future__ import annotations

from tests.defects.defect import Defect, Edit, defect

DATABASE = "bot/storage/connections.py"
LOCK = "bot/storage/lock.py"

FAULTS = "tests/faults/test_store.py::test_the_bot_heals"
ON_A_SERVER = "tests/faults/test_store.py::test_the_bot_heals_on_a_server"
TEST_LEADERSHIP = "tests/storage/test_leadership.py::"

DEFECTS = (
    defect(
        "store-fault-unrecognised",
        "A store that is locked, full or read-only is known as such, and tried again.",
        ("bot/storage/faults.py", "        if not _is_passing(error):\n", "        if _is_passing(error):\n"),
        f"{FAULTS}[SQLite locked by another program]",
        f"{FAULTS}[SQLite full]",
        f"{FAULTS}[SQLite read-only]",
    ),
    defect(
        "server-fault-unrecognised",
        "A server that is full or read-only is known as such, and tried again.",
        ("bot/storage/faults.py", " or code[:2] in _PASSING", ""),
        f"{ON_A_SERVER}[PostgreSQL full]",
        f"{ON_A_SERVER}[PostgreSQL read-only]",
    ),
    defect(
        "written-into-nothing",
        "SQLite writes into no file that is gone.",
        (DATABASE, "        _watch_file(engine, target.database)\n", "        pass\n"),
        f"{FAULTS}[SQLite's folder gone]",
    ),
    defect(
        "dead-connections-used",
        "After the server was away, the next transaction works.",
        (DATABASE, "        pool_pre_ping=True,", "        pool_pre_ping=False,"),
        "tests/storage/test_outages.py::test_after_an_outage_the_next_transaction_works",
        shows=("StoreUnavailable",),
    ),
    defect(
        "not-on-the-disk",
        "SQLite has on the disk what Telegram is told we have.",
        (DATABASE, "PRAGMA synchronous=FULL", "PRAGMA synchronous=OFF"),
        "tests/storage/test_sqlite.py::test_every_connection_is_set_up",
    ),
    defect(
        "bytes-left-behind",
        "Of an erased person no byte stays in the file.",
        (DATABASE, '    "PRAGMA secure_delete=ON",', '    "PRAGMA secure_delete=OFF",'),
        "tests/storage/test_erasure.py::test_no_byte_of_an_erased_person_stays",
    ),
    Defect(
        "log-left-behind",
        "Of an erased person no byte stays in the write-ahead log.",
        (
            Edit(
                DATABASE,
                "        if self.is_sqlite:\n            self._unscrubbed = True\n",
                "        if not self:\n            self._unscrubbed = True\n",
            ),
        ),
        ("tests/storage/test_erasure.py::test_no_byte_of_an_erased_person_stays",),
    ),
    defect(
        "two-leaders-on-a-server",
        "One worker leads on a PostgreSQL database.",
        (LOCK, "        if (await connection.execute(_LOCK)).scalar_one():\n", "        if connection:\n"),
        f"{TEST_LEADERSHIP}test_the_next_leads_when_the_first_is_done[postgresql]",
        f"{TEST_LEADERSHIP}test_one_process_leads_and_a_kill_frees_it[postgresql]",
    ),
    defect(
        "two-leaders-on-a-file",
        "One process leads on an SQLite file.",
        (
            LOCK,
            "        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)\n",
            "        fcntl.flock(file.fileno(), fcntl.LOCK_UN)\n",
        ),
        f"{TEST_LEADERSHIP}test_one_process_leads_and_a_kill_frees_it[sqlite]",
    ),
    defect(
        "leads-without-database",
        "Whoever lost the database leads no more.",
        (
            LOCK,
            "            await self._connection.execute(_ALIVE)\n            return True\n",
            "            return True\n",
        ),
        f"{TEST_LEADERSHIP}test_whoever_loses_the_database_leads_no_more",
    ),
    defect(
        "locked-in-any-order",
        "Everyone locks chats in one order, so that nobody waits in a circle.",
        (
            "bot/storage/chats.py",
            "IN_ORDER = (chats.c.private.desc(), chats.c.id)\n",
            "IN_ORDER = (func.random(),)\n",
        ),
        "tests/storage/test_workers.py::test_many_at_once_wait_for_one_another_in_one_order",
        shows=("StoreUnavailable", "Conflict"),
    ),
    defect(
        "not-held",
        "A person's chat is held until their batch is kept: no turn of another worker comes between.",
        (
            "bot/storage/chats.py",
            ".order_by(*IN_ORDER).with_for_update()\n    rows = await hold(work, query, ids)\n",
            ".order_by(*IN_ORDER)\n    rows = await hold(work, query, ids)\n",
        ),
        "tests/storage/test_workers.py::test_someone_being_answered_is_not_reminded_meanwhile",
    ),
    defect(
        "revision-unread",
        "A turn decided on an old state is refused.",
        ("bot/storage/keeping.py", "        if revision != turn.before:\n", "        if revision < 0:\n"),
        "tests/storage/test_keeping.py::test_a_conversation_changed_meanwhile_is_a_conflict_and_rolls_all_back[sqlite]",
        shows=("UNIQUE constraint failed",),
    ),
    defect(
        "cancellation-lost",
        "Whoever is stopped while a connection goes away stays stopped.",
        ("bot/storage/faults.py", "    if task and task.cancelling():\n", "    if task is None:\n"),
        "tests/storage/test_outages.py::test_who_is_cancelled_while_the_connection_goes_stays_cancelled",
        shows=("StoreUnavailable",),
    ),
)
