"""Protections of work in the staff group: the register, one winner, one card, silence about people."""

from __future__ import annotations

from tests.defects.defect import Defect, Edit, defect

WORK = "bot/service/group_work.py"
DRAWN = "tests/botapi/test_cards.py::"
MANY = "tests/botapi/test_many_cards.py::"

DEFECTS = (
    defect(
        "tap-of-a-stranger",
        "Who may tap is said by the staff register.",
        (
            WORK,
            "    if not staff.roles & (REVIEWERS | SENIOR):\n        return Told",
            "    if not staff.roles:\n        return Told",
        ),
        f"{DRAWN}test_who_may_tap_is_said_by_the_register[Audit-Your role does not allow this.]",
        quick=True,
    ),
    Defect(
        "stale-tap-acts",
        "A tap on a card that is no longer so changes nothing.",
        (
            Edit(WORK, "    if stored.case.revision != tapped.token.revision:\n", "    if False:\n"),
            Edit(WORK, "now=group.clock(), seen=tapped.token.revision", "now=group.clock()"),
        ),
        (f"{DRAWN}test_a_stale_or_forged_tap_changes_nothing_and_shows_the_card",),
    ),
    defect(
        "note-kept-twice",
        "What is written in the group counts once, however often it arrives.",
        (
            "bot/service/review.py",
            "    return key is None or bool(await transaction.claim([key], now))\n",
            "    return True\n",
        ),
        f"{DRAWN}test_a_note_is_kept_once_and_heard",
    ),
    defect(
        "card-at-once",
        "A card is drawn only where it has been noted.",
        (
            "bot/botapi/cards.py",
            "        placed = replace(placed, message=message)\n        await self._note(placed)\n",
            "        placed = replace(placed, message=message)\n",
        ),
        f"{DRAWN}test_a_kill_between_a_card_sent_and_noted_loses_none_and_leaves_none_behind",
    ),
    defect(
        "group-above-its-limit",
        "A group gets twenty messages a minute, a burst included.",
        (
            "bot/botapi/pace.py",
            "Bucket((self._limits.group_per_minute - burst) / 60, burst, now)",
            "Bucket(self._limits.group_per_minute / 60, burst, now)",
        ),
        "tests/botapi/test_pace.py::test_a_group_gets_twenty_a_minute",
        f"{MANY}test_no_minute_has_more_than_twenty_and_the_flood_is_told_in_one_line",
    ),
    defect(
        "undo-for-ever",
        "A decision is undone on the card within ten minutes.",
        ("bot/service/cards.py", "    return until if now < until else None\n", "    return until\n"),
        f"{DRAWN}test_undo_is_on_the_card_for_ten_minutes",
    ),
    defect(
        "flood-untold",
        "When many cases change at once, one line tells of all of them first.",
        (
            "bot/botapi/cards.py",
            "        if len(due) <= MANY or (",
            "        if len(due) <= 999 or (",
        ),
        f"{MANY}test_no_minute_has_more_than_twenty_and_the_flood_is_told_in_one_line",
    ),
)
