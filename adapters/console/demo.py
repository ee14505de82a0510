"""`usher demo`: the console on the embedded room service, with a lively room and a history of its own."""

from __future__ import annotations

import tempfile
from pathlib import Path

from adapters.clock import SystemClock
from adapters.console.app import run_console
from adapters.livekit.simulator.lively import STANDUP, Life, live, lively_rooms
from adapters.livekit.simulator.service import SimulatedRoomService
from adapters.wiring import Plan, assembled
from bot.people import ChatUser
from bot.policy import Policy


async def run_demo(user: ChatUser, *, room: str, json: bool, cloud: bool) -> int:
    """Serve this person, as admin, until the input ends; what was done is gone afterwards."""
    clock = SystemClock()
    rooms = lively_rooms(clock.now, cloud=cloud)
    with tempfile.TemporaryDirectory(prefix="usher-demo-") as folder:
        plan = Plan(
            SimulatedRoomService(rooms, clock=clock),
            f"sqlite:///{Path(folder) / 'usher.db'}",
            Policy(admins=(user.subject,)),
            {"demo": lambda: live(Life(rooms), clock)},
        )
        async with assembled(plan) as house:
            house.enforcement.start(house.supervisor)
            return await run_console(house, user, room=room or STANDUP, json=json)
