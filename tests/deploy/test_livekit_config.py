"""livekit.yaml and the keys of make-secrets, with the real server, Usher's own client and its receiver of webhooks."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import jwt
import pytest
import yaml  # type: ignore[import-untyped]

from adapters.endpoints import webhook_key
from adapters.http import HttpServer
from adapters.livekit.receiver import WEBHOOKS_PATH, WebhookReceiver
from adapters.settings import Settings, load
from adapters.values import HostPort
from adapters.wiring import room_service
from tests.clocks import WallClock, until
from tests.deploy.files import service, yaml_of
from tests.deploy.secret_files import make_secrets
from tests.livekit_server import MISSING, Ports, configured_server, server_binary

CONFIG = yaml_of("livekit.yaml")
USHER = service("usher")["environment"]
(WEBHOOKS,) = map(urlsplit, CONFIG["webhook"]["urls"])


def test_webhooks_go_to_usher_and_are_signed_with_its_key() -> None:
    assert WEBHOOKS.scheme == "http"
    assert WEBHOOKS.netloc == f"usher:{USHER['USHER_HTTP'].rpartition(':')[2]}"
    assert WEBHOOKS.path == WEBHOOKS_PATH
    assert CONFIG["webhook"]["api_key"] == USHER["LIVEKIT_API_KEY"]


def test_the_server_is_given_both_files() -> None:
    assert " ".join(service("livekit")["command"]) == "--config /etc/livekit.yaml --key-file /run/secrets/livekit_keys"
    assert service("livekit")["volumes"] == ["./livekit.yaml:/etc/livekit.yaml:ro"]
    assert service("livekit")["secrets"] == ["livekit_keys"]


@pytest.mark.real
async def test_the_server_takes_the_config_and_usher_hears_of_a_room(tmp_path: Path) -> None:
    if server_binary() is None:
        pytest.skip(MISSING)
    made = make_secrets(tmp_path)
    secret = made / "livekit_api_secret"
    settings = load({**USHER, "LIVEKIT_API_SECRET_FILE": str(secret)})
    told: list[str] = []
    async with received(settings, told) as base:

        def for_tests(ports: Ports) -> str:
            """The config with ports that are free, of this machine alone, and with an Usher that is here."""
            config = CONFIG | {"port": ports.http, "bind_addresses": ["127.0.0.1"]}
            config["rtc"] = CONFIG["rtc"] | {"tcp_port": ports.tcp, "udp_port": ports.udp}
            config["webhook"] = CONFIG["webhook"] | {"urls": [base + WEBHOOKS.path]}
            return str(yaml.safe_dump(config))

        with configured_server(for_tests, "--key-file", made / "livekit_keys", "--node-ip", "127.0.0.1") as server:
            await open_room(server.port, "standup", secret.read_text())
            assert set(await until(lambda: told, 20, lambda: server.log.read_text())) == {"standup"}
            rooms = room_service(load({**USHER, "LIVEKIT_URL": server.url, "LIVEKIT_API_SECRET_FILE": str(secret)}))
            try:
                assert [room.name for room in await rooms.list_rooms()] == ["standup"]
            finally:
                await rooms.aclose()


@asynccontextmanager
async def received(settings: Settings, told: list[str]) -> AsyncIterator[str]:
    """Where Usher takes webhooks; `told` has the rooms of those that are genuine."""
    http = HttpServer(HostPort("127.0.0.1", 0))
    receiver = WebhookReceiver(webhook_key(settings), WallClock(), told.append, lambda: None)
    http.add("POST", WEBHOOKS_PATH, receiver.receive)
    await http.start()
    try:
        yield http.url
    finally:
        await http.aclose(1)


async def open_room(port: int, name: str, secret: str) -> None:
    claims = {"iss": USHER["LIVEKIT_API_KEY"], "exp": time.time() + 60, "video": {"roomCreate": True}}
    address = f"http://127.0.0.1:{port}/twirp/livekit.RoomService/CreateRoom"
    bearer = {"Authorization": f"Bearer {jwt.encode(claims, secret, algorithm='HS256')}"}
    async with aiohttp.ClientSession() as session, session.post(address, json={"name": name}, headers=bearer) as answer:
        assert answer.status == 200, await answer.text()
