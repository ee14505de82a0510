"""Usher's Discord adapter in this process: SimCord's Discord before it, simulated rooms behind it.

Ann is admin; Ben moderates `standup`, and so does whoever has the role Mods, like Dora; Cat has no role. All of them
may time out members, so all see the commands.
"""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import discord
import pytest
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle, RoleHandle
from simcord.interactions import base_payload
from simcord.results import InteractionResult

from adapters import answering
from adapters.clock import SystemClock
from adapters.database.roster import DatabaseRoster
from adapters.discord.adapter import DiscordAdapter, discord_adapter
from adapters.http import HttpServer
from adapters.livekit.calls import Call
from adapters.livekit.simulator.lively import STANDUP, lively_rooms
from adapters.livekit.simulator.people import LivePerson
from adapters.livekit.simulator.rooms import Rooms
from adapters.livekit.simulator.service import SimulatedRoomService
from adapters.livekit.wire import Json
from adapters.settings import load
from adapters.wiring import House, Plan, assembled
from bot.history import Case, CaseQuery, Content, Draft, EntryKind
from bot.people import Grant, Role
from bot.policy import Policy
from tests.discord_bodies import wrong
from tests.discord_markup import seen
from tests.fresh import fresh

REASONS = ("shouting", "spam")
TOKEN = "MTAw.GabcdE.not-a-token"
GUILD, MODS = "200000000000000000", "300000000000000000"
MODERATES = discord.Permissions(moderate_members=True)


class RealClock(SystemClock):
    """SimCord stops `time.monotonic` for whatever the bot does."""

    def monotonic(self) -> float:
        return time.perf_counter()


