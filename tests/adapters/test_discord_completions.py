"""What Discord offers while somebody types, and to whom nothing."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest

from adapters.discord import completions
from adapters.livekit.simulator.lively import BACKSTAGE, STANDUP
from adapters.livekit.simulator.people import JoinGrant
from bot.people import Role
from bot.suggest import Suggestions
from tests.discord_usher import GUILD, Usher, usher_for


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> float:
    """What is promised is patience of another kind than that of a busy machine."""
    promised = completions.COMPLETE_SECONDS
    monkeypatch.setattr(completions, "COMPLETE_SECONDS", 20)
    return promised


@pytest.fixture
async def usher(tmp_path: Path) -> AsyncIterator[Usher]:
    async with usher_for(tmp_path) as running:
        yield running


async def offered(
    usher: Usher, who: str, command: str, option: str, typed: str, /, **filled: Any
) -> list[dict[str, Any]]:
    given = {name.rstrip("_"): value for name, value in filled.items()}
    return await usher.people[who].autocomplete(usher.channel("general"), command, option, typed, **given)


def names(found: list[dict[str, Any]]) -> list[str]:
    return [one["name"] for one in found]


def values(found: list[dict[str, Any]]) -> list[Any]:
    return [one["value"] for one in found]


async def test_people_of_the_room_are_offered_by_name_and_named_by_identity(usher: Usher) -> None:
    found = await offered(usher, "ben", "mute", "who", "bo", in_=STANDUP)
    assert values(found) == ["bob"]
    assert "Bob Stone" in names(found)[0]
    everybody = values(await offered(usher, "ben", "kick", "who", "", in_=STANDUP))
    assert "EG_recorder" not in everybody
    assert everybody.index("bob") < everybody.index("omar")


async def test_somebody_whose_identity_discord_would_not_send_back_is_named_by_the_session(usher: Usher) -> None:
    long = "x" * 101
    usher.rooms.join(STANDUP, JoinGrant(long, name="Long"))
    [found] = await offered(usher, "ben", "mute", "who", "long", in_=STANDUP)
    assert found["value"].startswith("PA_")
    done = await usher.call("ben", "participant", who=found["value"], in_=STANDUP)
    assert done.response
    assert "Long" in done.response.content


async def test_without_a_room_it_is_the_one_of_the_channel_or_the_only_one(usher: Usher) -> None:
    assert values(await offered(usher, "ben", "mute", "who", "bob")) == ["bob"]
    assert await offered(usher, "ann", "mute", "who", "bob") == []
    await usher.call("ann", "use", room=STANDUP)
    assert values(await offered(usher, "ann", "mute", "who", "bob")) == ["bob"]


async def test_rooms_in_scope_are_offered_with_what_is_in_them(usher: Usher) -> None:
    found = await offered(usher, "ann", "participants", "room", "")
    assert values(found) == [BACKSTAGE, STANDUP]
    assert names(found)[1].startswith("standup: ")
    for command, option in (
        ("participants", "room"),
        ("mute", "in"),
        ("use", "room"),
        ("move", "room"),
        ("history", "room"),
    ):
        assert values(await offered(usher, "ben", command, option, "")) == [STANDUP], command


async def test_of_a_list_the_last_word_is_completed(usher: Usher) -> None:
    found = await offered(usher, "ben", "quiet", "except", "bob, oma", room=STANDUP)
    assert values(found) == ["bob,omar"]
    assert names(found)[0].startswith("bob, Omar")
    assert values(await offered(usher, "ann", "moderator", "in", "standup,back")) == ["standup,backstage"]


async def test_tracks_are_offered_in_the_words_of_the_command_theirs_first(usher: Usher) -> None:
    assert values(await offered(usher, "ben", "mute", "what", "")) == ["microphone", "camera", "screen", "all", "chat"]
    found = await offered(usher, "ben", "mute", "what", "", who="lena", in_=STANDUP)
    assert values(found) == ["screen", "microphone", "camera", "all", "chat"]
    assert "screen open" in names(found)[0]
    assert values(await offered(usher, "ben", "mute", "what", "camera,mic")) == ["camera,microphone"]


async def test_cases_are_offered_newest_first_by_number_or_name(usher: Usher) -> None:
    await usher.call("ann", "mute", who="bob", in_=STANDUP)
    await usher.call("ann", "mute", who="tom", in_=BACKSTAGE)
    await usher.call("ann", "mute", who="anna", in_=STANDUP)
    newest, *_, oldest = await usher.cases()
    assert values(await offered(usher, "ben", "undo", "n", "")) == [newest.number, oldest.number]
    assert values(await offered(usher, "ben", "case", "n", str(oldest.number))) == [oldest.number]
    assert "Bob Stone" in names(await offered(usher, "ben", "reason", "n", "bob"))[0]


async def test_whoever_may_not_see_something_is_offered_nothing(usher: Usher) -> None:
    await usher.call("ann", "mute", who="tom", in_=BACKSTAGE)
    boss = usher.guild.create_role("Mods", permissions=discord.Permissions(administrator=True))
    usher.people["eve"] = usher.guild.add_member(usher.env.create_user("eve"), roles=[boss])
    for who in ("cat", "eve"):
        assert await offered(usher, who, "mute", "who", "", in_=STANDUP) == []
        assert await offered(usher, who, "mute", "in", "") == []
        assert await offered(usher, who, "undo", "n", "") == []
    assert await offered(usher, "ben", "mute", "who", "", in_=BACKSTAGE) == []
    assert await offered(usher, "ben", "undo", "n", "") == []
    assert await usher.cases()


async def test_a_role_of_another_server_and_a_server_that_is_not_served_offer_nothing(tmp_path: Path) -> None:
    async with usher_for(tmp_path, guilds=GUILD) as usher:
        assert await offered(usher, "dora", "mute", "in", "")
        typed = usher.arrived[-1]
        other = usher.env.create_guild("Elsewhere")
        channel = other.create_text_channel("general")
        for name in ("ann", "dora"):
            other.add_member(usher.people[name].user)
            user = {**typed["member"]["user"], "id": str(usher.people[name].id)}
            where = {"guild_id": str(other.id), "channel_id": str(channel.id), "channel": {}}
            there = usher.anew({**typed, **where, "member": {**typed["member"], "user": user}})
            there["channel"] = {**typed["channel"], "id": str(channel.id), "guild_id": str(other.id)}
            await usher.deliver(there)
            assert usher.answers(there).autocomplete_choices == []


async def test_in_direct_messages_a_role_offers_nothing(usher: Usher) -> None:
    assert await usher.people["dora"].user.autocomplete("mute", "in", "") == []
    assert await usher.people["ann"].user.autocomplete("mute", "in", "stand")


async def test_what_is_not_known_at_once_is_not_offered(usher: Usher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completions, "COMPLETE_SECONDS", 0.2)
    with usher.slow("ListParticipants", completions.COMPLETE_SECONDS + 0.3):
        assert await offered(usher, "ben", "mute", "who", "", in_=STANDUP) == []
    with usher.slow_to_know(completions.COMPLETE_SECONDS + 0.3):
        assert await offered(usher, "ben", "mute", "in", "") == []
    with usher.slow_to_know(completions.COMPLETE_SECONDS * 0.8):  # the room that is meant, then who is in it
        assert await offered(usher, "ben", "mute", "who", "") == []


def test_an_answer_leaves_while_somebody_still_looks_at_what_they_type(patience: float) -> None:
    assert patience <= 0.3


@pytest.mark.parametrize(("option", "filled"), [("who", {"in_": STANDUP}), ("who", {}), ("in", {})])
async def test_while_livekit_takes_longer_what_was_seen_a_moment_ago_is_offered(
    usher: Usher, monkeypatch: pytest.MonkeyPatch, option: str, filled: dict[str, str]
) -> None:
    for looks in (usher.adapter.desk.suggestions._rooms, usher.adapter.desk.suggestions._people):
        monkeypatch.setattr(looks, "_fresh", 0)
    before = await offered(usher, "ben", "mute", option, "", **filled)
    assert before
    monkeypatch.setattr(completions, "COMPLETE_SECONDS", 0.5)
    for method in ("ListParticipants", "ListRooms"):
        with usher.slow(method, 3):
            assert values(await offered(usher, "ben", "mute", option, "", **filled)) == values(before), method


async def test_a_look_that_takes_longer_goes_on_and_is_there_for_the_next_key(
    usher: Usher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(completions, "COMPLETE_SECONDS", 0.2)
    with usher.slow("ListParticipants", 0.8):
        assert await offered(usher, "ben", "mute", "who", "", in_=STANDUP) == []
        monkeypatch.setattr(completions, "COMPLETE_SECONDS", 20)
        assert await offered(usher, "ben", "mute", "who", "", in_=STANDUP)
    assert [call.method for call in usher.service.calls].count("ListParticipants") == 1


async def test_a_bug_offers_nothing_and_is_logged(
    usher: Usher, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: Any) -> None:
        raise KeyError(STANDUP)

    monkeypatch.setattr(Suggestions, "rooms", fail)
    assert await offered(usher, "ben", "mute", "in", "") == []
    [record] = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert "KeyError" in record.getMessage()
    assert STANDUP not in record.getMessage()


async def test_what_needs_no_completion_gets_none(usher: Usher) -> None:
    await offered(usher, "ben", "mute", "who", "b", in_=STANDUP)
    typed = usher.arrived[-1]
    options = [{"name": "reason", "type": 3, "value": "x", "focused": True}]
    again = usher.anew({**typed, "data": {**typed["data"], "options": options}})
    await usher.deliver(again)
    assert usher.answers(again).autocomplete_choices == []


async def test_while_usher_stops_nothing_is_offered(usher: Usher) -> None:
    await usher.adapter.desk.under_way.settle(0)
    assert await offered(usher, "ben", "mute", "in", "") == []


async def test_a_viewer_is_offered_what_they_may_look_at(usher: Usher) -> None:
    await usher.grant(usher.subject("cat"), Role.VIEWER, STANDUP)
    assert values(await offered(usher, "cat", "participants", "room", "")) == [STANDUP]
