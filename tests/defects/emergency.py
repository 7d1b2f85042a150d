"""Protections of those in an emergency: heard, not silenced, answered fittingly, with numbers that hold."""

from __future__ import annotations

from tests.defects.defect import defect

ALARM = "bot/engine/alarm.py"
NET = "bot/engine/net.py"
DENIALS = "bot/engine/denials.py"
SAFETY = "bot/content/safety.py"
LISTS = "tests/engine/test_emergency.py::test_emergencies_are_heard_and_ordinary_answers_are_not"
TEST_NET = "tests/engine/test_net.py::"
TEST_SAFETY = "tests/content/test_safety.py::"
CRITICAL = "tests/engine/test_safety_critical.py::"

DEFECTS = (
    defect(
        "second-net-gone",
        "Emergencies that no rule names are heard.",
        (ALARM, "return self._rules.hears(said) or self._caught(said)", "return self._rules.hears(said)"),
        f"{LISTS}[en_more]",
        f"{LISTS}[zh_more]",
        quick=True,
    ),
    defect(
        "more-words-silence-the-net",
        "Nothing said before or after makes a message lighter.",
        (
            NET,
            "here = max(here, net.bias - net.limit) + added\n        heaviest = max(heaviest, here)",
            "here = here + added\n        heaviest = here",
        ),
        f"{TEST_NET}test_more_clauses_before_or_after_never_make_a_message_lighter",
    ),
    defect(
        "denied-words-weighed",
        "What is denied directly is hidden from the second net too.",
        (ALARM, "            net, self._rules.clauses(", "            net, clauses("),
        f"{TEST_NET}test_a_harmless_run_is_not_weighed",
    ),
    defect(
        "denial-silences-all",
        "A word of turning (但, 现在) takes a Chinese denial back.",
        (DENIALS, "if not any(word in text for word in unless):", "if True:"),
        f"{TEST_NET}test_in_chinese_too_a_denial_silences_nothing_else",
    ),
    defect(
        "denials-in-chinese-not-believed",
        "A direct denial in Chinese raises no alarm.",
        (DENIALS, "return NOUGHT * len(found[0])", "return found[0]"),
        f"{TEST_NET}test_a_direct_denial_in_chinese_is_believed",
    ),
    defect(
        "one-text-for-all-kinds",
        "Somebody who is being hurt gets the quiet text.",
        (
            "bot/engine/prompts.py",
            '"trial:emergency" if peril is Peril.GENERAL else f"trial:emergency.{peril}"',
            '"trial:emergency"',
        ),
        "tests/test_conversations.py::test_the_conversation_goes_word_for_word[emergency_violence]",
    ),
    defect(
        "kind-kept-too-long",
        "The kind of an emergency is forgotten once they go on.",
        (
            "bot/domain/folding.py",
            'return {"held": False, "peril": Peril.GENERAL}',
            'return {"held": False}',
        ),
        f"{CRITICAL}test_the_kind_is_forgotten_once_they_go_on",
    ),
    defect(
        "numbers-out-of-date",
        "A number that nobody looked at in time is an error.",
        (SAFETY, "if number.review_by < today:", "if False:"),
        f"{TEST_SAFETY}test_the_day_after_the_last_one_every_number_is_an_error",
        f"{TEST_SAFETY}test_one_number_out_of_date_is_named_at_its_line",
        shows=("StopIteration",),
    ),
    defect(
        "whole-messages-not-heard",
        "A bare 120 is a call for help.",
        ("bot/engine/reading.py", "if packed in self._whole:", "if False:"),
        "tests/engine/test_emergency.py::test_a_bare_number_to_call_is_a_call_for_help",
    ),
)
