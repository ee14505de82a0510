"""/unmute: giving back what a lock took, and unmuting where the server allows it."""

from __future__ import annotations

from bot.history import Outcome
from bot.reply import Tone
from tests.house import STANDUP, House, told


async def test_it_gives_back_what_the_lock_took_and_never_opens_a_microphone(house: House) -> None:
    await house.say("mute bob lock")
    reply = await house.say("unmute bob")
    assert reply.outcome is Outcome.DONE
    assert house.sources("bob") == []
    assert house.person("bob").permission["can_publish"]
    assert house.track("bob") is None
    assert "Nothing was opened" in told(reply)
    assert "MutePublishedTrack" not in house.writes


async def test_it_gives_back_only_the_source_that_is_named(house: House) -> None:
    await house.say("mute bob all lock")
    await house.say("unmute bob camera")
    assert house.person("bob").permission["can_publish"]
    assert house.sources("bob") == ["CAMERA"]


async def test_it_gives_back_only_what_locks_took_and_not_what_was_never_allowed(house: House) -> None:
    house.person("bob").permission["can_publish_sources"] = ["CAMERA", "MICROPHONE"]
    await house.say("mute bob microphone lock")
    await house.say("unmute bob")
    assert house.sources("bob") == ["CAMERA", "MICROPHONE"]


async def test_it_gives_the_last_source_back_with_the_stage(house: House) -> None:
    house.person("bob").permission["can_publish_sources"] = ["MICROPHONE"]
    await house.say("mute bob lock")
    assert not house.person("bob").permission["can_publish"]
    await house.say("unmute bob")
    assert house.person("bob").permission["can_publish"]
    assert house.sources("bob") == ["MICROPHONE"]


async def test_it_gives_chat_back(house: House) -> None:
    await house.say("mute bob chat lock")
    reply = await house.say("unmute bob chat")
    assert reply.outcome is Outcome.DONE
    assert house.person("bob").permission["can_publish_data"]


async def test_chat_that_is_not_locked_is_said_so_and_no_microphone_is_touched(house: House) -> None:
    house.rooms.remote_unmute = True
    await house.say("mute bob")
    reply = await house.say("unmute bob chat")
    assert house.track("bob").muted
    assert "chat" in told(reply)
    assert house.writes == ["MutePublishedTrack"]


async def test_a_lock_of_an_earlier_session_is_one_of_this_one_too(house: House) -> None:
    lock = await house.say("mute bob lock")
    house.rooms.rejoin(STANDUP, "bob")
    reply = await house.say("unmute bob")
    assert (reply.outcome, reply.case) == (Outcome.DONE, lock.case)
    assert await house.database.orders.active() == ()
    assert "nothing to unmute" in told(await house.say("unmute bob"))


async def test_where_the_server_refuses_it_says_so_how_to_switch_it_on_and_what_to_do(house: House) -> None:
    await house.say("mute bob")
    reply = await house.say("unmute bob")
    assert (reply.tone, reply.outcome) == (Tone.ERROR, Outcome.FAILED)
    assert "enable_remote_unmute" in told(reply)
    assert "ask the person to unmute" in told(reply)
    assert house.track("bob").muted


async def test_where_the_server_allows_it_the_track_is_open_again(house: House) -> None:
    house.rooms.remote_unmute = True
    await house.say("mute bob")
    reply = await house.say("unmute bob")
    assert reply.outcome is Outcome.DONE
    assert not house.track("bob").muted
    assert "heard or seen now" in told(reply)


async def test_who_is_not_muted_is_already(house: House) -> None:
    assert (await house.say("unmute bob")).outcome is Outcome.ALREADY


async def test_somebody_in_the_audience_is_told_to_be_promoted(house: House) -> None:
    reply = await house.say("unmute omar")
    assert "/promote" in told(reply)
    assert not house.writes


async def test_an_event_that_is_delivered_twice_is_answered_once(house: House) -> None:
    await house.say("mute bob lock")
    assert (await house.say("unmute bob", event_key="e1")).outcome is Outcome.DONE
    assert "handled already" in told(await house.say("unmute bob", event_key="e1"))


async def test_the_dry_run_writes_nothing(house: House) -> None:
    await house.say("mute bob lock")
    writes = len(house.writes)
    assert "Dry run" in told(await house.say("unmute bob --dry-run"))
    assert len(house.writes) == writes
