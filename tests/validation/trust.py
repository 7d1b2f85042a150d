"""Promises of trust: sealed, erased, audited, and nothing in any log."""

from __future__ import annotations

from tests.validation.promise import Figure, For, promise

ON = "2026-11-22"
PRIVACY = "tests/test_privacy.py"

PROMISES = (
    promise(
        "R14",
        "Every change is on record in the same transaction: what, who, when, and by Telegram's own clock.",
        For.INSPECTORS,
        "21 CFR 11.10(e); EMA 6.2.1; FDA 2024 Q12, Q13",
        tests=(
            "tests/storage/test_keeping.py",
            "tests/engine/test_properties.py::test_a_conversation_is_nothing_but_its_events",
            "tests/crash/test_cancel.py",
            "tests/test_cli.py",
        ),
        defects=(
            *("events-unwritten", "actor-unwritten", "their-time-unwritten", "two-transactions"),
            *("export-on-no-record", "keys-on-no-record", "backup-on-no-record", "restore-on-no-record"),
        ),
        missing="Whoever copies the files of the database without our commands leaves no record. Not each "
        "event alone was taken away to see a test go red.",
    ),
    promise(
        "R15",
        "Whoever changes, removes, swaps or adds a record without the keys is found out; the row is named.",
        For.INSPECTORS,
        "21 CFR 11.10(a); ICH E6(R3) 4.2.2(b)",
        tests=(
            "tests/storage/test_verifying.py",
            "tests/storage/test_checkpoints.py",
            "tests/test_verify_command.py",
            "tests/service/test_due_times.py",
        ),
        defects=(
            *(
                "chain-not-linked",
                "who-not-chained",
                "who-not-sealed",
                "when-not-looked-at",
                "missing-event-unseen",
            ),
            *("cut-tail-unseen", "gone-conversation-unseen", "only-the-first-page", "states-not-opened"),
            *("words-gone-unseen", "row-not-compared", "checkpoints-unsigned", "checkpoints-not-chained"),
            *("checkpoints-not-counted", "verify-always-well"),
            *("due-not-looked-at", "put-off-for-good"),
            *("another-root-posted", "last-never-posted", "posted-with-a-sound", "cases-not-verified"),
        ),
        figures=(
            Figure(
                "100,000 random changes by somebody who knows the source: 0 not found",
                ON,
                "DOORSTEP_MANIPULATIONS=100000 pytest -s tests/storage/test_verifying.py",
            ),
            Figure(
                "1,000,010 events of 45,455 conversations: 40.8 s on SQLite, 45.9 s on PostgreSQL, at rest",
                "2026-11-23",
                "make size JOB=verify, then ON=postgresql",
            ),
        ),
        missing="A whole conversation removed, or a cut tail, shows only against "
        "checkpoints, which are 30 seconds apart. Of an event whose words are gone, who acted "
        "shows only against them too. Nobody outside holds them unless CHECKPOINT_DIR is "
        "elsewhere or CHECKPOINT_CHAT_ID is set.",
    ),
    promise(
        "R16",
        "Who asks to be forgotten is: no word, no id, no key of theirs stays, also not in an older copy that "
        "is put back.",
        For.PARTICIPANTS,
        "GDPR 17; PIPL 47",
        tests=(
            "tests/storage/test_erasure.py",
            "tests/storage/test_vault.py",
            "tests/storage/test_quarantine.py",
            "tests/storage/test_erasing_many.py",
            "tests/service/test_rights.py",
            f"{PRIVACY}::test_after_delete_no_byte_of_it_is_left",
            "tests/test_conversations.py::test_the_conversation_goes_word_for_word[erased]",
        ),
        defects=(
            *("key-kept-at-erasure", "key-kept-in-memory", "key-made-again", "erasure-not-noted"),
            *("erasure-not-replayed", "look-up-kept-at-erasure", "words-kept-at-erasure"),
            *("queue-kept-at-erasure", "address-kept-at-erasure", "set-aside-kept-at-erasure"),
            *("bytes-left-behind", "log-left-behind", "one-key-for-all-words", "one-key-for-all-states"),
            *("one-key-for-all-messages", "erased-without-a-note", "erased-again-without-a-word"),
            *("erasures-not-put-together", "message-number-outlives-erasure", "file-kept", "goodbye-kept"),
            *("receipts-in-the-backup", "case-outlives-its-person"),
        ),
        figures=(
            Figure(
                "1,000 of 10,000 people erased: look-up values, addresses and keys leave 0 traces",
                ON,
                "make erasures",
            ),
        ),
        missing="In older copies a person's address, and updates set aside, are sealed by a key "
        "that an erasure does not destroy. On PostgreSQL dead rows stay until they are reused. Telegram's "
        "own copy is out of reach. SQLite may leave pieces of ciphertext, without a key, until VACUUM.",
    ),
    promise(
        "R17",
        "What is no longer needed goes by itself, neither early nor late.",
        For.PRIVACY,
        "GDPR 5(1)(e)",
        tests=("tests/service/test_retention.py", "tests/service/test_rights.py"),
        defects=(
            *("gone-too-early", "gone-before-the-invitation", "words-outlive-their-time"),
            *("messages-outlive-their-time", "people-outlive-their-time"),
        ),
        figures=(
            Figure(
                "ten simulated years, 14 people, 3 trials, 2 seeds: 0 late, 0 early",
                ON,
                "pytest tests/service/test_retention.py",
            ),
        ),
    ),
    promise(
        "I4-minimal",
        "Of a minor only that they are one is kept; of whoever declines, no words; of a question, only one "
        "that was to be passed on.",
        For.PARTICIPANTS,
        "PIPL 28; GDPR 5(1)(c)",
        tests=(
            "tests/service/test_forgetting.py",
            "tests/engine/test_answers.py",
            "tests/test_conversations.py::test_the_conversation_goes_word_for_word[under_18_slip]",
        ),
        defects=(
            *("age-of-a-minor-kept", "words-of-a-minor-kept", "later-words-of-a-minor-kept"),
            *("words-of-decliners-kept", "questions-kept-unasked"),
        ),
    ),
    promise(
        "R18",
        "A stolen database names nobody and tells nothing that anybody said.",
        For.PRIVACY,
        "EDPB 01/2025; GDPR 32",
        tests=(
            "tests/storage/test_sealing.py",
            "tests/storage/test_erasure.py",
            "tests/storage/test_people.py",
            f"{PRIVACY}::test_after_delete_no_byte_of_it_is_left",
        ),
        defects=(
            *("nothing-sealed", "events-left-plain", "place-not-bound", "row-not-bound", "name-not-bound"),
            *("look-up-not-keyed", "look-up-key-in-the-source"),
        ),
        missing="Times, the number of messages, the trial, its end and a permission for contact "
        "are not sealed. Whoever has the keys too reads everything.",
    ),
    promise(
        "R19",
        "Keys can be changed while the bot runs.",
        For.OPERATORS,
        "ASVS 11.2.2",
        tests=(
            *("tests/storage/test_vault.py", "tests/storage/test_sealing.py"),
            "tests/storage/test_rewrapping.py",
        ),
        defects=("keys-gone-through-once", "name-not-bound", "row-not-bound"),
        figures=(
            Figure(
                "100,000 keys while people came: 6.5 s on SQLite, 16.1 s on PostgreSQL",
                ON,
                "make size JOB=rekey, then ON=postgresql",
            ),
        ),
    ),
    promise(
        "R20",
        "No log, error or address holds the token, a name, an id or a word that somebody said.",
        For.PRIVACY,
        "ASVS 16.2.5",
        tests=(
            *(PRIVACY, "tests/test_logs.py", "tests/test_canaries.py", "tests/web/test_metrics.py"),
            "tests/storage/test_database.py",
            "tests/test_settings.py::test_secrets_do_not_print",
            "tests/botapi/test_groups.py::test_staff_get_a_line_without_content",
        ),
        defects=(
            *("libraries-talkative", "arrivals-logged", "values-in-exceptions", "rows-in-a-servers-errors"),
            *("record-shown-in-an-error", "reason-with-words", "settings-print-secrets"),
            *("staff-lines-with-words", "libraries-speak", "values-in-our-words", "any-field-passes"),
            *("errors-quote", "uncaught-as-python-prints-it", "loops-on-their-own"),
        ),
        figures=(
            Figure(
                "2,020 tests at DEBUG with canaries in token, name and answers, 75,059 lines: 0 hits",
                "2026-11-23",
                "make canaries",
            ),
        ),
    ),
    promise(
        "R21",
        "Staff reach only what they may, each under their own name, and lose it at once.",
        For.STAFF,
        "21 CFR 11.300; FDA 2024 Q11",
        tests=("tests/web/test_doors.py", "tests/storage/test_access.py", "tests/web/test_asking_in.py"),
        defects=(
            *("console-roles-ignored", "console-foreign-form", "console-no-proof", "console-open-for-ever"),
            *("the-removed-still-look", "identity-for-all"),
        ),
        missing="Whoever may run commands on the machine reads everything; that they exported, copied or put "
        "back is on record, which of them it was is not.",
    ),
    promise(
        "R22",
        "Nothing that a participant writes can act in a staff member's browser.",
        For.STAFF,
        "ASVS 3",
        tests=("tests/web/test_in_browser.py",),
        defects=("console-unescaped", "console-formula"),
    ),
    promise(
        "R24",
        "An export is complete, and opens without running anything.",
        For.STAFF,
        "ASVS 1.2.10; 21 CFR 11.10(b)",
        tests=("tests/test_cli.py", "tests/storage/test_reading.py"),
        defects=("export-forgets-pages", "export-keeps-the-erased"),
        missing="Only JSON lines are exported; tables for spreadsheets, where formulas could run, are not "
        "there. The whole trail cannot be exported yet.",
    ),
    promise(
        "R28",
        "The pages for staff can be used by everybody, also by keyboard alone.",
        For.STAFF,
        "WCAG 2.2 AA",
        tests=("tests/web/test_in_browser.py", "tests/web/test_pages.py"),
        defects=("console-unlabelled", "console-typing-lost"),
        missing="Nobody who depends on a screen reader has tried them.",
    ),
    promise(
        "R30",
        "A change of the schema that is interrupted leaves nothing half done.",
        For.OPERATORS,
        "ICH E6(R3) 4.2.5; EMA 6.10",
        tests=("tests/storage/test_migrations.py", "tests/storage/test_migrations_killed.py"),
        defects=("migration-by-halves", "migrated-by-halves", "old-schema-taken"),
        figures=(
            Figure(
                "killed before and after each of its statements, on both databases: 0 losses",
                ON,
                "pytest tests/storage/test_migrations_killed.py",
            ),
        ),
    ),
    promise(
        "R31",
        "A backup can be put back, and it is proved.",
        For.OPERATORS,
        "ICH E6(R3) 4.3.3; FDA 2024 Q5",
        tests=("tests/storage/test_backup.py", "tests/storage/test_backup_age.py"),
        defects=(
            *("keys-copied-first", "copied-table-by-table", "older-keys-kept", "people-overwritten"),
            *("copy-not-looked-through", "signature-unread", "restore-unspoken-of"),
        ),
    ),
    promise(
        "R33",
        "Each promise names tests that ran and a protection whose loss they notice; this page is made from "
        "that, and a check refuses a promise without.",
        For.INSPECTORS,
        "ICH E6(R3) 4.3.4; FDA 2024 Q7, Q8",
        tests=(
            "tests/validation/test_validation.py",
            "tests/defects/test_defects.py",
            "tests/engine/test_properties.py",
        ),
        defects=("promises-for-nothing", "shown-although-unseen", "old-forms-believed", "talks-stay-shallow"),
    ),
    promise(
        "R34",
        "What is installed is what was locked: each package by its hash, under a licence that was looked at.",
        For.OPERATORS,
        "pip secure installs",
        tests=("tests/audit/test_audit.py", "tests/test_deploy.py"),
        defects=("hashes-unchecked", "fetched-files-unchecked", "licences-unchecked"),
        missing="No package was compared with a list of known weaknesses: none can be reached from a closed "
        "network. Run an auditor where there is one.",
    ),
    promise(
        "R35",
        "The core that decides is tested so closely that a changed line is noticed.",
        For.INSPECTORS,
        "SQLite; Zulip",
        tests=(
            *("tests/domain", "tests/engine/test_logic.py", "tests/engine/test_rules.py"),
            *("tests/engine/test_choices.py", "tests/engine/test_back.py", "tests/mutation"),
        ),
        defects=("unknown-taken-for-no", "and-forgets-unknown", "hard-stop-ignored"),
        missing="The aim is 95 % of all changed lines; only some of them were tried, see below.",
    ),
)
