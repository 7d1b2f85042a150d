"""Protections of the judgement and of the words: criteria as written, ages kept short, emergencies heard."""

from __future__ import annotations

from tests.defects.defect import defect

CRITERIA = "bot/engine/criteria.py"
ADVANCE = "bot/engine/advance.py"
ANSWERS = "bot/engine/answers.py"
DESK = "bot/service/desk.py"
BUNDLE = "bot/content/bundle.py"
TRIAL = "flows/NCT06203249/trial.yaml"

CASES = "tests/engine/test_cases.py::test_answers_come_out_as_the_oracle_says"
LOGIC = "tests/engine/test_logic.py::"
BY_HAND = f"{LOGIC}test_the_outcome_is_what_the_criteria_say"
PROPERTIES = "tests/engine/test_properties.py::"
FORGETTING = "tests/service/test_forgetting.py::"
EMERGENCY = "tests/engine/test_emergency.py::"
TEST_BUNDLE = "tests/content/test_bundle.py::"

JUDGED = (
    defect(
        "rule-changed",
        "The rules in the trial's file are those of the registry.",
        (
            TRIAL,
            "    rule: {question: other_ctd, met: [no], not_met: [yes]}\n",
            "    rule: {question: other_ctd, met: [yes], not_met: [no]}\n",
        ),
        CASES,
        BY_HAND,
    ),
    defect(
        "criterion-reworded",
        "Criteria are shown in the registry's own words.",
        (TRIAL, "Age≥18 years old", "Age≥16 years old"),
        f"{TEST_BUNDLE}test_the_ten_criteria_are_the_registrys_word_for_word",
    ),
    defect(
        "unknown-taken-for-no",
        "Not knowing an answer never excludes anybody.",
        (
            CRITERIA,
            "    return Truth.NO if value in not_met else Truth.UNKNOWN\n",
            "    return Truth.NO if value in not_met or value else Truth.UNKNOWN\n",
        ),
        CASES,
        f"{LOGIC}test_not_knowing_never_excludes",
        quick=True,
    ),
    defect(
        "unknown-taken-for-yes",
        "Nobody is told that a study may fit while something is unknown.",
        (
            "bot/engine/assess.py",
            "    if Verdict.UNKNOWN in known or Verdict.MET not in known:\n",
            "    if Verdict.MET not in known:\n",
        ),
        CASES,
        BY_HAND,
    ),
    defect(
        "and-forgets-unknown",
        "Three-valued logic keeps what is not known.",
        (
            "bot/domain/truth.py",
            "        if Truth.UNKNOWN in (self, other):\n            return Truth.UNKNOWN\n",
            "",
        ),
        "tests/domain/test_truth.py::test_and",
    ),
    defect(
        "staff-only-excludes",
        "What only staff may judge never excludes by itself.",
        (
            CRITERIA,
            "    if criterion.staff_only and truth is Truth.NO:\n",
            "    if criterion.staff_only and truth is Truth.YES:\n",
        ),
        CASES,
    ),
    defect(
        "contradiction-believed",
        "Answers that cannot both be right go to a person.",
        (
            CRITERIA,
            "    if any(evaluate(item.when, answers) is Truth.YES for item in criterion.contradictions):\n",
            "    if any(evaluate(item.when, answers) is Truth.NO for item in criterion.contradictions):\n",
        ),
        BY_HAND,
    ),
    defect(
        "hard-stop-ignored",
        "Beyond a hard stop nothing that was answered counts.",
        (
            "bot/engine/outline.py",
            "        if stop and (soft or stop.hard):\n",
            "        if stop and soft:\n",
        ),
        f"{LOGIC}test_beyond_a_hard_stop_nothing_counts",
        shows=("ExceptionGroup: Hypothesis found",),
    ),
    defect(
        "age-guessed",
        "No text is taken for an age that it does not state.",
        (
            ANSWERS,
            '    if re.fullmatch(r"\\d{1,4}", said):\n        return int(said)\n',
            '    if found := re.search(r"\\d{1,4}", said):\n        return int(found[0])\n',
        ),
        "tests/engine/test_answers.py::test_anything_else_is_asked_again_and_told_why",
    ),
    defect(
        "newest-edition-always",
        "A screening goes on in the edition that it began with.",
        (
            DESK,
            "        return self.editions[talk.content_hash]\n",
            "        return self.offered[talk.trial]\n",
        ),
        "tests/service/test_desk.py::test_after_a_redeploy_a_talk_goes_on_in_the_edition_it_began_with",
        "tests/service/test_redeploys.py::test_every_screening_goes_on_in_the_edition_it_began_with",
        shows=("KeyError", "StopIteration", "BrokenText"),
    ),
)

