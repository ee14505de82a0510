"""Two consoles on one history and one room at once: nothing is lost, and the chain is whole."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.model import ALL_SOURCES, Permissions, Source
from tests.clocks import until
from tests.e2e.conftest import Consoles
from tests.e2e.console import Answer, Console, environment, usher
from tests.e2e.scene import Scene

pytestmark = [pytest.mark.real, pytest.mark.participants]

MANY = 15


async def answers(console: Console, lines: list[str]) -> list[Answer]:
    return [await console.say(line) for line in lines]


def questions(path: Path) -> int:
    """How many buttons of questions stand in the database."""
    with closing(sqlite3.connect(path)) as connection:
        (found,) = connection.execute("SELECT count(*) FROM pending WHERE question <> ''").fetchone()
    return int(found)


async def test_attributes_and_permissions_of_one_person_are_all_kept(
    consoles: Consoles, scene: Scene, tmp_path: Path
) -> None:
    bob = await scene.join(JoinGrant("bob", attributes={"team": "red"}), Source.MICROPHONE)
    pair = [consoles(scene.server.url, "--room", scene.room) for _ in range(2)]
    flags = ("can_publish_data=no", "can_update_metadata=yes", "can_subscribe_metrics=yes")
    first = [line for n in range(MANY) for line in (f"/attribute bob a{n}=1", f"/permissions bob {flags[n % 3]}")]
    second = [line for n in range(MANY) for line in (f"/attribute bob b{n}=1", "/mute bob screen lock")]
    said = await asyncio.gather(answers(pair[0], first), answers(pair[1], second))
    assert {answer.outcome for answer in said[0] + said[1]} == {"done", "already"}
    person = await scene.seen("bob")
    expected = {"team": "red"} | {f"{letter}{n}": "1" for letter in "ab" for n in range(MANY)}
    assert dict(person.attributes) == expected
    assert dict(bob.room.local_participant.attributes) == expected
    assert person.permission == Permissions(
        can_publish_data=False,
        can_update_metadata=True,
        can_subscribe_metrics=True,
        can_publish_sources=ALL_SOURCES - {Source.SCREEN_SHARE, Source.SCREEN_SHARE_AUDIO},
    )
    numbers = {answer.case for answer in said[0] + said[1]}
    assert len({answer.case for answer in said[1][1::2]}) == 1, "the second lock is the first one"
    assert sorted(filter(None, numbers)) == list(range(1, 3 * MANY + 2))
    assert [await console.close() for console in pair] == [0, 0]
    verified = usher("history", "verify", env=environment(tmp_path / "usher.db"))
    assert verified.returncode == 0, verified.stdout


async def test_one_question_is_carried_out_once(consoles: Consoles, scene: Scene, tmp_path: Path) -> None:
    bob = await scene.join("bob", Source.MICROPHONE)
    pair = [consoles(scene.server.url, "--room", scene.room) for _ in range(2)]
    first = await pair[0].say("/kick bob")
    await until(lambda: questions(tmp_path / "usher.db"))  # an answer does not wait for what its buttons stand for
    second = await pair[1].say("/kick bob")
    assert first.buttons == second.buttons
    said = await asyncio.gather(*(console.say("yes") for console in pair))
    assert sorted(str(answer.outcome) for answer in said) == ["None", "done"]
    assert sum("answered already" in answer.text for answer in said) == 1
    assert sum(heard.what == "disconnected" for heard in bob.heard) <= 1
    assert [await console.close() for console in pair] == [0, 0]
