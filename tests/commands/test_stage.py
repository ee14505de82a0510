"""/promote and /demote."""

from __future__ import annotations

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.history import Outcome
from bot.model import Permissions, Source
from tests.house import STANDUP, House, labels, told


async def test_promote_reads_merges_and_writes_every_other_permission_as_it_was(house: House) -> None:
    house.person("omar").permission |= {"can_subscribe": False, "can_subscribe_metrics": True}
    before = dict(house.person("omar").permission)
    reply = await house.say("promote omar his turn")
    after = house.person("omar").permission
    assert reply.outcome is Outcome.DONE
    assert {key for key in after if after[key] != before[key]} == {"can_publish"}
    assert "Reason: his turn" in told(reply)


async def test_promote_keeps_an_existing_source_list(house: House) -> None:
    house.person("omar").permission["can_publish_sources"] = ["MICROPHONE"]
    reply = await house.say("promote omar")
    assert house.sources("omar") == ["MICROPHONE"]
    assert "microphone" in told(reply)
    assert "camera" not in told(reply)


@pytest.mark.parametrize(
    ("typed", "given"),
    [
        ("microphone", ["MICROPHONE"]),
        ("microphone,camera", ["CAMERA", "MICROPHONE"]),
        ("screen", ["SCREEN_SHARE", "SCREEN_SHARE_AUDIO"]),
    ],
)
async def test_promote_with_sources_gives_somebody_of_the_audience_those_alone(
    house: House, typed: str, given: list[str]
) -> None:
    await house.say(f"promote omar {typed}")
    assert house.person("omar").permission["can_publish"]
    assert house.sources("omar") == given


async def test_promote_with_a_source_adds_it_to_those_of_a_speaker(house: House) -> None:
    house.person("bob").permission["can_publish_sources"] = ["MICROPHONE"]
    await house.say("promote bob camera")
    assert house.sources("bob") == ["CAMERA", "MICROPHONE"]


async def test_promote_says_that_the_app_may_open_the_microphone_at_once(house: House) -> None:
    assert "may open the microphone at once" in told(await house.say("promote omar"))


async def test_promote_of_a_speaker_is_already(house: House) -> None:
    reply = await house.say("promote bob")
    assert reply.outcome is Outcome.ALREADY
    assert not house.writes


async def test_promote_can_be_put_back_with_one_press(house: House) -> None:
    await house.say("promote omar")
    reply = await house.press("Move to audience")
    assert reply.outcome is Outcome.DONE
    assert not house.person("omar").permission["can_publish"]


async def test_demote_revokes_publishing_and_lists_what_was_unpublished(house: House) -> None:
    sids = list(house.person("bob").tracks)
    reply = await house.say("demote bob off topic")
    assert reply.outcome is Outcome.DONE
    assert not house.person("bob").permission["can_publish"]
    assert not house.person("bob").tracks
    assert all(sid in told(reply) for sid in sids)
    assert house.writes == ["UpdateParticipant"]


async def test_demote_keeps_the_source_list_and_everything_else(house: House) -> None:
    house.person("bob").permission["can_publish_sources"] = ["CAMERA", "MICROPHONE"]
    before = dict(house.person("bob").permission)
    await house.say("demote bob")
    after = house.person("bob").permission
    assert {key for key in after if after[key] != before[key]} == {"can_publish"}


async def test_demote_of_a_listener_is_already(house: House) -> None:
    assert (await house.say("demote omar")).outcome is Outcome.ALREADY


async def test_demote_of_a_speaker_without_tracks_says_that_nothing_was_published(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("quiet", "Quiet", Permissions()))
    assert "Nothing was published" in told(await house.say("demote quiet"))


async def test_undo_of_a_demotion_gives_the_stage_back_and_not_the_tracks(house: House) -> None:
    done = await house.say("demote bob")
    assert f"Undo case {done.case}" in labels(done)
    reply = await house.say("undo")
    assert reply.outcome is Outcome.DONE
    assert house.person("bob").permission["can_publish"]
    assert "publishes again" in told(reply)
    house.rooms.publish(STANDUP, "bob", Source.CAMERA)