FORGOTTEN = (
    defect(
        "age-of-a-minor-kept",
        "Of a minor only that they are one is kept, not their age.",
        (
            ANSWERS,
            "    if question.floor and years < question.floor.below:\n",
            "    if question.floor and years < 0:\n",
        ),
        "tests/engine/test_answers.py::test_of_a_minor_only_that_they_are_one_is_kept",
        f"{FORGETTING}test_of_a_minor_only_that_they_are_one_stays",
        "tests/test_conversations.py::test_the_conversation_goes_word_for_word[under_18_slip]",
    ),
    defect(
        "words-of-a-minor-kept",
        "What a minor said before is emptied.",
        (
            DESK,
            "self.changes.forgotten[talk.id] = before + place  # the answer just before it stays",
            "self.changes.forgotten[talk.id] = 0",
        ),
        f"{FORGETTING}test_of_a_minor_only_that_they_are_one_stays",
    ),
    defect(
        "later-words-of-a-minor-kept",
        "What a minor writes about an emergency is heard and not kept.",
        (
            "bot/engine/typed.py",
            " and not is_minor(turn.trial, turn.conversation)\n",
            "\n",
        ),
        f"{FORGETTING}test_of_a_minor_only_that_they_are_one_stays",
    ),
    defect(
        "words-of-decliners-kept",
        "Whoever declines leaves no words.",
        (
            DESK,
            "                self.changes.forgotten[talk.id] = before + place + 1\n",
            "                self.changes.forgotten[talk.id] = 0\n",
        ),
        f"{FORGETTING}test_whoever_declines_leaves_no_words",
    ),
    defect(
        "questions-kept-unasked",
        "A question is kept only if the person wants it passed on.",
        (
            "bot/engine/choosing.py",
            "    turn.happened(e.QuestionDropped(at=turn.now))\n    turn.ask(Text",
            (
                "    turn.flag(e.QuestionPassedOn(at=turn.now, text=turn.conversation.question_text))\n"
                "    turn.ask(Text"
            ),
        ),
        f"{FORGETTING}test_a_question_is_kept_only_if_it_is_passed_on",
    ),
)

WORDS = (
    defect(
        "words-outside-the-hash",
        "One changed letter in any language is another content.",
        (
            BUNDLE,
            "    content_hash = hash_of(body)\n",
            "    content_hash = hashlib.sha256(parts.trial.model_dump_json().encode()).hexdigest()\n",
        ),
        f"{TEST_BUNDLE}test_one_changed_letter_is_another_content",
    ),
    defect(
        "digest-of-something-else",
        "What was agreed to is named by the hash of its exact text.",
        (BUNDLE, '_digest(texts[f"acknowledgement.{key}"])', "_digest(key)"),
        f"{TEST_BUNDLE}test_a_digest_is_that_of_the_exact_text",
    ),
    defect(
        "agreement-without-its-text",
        "Each acknowledgement records the hash and language of the text that was shown.",
        (
            "bot/engine/agreements.py",
            '        digest = item.digests.get(language, "")\n',
            '        digest = item.digests.get(trial.languages[-1], "")\n',
        ),
        "tests/service/test_acknowledged.py::test_what_was_agreed_to_is_on_record_word_for_word",
    ),
    defect(
        "edition-not-kept",
        "The exact texts of an edition stay in the store.",
        (
            "bot/storage/transaction.py",
            '            "body": body,\n',
            '            "body": body.lower(),\n',
        ),
        "tests/service/test_acknowledged.py::test_what_was_agreed_to_is_on_record_word_for_word",
    ),
    defect(
        "unapproved-unsaid",
        "`check` says which language is not approved.",
        (
            "bot/content/check.py",
            "        if language not in approved:\n",
            "        if not approved:\n",
        ),
        f"{TEST_BUNDLE}test_an_approval_silences_its_warning",
    ),
    defect(
        "another-language-silently",
        "A text is never taken from another language.",
        (
            "bot/content/words.py",
            "        self.messages = messages[language]\n",
            '        self.messages = messages["en"]\n',
        ),
        "tests/content/test_words.py::test_a_missing_text_is_not_taken_from_another_language",
    ),
    defect(
        "no-word-of-being-a-bot",
        "The first message says that it is from a bot, before anything is asked.",
        (
            "locales/en/bot.ftl",
            "    Hello. I am a bot: a computer program, not a person. I can tell you",
            "    Hello. I can tell you",
        ),
        "tests/test_conversations.py::test_the_conversation_goes_word_for_word[fits_en]",
        "tests/test_said_first.py::test_it_says_that_it_is_a_bot_before_anything_is_asked",
    ),
)

