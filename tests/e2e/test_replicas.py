"""Processes that share a PostgreSQL database: killed, restarted under, and never at odds about the chain."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.model import Source
from tests.clocks import eventually, until
from tests.e2e.conftest import Consoles
from tests.e2e.console import Answer, Console, environment, usher
from tests.e2e.scene import Scene
from tests.postgres_server import PASSWORD, PostgresServer

pytestmark = [pytest.mark.real, pytest.mark.participants, pytest.mark.postgres]

MANY = 8


async def answers(console: Console, lines: list[str]) -> list[Answer]:
    return [await console.say(line) for line in lines]


async def test_consoles_share_a_server_and_one_that_is_killed_is_closed_by_the_next(
    consoles: Consoles, scene: Scene, postgres_url: str
) -> None:
    bob = await scene.join(JoinGrant("bob", attributes={"team": "red"}), Source.MICROPHONE)
    shared = {"DATABASE_URL": postgres_url}
    first, second = (consoles(scene.server.url, "--room", scene.room, env=shared) for _ in range(2))
    lines = [[f"/attribute bob {letter}{n}=1" for n in range(MANY)] for letter in "ab"]
    said = await asyncio.gather(answers(first, lines[0]), answers(second, lines[1]))
    assert {answer.outcome for answer in said[0] + said[1]} == {"done"}
    given = {"team": "red"} | {f"{letter}{n}": "1" for letter in "ab" for n in range(MANY)}
    assert dict((await scene.seen("bob")).attributes) == given

    killed = consoles(
        scene.server.url, "--room", scene.room, module="tests.e2e.killed", env={**shared, "KILLED_AT": "after the call"}
    )
    killed.write("/mute bob lock")
    await killed.died()
    third = consoles(scene.server.url, "--room", scene.room, env=shared)
    assert (await third.say("/participant bob")).tone == "info"
    await eventually(lambda: closed(third, 2 * MANY + 1), seconds=30)
    assert (await second.say("/attribute bob last=1")).outcome == "done"
    assert dict(bob.room.local_participant.attributes) == given | {"last": "1"}
    assert [await console.close() for console in (first, second, third)] == [0, 0, 0]

    verified = usher("history", "verify", env=environment(None, **shared))
    assert (verified.returncode, verified.stderr) == (0, b""), verified.stdout
    assert f"{4 * MANY + 5} entries".encode() in verified.stdout
    exported = usher("history", "export", env=environment(None, **shared))
    kinds = [json.loads(line)["kind"] for line in exported.stdout.splitlines()]
    assert (kinds.count("intent"), kinds.count("outcome"), kinds.count("reconciled")) == (
        2 * MANY + 2,
        2 * MANY + 1,
        1,
    )


async def closed(console: Console, case: int) -> bool:
    """Whether what was left open has been looked up."""
    return "observed: holds" in (await console.say(f"/case {case}")).text


async def test_a_console_outlives_a_restart_of_the_database(
    consoles: Consoles, scene: Scene, postgres_server: PostgresServer, postgres_url: str
) -> None:
    await scene.join("bob", Source.MICROPHONE)
    console = consoles(scene.server.url, "--room", scene.room, env={"DATABASE_URL": postgres_url})
    assert (await console.say("/name bob One")).outcome == "done"
    postgres_server.stop()
    try:
        refused = await console.say("/name bob Two")
        assert (refused.tone, refused.outcome, refused.case) == ("error", "failed", None)
        assert "its database server does not answer" in refused.text
        assert (await scene.seen("bob")).name == "One"
    finally:
        postgres_server.start()
    await until(lambda: "is there again" in console.log, seconds=30)
    assert (await console.say("/name bob Three")).outcome == "done"
    assert (await scene.seen("bob")).name == "Three"
    assert await console.close() == 1
    assert PASSWORD not in console.log
    verified = usher("history", "verify", env=environment(None, DATABASE_URL=postgres_url))
    assert verified.stdout.startswith(b"The history is whole: 4 entries"), verified.stdout


def test_the_doctor_looks_at_the_database_and_shows_no_login(postgres_url: str) -> None:
    env = environment(None, DATABASE_URL=postgres_url)
    said = usher("doctor", env=env).stdout.decode()
    assert "ok      History: there is none yet; it is made when Usher starts" in said
    assert usher("history", "verify", env=env).returncode == 1
    assert PASSWORD not in said


async def test_the_doctor_opens_a_history_that_is_there(
    consoles: Consoles, scene: Scene, postgres_url: str, tmp_path: Path
) -> None:
    (tmp_path / "url").write_text(f"{postgres_url}\n")
    console = consoles(scene.server.url, env={"DATABASE_URL": "", "DATABASE_URL_FILE": str(tmp_path / "url")})
    assert (await console.say("/moderator console:bea viewer")).outcome == "done"
    env = environment(None, DATABASE_URL_FILE=str(tmp_path / "url"))
    said = usher("doctor", env=env).stdout.decode()
    place = postgres_url.rpartition("@")[2].partition("?")[0]
    assert f"ok      DATABASE_URL = postgresql://{place}, from the file {tmp_path / 'url'}" in said
    assert "ok      History: it opens, and can be written to" in said
    assert PASSWORD not in said
    assert await console.close() == 0
