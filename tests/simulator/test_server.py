"""The server: bodies of every kind, the person's side, the guard, and a quick end."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.simulator import Person, Simulator
from bot.simulator.server import serve

from .client import TOKEN, Api, Clock, keyboard, until


@pytest.fixture
async def http(url: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(base_url=url) as session:
        yield session


async def get(http: aiohttp.ClientSession, path: str, **headers: str) -> Any:
    async with http.get(path, headers=headers) as answer:
        return await answer.json()


async def post(
    http: aiohttp.ClientSession, path: str, body: object = None, method: str = "POST"
) -> tuple[int, Any]:
    async with http.request(method, path, json=body) as answer:
        return answer.status, await answer.json()


class TestBotSide:
    """What a bot library may send."""

    async def result(self, given: aiohttp.ClientResponse) -> Any:
        return (await given.json())["result"]

    async def test_query_form_and_json_are_the_same(self, http: aiohttp.ClientSession, mei: Person) -> None:
        path = f"/bot{TOKEN}/sendMessage"
        markup = json.dumps(keyboard("Yes"))
        values = {"chat_id": str(mei.id), "text": "你好", "reply_markup": markup}
        answers = [
            await http.get(path, params=values),
            await http.post(path, data=values),
            await http.post(path, json=values),
            await http.post(path, json=values | {"chat_id": mei.id, "reply_markup": keyboard("Yes")}),
        ]
        assert [(await self.result(a))["text"] for a in answers] == ["你好"] * 4
        assert all(m.buttons for m in mei.messages[1:])

    async def test_a_file_goes_up_and_comes_back(self, http: aiohttp.ClientSession, mei: Person) -> None:
        form = aiohttp.FormData({"chat_id": str(mei.id), "document": "attach://plan", "caption": "读"})
        content = b"\r\n--\x00\xff\r\n\r\nend\r\n"
        form.add_field("plan", content, filename="plan.pdf")
        sent = await self.result(await http.post(f"/bot{TOKEN}/sendDocument", data=form))
        assert (sent["caption"], sent["document"]["file_name"]) == ("读", "plan.pdf")
        params = {"file_id": sent["document"]["file_id"]}
        path = (await self.result(await http.get(f"/bot{TOKEN}/getFile", params=params)))["file_path"]
        assert await (await http.get(f"/file/bot{TOKEN}/{path}")).read() == content
        for wrong, status in ((f"/file/bot{TOKEN}/files/none", 404), (f"/file/botnonsense/{path}", 401)):
            async with http.get(wrong) as answer:
                assert answer.status == status

    @pytest.mark.parametrize("body", [b"{", b"[1]", b'"x"'])
    async def test_a_bad_body_is_refused(self, http: aiohttp.ClientSession, body: bytes) -> None:
        headers = {"Content-Type": "application/json"}
        async with http.post(f"/bot{TOKEN}/getMe", data=body, headers=headers) as answer:
            assert answer.status == 400

    async def test_a_poll_whose_bot_is_gone_waits_no_more(
        self, sim: Simulator, http: aiohttp.ClientSession
    ) -> None:
        poll = asyncio.ensure_future(http.get(f"/bot{TOKEN}/getUpdates?timeout=50"))
        await sim.settle()
        poll.cancel()
        await until(lambda: sim.journal.in_flight == 0)
        assert sim.journal.parked == 0


class TestPersonSide:
    """The API of the chat page."""

    async def test_a_talk(self, http: aiohttp.ClientSession, api: Api) -> None:
        _status, person = await post(http, "/api/people", {"first_name": "Mei", "language_code": "zh-hans"})
        me = f"/api/people/{person['id']}"
        await post(http, f"{me}/start", {"payload": "abc"})
        sent = await api.ok(
            "sendMessage",
            chat_id=person["chat_id"],
            text="<b>?</b>",
            parse_mode="HTML",
            reply_markup=keyboard("Yes"),
        )
        await post(http, f"{me}/taps", {"message_id": sent["message_id"], "label": "Yes"})
        await post(http, f"{me}/taps", {"message_id": sent["message_id"], "data": "forged"})
        await post(http, f"{me}/taps", {"label": "Yes"})
        _status, said = await post(http, f"{me}/messages", {"text": "hello"})
        await post(http, f"{me}/edits", {"message_id": said["message_id"], "text": "hello!"})
        await post(http, f"{me}/attachments", {"kind": "photo", "caption": "me"})
        kinds = [next(key for key in u if key != "update_id") for u in await api.updates()]
        assert kinds == ["message", *["callback_query"] * 3, "message", "edited_message", "message"]

    async def test_messages_after_a_sequence(
        self, http: aiohttp.ClientSession, api: Api, mei: Person
    ) -> None:
        sent = await api.ok(
            "sendMessage", chat_id=mei.id, text="<i>?</i>", parse_mode="HTML", reply_markup=keyboard("Yes")
        )
        path = f"/api/chats/{mei.id}/messages?after="
        _start, question = await get(http, path + "0")
        assert question["html"] == "<i>?</i>"
        assert question["keyboard"] == [[{"text": "Yes", "data": "yes"}]]
        assert question["from"] == {"id": 42, "is_bot": True, "first_name": "Doorstep"}
        await api.ok("editMessageReplyMarkup", chat_id=mei.id, message_id=sent["message_id"])
        (shown,) = await get(http, f"{path}{question['sequence']}")
        assert (shown["keyboard"], shown["edited"], shown["deleted"]) == ([], False, False)
        await api.ok("deleteMessage", chat_id=mei.id, message_id=sent["message_id"])
        (gone,) = await get(http, f"{path}{shown['sequence']}")
        assert (gone["text"], gone["deleted"]) == ("", True)

    async def test_state(self, http: aiohttp.ClientSession, sim: Simulator) -> None:
        assert (await get(http, "/api/state"))["bot"] is None
        bot = Api(sim)
        await bot.ok("setMyCommands", commands=[{"command": "start", "description": "Begin"}])
        person = sim.person(first_name="Mei")
        await post(http, "/api/groups", {"title": "Staff", "members": [person.id], "forum": True})
        await post(http, f"/api/people/{person.id}/block")
        await post(http, f"/api/people/{person.id}", {"language_code": "zh"}, "PATCH")
        state = await get(http, "/api/state")
        assert state["bot"]["commands"] == {"": [{"command": "start", "description": "Begin"}]}
        assert (state["people"][0]["blocked"], state["people"][0]["language_code"]) == (True, "zh")
        assert (state["groups"][0]["title"], state["groups"][0]["members"]) == ("Staff", [person.id])
        assert state["now"] == "2026-03-02T09:00:00+00:00"

    async def test_time_faults_and_calls(self, http: aiohttp.ClientSession, api: Api) -> None:
        assert await post(http, "/api/clock", {"advance": 60}) == (200, {"now": "2026-03-02T09:01:00+00:00"})
        assert await post(http, "/api/faults", [{"kind": "500", "method": "getMe"}]) == (200, {"planned": 1})
        assert (await api.answer("getMe")).status == 500
        await post(http, "/api/faults", {"kind": "500"})
        assert await post(http, "/api/faults", method="DELETE") == (200, {"planned": 0})
        calls = await get(http, "/api/calls?method=getMe")
        assert [call["status"] for call in calls] == [200, 500]

    async def test_migration(self, http: aiohttp.ClientSession, mei: Person) -> None:
        _status, basic = await post(http, "/api/groups", {"title": "Old", "members": [mei.id]})
        status, moved = await post(http, f"/api/groups/{basic['id']}/migrate")
        assert (status, moved["title"]) == (200, "Old")
        assert (await post(http, f"/api/groups/{basic['id']}/migrate"))[0] == 409

    @pytest.mark.parametrize(
        ("path", "body", "status"),
        [
            ("/api/people/5/messages", {"text": "x"}, 404),
            ("/api/people/MEI/messages", {"text": " "}, 400),
            ("/api/people/MEI/messages", {}, 400),
            ("/api/people/MEI/messages", {"text": "x", "chat_id": -5}, 409),
            ("/api/people/MEI/attachments", {"kind": "moon"}, 400),
            ("/api/people/MEI/taps", {"label": "Nope"}, 409),
            ("/api/groups/5/migrate", {}, 404),
            ("/api/groups", {"title": "x", "members": []}, 400),
            ("/api/clock", {"advance": -1}, 400),
            ("/api/faults", [{"kind": "earthquake"}], 400),
            ("/api/clock", [1], 400),
        ],
    )
    async def test_a_wrong_request_says_what_is_wrong(
        self, http: aiohttp.ClientSession, mei: Person, path: str, body: object, status: int
    ) -> None:
        given, answer = await post(http, path.replace("MEI", str(mei.id)), body)
        assert given == status
        assert answer["error"]

    async def test_the_stream(self, http: aiohttp.ClientSession, api: Api, mei: Person) -> None:
        await api.ok("sendMessage", chat_id=mei.id, text="?", reply_markup=keyboard("Yes"))
        async with http.get("/api/stream") as stream:
            assert stream.content_type == "text/event-stream"
            assert json.loads((await stream.content.readline())[6:]) == {"state": True}
            await api.ok("sendChatAction", chat_id=mei.id, action="typing")
            query_id = mei.tap("Yes")
            await api.ok("answerCallbackQuery", callback_query_id=query_id, text="Noted", show_alert=True)
            mei.send("hello")
            notices: list[dict[str, Any]] = []
            while len(notices) < 3:
                line = await stream.content.readline()
                if line.startswith(b"data: "):
                    notices.append(json.loads(line[6:]))
        assert notices == [
            {"typing": mei.id, "action": "typing"},
            {"answer": {"person_id": mei.id, "text": "Noted", "show_alert": True}},
            {"chat_id": mei.id, "sequence": mei.messages[-1].sequence},
        ]


class TestGuard:
    """Who may use the person's side."""

    @pytest.mark.parametrize(
        ("path", "headers", "status"),
        [
            ("/api/state", {}, 200),
            ("/api/state", {"Origin": "SELF"}, 200),
            ("/api/state", {"Sec-Fetch-Site": "same-origin"}, 200),
            ("/api/state", {"Origin": "https://evil.example"}, 403),
            ("/api/state", {"Origin": "null"}, 403),
            ("/api/state", {"Origin": "http://127.0.0.1:1"}, 403),
            ("/api/state", {"Host": "evil.example"}, 403),
            ("/api/state", {"Sec-Fetch-Site": "cross-site"}, 403),
            ("/", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200),
            (f"/bot{TOKEN}/getMe", {"Host": "simulator:8081"}, 200),
            (f"/bot{TOKEN}/getMe", {"Origin": "https://evil.example"}, 403),
            ("/healthz", {}, 200),
        ],
    )
    async def test_requests(
        self, http: aiohttp.ClientSession, url: str, path: str, headers: dict[str, str], status: int
    ) -> None:
        sent = {name: url if value == "SELF" else value for name, value in headers.items()}
        async with http.get(path, headers=sent) as answer:
            assert answer.status == status


