"""Commands in Discord, through discord.py and SimCord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.livekit.simulator.lively import STANDUP
from tests.discord_usher import Usher, labels, text, usher_for


@pytest.fixture
async def usher(tmp_path: Path) -> AsyncIterator[Usher]:
    async with usher_for(tmp_path) as running:
        yield running


async def test_an_answer_that_is_ready_in_time_is_the_response_and_for_the_caller_alone(usher: Usher) -> None:
    done = await usher.call("ann", "participants", room=STANDUP)
    assert (done.deferred, done.ephemeral) == (False, True)
    assert "standup: 10 people" in text(done)
    assert labels(done)


async def test_a_person_is_muted(usher: Usher) -> None:
    done = await usher.call("ben", "mute", who="bob", in_=STANDUP)
    assert "Muted Bob Stone" in text(done)
    assert not usher.open("bob")


async def test_a_confirmation_names_person_and_room_and_its_answer_takes_its_place(usher: Usher) -> None:
    question = await usher.call("ann", "kick", who="omar", in_=STANDUP)
    assert "Remove Omar (omar) from standup?" in text(question)
    assert labels(question) == ["Remove", "No, leave it"]
    assert usher.here("omar")
    done = await usher.click("ann", question, "Remove")
    assert not usher.here("omar")
    assert "Removed" in text(done)
    assert done.response and question.response
    assert done.response.id == question.response.id