@dataclass
class Usher:
    env: Env
    rooms: Rooms
    service: SimulatedRoomService
    house: House
    adapter: DiscordAdapter
    guild: GuildHandle
    mods: RoleHandle
    people: dict[str, MemberActor] = field(default_factory=dict)
    arrived: list[dict[str, Any]] = field(default_factory=list)
    """Every interaction as it was sent to the bot."""

    def __post_init__(self) -> None:
        self.env.backend.subscribers.append(self._heard)

    def _heard(self, event: str, payload: Any) -> None:
        if event == "INTERACTION_CREATE":
            self.arrived.append(copy.deepcopy(payload))

    async def deliver(self, *payloads: dict[str, Any], pass_: float = 0) -> None:
        """Send these interactions to the bot, at once; also ones that it has had before. So many seconds pass then."""
        for payload in payloads:
            self.env.backend.emit("INTERACTION_CREATE", payload)
        if pass_:
            await self.env.advance_time(pass_)
        await self.env.settle()

    def anew(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The same, done once more by the same person: another interaction."""
        guild = int(payload["guild_id"]) if "guild_id" in payload else None
        user = int((payload.get("member") or payload)["user"]["id"])
        record, fresh = base_payload(
            self.env.backend, type=payload["type"], channel_id=int(payload["channel_id"]), guild_id=guild,
            user_id=user, data=payload["data"],
        )  # fmt: skip
        return {**payload, "id": fresh["id"], "token": record.token}

    def answers(self, payload: dict[str, Any]) -> InteractionResult:
        """What became of an interaction."""
        return InteractionResult(self.env, self.env.backend.interactions[int(payload["id"])])

    def channel(self, name: str) -> ChannelHandle:
        return self.guild.channels[name]

    def subject(self, name: str) -> str:
        return f"discord:{self.people[name].id}"

    def key(self, channel: str) -> str:
        return f"discord:{self.guild.id}/{self.channel(channel).id}"

    async def grant(self, subject: str, role: Role, *rooms: str) -> None:
        given = Grant(subject, role, rooms or ("*",), self.service.server, "test", self.house.services.clock.now())
        await self.house.database.history.append([Draft(EntryKind.GRANT, Content(), projection=given)])

    async def call(self, who: str, command: str, channel: str = "general", /, **options: Any) -> InteractionResult:
        """Somebody calls a command; `in_` stands for the option `in`."""
        given = {name.rstrip("_").replace("_", "-"): value for name, value in options.items()}
        return await self.people[who].slash(self.channel(channel), command, **given)

    async def click(self, who: str, shown: Any, label: str) -> InteractionResult:
        return await self.people[who].click(_message(shown), label=label)

    async def pick(self, who: str, shown: Any, label: str) -> InteractionResult:
        """Choose the entry of that label, of whichever select has it."""
        message = _message(shown)
        for row in message.components:
            for one in row["components"]:
                for entry in one.get("options", ()):
                    if entry["label"].startswith(label):
                        return await self.people[who].select(message, [entry["value"]], custom_id=one["custom_id"])
        raise AssertionError(f"no entry {label!r} in {message.components}")

    def said(self, channel: str) -> list[str]:
        """What everybody reads in that channel."""
        return [seen(one.content).text for one in self.channel(channel).history() if not one.flags.ephemeral]

    def direct(self, who: str) -> list[str]:
        """What the bot wrote to that person alone."""
        return [seen(one.content).text for one in self.people[who].user.dm_channel.history()]

    def person(self, identity: str, room: str = STANDUP) -> LivePerson:
        return self.rooms.person(room, identity)

    def open(self, identity: str, room: str = STANDUP) -> bool:
        """Whether one of this person's microphones is open."""
        tracks = self.person(identity, room).tracks.values()
        return any(track.source == "MICROPHONE" and not track.muted for track in tracks)

    def here(self, identity: str, room: str = STANDUP) -> bool:
        return identity in self.rooms.rooms[room].people

    @contextmanager
    def slow(self, method: str, seconds: float = 0.4) -> Iterator[None]:
        """LiveKit takes so long for this call, which is too long for an answer in time."""

        async def wait(call: Call, carry_out: Callable[[], Awaitable[Json]]) -> Json:
            if call.method == method:
                await asyncio.sleep(seconds)
            return await carry_out()

        self.service.around = wait
        try:
            with _in_time(seconds):
                yield
        finally:
            self.service.around = None

    @contextmanager
    def slow_to_know(self, seconds: float = 0.4) -> Iterator[None]:
        """The history takes so long to say who somebody is."""
        grants = DatabaseRoster.grants

        async def wait(roster: DatabaseRoster, subjects: Any = None) -> Any:
            await asyncio.sleep(seconds)
            return await grants(roster, subjects)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(DatabaseRoster, "grants", wait)
            with _in_time(seconds):
                yield

    @contextmanager
    def refused(self, who: str) -> Iterator[None]:
        """Meanwhile that person has no role."""
        grants, subject = DatabaseRoster.grants, self.subject(who)

        async def without(roster: DatabaseRoster, subjects: Any = None) -> Any:
            return tuple(grant for grant in await grants(roster, subjects) if grant.subject != subject)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(DatabaseRoster, "grants", without)
            yield

    async def cases(self) -> tuple[Case, ...]:
        """Of rooms, newest first."""
        found = await self.house.database.history.cases(CaseQuery(everywhere=True, limit=1000))
        return tuple(case for case in found.cases if case.opening.command)

    def sent(self, method: str, path: str) -> list[Any]:
        """The bodies of the requests to paths that end so."""
        return [one.json for one in self.env.http_requests if one.method == method and one.path.endswith(path)]


@contextmanager
def _in_time(seconds: float) -> Iterator[None]:
    """What takes so long is not ready in time; tests need not wait as long as people do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answering, "ANSWER_SECONDS", min(answering.ANSWER_SECONDS, seconds / 2))
        yield


def _message(shown: Any) -> Any:
    return shown.response if isinstance(shown, InteractionResult) else shown


def labels(shown: Any) -> list[str]:
    """What can be pressed or chosen below a message."""
    message = _message(shown)
    rows = [row if isinstance(row, dict) else row.to_dict() for row in message.components]
    return [label for row in rows for one in row["components"] for label in _labels(one)]


def _labels(one: dict[str, Any]) -> list[str]:
    return [one["label"]] if "label" in one else [option["label"] for option in one["options"]]


def text(result: InteractionResult) -> str:
    """The answer as it is read."""
    assert result.response is not None
    shown = result.response
    return "\n".join(seen(part or "").text for part in (shown.content, *(box.description for box in shown.embeds)))


@asynccontextmanager
async def usher_for(
    where: Path,
    *,
    told: bool = False,
    follows: str = "",
    cloud: bool = False,
    root: str = "",
    guilds: str = "",
    shards: int = 1,
    mentions: str = "on",
    **policy: Any,
) -> AsyncIterator[Usher]:
    """Usher, connected; `told` makes the moderation channel, which everybody reads; `follows` names one that follows
    `standup`."""
    clock = RealClock()
    rooms = lively_rooms(clock.now, cloud=cloud)
    service = SimulatedRoomService(rooms, clock=clock, wait_seconds=0)
    given = {"admins": ("console:op",), "reasons": REASONS, **policy}
    plan = Plan(service, fresh(where), Policy(**given), clock=clock)
    settings = load(
        {
            "DISCORD_TOKEN": TOKEN,
            "DISCORD_GUILDS": guilds,
            "USHER_DISCORD_CHANNEL": MODS if told else "",
            "USHER_DISCORD_ROOT": root,
            "USHER_DISCORD_MENTIONS": mentions,
            "USHER_HTTP": "127.0.0.1:0",
        }
    )
    async with assembled(plan) as house:
        adapter = discord_adapter(settings, house, HttpServer(settings["USHER_HTTP"]))
        env = Env(adapter.client(shard_count=shards))
        await env.start()
        try:
            usher = _furnished(Usher(env, rooms, service, house, adapter, *_guild(env)))
            await usher.grant(usher.subject("ann"), Role.ADMIN)
            await usher.grant(usher.subject("ben"), Role.MODERATOR, STANDUP)
            await usher.grant(f"discord:{usher.guild.id}/@{usher.mods.id}", Role.MODERATOR, STANDUP)
            if told:
                _create(env, usher.guild, "mods", int(MODS))
            if follows:
                await usher.call("ann", "use", follows, room=STANDUP)
            yield usher
        finally:
            await env.shutdown()
        env.raise_errors()
        assert wrong(env.http_requests) == []


def _guild(env: Env) -> tuple[GuildHandle, RoleHandle]:
    guild = env.create_guild("Acme", id=int(GUILD))
    return guild, guild.create_role("Mods", permissions=MODERATES)


def _create(env: Env, guild: GuildHandle, name: str, number: int) -> None:
    """A channel with that id."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(env.backend, "snowflake", lambda: number)
        guild.create_text_channel(name)


def _furnished(usher: Usher) -> Usher:
    guild, env = usher.guild, usher.env
    staff = guild.create_role("Staff", permissions=MODERATES)
    for name in ("ann", "ben", "cat", "dora"):
        user = env.create_user(name, global_name=name.title())
        usher.people[name] = guild.add_member(user, roles=[usher.mods if name == "dora" else staff])
    unseen = discord.PermissionOverwrite(view_channel=False)
    seen = discord.PermissionOverwrite(view_channel=True, send_messages=True)
    own = guild.me
    assert own is not None
    guild.create_text_channel("general")
    guild.create_text_channel("open")
    guild.create_text_channel("secret", overwrites={guild.default_role: unseen, staff: seen, own: seen})
    return usher
