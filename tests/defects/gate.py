"""What lets production start, or go on, with what nobody approved; and what lets a demo pass for more."""

from __future__ import annotations

from tests.defects.defect import defect

_GATE = "tests/content/test_gate.py::"
_LEAVES = "tests/content/test_leaves.py::"
_APPROVED = "tests/approved/test_approved.py::"
_ENDED = "tests/test_conversations.py::test_the_conversation_goes_word_for_word[approval_ended]"

DEFECTS = (
    defect(
        "approval-of-any-content",
        "An approval is of exactly one content.",
        (
            "bot/content/approvals.py",
            "same = [each for each in mine if each.content_hash == content_hash]",
            "same = mine",
        ),
        f"{_GATE}test_one_character_stops_the_start",
    ),
    defect(
        "approval-for-ever",
        "On the day an approval expires it holds no more.",
        (
            "bot/content/approvals.py",
            "return self.approved_on <= today < self.expires_on",
            "return self.approved_on <= today",
        ),
        f"{_GATE}test_on_the_day_it_expires_it_holds_no_more",
        f"{_GATE}test_a_licence_holds_until_the_first_language_s_approval_expires",
    ),
    defect(
        "one-language-is-enough",
        "Each language that is offered needs an approval.",
        (
            "bot/content/gate.py",
            "    for language in file.languages:\n",
            "    for language in file.languages[:1]:\n",
        ),
        f"{_GATE}test_one_language_that_is_not_approved_stops_it",
    ),
    defect(
        "hash-without-the-file",
        "Wordings that are kept for later are approved with the rest.",
        (
            "bot/content/bundle.py",
            '        "files": {code: _digest_of_file(languages[code]) for code in trial.languages},\n',
            "",
        ),
        f"{_LEAVES}test_a_language_file_leaf_by_leaf",
    ),
    defect(
        "hash-without-policies",
        "A policy that decides outcomes is part of what was approved.",
        ("bot/content/bundle.py", "exclude=unsaid", 'exclude=unsaid | {"policies"}'),
        f"{_LEAVES}test_the_trial_file_leaf_by_leaf",
    ),
    defect(
        "retention-left-open",
        "Production needs a period for each way a screening can end.",
        (
            "bot/content/gate.py",
            "_CONDITIONS = (_barred, _undecided, _without_period)",
            "_CONDITIONS = (_barred, _undecided)",
        ),
        f"{_GATE}test_each_is_missed_alone",
    ),
    defect(
        "hipaa-let-in",
        "A site bound by HIPAA is refused on Telegram.",
        (
            "bot/content/gate.py",
            'if file.decisions.jurisdiction == "US-HIPAA":',
            'if file.decisions.jurisdiction == "":',
        ),
        f"{_GATE}test_hipaa_is_refused_also_in_a_pilot",
    ),
    defect(
        "production-without-checkpoints",
        "Production needs what shows that a conversation is gone.",
        ("bot/settings.py", '"ENCRYPTION_KEYS", "CHECKPOINT_DIR", "SIGNING_KEY"),', '"ENCRYPTION_KEYS"),'),
        "tests/test_settings.py::test_each_is_missed_alone",
    ),
    defect(
        "run-past-the-gate",
        "`run` passes the gate before anything else.",
        ("bot/running.py", "    pass_gate(settings, clock(), closed=closed)\n", ""),
        "tests/test_gate.py::test_all_that_is_missing_is_named_at_once",
    ),
    defect(
        "answers-after-the-end",
        "Nobody answers a question whose approval has expired.",
        ("bot/service/lapse.py", "    e.AnswerRecorded,\n", ""),
        _ENDED,
    ),
    defect(
        "questions-after-the-end",
        "Nobody is asked a question whose approval has expired.",
        (
            "bot/service/lapse.py",
            "    return replace(done, replies=tuple(_told(reply, due) for reply in done.replies))\n",
            "    return done if due else done\n",
        ),
        _ENDED,
    ),
    defect(
        "new-people-after-the-end",
        "Nobody begins a screening whose approval has expired.",
        (
            "bot/service/desk.py",
            "        if not self.licence.holds(newest.trial, self.now):\n",
            "        if not newest.trial:\n",
        ),
        _ENDED,
    ),
    defect(
        "words-of-our-own",
        "Nothing is said beside approved texts.",
        (
            "bot/service/wording.py",
            "Message(rendered.html, clears",
            'Message(rendered.html + "\\n\\nGood luck!", clears',
        ),
        f"{_APPROVED}test_whatever_people_do_they_read_approved_texts_only",
        f"{_APPROVED}test_every_case_is_told_in_approved_texts_only",
    ),
    defect(
        "demo-without-a-mark",
        "Each message of a demo says that it is one.",
        ("bot/practice.py", "open_line(DEMO_TOKEN, url, demo_mark(shelf))", "open_line(DEMO_TOKEN, url)"),
        "tests/botapi/test_demo.py::test_the_demo_marks_each_message_the_staff_lines_and_its_description",
    ),
)