EASY = (
    defect(
        "long-words",
        "The English texts are easy to read.",
        (
            "flows/NCT06203249/en.yaml",
            "Doctors want to learn how tiny germs in the body",
            (
                "Investigators endeavour to characterise immunological interactions involving "
                "pulmonary microbiota: specifically, how microorganisms inhabiting the body"
            ),
        ),
        "tests/content/test_readable.py::test_english_is_easy",
    ),
    defect(
        "long-sentences",
        "The Chinese texts are in short sentences.",
        ("tests/content/test_readable.py", 'r"[。！？；：\\n]", plain(text)', 'r"[\\n]", plain(text)'),
        "tests/content/test_readable.py::test_chinese_sentences_are_short",
    ),
)

HEARD = (
    defect(
        "emergency-unheard-in-a-pause",
        "Emergency words are heard in every state of a screening.",
        (
            ADVANCE,
            "    if kind:\n        return _emergency",
            "    if kind and not turn.conversation.paused:\n        return _emergency",
        ),
        f"{PROPERTIES}test_emergency_words_are_heard_in_a_pause",
        shows=("IndexError",),
    ),
    defect(
        "emergency-unheard-under-pictures",
        "Emergency words under a picture are heard.",
        (
            ADVANCE,
            "        case AttachmentSent(caption):\n            return caption\n",
            "        case AttachmentSent(caption):\n            return caption[:0]\n",
        ),
        "tests/botapi/test_attachments.py::test_emergency_words_under_a_picture_are_noticed",
    ),
    defect(
        "emergency-unheard-in-edits",
        "Emergency words in an edited message, a command or a link are heard.",
        (
            ADVANCE,
            "        case Typed(text) | Edited(text):\n            return text\n",
            "        case Typed(text):\n            return text\n",
        ),
        f"{PROPERTIES}test_emergency_words_are_heard_however_they_arrive",
        shows=("IndexError",),
    ),
    defect(
        "help-unnamed-where-not-understood",
        "Where words were not understood, the answer says where help is.",
        (
            "bot/engine/hints.py",
            '    reply = preceded(due, *hints, Text("if-urgent"))\n',
            "    reply = preceded(due, *hints)\n",
        ),
        "tests/emergency/test_told.py::test_who_is_not_heard_is_told_where_help_is",
    ),
    defect(
        "help-untapped",
        "One tap tells of an emergency, in every state.",
        (
            ADVANCE,
            "    if kind:\n        return _emergency",
            (
                "    if isinstance(inbound, Tapped) and kind:\n        return turn.done()\n"
                "    if kind:\n        return _emergency"
            ),
        ),
        "tests/emergency/test_told.py::test_one_tap_tells_of_an_emergency_in_every_kind_of_state",
    ),
    defect(
        "one-more-thing-first",
        "The safety text is the first thing that is said.",
        (
            ADVANCE,
            "parts=(*due.parts, *left)))",
            'parts=(Text("thanks"), *due.parts, *left)))',
        ),
        f"{PROPERTIES}test_emergency_words_are_met_at_once_in_every_state",
    ),
    defect(
        "emergency-waits-its-turn",
        "In a crowd the safety text goes out before everything else.",
        (
            "bot/service/screening.py",
            "Outgoing(said.chat, message, talk.held, held",
            "Outgoing(said.chat, message, False, held",
        ),
        "tests/service/test_order.py::test_in_a_crowd_an_emergency_is_first_and_an_answer_second",
    ),
    defect(
        "staff-not-told",
        "Staff get a line about an emergency.",
        (
            "bot/engine/transition.py",
            "        if tells_staff(self.conversation, flag, self.now):\n",
            "        if not tells_staff(self.conversation, flag, self.now):\n",
        ),
        f"{FORGETTING}test_one_person_cannot_bury_the_others_with_alerts",
        "tests/botapi/test_groups.py::test_staff_get_a_line_without_content",
    ),
    defect(
        "denial-across-sentences",
        "A denial silences nothing that is said in another sentence.",
        (
            "bot/engine/reading.py",
            "for n, gap in enumerate(gaps) if gap.isspace())",
            "for n, gap in enumerate(gaps) if gap)",
        ),
        "tests/engine/test_harmless.py::test_whatever_else_is_said_is_heard",
    ),
    defect(
        "traditional-unread",
        "Traditional characters are read as simplified ones.",
        ("bot/engine/reading.py", "seen.translate(_SIMPLIFIED).split()", "seen.split()"),
        f"{EMERGENCY}test_traditional_characters_are_read_as_simplified_ones",
    ),
    defect(
        "slips-unforgiven",
        "One slip of the pen in a long word is forgiven.",
        (
            "bot/engine/vocabulary.py",
            "    for n in range(1, len(word)):\n        yield word[:n] + word[n + 1 :]\n",
            "",
        ),
        f"{EMERGENCY}test_one_slip_of_the_pen_is_forgiven",
    ),
)

DEFECTS = (*JUDGED, *FORGOTTEN, *WORDS, *EASY, *HEARD)
