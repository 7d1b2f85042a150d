"""What is taken away of the protections of what people agreed to."""

from __future__ import annotations

from tests.defects.defect import defect

ENGINE = "tests/engine/test_consent.py::"
SERVICE = "tests/service/test_consent.py::"
CONSENT, AGREEMENTS = "bot/engine/consent.py", "bot/engine/agreements.py"
LEDGER = f"{ENGINE}test_what_holds_is_what_the_ledger_says_and_reads_as_it_was_shown"

DEFECTS = (
    defect(
        "agreed-hash-not-checked",
        "Words are shown as agreed to only where their hash is the one that was kept.",
        (
            "bot/service/agreements.py",
            "        if hashlib.sha256(text.encode()).hexdigest() == consent.digest:\n",
            "        if text:\n",
        ),
        f"{ENGINE}test_words_that_an_edition_does_not_have_are_never_made_up",
    ),
    defect(
        "agreed-edition-not-named",
        "What is agreed to anew names the edition whose words it was.",
        (
            AGREEMENTS,
            "    origins = dict.fromkeys(other.digests, (newer.content_hash, newer.version))\n",
            '    origins = dict.fromkeys(other.digests, ("", newer.version))\n',
        ),
        f"{ENGINE}test_a_tap_on_a_question_is_no_answer_to_words_that_changed_meanwhile",
    ),
    defect(
        "changed-words-take-the-answer",
        "What was said under other words is no answer to those that are due now.",
        (
            "bot/engine/advance.py",
            '            unclear(turn, Text("agreements-changed"))\n',
            "            _decide(turn, inbound)\n",
        ),
        f"{ENGINE}test_what_is_typed_under_other_words_is_no_answer_to_the_new_ones",
    ),
    defect(
        "changed-words-not-asked",
        "Whoever agreed to other words is asked again before the next question.",
        (
            "bot/engine/advance.py",
            "    if _is_agreeing_or_answering(turn) and renew(turn):\n",
            "    if renew is None:\n",
        ),
        f"{ENGINE}test_a_tap_on_a_question_is_no_answer_to_words_that_changed_meanwhile",
    ),
    defect(
        "withdrawn-health-goes-on",
        "Nothing goes on without what answering needs.",
        (
            CONSENT,
            "    elif key not in PERMISSIONS:\n        _end(turn)\n",
            "    elif key not in PERMISSIONS:\n        pass\n",
        ),
        f"{ENGINE}test_each_can_be_taken_back_alone_by_two_taps",
    ),
    defect(
        "withdrawn-health-still-kept",
        "Taking back the agreement to health data ends that anything of it is recorded.",
        (
            "bot/domain/consent.py",
            '    return {"acknowledged": without(acknowledged, key)}\n',
            '    return {"acknowledged": acknowledged}\n',
        ),
        LEDGER,
    ),
    defect(
        "withdrawn-in-one-round-only",
        "Contact taken back in one round is taken back in each.",
        (
            "bot/service/desk.py",
            "            if refuses:\n                withdraw_contact(turn)\n",
            "            if not refuses:\n                withdraw_contact(turn)\n",
        ),
        f"{SERVICE}test_contact_taken_back_in_one_round_is_taken_back_in_each",
    ),
    defect(
        "carried-after-a-stop",
        "After a stop a new round asks for everything.",
        (
            AGREEMENTS,
            "    if earlier.status not in {Status.COMPLETED, Status.INCOMPLETE}:\n",
            "    if earlier.status is Status.ERASED:\n",
        ),
        f"{SERVICE}test_after_a_stop_a_new_round_asks_for_everything",
    ),
    defect(
        "carried-though-changed",
        "Only what reads the same is carried over into a new round.",
        (
            AGREEMENTS,
            "        if item.digests.get(consent.language) == consent.digest\n",
            "        if item.digests.get(consent.language)\n",
        ),
        "tests/test_conversations.py::test_the_conversation_goes_word_for_word[text_changed_new_round]",
    ),
    defect(
        "message-number-outlives-erasure",
        "An erasure takes the number of the message by which something was agreed to.",
        (
            "bot/storage/trail.py",
            "_STAYING = (ConsentAcknowledged, ",
            "_STAYING = (object, ConsentAcknowledged, ",
        ),
        f"{SERVICE}test_an_erasure_leaves_what_was_agreed_to_and_takes_the_number_of_the_message",
    ),
    defect(
        "explained-once-too-often",
        "After the second try a human explains.",
        (
            "bot/engine/comprehension.py",
            "    return item.right in tried or len(tried) >= ATTEMPTS\n",
            "    return item.right in tried\n",
        ),
        f"{ENGINE}test_the_check_gives_each_question_two_tries_and_excludes_nobody",
    ),
    defect(
        "spare-words-missing",
        "Who talks by an edition of an earlier program is told what that lacked.",
        (
            "bot/content/fluent.py",
            "        if name not in self.shapes and self._spare:\n",
            "        if name not in self.shapes and not self.shapes:\n",
        ),
        f"{SERVICE}test_who_talks_by_an_edition_of_an_earlier_program_is_told_what_that_lacked",
    ),
)
