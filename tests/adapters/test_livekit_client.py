"""The client against servers that misbehave on real sockets: never a false success, a secret, or a second write."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import jwt
import pytest

from adapters.livekit.address import Address, parse_address
from adapters.livekit.client import BACKOFF_SECONDS, LiveKitRoomService
from adapters.livekit.simulator.http import RoomServiceApp, serving
from adapters.livekit.simulator.rooms import Rooms
from adapters.livekit.tokens import Credentials, KeySource, secret_file
from bot.errors import Rejected, RoomError, Unavailable
from tests.clocks import ManualClock
from tests.hostile import HostileServer, Request, close, cut_reply, hang, hostile, raw, reply, reset, trickle
from tests.livekit_server import free_port

KEY = Credentials("APIkey", "a-secret-of-at-least-thirty-two-letters")
_TLS = Path(__file__).parent / "tls"
"""A certificate for localhost that nobody trusts, good for a hundred years."""

BOB = {"identity": "bob", "sid": "PA_1"}


@asynccontextmanager
async def client(
    url: str, credentials: Credentials | KeySource = KEY, clock: ManualClock | None = None, seconds: float = 2.0
) -> AsyncIterator[LiveKitRoomService]:
    service = LiveKitRoomService(url, credentials, server="test", clock=clock or ManualClock(), attempt_seconds=seconds)
    try:
        yield service
    finally:
        await service.aclose()


async def failing(url: str, seconds: float = 2.0) -> tuple[RoomError, RoomError, ManualClock]:
    """What a read and then a write come to."""
    clock = ManualClock()
    async with client(url, clock=clock, seconds=seconds) as service:
        with pytest.raises(RoomError) as read:
            await service.get_participant("r", "bob")
        with pytest.raises(RoomError) as write:
            await service.update_participant("r", "bob", metadata="m")
    return read.value, write.value, clock


def asked(server: HostileServer) -> list[str]:
    return [request.method for request in server.requests]


# --- what is sent --------------------------------------------------------------------------------


async def test_a_call_is_a_post_with_json_and_a_bearer_token_for_its_room() -> None:
    async with hostile(reply(200, BOB)) as server, client(server.url + "/prefix/") as service:
        await service.get_participant("räum", "bob")
    (request,) = server.requests
    assert request.path == "/prefix/twirp/livekit.RoomService/GetParticipant"
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.body) == {"room": "räum", "identity": "bob"}
    claims = jwt.decode(request.token, options={"verify_signature": False})
    assert claims["video"] == {"roomAdmin": True, "room": "räum"}


async def test_calls_share_connections() -> None:
    accepted: set[int] = set()

    async def note(writer: asyncio.StreamWriter) -> None:
        accepted.add(writer.get_extra_info("peername")[1])
        await reply(200, BOB)(writer)

    async with hostile(note) as server, client(server.url) as service:
        for _ in range(5):
            await service.get_participant("r", "bob")
    assert len(accepted) == 1


async def test_text_that_no_encoding_can_carry_is_sent_as_json_and_left_to_the_server() -> None:
    async with hostile(reply(400, {"code": "malformed", "msg": "x"})) as server, client(server.url) as service:
        with pytest.raises(Rejected):
            await service.update_participant("r", "bob", name="\ud800")


# --- no answer -----------------------------------------------------------------------------------


async def test_nobody_listening_means_that_nothing_was_sent_and_is_tried_again() -> None:
    read, write, clock = await failing(f"ws://127.0.0.1:{free_port()}")
    for error in (read, write):
        assert isinstance(error, Unavailable)
        assert not error.sent
        assert "could not be reached, nothing was changed. Nothing listens there" in error.user_text
    assert clock.slept == [*BACKOFF_SECONDS, *BACKOFF_SECONDS]


async def test_a_write_that_was_never_sent_is_made_once_the_server_is_there() -> None:
    port = free_port()
    clock = ManualClock()
    server = HostileServer(reply(200, BOB))
    listeners: list[asyncio.Server] = []

    async def come_up(seconds: float) -> None:
        clock.slept.append(seconds)
        listeners.append(await asyncio.start_server(server.serve, "127.0.0.1", port))

    clock.sleep = come_up  # type: ignore[method-assign]
    async with client(f"http://127.0.0.1:{port}", clock=clock) as service:
        assert (await service.update_participant("r", "bob", metadata="m")).identity == "bob"
    assert asked(server) == ["UpdateParticipant"]
    listeners[0].close()
    server.hang_up()


@pytest.mark.parametrize("act", [reset, close, cut_reply(b'{"identity": "bo', 100)], ids=["reset", "close", "cut"])
async def test_a_connection_that_breaks_after_sending_is_read_again_and_never_written_again(
    act: Callable[[asyncio.StreamWriter], asyncio.Future[None]],
) -> None:
    async with hostile(act) as server:
        read, write, _ = await failing(server.url)
    for error in (read, write):
        assert isinstance(error, Unavailable)
        assert error.sent, error.user_text
        assert "nothing was changed" not in error.user_text
    assert asked(server) == ["GetParticipant"] * 3 + ["UpdateParticipant"]


@pytest.mark.parametrize("act", [hang, trickle(0.01)], ids=["hang", "trickle"])
async def test_a_server_that_never_comes_to_an_end_is_left_in_time(
    act: Callable[[asyncio.StreamWriter], asyncio.Future[None]],
) -> None:
    async with hostile(act) as server:
        read, write, _ = await failing(server.url, seconds=0.2)
    for error in (read, write):
        assert isinstance(error, Unavailable)
        assert (error.code, error.sent) == ("deadline_exceeded", True)
    assert asked(server).count("UpdateParticipant") == 1


async def test_a_broken_pooled_connection_does_not_repeat_a_write() -> None:
    async with hostile(reply(200, BOB), reset) as server, client(server.url) as service:
        await service.get_participant("r", "bob")
        with pytest.raises(Unavailable) as failure:
            await service.remove_participant("r", "bob")
    assert failure.value.sent
    assert asked(server).count("RemoveParticipant") == 1


async def test_a_read_is_repeated_until_there_is_an_answer() -> None:
    async with hostile(reset, reply(503, b"busy"), reply(200, BOB)) as server, client(server.url) as service:
        assert (await service.get_participant("r", "bob")).sid == "PA_1"
    assert len(server.requests) == 3


async def test_the_attempts_of_one_call_end_with_its_seconds() -> None:
    clock = ManualClock()

    async def slow(writer: asyncio.StreamWriter) -> None:
        clock.advance(3)  # as LiveKit does when it finds no node
        await reply(503, {"code": "unavailable", "msg": "no response from servers"})(writer)

    async with hostile(slow) as server, client(server.url, clock=clock) as service:
        with pytest.raises(Unavailable):
            await service.list_rooms()
    assert len(server.requests) == 2


async def test_a_host_name_that_is_not_found_says_so() -> None:
    read, _, _ = await failing("wss://no-such-host.invalid")
    assert isinstance(read, Unavailable)
    assert not read.sent
    assert "host name was not found" in read.user_text


async def test_a_proxy_that_is_not_there_says_so() -> None:
    service = LiveKitRoomService(
        "https://127.0.0.1:9", KEY, server="t", clock=ManualClock(), proxy=f"http://127.0.0.1:{free_port()}"
    )
    with pytest.raises(Unavailable, match="The proxy refused") as failure:
        await service.list_rooms()
    assert not failure.value.sent
    await service.aclose()


# --- TLS -----------------------------------------------------------------------------------------


async def test_a_server_without_tls_says_so() -> None:
    rooms = RoomServiceApp(Rooms(ManualClock().now), KEY)
    async with serving(rooms) as url:
        read, _, _ = await failing(url.replace("http://", "wss://"))
    assert isinstance(read, Unavailable)
    assert not read.sent
    assert "ws:// instead of wss://" in read.user_text


async def test_a_certificate_that_is_not_trusted_says_so_and_a_ca_file_mends_it(tmp_path: Path) -> None:
    certificate, key = _TLS / "localhost.pem", _TLS / "localhost.key"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    async with hostile(reply(200, {"rooms": []}), tls=context) as server:
        read, _, _ = await failing(server.url)
        service = LiveKitRoomService(server.url, KEY, server="t", clock=ManualClock(), ca_file=certificate)
        assert await service.list_rooms() == ()
        await service.aclose()
    assert isinstance(read, Unavailable)
    assert not read.sent
    assert "certificate is not trusted" in read.user_text


# --- answers that are none -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "act",
    [
        reply(200, b"<html>Welcome</html>", content_type="text/html"),
        reply(200, b'{"identity": "bo'),
        reply(200, b"[]"),
        reply(200, {}),
        reply(200, {"identity": "somebody else"}),
        reply(200, b"not gzip", Content_Encoding="gzip"),
    ],
    ids=["html", "cut", "list", "empty", "another", "encoding"],
)
async def test_a_200_that_is_not_livekits_answer_is_no_success(
    act: Callable[[asyncio.StreamWriter], asyncio.Future[None]],
) -> None:
    async with hostile(act) as server:
        read, write, _ = await failing(server.url)
    for error in (read, write):
        assert isinstance(error, Unavailable)
        assert error.sent
    assert asked(server).count("UpdateParticipant") == 1


async def test_an_empty_object_is_never_read_as_an_empty_room() -> None:
    async with hostile(reply(200, {})) as server, client(server.url) as service:
        with pytest.raises(Unavailable):
            await service.list_participants("r")
        with pytest.raises(Unavailable):
            await service.list_rooms()
        assert await service.mute_published_track("r", "bob", "TR_1", True) is None


async def test_a_wrong_content_type_does_not_matter_when_the_answer_is_right() -> None:
    async with hostile(reply(200, BOB, content_type="text/plain")) as server, client(server.url) as service:
        assert (await service.get_participant("r", "bob")).sid == "PA_1"


async def test_what_is_not_http_is_no_answer() -> None:
    async with hostile(raw(b"SSH-2.0-OpenSSH_9\r\n", close=True)) as server:
        read, write, _ = await failing(server.url)
    assert isinstance(read, Unavailable)
    assert isinstance(write, Unavailable)
    assert write.sent


async def test_a_500_is_a_failure_that_may_have_been_done_and_is_not_repeated() -> None:
    async with hostile(reply(500, {"code": "internal", "msg": "operation cannot be completed"})) as server:
        read, write, _ = await failing(server.url)
    assert isinstance(read, Rejected)
    assert isinstance(write, Rejected)
    assert (write.code, write.certain) == ("internal", False)
    assert "operation cannot be completed" in write.user_text
    assert asked(server) == ["GetParticipant", "UpdateParticipant"]


async def test_a_413_in_plain_text_says_that_it_is_too_large() -> None:
    async with hostile(reply(413, b"too big", content_type="text/plain")) as server:
        _, write, _ = await failing(server.url)
    assert isinstance(write, Rejected)
    assert (write.code, write.certain) == ("too_large", True)


async def test_a_redirect_is_not_followed_with_the_token() -> None:
    async with hostile(reply(200, BOB)) as elsewhere:
        async with hostile(reply(307, b"", Location=elsewhere.url)) as server:
            read, _, _ = await failing(server.url)
        assert elsewhere.requests == []
    assert read.code == "redirect"


# --- the key -------------------------------------------------------------------------------------


async def test_a_401_that_echoes_the_token_gives_nothing_away() -> None:
    server: HostileServer

    async def echo(writer: asyncio.StreamWriter) -> None:
        body = f"invalid token: {server.requests[-1].token}, error: x".encode()
        await reply(401, body, content_type="text/plain")(writer)

    async with hostile(echo) as server, client(server.url) as service:
        with pytest.raises(Rejected) as refused:
            await service.update_participant("r", "bob", metadata="m")
    assert refused.value.user_text.startswith("LiveKit refused Usher's key, nothing was changed.")
    error = refused.value
    trail = repr(error) + str(error) + repr(error.__cause__) + repr(error.__context__)
    assert server.requests[0].token not in trail
    assert len(server.requests) == 1


async def test_after_a_401_the_key_file_is_read_once_more_and_the_call_repeated(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("the-old-secret-of-at-least-thirty-two-letters")
    new = "the-new-secret-of-at-least-thirty-two-letters"
    async with (
        hostile(reply(401, b"no"), reply(200, BOB)) as server,
        client(server.url, secret_file("APIkey", file)) as service,
    ):
        service._tokens.token((("roomList", True),))
        file.write_text(new)
        await service.update_participant("r", "bob", metadata="m")
    assert asked(server) == ["UpdateParticipant"] * 2
    assert signed_with(server.requests[1], new)
    assert not signed_with(server.requests[0], new)


async def test_a_key_file_that_has_not_changed_is_not_tried_again(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("the-old-secret-of-at-least-thirty-two-letters")
    async with hostile(reply(401, b"no")) as server, client(server.url, secret_file("APIkey", file)) as service:
        with pytest.raises(Rejected):
            await service.list_rooms()
    assert len(server.requests) == 1


async def test_a_refusal_with_a_date_an_hour_away_names_the_clock() -> None:
    clock = ManualClock()
    date = format_datetime(clock.now() + timedelta(hours=1), usegmt=True)
    async with hostile(reply(401, b"no", Date=date)) as server, client(server.url, clock=clock) as service:
        with pytest.raises(Rejected, match="clock is 60 min behind"):
            await service.list_rooms()


def signed_with(request: Request, secret: str) -> bool:
    try:
        options = {"verify_exp": False, "verify_nbf": False}
        jwt.decode(request.token, secret, algorithms=["HS256"], options=options)  # type: ignore[arg-type]
    except jwt.InvalidSignatureError:
        return False
    return True


# --- the address ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "base", "cloud"),
    [
        ("wss://demo.livekit.cloud", "https://demo.livekit.cloud", True),
        ("ws://localhost:7880/", "http://localhost:7880", False),
        (" HTTPS://lk.example.org/live/kit/ ", "https://lk.example.org/live/kit", False),
        ("http://[::1]:7880", "http://[::1]:7880", False),
        ("https://livekit.cloud.example.org", "https://livekit.cloud.example.org", False),
    ],
)
def test_an_address_may_be_ws_or_http_with_a_path(url: str, base: str, cloud: bool) -> None:
    address = parse_address(url)
    assert (address.base, address.cloud) == (base, cloud)
    assert isinstance(address, Address)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:7880",
        "ftp://x",
        "wss://",
        "http://x:port",
        "http://[::1",
        "http://user:pw@x",
        "http://x?a=b",
        "http://x#y",
    ],
)
def test_an_address_that_is_none_says_what_it_should_look_like(url: str) -> None:
    with pytest.raises(ValueError, match=r"LIVEKIT_URL .* should look like wss://"):
        parse_address(url)


async def test_cloud_is_told_by_the_host_and_can_be_overridden() -> None:
    for url, given, cloud in (
        ("wss://demo.livekit.cloud", None, True),
        ("wss://demo.livekit.cloud", False, False),
        ("ws://localhost", True, True),
    ):
        service = LiveKitRoomService(url, KEY, server="main", clock=ManualClock(), cloud=given)
        assert (service.cloud, service.server) == (cloud, "main")
        await service.aclose()
