"""What an application's services ask over HTTP: who is answered, what about whom, and what moderators are told."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest

from adapters.admitting import ADMISSION_PATH, Admitting, as_json
from adapters.api import Api
from adapters.http import HttpServer
from adapters.reporting import REPORTS_PATH, Reporting
from adapters.settings import load
from adapters.values import HostPort
from bot import reports
from bot.admission import admission
from bot.errors import HistoryError
from bot.orders import Amendment, Door, Order, Who
from bot.people import Grant, Role
from bot.plain import plain
from bot.reply import Reply
from bot.reports import AGAIN_SECONDS, LONGEST_TEXT, LOOK_SECONDS, Reports
from tests.clocks import until
from tests.core.faults import UNREACHABLE, failing
from tests.core.histories import FULL
from tests.enforcing import MIA, SAID, Enforcing
from tests.house import House, button, labels
from tests.livekit_server import API_KEY, API_SECRET

TOKEN = "a-long-random-text-of-our-own"
BAN = Amendment(absent=True)
NO_PAIR = "attribute is to be key=value, of at most 1000 characters."


@dataclass
class Served:
    """The endpoints over real sockets, and what moderators were told."""

    house: House
    told: list[Reply] = field(default_factory=list)
    listening: bool = True
    client: aiohttp.ClientSession = field(init=False)
    reports: Reports = field(init=False)

    async def tell(self, room: str, reply: Reply) -> bool:
        if self.listening:
            self.told.append(await self.house.dispatcher.told(room, reply))
        return self.listening

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Served]:
        clock = self.house.clock
        api, server = Api(TOKEN, clock), HttpServer(HostPort("127.0.0.1", 0))
        self.reports = Reports(self.house.services, self)
        server.add("GET", ADMISSION_PATH, api.guarded(Admitting(self.house.services).answer))
        server.add("POST", REPORTS_PATH, api.guarded(Reporting(self.reports, clock).answer))
        await server.start()
        async with aiohttp.ClientSession(server.url, headers={"Authorization": f"Bearer {TOKEN}"}) as self.client:
            try:
                yield self
            finally:
                await server.aclose(0)

    async def ask(self, **query: str | list[str]) -> tuple[int, dict[str, Any]]:
        pairs = [(name, one) for name, given in query.items() for one in ([given] if isinstance(given, str) else given)]
        async with self.client.get(ADMISSION_PATH, params=pairs) as answer:
            return answer.status, await answer.json()

    async def report(self, given: Any = None, **fields: Any) -> tuple[int, dict[str, Any]]:
        body = given if isinstance(given, bytes) else json.dumps(given or {"room": "standup", **fields}).encode()
        async with self.client.post(REPORTS_PATH, data=body) as answer:
            return answer.status, await answer.json()

    def order(self, grant: Grant = MIA) -> Enforcing:
        house = self.house
        return Enforcing(house.database, house.service, house.performer, house.clock, grant)


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with House.opened(tmp_path) as house, Served(house).serving() as served:
        yield served


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": TOKEN},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer \xe9"},
    ],
)
@pytest.mark.parametrize("path", [ADMISSION_PATH, REPORTS_PATH])
async def test_whoever_does_not_show_the_token_learns_and_does_nothing(
    served: Served, headers: Mapping[str, str], path: str, caplog: pytest.LogCaptureFixture
) -> None:
    method = "GET" if path == ADMISSION_PATH else "POST"
    async with aiohttp.ClientSession(str(served.client._base_url)) as client:
        for _ in range(2):
            async with client.request(method, path, headers=headers, data=b"{}") as answer:
                assert answer.status == 401
                assert answer.headers["WWW-Authenticate"] == "Bearer"
                assert await answer.json() == {"error": "The token of the API is missing, or another one."}
    assert caplog.messages == ["Requests without the token of the API: 1 refused."]
    assert served.told == []


async def test_the_scheme_may_be_written_in_any_case(served: Served) -> None:
    query, headers = {"room": "standup", "identity": "bob"}, {"Authorization": f"bearer {TOKEN}"}
    async with served.client.get(ADMISSION_PATH, params=query, headers=headers) as answer:
        assert answer.status == 200


async def test_whom_no_order_is_about_may_come_in(served: Served) -> None:
    assert await served.ask(room="standup", identity="bob") == (
        200,
        {
            "allowed": True,
            "until": None,
            "why": "",
            "case": None,
            "can_publish": True,
            "can_publish_sources": ["camera", "microphone", "screen_share", "screen_share_audio"],
            "can_publish_data": True,
            "can_subscribe": True,
            "can_update_metadata": True,
        },
    )


async def test_whoever_is_banned_is_refused_there_until_it_ends(served: Served) -> None:
    ends = served.house.clock.now() + timedelta(hours=1)
    ban = await served.order(replace(MIA, rooms=("stand*",))).give(BAN, ends=ends)
    status, found = await served.ask(room="standup", identity="bob")
    assert (status, found["allowed"], found["until"]) == (200, False, ends.isoformat())
    assert (found["case"], found["can_publish"]) == (ban.case, False)
    assert found["why"].startswith("A moderator has removed them and keeps them out until ")
    assert (await served.ask(room="backstage", identity="bob"))[1]["allowed"]
    assert (await served.ask(room="standup", identity="anna"))[1]["allowed"]
    served.house.clock.advance(3600)
    assert (await served.ask(room="standup", identity="bob"))[1]["allowed"]


async def test_a_ban_that_has_ended_refuses_no_more(served: Served) -> None:
    ban = await served.order().give(BAN)
    assert not (await served.ask(room="standup", identity="bob"))[1]["allowed"]
    await served.order().end(ban)
    assert (await served.ask(room="standup", identity="bob"))[1]["allowed"]


async def test_a_door_is_for_all_but_those_who_are_protected(served: Served) -> None:
    served.house.use(replace(served.house.policy, protected=("host-*",), protected_attribute="role=host"))
    async with Served(served.house).serving() as served:
        await served.order().give(Door.LISTEN_ONLY)
        newcomer = (await served.ask(room="standup", identity="new"))[1]
        assert (newcomer["allowed"], newcomer["can_publish"], newcomer["can_publish_sources"]) == (True, False, [])
        await served.order().give(Door.SHUT)
        assert not (await served.ask(room="standup", identity="new"))[1]["allowed"]
        assert (await served.ask(room="standup", identity="host-1"))[1]["can_publish"]
        assert (await served.ask(room="standup", identity="x", attribute="role=host"))[1]["can_publish"]
        assert not (await served.ask(room="standup", identity="x", attribute=["role=guest", "a="]))[1]["allowed"]


async def test_the_grants_of_whoever_gave_it_bound_where_it_holds(served: Served) -> None:
    await served.order(Grant("console:mia", Role.MODERATOR, ("standup",))).give(BAN)
    assert not (await served.ask(room="standup", identity="bob"))[1]["allowed"]
    assert (await served.ask(room="backstage", identity="bob"))[1]["allowed"]


async def test_a_person_is_known_under_any_identity(served: Served) -> None:
    order = Order(BAN, Who("guest-1", key="account", value="42"), ("*",), (MIA,))
    await served.house.database.orders.append(order, SAID)
    assert not (await served.ask(room="standup", identity="guest-2", person="42"))[1]["allowed"]
    assert (await served.ask(room="standup", identity="guest-2", person="43"))[1]["allowed"]
    assert (await served.ask(room="standup", identity="guest-2"))[1]["allowed"]


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({}, "room is missing."),
        ({"room": "standup"}, "identity is missing."),
        ({"room": "", "identity": "bob"}, "room is missing."),
        ({"room": "x" * 1001, "identity": "bob"}, "room is longer than 1000 characters."),
        ({"room": "r", "identity": "i", "attribute": "x"}, NO_PAIR),
        (
            {"room": "r", "identity": "i", "attribute": "=x"},
            NO_PAIR,
        ),
    ],
)
async def test_a_question_that_is_none_is_said_to_be_so(served: Served, query: dict[str, str], error: str) -> None:
    assert await served.ask(**query) == (400, {"error": error})


async def test_while_the_history_cannot_be_read_nobody_is_said_to_be_allowed(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(room: str | None = None) -> Any:
        raise FULL

    monkeypatch.setattr(served.house.services.standing._orders, "active", full)
    assert await served.ask(room="standup", identity="bob") == (503, {"error": FULL.user_text})


# --- reports ----------------------------------------------------------------------------------------------------------


async def test_a_report_is_a_line_with_what_to_do_about_the_session_that_is_there(served: Served) -> None:
    answer = await served.report(identity="bob", reporter="anna", text="  shouts\nat <@U1>  ")
    assert answer == (200, {"told": True, "count": 1})
    [line] = served.told
    assert plain(line).splitlines() == [
        "Bob Stone (bob) in standup was reported by Anna.", "Their words: shouts at <@U1>"
    ]  # fmt: skip
    assert labels(line) == ["Mute", "Remove", "Who?"]
    await served.house.tap(button(line, "Mute"))
    assert not any(not track.muted for track in served.house.person("bob").tracks.values() if track.type == "AUDIO")
    question = await served.house.tap(button(line, "Remove"))
    assert question.question
    assert "identity: bob" in plain(await served.house.tap(button(line, "Who?")))


async def test_its_buttons_are_for_moderators_and_for_that_session_alone(served: Served) -> None:
    await served.report(identity="bob")
    [line] = served.told
    assert "needs the role moderator" in plain(await served.house.tap(button(line, "Mute"), "vera"))
    served.house.rooms.leave("standup", "bob")
    served.house.rooms.rejoin("standup", "bob")
    assert "came back in a new session" in plain(await served.house.tap(button(line, "Mute")))


async def test_of_somebody_who_is_not_there_it_says_so_and_offers_to_look(served: Served) -> None:
    await served.report(identity="gone", text="was loud")
    [line] = served.told
    assert "gone in standup was reported." in plain(line)
    assert "Nobody of that identity is in the room now." in plain(line)
    assert labels(line) == ["Who is there?"]
    assert "9 people" in plain(await served.house.tap(button(line, "Who is there?")))


async def test_while_livekit_does_not_answer_it_is_told_all_the_same(served: Served) -> None:
    served.house.service.around = failing(UNREACHABLE, "GetParticipant", after=False)
    assert (await served.report(identity="bob"))[0] == 200
    assert "LiveKit could not be asked" in plain(served.told[0])
    assert labels(served.told[0]) == ["Who is there?"]


async def test_nobody_hidden_is_named(served: Served) -> None:
    assert (await served.report(identity="EG_recorder"))[0] == 503
    assert served.told == []
    await served.report(identity="bob", reporter="EG_recorder")
    assert "EG_recorder" not in plain(served.told[0])


async def test_no_number_of_a_caller_is_told(served: Served) -> None:
    await served.report(identity="sip_+15550100", reporter="sip_+15550199", text="call me: +15550100")
    await served.report(identity="sip_+4930123456")
    assert len(served.told) == 2
    for line in served.told:
        assert not any(number in plain(line).replace(" ", "") for number in ("5550100", "5550199", "30123456"))


async def test_long_words_are_cut_and_that_is_said(served: Served) -> None:
    await served.report(identity="bob", text="x" * (LONGEST_TEXT + 7))
    assert plain(served.told[0]).endswith("x… (7 more characters)")
    assert (await served.report(identity="bob", text="x" * 10_001))[0] == 400


async def test_the_same_person_again_within_a_minute_is_counted_and_told_together(served: Served) -> None:
    serving = asyncio.create_task(served.reports.serve())
    counts = [(await served.report(identity="bob", reporter=who))[1]["count"] for who in ("anna", "lena", "omar")]
    await served.report(identity="anna")
    assert counts == [1, 2, 3]
    assert len(served.told) == 2

    async def look_again(seconds: float) -> None:
        await until(lambda: served.house.clock.sleepers)
        served.house.clock.advance(seconds)

    await look_again(LOOK_SECONDS)
    await look_again(AGAIN_SECONDS)
    await until(lambda: len(served.told) == 3)
    assert "Bob Stone (bob) in standup was reported 2 more times within a minute, last by Omar." in plain(
        served.told[2]
    )
    assert (await served.report(identity="bob"))[1]["count"] == 2
    assert (await served.report(identity="anna"))[1]["count"] == 1
    await look_again(AGAIN_SECONDS)
    await until(lambda: len(served.told) == 5)
    assert "was reported 1 more time within a minute, last." in plain(served.told[4])
    serving.cancel()


async def test_where_nobody_could_be_told_the_next_one_is_told_again(served: Served) -> None:
    served.listening = False
    assert await served.report(identity="bob") == (503, {"error": "No moderator could be told of it."})
    served.listening = True
    assert await served.report(identity="bob") == (200, {"told": True, "count": 1})


async def test_while_the_history_does_not_answer_no_report_is_taken_for_told(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(room: str, reply: Reply) -> bool:
        raise HistoryError("The history cannot be written.")

    with monkeypatch.context() as patched:
        patched.setattr(served, "tell", broken)
        for _ in range(2):
            assert await served.report(identity="bob") == (503, {"error": "The history cannot be written."})
    assert await served.report(identity="bob") == (200, {"told": True, "count": 1})
    assert len(served.told) == 1


async def test_of_two_at_once_none_is_taken_for_told_before_moderators_are(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def nobody(room: str, reply: Reply) -> bool:
        asked.set()
        await go_on.wait()
        return False

    monkeypatch.setattr(served, "tell", nobody)
    first = asyncio.create_task(served.reports.take(reports.Report("standup", "bob")))
    await asked.wait()
    second = asyncio.create_task(served.reports.take(reports.Report("standup", "bob")))
    await asyncio.sleep(0)
    go_on.set()
    assert [await first, await second] == [(False, 1), (False, 2)]


async def test_those_that_were_counted_are_told_once_the_history_answers_again(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, tell = served.house.clock, served.tell
    failed: list[str] = []

    async def broken(room: str, reply: Reply) -> bool:
        failed.append(plain(reply))
        raise HistoryError("The history cannot be written.")

    serving = asyncio.create_task(served.reports.serve())
    for number in range(3):
        assert (await served.report(identity="bob", text=f"words {number}"))[0] == 200
    monkeypatch.setattr(served, "tell", broken)
    await until(lambda: clock.sleepers)
    clock.advance(AGAIN_SECONDS)
    await until(lambda: failed and clock.sleepers)
    monkeypatch.setattr(served, "tell", tell)
    clock.advance(LOOK_SECONDS)
    await until(lambda: len(served.told) == 2)
    assert "was reported 2 more times" in plain(served.told[1])
    assert "words 2" in plain(served.told[1])
    assert not serving.done()
    serving.cancel()


async def test_too_many_are_not_taken(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "MOST", 1)
    await served.report(identity="bob")
    assert (await served.report(identity="anna"))[0] == 429
    statuses = {(await served.report(identity="bob"))[0] for _ in range(58)}
    assert statuses == {200}
    async with served.client.post(REPORTS_PATH, json={"room": "standup", "identity": "bob"}) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
    served.house.clock.advance(1)
    assert (await served.report(identity="bob"))[0] == 200
    assert len(served.told) == 1


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (b"", "The body is to be a JSON object with room and identity."),
        (b"[1]", "The body is to be a JSON object with room and identity."),
        (b"[" * 100_000, "The body is to be a JSON object with room and identity."),
        (b"\xff", "The body is to be a JSON object with room and identity."),
        ({"room": "standup"}, "identity is missing."),
        ({"room": "standup", "identity": 7}, "identity is to be text."),
        ({"room": "standup", "identity": "bob", "text": ["x"]}, "text is to be text."),
    ],
)
async def test_a_report_that_is_none_is_said_to_be_so(served: Served, given: Any, error: str) -> None:
    assert await served.report(given) == (400, {"error": error})
    assert served.told == []


async def test_a_body_that_does_not_come_is_not_waited_for(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.http.READ_SECONDS", 0.01)

    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    async with served.client.post(REPORTS_PATH, data=never()) as answer:
        assert answer.status == 408


async def test_half_a_character_does_no_harm(served: Served) -> None:
    assert (await served.report(identity="\ud800", reporter="\udfff", text="\ud83d"))[0] in (200, 503)


@pytest.mark.parametrize("token", ["short", "x" * 19, "with a blank in it, and long enough"])
def test_a_token_that_could_be_guessed_is_no_token(token: str) -> None:
    problem = load({"USHER_API_TOKEN": token}).problems["USHER_API_TOKEN"]
    assert token not in problem


# --- docs/http.md -----------------------------------------------------------------------------------------------------

PAGE = (Path(__file__).parents[2] / "docs" / "http.md").read_text(encoding="utf-8")


def test_the_page_shows_the_answer_field_by_field() -> None:
    [shown] = [json.loads(one) for one in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL) if '"allowed"' in one]
    assert list(shown) == list(as_json(admission([])))
    assert [name for name in shown if f"`{name}`" not in PAGE] == []


async def test_the_token_service_of_the_page_works(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USHER", str(served.client._base_url).rstrip("/"))
    monkeypatch.setenv("USHER_API_TOKEN", TOKEN)
    monkeypatch.setenv("LIVEKIT_API_KEY", API_KEY)
    monkeypatch.setenv("LIVEKIT_API_SECRET", API_SECRET)
    [example] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    made: dict[str, Any] = {}
    exec(example, made)
    token = await asyncio.to_thread(made["join_token"], "standup", "bob")
    claims = jwt.decode(token, API_SECRET, algorithms=["HS256"])
    assert (claims["iss"], claims["sub"], claims["video"]) == (API_KEY, "bob", {"room": "standup", "roomJoin": True})
    await served.order().give(BAN)
    with pytest.raises(PermissionError, match="A moderator has removed them and keeps them out"):
        await asyncio.to_thread(made["join_token"], "standup", "bob")
    monkeypatch.setenv("USHER_API_TOKEN", "another")
    with pytest.raises(PermissionError, match="It is not known whether you may"):
        await asyncio.to_thread(made["join_token"], "standup", "anna")
