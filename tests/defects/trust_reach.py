"""Protections of who may do what from where, and of what gets out: buttons, groups, logs."""

from __future__ import annotations

from tests.defects.defect import defect

ADVANCE = "bot/engine/advance.py"
UPDATES = "bot/botapi/updates.py"
CLI = "bot/cli/logs.py"

PROPERTIES = "tests/engine/test_properties.py::"
TEST_GROUPS = "tests/botapi/test_groups.py::"
TEST_UPDATES = "tests/botapi/test_updates.py::"
TEST_PRIVACY = "tests/test_privacy.py::"
NOT_LOGGED = f"{TEST_PRIVACY}test_nothing_that_people_say_is_logged_or_printed"

BUTTONS = (
    defect(
        "old-buttons-act",
        "Only a button of the present message acts.",
        (
            ADVANCE,
            "    if inbound.turn != talk.turn:\n",
            "    if inbound.turn > talk.turn:\n",
        ),
        f"{PROPERTIES}test_a_stale_tap_changes_nothing",
        quick=True,
    ),
    defect(
        "buttons-of-others-act",
        "A button of another screening, or of another person's, does nothing.",
        (ADVANCE, " or inbound.conversation != talk.id:\n", ":\n"),
        f"{PROPERTIES}test_a_tap_on_somebody_elses_button_changes_nothing",
    ),
    defect(
        "options-uncounted",
        "A forged button beyond those offered does nothing.",
        (
            ADVANCE,
            " if 0 <= inbound.option < len(choices) else None\n",
            " if inbound.option >= 0 else None\n",
        ),
        f"{PROPERTIES}test_a_tap_on_somebody_elses_button_changes_nothing",
        shows=("IndexError",),
    ),
    defect(
        "any-token-read",
        "Data that no button of ours carries is known as forged.",
        (
            "bot/service/tokens.py",
            'r"([a-z0-9]{8})\\.(0|[1-9a-z][0-9a-z]{0,5})\\.(0|[1-9]\\d?)", re.ASCII',
            'r"(.{8,9})\\.([0-9a-zA-Z]{1,7})\\.(\\d{1,3})"',
        ),
        "tests/service/test_tokens.py::test_forged_data",
    ),
    defect(
        "sender-taken-from-the-chat",
        "A tap counts for whoever tapped, and not for whose chat it was in.",
        (
            UPDATES,
            "    person = _number(query.from_user.id)\n",
            "    person = message.chat.id if message else 0\n",
        ),
        f"{TEST_UPDATES}test_a_tap_of_a_stranger_is_never_taken_for_the_chats_person",
    ),
)

PRIVATE = (
    defect(
        "groups-listened-to",
        "What is said in a group is neither answered nor kept.",
        (
            UPDATES,
            "    if message.chat.type != Chat.PRIVATE:\n        return _in_group(",
            "    if message.chat.type == Chat.CHANNEL:\n        return _in_group(",
        ),
        f"{TEST_GROUPS}test_addressed_in_a_group_it_refuses_and_keeps_nothing",
        f"{TEST_UPDATES}test_what_is_answered_in_a_group",
    ),
    defect(
        "taps-in-groups-count",
        "A tap in a group does nothing.",
        (
            UPDATES,
            "    if message is not None and message.chat.type != Chat.PRIVATE:\n",
            "    if message is None:\n",
        ),
        f"{TEST_UPDATES}test_what_is_no_concern_of_ours",
    ),
    defect(
        "edits-change-answers",
        "An edited message changes no answer.",
        (
            ADVANCE,
            '        case Edited():\n            unclear(turn, Text("edit-ignored"))\n',
            "        case Edited(text):\n            typed(turn, text)\n",
        ),
        f"{PROPERTIES}test_what_is_not_understood_changes_no_answer",
        "tests/botapi/test_attachments.py::test_an_edited_message_changes_no_answer_and_says_so",
    ),
)

LOGGED = (
    defect(
        "libraries-talkative",
        "No library writes what people say, or the token, into the log.",
        (
            CLI,
            "        logging.getLogger(library).setLevel(logging.WARNING)\n",
            "        logging.getLogger(library).setLevel(level)\n",
        ),
        NOT_LOGGED,
    ),
    defect(
        "arrivals-logged",
        "The bot itself logs no word of what arrived.",
        (
            "bot/service/screening.py",
            "    try:\n        return await _together(batch, desks, now)\n    except Exception:",
            (
                '    try:\n        __import__("logging").getLogger("bot").warning("%s", batch)\n'
                "        return await _together(batch, desks, now)\n    except Exception:"
            ),
        ),
        NOT_LOGGED,
    ),
    defect(
        "values-in-exceptions",
        "No value stands in the text of a database's error.",
        (
            "bot/storage/connections.py",
            "hide_parameters=True, async_creator",
            "hide_parameters=False, async_creator",
        ),
        "tests/storage/test_database.py::test_no_value_stands_in_an_exception",
        f"{TEST_PRIVACY}test_a_failed_statement_does_not_show_its_values",
    ),
    defect(
        "rows-in-a-servers-errors",
        "PostgreSQL's errors carry no row.",
        (
            "bot/storage/faults.py",
            '            vars(error)["detail"] = None\n',
            '            vars(error)["detail"] += ""\n',
        ),
        "tests/storage/test_database.py::test_no_value_stands_in_an_exception",
    ),
    defect(
        "record-shown-in-an-error",
        "A record that cannot be read does not show itself.",
        (
            "bot/storage/codec.py",
            """{', '.join(fields)}.") from None""",
            """{', '.join(fields)}.") from error""",
        ),
        f"{TEST_PRIVACY}test_a_record_that_cannot_be_read_does_not_show_itself",
    ),
    defect(
        "reason-with-words",
        "Why an update was set aside is kept as a kind, without its words.",
        (
            "bot/service/screening.py",
            "_aside(arrival, type(error).__name__, desks, now)",
            "_aside(arrival, str(error), desks, now)",
        ),
        f"{TEST_PRIVACY}test_after_delete_no_byte_of_it_is_left",
    ),
    defect(
        "settings-print-secrets",
        "Settings that are printed show no secret.",
        (
            "bot/settings.py",
            "    telegram_bot_token: Annotated[SecretStr | None, AfterValidator(_token)] = None\n",
            (
                "    telegram_bot_token: Annotated[SecretStr | None, AfterValidator(_token)] = None\n\n"
                "    def __repr__(self) -> str:\n        return self.token\n"
            ),
        ),
        "tests/test_settings.py::test_secrets_do_not_print",
    ),
    defect(
        "staff-lines-with-words",
        "A line to staff holds a code and nothing that somebody said.",
        (
            "bot/service/screening.py",
            "staff_line(edition, alert, code, silent",
            "staff_line(edition, alert, code + repr(desk.changes.kept), silent",
        ),
        f"{TEST_GROUPS}test_staff_get_a_line_without_content",
    ),
)

DEFECTS = (*BUTTONS, *PRIVATE, *LOGGED)
