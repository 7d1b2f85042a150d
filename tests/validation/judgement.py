"""Promises of judgement and words: criteria as written, approved texts, and help in an emergency."""

from __future__ import annotations

from tests.validation.promise import Figure, For, promise

ON = "2026-11-22"

PROMISES = (
    promise(
        "R10",
        "What the bot concludes is what the registry's criteria say; not knowing never excludes anybody, and "
        "nobody is called eligible.",
        For.COMMITTEE,
        "ICH E6(R3) 4.3.4; 21 CFR 11.10(a)",
        tests=(
            "tests/engine/test_cases.py",
            "tests/engine/test_logic.py",
            "tests/engine/test_properties.py",
            "tests/domain/test_truth.py",
            "tests/engine/test_every_answer.py",
            "tests/content/test_bundle.py::test_the_ten_criteria_are_the_registrys_word_for_word",
        ),
        defects=(
            *("rule-changed", "criterion-reworded", "unknown-taken-for-no", "unknown-taken-for-yes"),
            *("and-forgets-unknown", "staff-only-excludes", "contradiction-believed", "hard-stop-ignored"),
            "age-guessed",
        ),
        figures=(
            Figure(
                "all 594,328 ways through the questions against a second reading: 0 differences",
                ON,
                "DOORSTEP_EVERY_ANSWER=1 pytest -s tests/engine/test_every_answer.py",
            ),
        ),
        missing="Both readings were written by the same makers; no investigator has confirmed them.",
    ),
    promise(
        "R11",
        "Everything a participant can read is text that was approved.",
        For.COMMITTEE,
        "FDA recruiting sheet; 45 CFR 46.116(g); China 2023 Measures",
        tests=(
            *("tests/content/test_bundle.py", "tests/content/test_words.py", "tests/content/test_leaves.py"),
            *("tests/content/test_gate.py", "tests/approved/test_approved.py"),
        ),
        defects=(
            *("words-outside-the-hash", "unapproved-unsaid", "another-language-silently"),
            *("words-of-our-own", "approval-of-any-content", "approval-for-ever", "one-language-is-enough"),
            *("hash-without-the-file", "hash-without-policies"),
        ),
        figures=(
            Figure(
                "100,093 messages of talks at random: 0 hold anything but approved texts", ON, "make approved"
            ),
        ),
        missing="No committee has approved a text yet. Before an approval a pilot says drafts.",
    ),
    promise(
        "R12",
        "What somebody agreed to can be shown word for word for as long as the record is kept.",
        For.COMMITTEE,
        "EMA A5.3.2; FDA eIC",
        tests=(
            *("tests/service/test_acknowledged.py", "tests/service/test_consent.py"),
            *("tests/service/test_rerendering.py", "tests/content/test_bundle.py"),
        ),
        defects=(
            *("agreement-without-its-text", "digest-of-something-else", "edition-not-kept"),
            *("agreed-hash-not-checked", "agreed-edition-not-named", "spare-words-missing"),
        ),
        figures=(
            Figure(
                "10,000 agreements after 100 changes of words: each the same byte for byte",
                ON,
                "make agreements",
            ),
        ),
    ),
    promise(
        "R13",
        "Each permission is asked apart and can be taken back alone.",
        For.PARTICIPANTS,
        "PIPL 14, 29, 39; GDPR 7, 9",
        tests=(
            *("tests/service/test_forgetting.py", "tests/service/test_consent.py"),
            *("tests/engine/test_consent.py", "tests/test_conversations.py"),
        ),
        defects=(
            *("withdrawn-in-one-round-only", "words-of-decliners-kept", "withdrawn-health-goes-on"),
            *("withdrawn-health-still-kept", "changed-words-not-asked", "changed-words-take-the-answer"),
            *("carried-though-changed", "carried-after-a-stop"),
        ),
    ),
    promise(
        "I4-comprehension",
        "Where a trial wants it, people show that they understood the key facts before they go on.",
        For.COMMITTEE,
        "FDA eIC Q4",
        tests=("tests/content/test_comprehension.py", "tests/test_conversations.py"),
        defects=("explained-once-too-often",),
        missing="Nobody has tried the questions of a real check on people; the shipped trial has none.",
    ),
    promise(
        "R25",
        "Words about an emergency are met at once with what to do now, whatever was being asked.",
        For.PARTICIPANTS,
        "Kocaballi 2020; SB 243",
        tests=(
            "tests/engine/test_emergency.py",
            "tests/engine/test_harmless.py",
            "tests/engine/test_properties.py",
            "tests/botapi/test_attachments.py",
            "tests/service/test_order.py",
            "tests/emergency/test_apart.py",
            "tests/emergency/test_told.py",
            "tests/engine/test_safety_critical.py",
            "tests/service/test_forgetting.py::test_one_person_cannot_bury_the_others_with_alerts",
            "tests/botapi/test_groups.py::test_staff_get_a_line_without_content",
        ),
        defects=(
            *("emergency-unheard-in-a-pause", "emergency-unheard-under-pictures"),
            *("emergency-unheard-in-edits", "one-more-thing-first", "emergency-waits-its-turn"),
            *("help-unnamed-where-not-understood", "help-untapped"),
            *("staff-not-told", "denial-across-sentences", "traditional-unread", "slips-unforgiven"),
        ),
        figures=(
            Figure(
                "of a stranger's wordings 95.0 % (en) and 94.8 % (zh) are heard; of near misses written to "
                "deceive 38.1 % and 38.2 % raise the alarm",
                "2026-11-23",
                "make emergency",
            ),
            Figure(
                "in each of 178 kinds of states at least 99.3 % (en) and 99.6 % (zh) of a stranger's "
                "wordings are heard, or answered with where help is and a button that tells of it",
                "2026-11-23",
                "make emergency",
            ),
        ),
        missing="One emergency in twenty raises no alarm by itself: its writer is told whom to call, and "
        "staff hear of it only by a tap. Of strangers' small talk 7 to 11 in a hundred raise the alarm for "
        "nothing. No clinician wrote or checked the rules.",
    ),
    promise(
        "R26",
        "People are told that a bot is talking to them before anything is asked.",
        For.PARTICIPANTS,
        "EU AI Act 50(1)",
        tests=("tests/test_said_first.py", "tests/test_conversations.py"),
        defects=("no-word-of-being-a-bot",),
    ),
    promise(
        "R27",
        "The texts are easy to read.",
        For.PARTICIPANTS,
        "AMA 6; NIH 6-8",
        tests=("tests/content/test_readable.py",),
        defects=("long-words", "long-sentences"),
        figures=(
            Figure(
                "English grade 3.6 (highest of one text 6.7); Chinese 12 characters in the middle sentence",
                ON,
                "pytest -s tests/content/test_readable.py",
            ),
        ),
        missing="Formulas are good to a grade and a half, and say nothing of being understood. Nobody from "
        "the people concerned has read the texts; no native-speaking clinician has reviewed the Chinese.",
    ),
    promise(
        "R36",
        "The bot does not meet real people before what the law asks for is there.",
        For.COMMITTEE,
        "PIPL 38; HIPAA",
        tests=("tests/test_settings.py", "tests/content/test_gate.py", "tests/test_gate.py"),
        defects=(
            *("pilot-without-keys", "run-past-the-gate", "retention-left-open", "hipaa-let-in"),
            *("production-without-checkpoints", "answers-after-the-end", "questions-after-the-end"),
            *("new-people-after-the-end", "demo-without-a-mark"),
        ),
        missing="What the law asks for was read by the makers, by no lawyer.",
    ),
)
