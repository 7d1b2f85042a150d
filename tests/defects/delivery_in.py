"""Protections of what people say: taken in, kept once, answered by time; and of what is said about it."""

from __future__ import annotations

from tests.defects.defect import Defect, Edit, defect

POLLING = "bot/botapi/polling.py"
WEBHOOK = "bot/botapi/webhook.py"
SCREENING = "bot/service/screening.py"
DUE = "bot/engine/due.py"

TEST_INTAKE = "tests/botapi/test_intake.py::"
TEST_WEBHOOK = "tests/botapi/test_webhook.py::"
FAULTS = "tests/faults/test_telegram.py::test_the_bot_heals"
STORE_FAULTS = "tests/faults/test_store.py::test_the_bot_heals"
NOBODY_WRITES = "tests/faults/test_store.py::test_it_is_noticed_and_over_although_nobody_writes"
STORE_FAILS = (
    f"{TEST_INTAKE}test_while_the_store_fails_nothing_is_confirmed_and_then_it_is_answered_once[6]",
    f"{TEST_INTAKE}test_while_the_store_fails_nothing_is_confirmed_and_then_it_is_answered_once[5]",
)
GOLDEN = "tests/test_conversations.py::test_the_conversation_goes_word_for_word"

DEFECTS = (
    defect(
        "polled-confirmed-early",
        "A polled update is confirmed to Telegram only after its transaction has ended well.",
        (
            POLLING,
            "        await self._intake.take(updates)\n",
            (
                '        if updates:\n            self._offset = int(updates[-1]["update_id"]) + 1\n'
                "        await self._intake.take(updates)\n"
            ),
        ),
        STORE_FAILS[0],
    ),
    defect(
        "webhook-200-early",
        "Telegram's call is answered 200 only after the commit.",
        (WEBHOOK, "        await kept\n", "        kept.add_done_callback(lambda done: done.exception())\n"),
        f"{TEST_WEBHOOK}test_200_is_said_only_after_the_commit",
    ),
    defect(
        "webhook-secret-unread",
        "A call with a wrong secret leaves nothing behind.",
        (
            WEBHOOK,
            "        if not hmac.compare_digest(told, self._secret):\n",
            "        if not (hmac.compare_digest(told, self._secret) or told):\n",
        ),
        f"{TEST_WEBHOOK}test_who_does_not_know_the_secret_leaves_nothing_behind[another]",
    ),
    defect(
        "junk-refused",
        "Junk is set aside and answered 200, so that it does not block a chat.",
        (
            "bot/botapi/intake.py",
            "            batch.unreadable.append(_set_aside(raw, bot_id, error))\n",
            "            raise\n",
        ),
        f"{TEST_WEBHOOK}test_junk_is_set_aside_once_and_its_neighbours_go_on",
    ),
    defect(
        "callers-left-waiting",
        "Who calls while the bot stops is refused, and does not hold up the stop.",
        (
            WEBHOOK,
            "        self._closed = True\n        _refuse(self._waiting)\n",
            "        self._closed = True\n",
        ),
        f"{TEST_WEBHOOK}test_a_stop_does_not_wait_for_a_call_that_cannot_be_kept",
    ),
    defect(
        "update-taken-twice",
        "An update that was seen before does nothing.",
        (
            SCREENING,
            "    due = list({arrival.key: arrival for arrival in batch if arrival.key in fresh}.values())\n",
            "    due = list(batch) if fresh is not None else []\n",
        ),
        f"{TEST_WEBHOOK}test_the_same_update_twice_acts_once",
        f"{FAULTS}[updates that come twice]",
    ),
    Defect(
        "two-transactions",
        "That an update was seen, and what it did, are kept in one transaction.",
        (
            Edit(
                SCREENING,
                "    async with desks.store.transaction() as transaction:\n"
                "        return await _within(transaction, batch, desks, now)\n",
                "    async with desks.store.transaction() as transaction:\n"
                "        fresh = await transaction.claim([arrival.key for arrival in batch], now)\n"
                "    seen = [arrival for arrival in batch if arrival.key in fresh]\n"
                "    async with desks.store.transaction() as transaction:\n"
                "        return await _within(transaction, seen, desks, now)\n",
            ),
            Edit(
                SCREENING,
                "    fresh = await transaction.claim([arrival.key for arrival in batch], now)\n"
                "    # The same",
                "    fresh = {arrival.key for arrival in batch}\n    # The same",
            ),
        ),
        ("tests/crash/test_cancel.py::test_cancelled_at_any_await_the_bot_loses_and_doubles_no_answer",),
    ),
    defect(
        "number-as-high-water-mark",
        "An update with a lower number than one before counts like every other.",
        (
            "bot/botapi/intake.py",
            "        batch = read_all(updates, self._bot_id)\n",
            (
                "        seen = self.__dict__.setdefault('seen', set())\n"
                "        updates = [u for u in updates if u['update_id'] >= max(seen, default=0)]\n"
                "        seen.update(u['update_id'] for u in updates)\n"
                "        batch = read_all(updates, self._bot_id)\n"
            ),
        ),
        f"{TEST_WEBHOOK}test_an_update_with_a_lower_number_than_any_before_counts_like_every_other",
    ),
    defect(
        "poison-costs-neighbours",
        "An update that cannot be handled costs none of those that came with it.",
        (
            SCREENING,
            "        return [done for arrival in batch for done in await _alone(arrival, desks, now)]\n",
            (
                "        await set_aside([Quarantined(a.key, '', a.raw) for a in batch], desks, now=now)\n"
                "        return []\n"
            ),
        ),
        "tests/service/test_desk.py::test_a_poison_arrival_is_set_aside_and_the_others_are_kept",
    ),
    defect(
        "store-fault-sets-aside",
        "A store that fails is never taken for the fault of an update.",
        (SCREENING, "    except (Conflict, StoreUnavailable):\n", "    except Conflict:\n"),
        STORE_FAILS[1],
    ),
    defect(
        "set-aside-unsaid",
        "Whose message could not be handled is told so, and in an emergency whom to call.",
        (
            SCREENING,
            "        await _aside_and_told(arrival, reason, desks, now)\n",
            "        raise KeyError(reason)\n",
        ),
        "tests/service/test_pinned.py::test_a_call_for_help_by_its_button_is_met_there_too",
        "tests/service/test_desk.py::test_a_poison_arrival_is_set_aside_and_the_others_are_kept",
    ),
    defect(
        "webhook-stays-set",
        "A webhook that was set meanwhile is ended again, so that polling goes on.",
        (POLLING, "                if _is_called(error):\n", "                if not error:\n"),
        f"{FAULTS}[a webhook set meanwhile]",
        f"{FAULTS}[a webhook that cannot be ended at the start]",
    ),
    defect(
        "set-webhook-once",
        "Telegram is told again where to call until it has heard.",
        (
            "bot/botapi/calling.py",
            "        while not await self._told_where():",
            "        if not await self._told_where():",
        ),
        f"{FAULTS}[setWebhook fails]",
    ),
    defect(
        "poll-failure-ends-polling",
        "Whatever comes instead of updates, the bot asks again.",
        (
            POLLING,
            "                await asyncio.sleep(min(2.0 ** min(failures, 5) / 2, _LONGEST_PAUSE))\n",
            "                await asyncio.sleep(1000)\n",
        ),
        f"{FAULTS}[500 to getUpdates]",
        f"{FAULTS}[getUpdates cut]",
    ),
    defect(
        "busy-never-there",
        "A bot that is always busy is there all the same.",
        (POLLING, "        if read_all and not there:\n", "        if not updates and not there:\n"),
        f"{TEST_INTAKE}test_it_is_there_although_somebody_always_writes",
    ),
    defect(
        "apology-before-backlog",
        "After an absence nobody is asked again before what they wrote meanwhile is read.",
        (
            POLLING,
            "        await self._intake.take(updates)\n",
            (
                "        if not there:\n            await self._presence.back()\n"
                "        await self._intake.take(updates)\n"
            ),
        ),
        "tests/botapi/test_absence.py::test_the_backlog_is_handled_before_anybody_is_asked_again",
    ),
    Defect(
        "third-reminder",
        "Nobody is reminded a third time.",
        (
            Edit(DUE, " and sent < len(trial.reminder_days)):\n", "):\n"),
            Edit(
                DUE,
                "timedelta(days=trial.reminder_days[sent])",
                "timedelta(days=trial.reminder_days[min(sent, 1)] + 2 * max(0, sent - 1))",
            ),
        ),
        (f"{GOLDEN}[reminders]",),
    ),
    defect(
        "expiry-excludes",
        "A screening left alone ends as incomplete and never as an exclusion.",
        (
            "bot/domain/folding.py",
            '            return {**NOTHING_PENDING, "status": Status.INCOMPLETE, "finished_at": at}\n',
            '            return {**NOTHING_PENDING, "status": Status.COMPLETED, "finished_at": at}\n',
        ),
        "tests/botapi/test_cases.py::test_every_behaviour",
        f"{GOLDEN}[silence]",
    ),
    defect(
        "timers-in-memory",
        "What is due by time stands in a row, whichever worker looks next.",
        ("bot/storage/keeping.py", '        "due_at": turn.due_at,\n', '        "due_at": None,\n'),
        "tests/storage/test_people.py::test_what_is_due_goes_with_the_last_turn[sqlite]",
        f"{GOLDEN}[reminders]",
    ),
    defect(
        "always-ready",
        "/readyz answers 503 while something does not work.",
        ("bot/web/health.py", "status_code=200 if all(works.values()) else 503", "status_code=200"),
        "tests/web/test_health.py::test_alive_is_not_the_same_as_ready",
    ),
    defect(
        "store-blamed-on-telegram",
        "/readyz says which of the two fails.",
        (POLLING, "unkept=isinstance(error, StoreUnavailable)", "unkept=False"),
        f"{STORE_FAULTS}[SQLite locked by another program]",
    ),
    defect(
        "unkept-unsaid",
        "/readyz says that the store fails where it can be read but not written.",
        ("bot/botapi/intake.py", "            self.keeping = False\n", "            self.keeping = True\n"),
        f"{TEST_WEBHOOK}test_while_the_store_fails_telegram_is_told_to_call_again_and_then_it_is_kept_once",
    ),
    defect(
        "silence-hides-the-store",
        "/readyz says that the store fails also where nobody writes.",
        ("bot/botapi/presence.py", "            self.noting = False\n", "            self.noting = True\n"),
        f"{NOBODY_WRITES}[SQLite locked by another program]",
        f"{NOBODY_WRITES}[SQLite read-only]",
    ),
    defect(
        "unready-for-good",
        "Behind a webhook a worker finds out by itself that the store works again.",
        (
            "bot/botapi/worker.py",
            "            if self._called_at and not self._intake.keeping:\n",
            "            if not self._called_at and not self._intake.keeping:\n",
        ),
        "tests/faults/test_store.py::test_behind_a_webhook_it_is_over_although_nobody_calls",
    ),
    defect(
        "outage-unsaid",
        "/readyz says that Telegram is out of reach also where Telegram calls us.",
        (
            "bot/botapi/worker.py",
            '"telegram": hears and self._sender.heard',
            '"telegram": hears',
        ),
        f"{FAULTS}[Telegram out of reach behind a webhook]",
    ),
    Defect(
        "token-in-log",
        "No log line carries the token.",
        (
            Edit(
                "bot/botapi/transport.py",
                "            raise NetworkError(type(error).__name__) from None\n",
                '            raise NetworkError(f"{type(error).__name__} {url}") from None\n',
            ),
            Edit(
                "bot/botapi/sender.py",
                'log.warning("sending: trying again", extra={"error": type(error).__name__})',
                'log.warning(f"sending: {error}; trying again")',
            ),
        ),
        ("tests/test_privacy.py::test_nothing_that_people_say_is_logged_or_printed",),
    ),
)
