"""What the person's side refuses."""

from __future__ import annotations

import aiohttp
import pytest

from bot.simulator import Person, Simulator


@pytest.mark.parametrize("path", ["messages", "attachments", "taps"])
async def test_half_a_surrogate_pair_is_no_text(path: str, sim: Simulator, mei: Person, url: str) -> None:
    body = b'{"text": "yes \\ud800", "kind": "photo", "caption": "\\ud800", "message_id": 1, "data": "\\ud800"}'
    async with aiohttp.ClientSession() as session:
        headers = {"Content-Type": "application/json"}
        async with session.post(f"{url}/api/people/{mei.id}/{path}", data=body, headers=headers) as answer:
            assert answer.status == 400
        async with session.get(f"{url}/api/chats/{mei.id}/messages") as answer:
            assert answer.status == 200
    assert not sim.bot.queue
