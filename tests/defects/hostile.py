"""Protections against hostile input, and of what is written down about people."""

from __future__ import annotations

from tests.defects.defect import defect

HOSTILE = "tests/hostile/test_hostile.py::"
LOGS = "tests/test_logs.py::"
METRICS = "tests/web/test_metrics.py::"
POSTING = "tests/storage/test_posting.py::"

DEFECTS = (
    defect(
        "forged-tap-ends-a-pause",
        "A forged or old button changes nothing, not even a pause.",
        ("bot/engine/advance.py", " and not isinstance(inbound, Tapped | TokenForged):", ":"),
        f"{HOSTILE}test_forged_taps_change_nothing",
    ),
    defect(
        "old-button-counts",
        "A button of an earlier turn changes nothing.",
        ("bot/engine/advance.py", "    if inbound.turn != talk.turn:\n        return None\n", ""),
        f"{HOSTILE}test_forged_taps_change_nothing",
    ),
    defect(
        "unknown-form-costs-an-answer",
        "What nobody reads in a message costs nobody their answer.",
        ("bot/botapi/updates.py", "{kind: _needed(body) for", "{kind: body for"),
        f"{HOSTILE}test_what_nobody_reads_costs_nobody_their_answer",
    ),
    defect(
        "endless-text",
        "No text is longer than Telegram's longest.",
        ("bot/botapi/updates.py", '(message.text or "")[:LONGEST]', '(message.text or "")'),
        f"{HOSTILE}test_no_text_is_longer_than_telegram_s_longest",
    ),
    defect(
        "anything-is-a-person",
        "A person's id is a number.",
        (
            "bot/botapi/updates.py",
            "        _number(sender.id),\n        inbound,\n",
            "        sender.id,\n        inbound,\n",
        ),
        f"{HOSTILE}test_what_is_needed_must_be_right",
    ),
    defect(
        "libraries-speak",
        "No word of a library is logged.",
        ("bot/cli/logs.py", '"event": "library",', '"event": record.getMessage(),'),
        f"{LOGS}test_of_a_library_only_who_and_where",
    ),
    defect(
        "values-in-our-words",
        "Our own words are logged without values.",
        ("bot/cli/logs.py", 'row["event"] = str(record.msg)', 'row["event"] = record.getMessage()'),
        f"{LOGS}test_what_is_given_beside_the_fields_or_is_no_code_does_not_pass",
    ),
    defect(
        "any-field-passes",
        "A field holds a number or a code.",
        (
            "bot/cli/logs.py",
            'return value if isinstance(value, str) and _PLAIN.fullmatch(value) else "…"',
            "return str(value)",
        ),
        f"{LOGS}test_what_is_given_beside_the_fields_or_is_no_code_does_not_pass",
    ),
    defect(
        "errors-quote",
        "Of an error only its kind is logged, unless it is our own.",
        (
            "bot/cli/logs.py",
            '{"says": str(error)} if isinstance(error, DoorstepError) else {}',
            '{"says": str(error)}',
        ),
        f"{LOGS}test_a_traceback_names_kinds_and_places_and_quotes_nothing",
    ),
    defect(
        "uncaught-as-python-prints-it",
        "What nobody catches is logged without values.",
        ("bot/cli/__init__.py", "        fatal(error)\n        sys.exit(1)\n", "        raise\n"),
        f"{LOGS}test_a_command_that_fails_unforeseen_prints_no_values",
    ),
    defect(
        "loops-on-their-own",
        "What fails in the background is logged without values.",
        ("bot/cli/screen.py", "        asyncio.get_running_loop().set_exception_handler(unseen)\n", ""),
        f"{LOGS}test_every_command_that_serves_hears_of_it",
    ),
    defect(
        "a-query-each-scrape",
        "However often metrics are asked for, the store is asked rarely.",
        ("bot/web/metrics.py", "        self._read_at = now\n", ""),
        f"{METRICS}test_whoever_asks_often_does_not_ask_the_store_each_time",
    ),
    defect(
        "clock-believed",
        "A clock that is behind Telegram's is warned of.",
        ("bot/botapi/clocks.py", "_IMPLAUSIBLE = timedelta(seconds=60)", "_IMPLAUSIBLE = timedelta(days=60)"),
        f"{METRICS}test_a_clock_that_is_behind_is_warned_of_once_and_measured",
    ),
    defect(
        "clock-ahead-believed",
        "A clock that is ahead of Telegram's is warned of.",
        ("bot/botapi/clocks.py", "if ahead > _IMPLAUSIBLE and (", "if ahead > 10**8 * _IMPLAUSIBLE and ("),
        f"{METRICS}test_a_clock_that_is_ahead_is_warned_of_once_and_measured",
        shows=("ValueError",),
    ),
    defect(
        "answers-undated",
        "When Telegram dates its answers is compared with our clock.",
        ("bot/botapi/transport.py", 'self._hear(response.headers.get("Date", ""))', 'self._hear("")'),
        "tests/botapi/test_clock.py::test_ten_years_ahead_and_back_again",
    ),
    defect(
        "another-root-posted",
        "The root posted to witnesses is the hash of the newest line.",
        (
            "bot/storage/checkpoints.py",
            'entry["at"], root, entry["signature"]',
            'entry["at"], entry["before"], entry["signature"]',
        ),
        f"{POSTING}test_the_newest_checkpoint_is_posted_and_its_root_is_its_line",
    ),
    defect(
        "last-never-posted",
        "The last checkpoint before a quiet time is posted too.",
        (
            "bot/storage/posting.py",
            "        self._posted, self._posted_at = newest.number, now\n",
            "        self._posted, self._posted_at = newest.number + 1, now\n",
        ),
        f"{POSTING}test_not_too_often_and_the_last_is_posted_in_the_end",
    ),
    defect(
        "posted-with-a-sound",
        "A checkpoint makes no sound.",
        ("bot/botapi/line.py", '"disable_notification": True', '"disable_notification": False'),
        f"{POSTING}test_it_arrives_without_a_sound",
        shows=("ValueError",),
    ),
)
