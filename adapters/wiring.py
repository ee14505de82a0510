"""The composition root: everything is put together here, and only here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.channels import Chats
from adapters.clock import SystemClock
from adapters.database.database import Database
from adapters.declared import CORE
from adapters.enforcement import Enforcement
from adapters.livekit.client import LiveKitRoomService
from adapters.livekit.tokens import Credentials, KeySource, secret_file
from adapters.settings import Settings, SettingsError
from adapters.supervisor import Supervisor
from bot.context import Services
from bot.dispatch import Dispatcher
from bot.enforcer import CALLS_A_MINUTE
from bot.notices import Notices
from bot.perform import Performer
from bot.policy import Policy
from bot.ports import Clock, RoomService
from bot.reconcile import reconcile
from bot.registry import load
from bot.standing import Standing

RECONCILE = "reconcile"
RECONCILE_SECONDS = 2.0
ENFORCEMENT_SECONDS = 3.0
PRUNE_SECONDS = 24 * 3600.0
LIVEKIT = (
    "LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "USHER_SERVER", "USHER_LIVEKIT_EDITION", "USHER_CA_FILE",
    "USHER_PROXY",
)  # fmt: skip
EDITIONS = {"auto": None, "cloud": True, "self-hosted": False}


@dataclass(frozen=True, slots=True)
class House:
    """What an adapter needs of the whole."""

    dispatcher: Dispatcher
    services: Services
    supervisor: Supervisor
    database: Database
    channels: Chats
    enforcement: Enforcement


@dataclass(frozen=True, slots=True)
class Plan:
    """What to assemble: a room service, a history, a policy, loops to run beside them, and a clock to go by.

    `calls_a_minute` bounds how often enforcement lists rooms and people. With `notice` participants are told what is
    done to them.
    """

    rooms: RoomService
    database_url: str
    policy: Policy
    loops: dict[str, Callable[[], Coroutine[Any, Any, object]]] = field(default_factory=dict)
    clock: Clock = field(default_factory=SystemClock)
    calls_a_minute: float = CALLS_A_MINUTE
    notice: bool = False


@asynccontextmanager
async def assembled(plan: Plan) -> AsyncIterator[House]:
    """The house while it stands; at the end what was owed is written and everything is closed."""
    clock = plan.clock
    database = Database.open(plan.database_url, server=plan.rooms.server, clock=clock)
    notices = Notices(plan.rooms, clock)
    performer = Performer(plan.rooms, database.history, database.locks, clock, notices=notices if plan.notice else None)
    standing = Standing(plan.rooms, database.orders, database.sessions, performer, clock, plan.policy)
    services = Services(
        rooms=plan.rooms,
        history=database.history,
        roster=database.roster,
        pending=database.pending,
        orders=database.orders,
        standing=standing,
        clock=clock,
        policy=plan.policy,
        performer=performer,
        registry=load(),
    )
    supervisor = Supervisor(clock)
    supervisor.start(RECONCILE, lambda: reconcile(plan.rooms, database.history, clock))
    supervisor.start("prune", lambda: _prune(database, clock))
    for name, loop in plan.loops.items():
        supervisor.start(name, loop)
    dispatcher = Dispatcher(services)
    channels = Chats(dispatcher, clock)
    enforcement = Enforcement.of(services, database, channels.tell, plan.calls_a_minute)
    try:
        yield House(dispatcher, services, supervisor, database, channels, enforcement)
    finally:
        await enforcement.stop(supervisor, ENFORCEMENT_SECONDS)
        await supervisor.settle(RECONCILE, RECONCILE_SECONDS)
        await supervisor.aclose()
        await notices.aclose()
        await performer.owed.aclose()
        await database.aclose()


async def _prune(database: Database, clock: Clock) -> None:
    """Forget, once a day, the buttons and event keys that nobody can use any more."""
    while True:
        await database.pending.prune()
        await clock.sleep(PRUNE_SECONDS)


def room_service(settings: Settings) -> LiveKitRoomService:
    """The client for the LiveKit server of the settings; `SettingsError` names what is wrong with them."""
    settings.require(*LIVEKIT)
    ca_file = settings["USHER_CA_FILE"]
    try:
        return LiveKitRoomService(
            settings["LIVEKIT_URL"],
            key_of(settings, "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"),
            server=settings["USHER_SERVER"],
            clock=SystemClock(),
            cloud=EDITIONS[settings["USHER_LIVEKIT_EDITION"]],
            ca_file=Path(ca_file) if ca_file else None,
            proxy=settings["USHER_PROXY"] or None,
        )
    except (ValueError, OSError) as error:
        raise SettingsError(f"The LiveKit client cannot be set up: {error}") from None


def key_of(settings: Settings, name: str, secret: str) -> Credentials | KeySource:
    """A secret that came from a file is read again when it fits no longer: keys are rotated."""
    source = settings.sources[secret]
    if source.startswith("file "):
        return secret_file(settings[name], Path(source.removeprefix("file ")))
    return Credentials(settings[name], settings[secret])


@asynccontextmanager
async def from_settings(settings: Settings) -> AsyncIterator[House]:
    """The house on the LiveKit server and the database of the settings."""
    settings.require(*CORE)
    rooms = room_service(settings)
    plan = Plan(
        rooms,
        settings["DATABASE_URL"],
        settings.policy,
        calls_a_minute=settings["USHER_ENFORCE_CALLS"],
        notice=settings["USHER_NOTICE"] == "on",
    )
    try:
        async with assembled(plan) as house:
            yield house
    finally:
        await rooms.aclose()
