"""Notes in the staff group: whose they are, for whom they are, and how often somebody is told no."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.content.bundle import Bundle
from bot.domain.case_events import NoteAdded
from bot.simulator import Message
from tests.botapi.test_cards import Team, staffed, until, with_free_text


def lines(team: Team, *messages: Message) -> list[str]:
    """Return what was said in answer to messages of the group."""
    numbers = {each.message_id for each in messages}
    return [m.text for m in team.group.present() if m.from_bot and m.reply_to in numbers]


async def test_a_stranger_is_refused_once_in_a_while_and_the_team_each_time(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with staffed(tmp_path, bundle) as team:
        await team.somebody_asks()
        card = await team.card("Claim")

        async def says(name: str, times: int) -> list[Message]:
            person = team.people[name]
            said = [
                person.send(f"/note {n}", chat_id=team.group.id, reply_to=card.message_id)
                for n in range(times)
            ]
            await team.settled()
            return said

        assert len(lines(team, *await says("Stranger", 5))) == 1
        assert len(lines(team, *await says("Gone", 3))) == 1
        assert len(lines(team, *await says("Audit", 3))) == 3, "each of the team's messages is answered"
        team.bot.clock.advance(timedelta(minutes=61))
        assert len(lines(team, *await says("Stranger", 2))) == 1
        desk = team.bot.worker._intake._staff_desk
        assert desk is not None
        assert len(desk._told) == 1, "what was said an hour ago is forgotten"
        assert (await team.case()).notes == 0


async def test_a_note_for_another_bot_is_left_alone(tmp_path: Path, bundle: Bundle) -> None:
    async with staffed(tmp_path, with_free_text(bundle)) as team:
        anna = await team.somebody_asks()
        card = await team.card("Claim")
        await team.taps("Wang", "Claim")
        wang, here = team.people["Wang"], {"chat_id": team.group.id, "reply_to": card.message_id}
        theirs = wang.send("/note@some_other_bot call her", **here)
        await team.settled()
        assert (lines(team, theirs), theirs.reactions, (await team.case()).notes) == ([], [], 0)
        ours = wang.send("/note@DOORSTEP_demo_bot\ncall her", **here)
        await until(lambda: bool(ours.reactions), "a note of ours was not heard")
        await team.settled()
        notes = [e.text for e in await team.history((await team.case()).id) if isinstance(e, NoteAdded)]
        assert notes == ["call her"]
        assert "call her" not in " ".join(m.text for m in anna.person.messages)