class TestTheEnd:
    """A stopped server waits for nobody."""

    async def test_polls_streams_and_half_requests_do_not_hold_it_up(self, sim: Simulator) -> None:
        loop = asyncio.get_running_loop()
        async with aiohttp.ClientSession() as session:
            async with serve(sim) as url:
                poll = asyncio.ensure_future(session.get(f"{url}/bot{TOKEN}/getUpdates?timeout=50"))
                stream = await session.get(f"{url}/api/stream")
                await sim.settle()
                sim.fault(kind="slow", method="getMe", seconds=50)
                slow = asyncio.ensure_future(session.get(f"{url}/bot{TOKEN}/getMe"))
                await asyncio.sleep(0.01)
                began = loop.time()
            assert loop.time() - began < 0.5
            assert await (await poll).json() == {"ok": True, "result": []}
            assert (await (await slow).json())["ok"] is True
            assert (await stream.read()).startswith(b"data: ")

    async def test_a_port_in_use_is_an_oserror(self, sim: Simulator, url: str, clock: Clock) -> None:
        with pytest.raises(OSError, match="in use"):
            async with serve(Simulator(clock=clock), port=int(url.rpartition(":")[2])):
                pass
        assert not sim.closing

    async def test_settle_says_what_is_still_open(self, sim: Simulator, mei: Person) -> None:
        mei.send("unheard")
        with pytest.raises(TimeoutError, match=r"unconfirmed \['message'\]"):
            await sim.settle(seconds=0.01)
