"""Protections of review cases: one winner, silence, permission, forgetting, a chain."""

from __future__ import annotations

from tests.defects.defect import defect

ENGINE = "bot/engine/review.py"
READING = "bot/service/review_reading.py"
IN_ENGINE = "tests/engine/test_review.py::"
STORY = "tests/service/test_review.py::"
STORED = "tests/storage/test_cases.py::"

DEFECTS = (
    defect(
        "case-claimed-twice",
        "A case is claimed by one member of staff.",
        (ENGINE, "    others = case.claimed_by not in {None, by.id}\n", "    others = False\n"),
        f"{IN_ENGINE}test_a_case_is_won_by_the_first",
        f"{STORED}test_a_race_for_a_case_has_one_winner[sqlite]",
        f"{STORED}test_a_race_for_a_case_has_one_winner[postgresql]",
        quick=True,
    ),
    defect(
        "own-decision-agreed",
        "A second reviewer is another person than the first.",
        (ENGINE, "    if case.ruling.by == by.id:\n", "    if case.ruling.by is None:\n"),
        f"{IN_ENGINE}test_a_second_reviewer_is_another_person",
    ),
    defect(
        "alarm-for-ever",
        "A promise that is over alarms once.",
        ("bot/domain/review.py", '            return {"alarmed": True}\n', "            return {}\n"),
        f"{IN_ENGINE}test_a_promise_that_is_over_alarms_once",
        f"{STORY}test_a_late_answer_is_told_once_and_is_an_event",
    ),
    defect(
        "forgotten-by-stop",
        "Whoever goes on after stopping is with the team again.",
        ("bot/engine/noticing.py", " or _goes_on(trial, case, turned)\n", "\n"),
        f"{STORY}test_whoever_goes_on_after_stopping_still_waits_for_the_team",
    ),
    defect(
        "forgotten-by-a-slip",
        "Whoever corrects the age of a minor is with the team again.",
        ("bot/engine/noticing.py", " or _comes_back(trial, turned)\n", "\n"),
        f"{STORY}test_whoever_was_a_minor_by_a_slip_still_waits_for_the_team",
    ),
    defect(
        "yes-without-a-case",
        "Whoever says yes to contact has a case.",
        (
            "bot/engine/noticing.py",
            "    if talk.contact_permission:\n        found",
            "    if False:\n        found",
        ),
        f"{IN_ENGINE}test_everybody_who_says_yes_to_contact_gets_a_case",
        f"{STORY}test_whoever_says_yes_is_never_left_uncalled",
        shows=("ValueError",),  # there is no row in the queue
    ),
    defect(
        "bot-talks-over-a-human",
        "The bot is silent while a human talks.",
        ("bot/engine/advance.py", "    if passes_on(turn, inbound):\n", "    if False:\n"),
        "tests/test_conversations.py::test_the_conversation_goes_word_for_word[talk_with_team]",
        f"{STORY}test_what_is_written_to_the_team_is_kept_with_its_history",
    ),
    defect(
        "early-words-kept",
        "What is written to the team before the consent to health data is not kept.",
        ("bot/engine/relay.py", "text=text if kept else None", "text=text"),
        f"{STORY}test_what_is_written_before_the_consent_is_not_kept",
    ),
    defect(
        "written-to-after-a-no",
        "Nobody is written to who said no.",
        (
            "bot/service/review.py",
            "    if not may_write_to(edition.trial, about):\n",
            "    if about is None:\n",
        ),
        f"{STORY}test_nobody_is_written_to_who_said_no",
    ),
    defect(
        "case-outlives-its-person",
        "The case of an erased person is closed and emptied.",
        ("bot/storage/erasing.py", "        await close_cases_of(work, erased, now)\n", ""),
        f"{STORED}test_an_erased_person_leaves_an_empty_case_and_the_chain_holds[sqlite]",
        f"{STORY}test_erasure_in_a_talk_empties_everything",
        shows=("KeyGone", "Unreadable", "ValueError"),
    ),
    defect(
        "case-remembers-a-minor",
        "What staff wrote about a minor is forgotten with what the minor said.",
        ("bot/storage/erasing.py", "        await forget_cases(work, conversation)\n", ""),
        f"{STORY}test_a_minor_and_whoever_declines_leave_an_empty_case",
    ),
    defect(
        "cases-not-verified",
        "Changed rows of cases are found.",
        (
            "bot/storage/verifying.py",
            "        report.add(seen, faults)\n",
            "        report.add(seen, [])\n",
        ),
        f"{STORED}test_changed_rows_are_found[sqlite-a state]",
        f"{STORED}test_changed_rows_are_found[sqlite-an event's time]",
    ),
    defect(
        "the-removed-still-look",
        "Whoever was removed from the staff register sees nothing any more.",
        (
            READING,
            "    return who in staff and staff[who].active\n",
            "    return who in staff\n",
        ),
        f"{STORED}test_whoever_is_removed_may_do_nothing_and_holds_nothing[sqlite]",
    ),
    defect(
        "identity-for-all",
        "A participant's identity is seen only by those who may.",
        (
            READING,
            "        if not (await member(transaction.register, who)).sees_identity:\n",
            "        if await member(transaction.register, who) is None:\n",
        ),
        f"{STORY}test_identity_is_seen_by_those_who_may_and_each_look_is_recorded",
    ),
)
