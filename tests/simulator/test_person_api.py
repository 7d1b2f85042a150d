"""What the person's side refuses."""

from __future__ import annotations

import aiohttp
import pytest

from bot.simulator import Person


@pytest.mark.parametrize("path", ["messages", "attachments", "taps"])
async def test_half_a_surrogate_pair_is_no_text(path: str, mei: Person, url: str) -> None:
    half = b'"yes \\ud800"'
    body = b'{"text": %b, "kind": "photo", "caption": %b, "message_id": 1, "data": %b}' % (half, half, half)
    async with aiohttp.ClientSession() as session:
        headers = {"Content-Type": "application/json"}
        async with session.post(f"{url}/api/people/{mei.id}/{path}", data=body, headers=headers) as answer:
            assert answer.status == 400
        async with session.get(f"{url}/api/chats/{mei.id}/messages") as answer:
            assert answer.status == 200
    assert [message.text for message in mei.messages] == ["/start"]
