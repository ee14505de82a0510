"""Two consoles and `usher run` on one history and a real server: what the second moderator decides is not reversed."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.model import Permissions, Source
from tests.clocks import eventually
from tests.e2e.console import Console
from tests.e2e.guard import free_port, guard_for, server_that_tells
from tests.e2e.scene import Scene

pytestmark = [pytest.mark.real, pytest.mark.participants]
AUDIENCE = Permissions(can_publish=False)


async def test_what_was_decided_while_an_order_was_in_force_is_so_when_its_time_is_over(tmp_path: Path) -> None:
    """Carol is the witness: she is back on stage when `usher run` has been through the room after all the ends."""
    port = free_port()
    with server_that_tells(port) as server:
        async with guard_for(server, tmp_path / "guard", port) as guard:
            hall = Scene(server)
            await hall.join(JoinGrant("omar", permission=AUDIENCE))
            for name in ("bob", "carol", "dora"):
                await hall.join(name, Source.MICROPHONE)
            first, second = (
                Console(guard.env, tmp_path / f"{name}.log", "--room", hall.room) for name in ("first", "second")
            )
            try:
                assert [(await console.say("/participants")).tone for console in (first, second)] == ["info", "info"]
                for console, line in (
                    (first, "/promote omar for 60s"), (second, "/demote omar"), (second, "/promote omar"),
                    (first, "/demote bob for 12s"), (second, "/demote bob"),
                    (first, "/mute dora microphone for 12s"),
                    (second, "/permissions dora can_publish_sources=camera"), (first, "/demote carol for 12s"),
                ):  # fmt: skip
                    assert (await console.say(line)).outcome == "done", line
                assert not (await hall.seen("carol")).permission.can_publish

                async def is_back() -> bool:
                    return (await hall.seen("carol")).permission.can_publish

                await eventually(is_back, 60)
                assert await guard.database.orders.active() == ()
                assert (await hall.seen("omar")).permission.can_publish
                assert not (await hall.seen("bob")).permission.can_publish
                assert (await hall.seen("dora")).permission.can_publish_sources == {Source.CAMERA}
                assert [await console.close() for console in (first, second)] == [0, 0]
            finally:
                first.kill()
                second.kill()
                await hall.close()
