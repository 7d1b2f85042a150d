"""Protections of what people are told: nothing missing, in order, within Telegram's limits."""

from __future__ import annotations

from tests.defects.defect import Defect, Edit, defect

SENDER = "bot/botapi/sender.py"
PACE = "bot/botapi/pace.py"
OUTBOX = "bot/storage/outbox.py"

TEST_SENDER = "tests/botapi/test_sender.py::"
TEST_OUTBOX = "tests/storage/test_outbox.py::"
TEST_LEASE = "tests/botapi/test_lease.py::"
FAULTS = "tests/faults/test_telegram.py::test_the_bot_heals"
IN_ORDER = f"{TEST_SENDER}test_a_fault_loses_nothing_and_keeps_the_order[3-500]"

DEFECTS = (
    defect(
        "marked-before-sent",
        "A message counts as sent only after Telegram took it.",
        (
            SENDER,
            "            came = await self._send(message)\n            self._settled.append(came)\n",
            (
                "            self._settled.append(Sent(message.id))\n"
                "            came = await self._send(message)\n"
            ),
        ),
        IN_ORDER,
        f"{FAULTS}[500 to messages]",
    ),
    defect(
        "goes-on-after-failure",
        "After one that cannot be sent now, no later message of the chat leaves.",
        (
            SENDER,
            "            if not isinstance(came, Sent | Failed):\n                break\n",
            "            if not isinstance(came, Sent | Failed):\n                continue\n",
        ),
        IN_ORDER,
    ),
    defect(
        "wait-ignored",
        "Nothing is sent to a chat before the time is over that Telegram named.",
        (
            SENDER,
            "        return Postponed(queued.chat_row, self._clock() + timedelta(seconds=seconds))\n",
            "        return Postponed(queued.chat_row, self._clock())\n",
        ),
        f"{TEST_SENDER}test_a_flood_limit_is_honoured_in_order_and_holds_up_nobody_else",
    ),
    defect(
        "limit-always-global",
        "One chat's flood silences nobody else.",
        (PACE, "        if len(self._refusals) >= _SCOPE_CHATS:\n", "        if self._refusals:\n"),
        "tests/botapi/test_pace.py::test_one_refused_chat_makes_no_other_wait",
        quick=True,
    ),
    defect(
        "limit-never-global",
        "A limit on the whole bot is heeded for all chats.",
        (PACE, "        if len(self._refusals) >= _SCOPE_CHATS:\n", "        if not self._refusals:\n"),
        "tests/botapi/test_pace.py::test_several_refused_at_once_make_everybody_wait",
        f"{FAULTS}[429 for the whole bot]",
    ),
    defect(
        "timeout-drops",
        "A message whose sending got no answer is sent again.",
        (
            SENDER,
            "            return Postponed(queued.chat_row, self._clock() + timedelta(seconds=_PAUSE))\n",
            '            return Failed(queued.id, "no answer")\n',
        ),
        f"{TEST_SENDER}test_a_fault_loses_nothing_and_keeps_the_order[0-cut]",
        f"{FAULTS}[answers slower than we wait]",
    ),
    defect(
        "second-copy-other-buttons",
        "A message that is sent again has the buttons it had.",
        (
            SENDER,
            (
                "        await self._pace.wait(queued.chat)\n"
                "        await self._line.send_html(queued.chat, pieces[-1], buttons)\n"
            ),
            (
                "        for button in (button for row in buttons for button in row if queued.attempts):\n"
                '            button["callback_data"] = button["callback_data"][:-1] + "9"\n'
                "        await self._line.send_html(queued.chat, pieces[-1], buttons)\n"
            ),
        ),
        f"{TEST_SENDER}test_the_second_copy_of_a_message_has_the_buttons_of_the_first",
    ),
    defect(
        "blocked-unnoticed",
        "Who blocked the bot is left alone.",
        (
            SENDER,
            "            return Blocked(queued.chat_row, queued.interrupted)\n",
            "            return Postponed(queued.chat_row, self._clock())\n",
        ),
        f"{TEST_SENDER}test_a_blocked_chat_is_left_alone_until_its_person_writes_again",
        f"{FAULTS}[a person blocks the bot]",
    ),
    defect(
        "unblocked-by-writing-unnoticed",
        "Who writes again is written to again.",
        (
            "bot/storage/people.py",
            (
                "    work.unblocked.update("
                "row.id for row in held if row.blocked_at or row.quiet_until or row.lease_owner)\n"
            ),
            "",
        ),
        f"{TEST_OUTBOX}test_a_chat_that_blocked_us_is_left_alone_until_they_write[sqlite]",
        f"{TEST_SENDER}test_a_blocked_chat_is_left_alone_until_its_person_writes_again",
    ),
    defect(
        "unblocked-while-refused",
        "Who unblocks the bot while a message to them is refused still gets it.",
        (
            "bot/storage/settling.py",
            'or_(chats.c.interrupted == bindparam("interrupted_before"), chats.c.lookup.is_(None)),',
            "",
        ),
        f"{TEST_OUTBOX}test_who_only_unblocks_while_a_message_is_refused_still_gets_it[sqlite]",
    ),
    defect(
        "unblocked-unheard",
        "Who unblocked the bot while it was away for more than a day gets what waits for them.",
        (
            "bot/service/timers.py",
            (
                "        if before is not None and now - before > UPDATES_LAST:\n"
                "            await transaction.try_blocked()\n"
            ),
            "",
        ),
        "tests/simulation/test_seeds.py::test_nothing_is_lost_doubled_or_said_otherwise[70-24]",
    ),
    defect(
        "unblocked-unnoticed",
        "Who unblocks the bot gets what was due without writing first.",
        (
            "bot/botapi/intake.py",
            "            batch.unblocked.append(meant.person)\n",
            "            return\n",
        ),
        f"{FAULTS}[a person blocks the bot]",
    ),
    defect(
        "everybody-unblocked",
        "Only the one who wrote is written to again.",
        (
            "bot/storage/chats.py",
            "        again = chats.c.id.in_(work.unblocked)\n",
            "        again = chats.c.id.is_not(None)\n",
        ),
        f"{TEST_OUTBOX}test_only_the_one_who_wrote_is_unblocked[sqlite]",
    ),
    defect(
        "migrated-not-followed",
        "Messages to a group go to the id that it got.",
        (
            SENDER,
            "            return Migrated(queued.chat_row, error.new_chat_id)\n",
            "            return Postponed(queued.chat_row, self._clock())\n",
        ),
        f"{FAULTS}[a group migrates]",
    ),
    defect(
        "courtesies-first",
        "Where Telegram's limits are near, messages leave and courtesies do not.",
        (
            "bot/botapi/courtesy.py",
            " or not (room or self._pace.spare)():\n",
            ":\n",
        ),
        "tests/botapi/test_courtesy.py::test_where_there_is_no_room_messages_leave_and_courtesies_do_not",
    ),
    defect(
        "lease-without-end",
        "The chats of a worker that died are free when their leases run out.",
        (OUTBOX, "or_(until.is_(None), until <= now, until", "or_(until.is_(None), until"),
        f"{TEST_OUTBOX}test_a_worker_that_died_loses_its_chats_when_the_lease_runs_out[sqlite]",
    ),
    defect(
        "lease-ignored",
        "A chat that one worker holds is claimed by no other.",
        (
            OUTBOX,
            "or_(until.is_(None), until <= now, until",
            "or_(until.is_(None), until.is_not(None), until",
        ),
        f"{TEST_OUTBOX}test_two_workers_never_hold_one_chat[sqlite]",
        f"{TEST_LEASE}test_no_two_workers_send_to_one_chat_at_once_however_slow_telegram_is",
    ),
    defect(
        "lease-outlived",
        "Nobody sends to a chat for longer than they hold it.",
        (SENDER, "asyncio.timeout_at(until)", "asyncio.timeout(None if until else 0)"),
        f"{TEST_LEASE}test_no_two_workers_send_to_one_chat_at_once_however_slow_telegram_is",
        f"{TEST_LEASE}test_the_lease_of_a_chat_that_has_to_wait_never_runs_out",
    ),
    Defect(
        "claimed-twice-by-a-clock",
        "A chat that is being sent to is not begun again when a clock is set forward.",
        (
            Edit(SENDER, "            if chat not in self._chats:\n", "            if chat:\n"),
            Edit(SENDER, "            del self._chats[chat]\n", "            self._chats.pop(chat, None)\n"),
        ),
        (f"{TEST_LEASE}test_a_clock_set_forward_makes_nobody_send_the_same_twice",),
    ),
    defect(
        "one-chat-starves-others",
        "A chat with thousands of messages starves nobody.",
        (
            OUTBOX,
            ".order_by(outbox.c.sequence - head.c.first, head.c.waiting_since, outbox.c.id)",
            ".order_by(outbox.c.id)",
        ),
        f"{TEST_OUTBOX}test_nobody_starves_behind_a_chat_with_thousands[sqlite]",
    ),
    defect(
        "sent-forgotten-at-a-stop",
        "When the bot is stopped, what was sent is still marked.",
        (SENDER, "            await self._exchange(limit=0)\n", "            pass\n"),
        f"{TEST_SENDER}test_what_was_sent_is_marked_when_the_bot_stops",
    ),
    defect(
        "refused-blocks-chat",
        "A message that Telegram never takes is set aside, and the next ones go out.",
        (
            SENDER,
            "            return Failed(queued.id, _reason(error))\n",
            "            return Postponed(queued.chat_row, self._clock())\n",
        ),
        f"{TEST_SENDER}test_a_refused_message_is_set_aside_by_name_and_the_next_go_out",
    ),
    defect(
        "tags-cut",
        "Every piece of a long text has its tags closed.",
        (
            "bot/botapi/replies.py",
            """"".join(f"</{_name(tag)}>" for tag in reversed(tags))""",
            """"".join(f"</{_name(tag)}>" for tag in reversed(tags) if not tag)""",
        ),
        "tests/botapi/test_replies.py::test_every_piece_is_whole_as_telegram_reads_it",
        shows=("Can't find end tag",),
    ),
    defect(
        "emoji-count-once",
        "The length of a piece is counted as Telegram counts it.",
        (
            "bot/botapi/replies.py",
            """len(self.raw.encode("utf-16-le", "surrogatepass")) // 2""",
            "len(self.raw)",
        ),
        "tests/botapi/test_replies.py::test_one_line_of_emoji_is_cut_by_telegrams_own_count",
        "tests/botapi/test_replies.py::test_every_piece_is_whole_as_telegram_reads_it",
    ),
)
