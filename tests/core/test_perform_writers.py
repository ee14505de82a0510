"""Several writers at once lose nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.history import EntryKind, Outcome
from tests.core.histories import slowly
from tests.database_fixtures import opened
from tests.house import SERVER, STANDUP, House


async def test_two_writers_at_once_on_one_persons_permissions_lose_nothing(house: House) -> None:
    lines = [
        "mute bob microphone lock",
        "mute bob camera lock",
        "mute bob chat lock",
        "permissions bob hidden=no can_subscribe=no",
    ]
    house.service.around = slowly
    replies = await asyncio.gather(*(house.say(line, "alice") for line in lines))
    assert [reply.outcome for reply in replies] == [Outcome.DONE] * 4
    permission = house.person("bob").permission
    assert house.sources("bob") == ["SCREEN_SHARE", "SCREEN_SHARE_AUDIO"]
    assert not permission["can_publish_data"]
    assert not permission["can_subscribe"]


async def test_two_ushers_on_one_history_lose_nothing_either(house: House, tmp_path: Path) -> None:
    async with opened(tmp_path / "usher.db", server=SERVER, clock=house.clock) as database:
        other = House(house.rooms, database, house.clock, house.policy)
        house.service.around = other.service.around = slowly
        sources = ("microphone", "camera", "screen")
        lines = [(one, f"mute bob {what} lock") for one, what in zip((house, other, house), sources, strict=True)]
        lines += [(other, "attribute bob a=1"), (house, "attribute bob b=2")]
        replies = await asyncio.gather(*(one.say(line, "alice") for one, line in lines))
        assert [reply.outcome for reply in replies] == [Outcome.DONE] * 5
    assert not house.person("bob").permission["can_publish"]
    assert house.person("bob").attributes == {"a": "1", "b": "2"}


async def test_concurrent_attributes_lose_nothing(house: House) -> None:
    house.service.around = slowly
    await asyncio.gather(*(house.say(f"attribute bob k{n}={n}", "alice") for n in range(10)))
    assert house.person("bob").attributes == {f"k{n}": str(n) for n in range(10)}


async def test_200_concurrent_commands_lose_nothing(house: House) -> None:
    for number in range(100):
        house.rooms.join(STANDUP, f"guest-{number}")
        house.rooms.publish(STANDUP, f"guest-{number}")
    lines = [f"{what} guest-{number}" for number in range(100) for what in ("mute", "attribute")]
    lines = [line + " seen=1" if line.startswith("attribute") else line for line in lines]
    replies = await asyncio.gather(*(house.say(line, "alice") for line in lines))
    assert [reply.outcome for reply in replies] == [Outcome.DONE] * 200
    assert len({reply.case for reply in replies}) == 200
    for number in range(100):
        assert house.track(f"guest-{number}").muted
        assert house.person(f"guest-{number}").attributes == {"seen": "1"}
    kinds = [entry.kind for entry in await house.entries() if entry.kind is not EntryKind.GRANT]
    assert kinds.count(EntryKind.INTENT) == kinds.count(EntryKind.OUTCOME) == 200
