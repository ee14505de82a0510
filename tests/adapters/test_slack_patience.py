"""How long an acknowledgement waits for its answer, and what becomes of an answer that is not ready by then."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from adapters.answering import ANSWER_SECONDS, CROWD, CROWDED_SECONDS, patience
from adapters.livekit.simulator.lively import STANDUP
from adapters.slack import modals, socket
from adapters.under_way import UnderWay
from tests.slack_stand_in import SlackStandIn
from tests.slack_usher import MODES, usher_for

SLACK_WAITS = 3.0  # seconds


@pytest.mark.parametrize(
    "seconds", [ANSWER_SECONDS, CROWDED_SECONDS, socket.ACK_SECONDS, modals.OPEN_SECONDS, modals.SEARCH_SECONDS]
)
def test_what_slack_waits_for_is_not_kept_longer_than_slack_waits(seconds: float) -> None:
    assert seconds < SLACK_WAITS


async def test_an_acknowledgement_waits_less_while_much_is_under_way() -> None:
    under_way, over = UnderWay(), asyncio.Event()
    for _ in range(CROWD):
        under_way.begin(over.wait())
    assert patience(under_way) == ANSWER_SECONDS
    under_way.begin(over.wait())
    assert patience(under_way) == CROWDED_SECONDS
    over.set()
    assert await under_way.settle(5)
    assert patience(under_way) == ANSWER_SECONDS


@pytest.mark.parametrize("mode", MODES)
async def test_an_answer_that_follows_is_given_before_usher_stops(
    slack: SlackStandIn, tmp_path: Path, mode: str
) -> None:
    slack.trouble.slow("response_url", 0.5)
    async with usher_for(slack, tmp_path, mode=mode) as usher:
        with usher.slow("MutePublishedTrack", 2.0):
            done = await slack.slash("ann", "general", "/usher", f"mute bob in:{STANDUP}")
        assert done.ack["text"].startswith("Working on it")
        assert done.bodies == []
    assert [body["text"].split(" in ")[0] for body in done.bodies] == ["Muted Bob Stone"]
