"""/mute, and its lock."""

from __future__ import annotations

import pytest

from adapters.livekit.simulator.people import JoinGrant
from adapters.livekit.simulator.rooms import NotPermitted
from bot.history import Outcome
from bot.model import Kind, Permissions, Source
from bot.reply import Tone
from tests.house import STANDUP, House, labels, told


async def test_without_a_source_everything_audible_is_muted_and_each_track_named(house: House) -> None:
    house.rooms.publish(STANDUP, "lena")
    house.rooms.publish(STANDUP, "lena", Source.UNKNOWN, "AUDIO")
    audible = [house.track("lena", s) for s in ("MICROPHONE", "UNKNOWN", "SCREEN_SHARE_AUDIO")]
    reply = await house.say("mute lena")
    assert (reply.tone, reply.outcome) == (Tone.OK, Outcome.DONE)
    assert all(track.muted and track.sid in told(reply) for track in audible)
    assert not house.track("lena", "SCREEN_SHARE").muted
    assert STANDUP in told(reply)
    assert house.writes == ["MutePublishedTrack"] * 3


@pytest.mark.parametrize(
    ("typed", "muted"),
    [
        ("camera", ["CAMERA"]),
        ("mic", ["MICROPHONE"]),
        ("microphone,camera", ["CAMERA", "MICROPHONE"]),
        ("microphone, camera", ["CAMERA", "MICROPHONE"]),
        ("all", ["CAMERA", "MICROPHONE"]),
        ("ＣＡＭＥＲＡ", ["CAMERA"]),
    ],
)
async def test_with_sources_exactly_those_are_muted(house: House, typed: str, muted: list[str]) -> None:
    reply = await house.say(f"mute bob {typed}")
    assert reply.outcome is Outcome.DONE
    assert sorted(track.source for track in house.person("bob").tracks.values() if track.muted) == muted


async def test_the_screen_is_muted_with_its_sound(house: House) -> None:
    await house.say("mute lena screen")
    assert all(track.muted for track in house.person("lena").tracks.values())


async def test_a_mute_says_that_people_can_unmute_themselves_and_offers_the_lock(house: House) -> None:
    reply = await house.say("mute bob")
    assert "unmute themselves" in told(reply)
    assert "Keep muted" in labels(reply)
    locked = await house.press("Keep muted")
    assert locked.outcome is Outcome.DONE
    assert house.sources("bob") == ["CAMERA", "SCREEN_SHARE"]


async def test_a_plain_mute_offers_no_undo(house: House) -> None:
    assert not [label for label in labels(await house.say("mute bob")) if label.startswith("Undo")]


async def test_muting_the_muted_is_already_and_calls_nothing(house: House) -> None:
    await house.say("mute bob")
    before = len(house.writes)
    reply = await house.say("mute bob")
    assert (reply.tone, reply.outcome) == (Tone.INFO, Outcome.ALREADY)
    assert "already muted" in told(reply)
    assert len(house.writes) == before
    assert [entry.outcome for entry in (await house.case(reply.case)).entries] == [Outcome.ALREADY]


async def test_no_track_of_that_source_is_not_already_muted_but_an_answer_that_offers_the_lock(house: House) -> None:
    reply = await house.say("mute omar")
    assert (reply.tone, reply.outcome, reply.case) == (Tone.WARN, None, None)
    assert "nothing to mute" in told(reply)
    assert "Keep muted" in labels(reply)
    assert not house.writes


async def test_the_lock_takes_the_source_away_and_leaves_the_others(house: House) -> None:
    microphone = house.track("bob").sid
    reply = await house.say("mute bob microphone lock shouting")
    assert reply.outcome is Outcome.DONE
    assert house.sources("bob") == ["CAMERA", "SCREEN_SHARE", "SCREEN_SHARE_AUDIO"]
    assert house.track("bob") is None
    assert house.track("bob", "CAMERA") is not None
    assert microphone in told(reply), "what was unpublished is named"
    assert "Reason: shouting" in told(reply)
    with pytest.raises(NotPermitted):
        house.rooms.publish(STANDUP, "bob", Source.MICROPHONE)


async def test_a_lock_says_that_it_stays_and_until_when(house: House) -> None:
    reply = told(await house.say("mute bob lock"))
    assert "Keeping Bob Stone muted in standup until it is ended" in reply
    assert "It stays when they rejoin" in reply


async def test_a_lock_keeps_every_other_permission(house: House) -> None:
    house.person("bob").permission |= {
        "can_update_metadata": True,
        "can_subscribe_metrics": True,
        "can_subscribe": False,
    }
    before = dict(house.person("bob").permission)
    await house.say("mute bob microphone lock")
    after = dict(house.person("bob").permission)
    assert {k: v for k, v in after.items() if before[k] != v}.keys() == {"can_publish_sources"}


async def test_taking_the_last_source_is_can_publish_false_and_never_an_empty_list(house: House) -> None:
    await house.say("mute bob camera,screen lock")
    assert house.sources("bob") == ["MICROPHONE"]
    reply = await house.say("mute bob microphone lock")
    assert reply.outcome is Outcome.DONE
    assert not house.person("bob").permission["can_publish"]
    assert not house.person("bob").tracks
    await house.say("unmute bob microphone")
    assert house.person("bob").permission["can_publish"]
    assert house.sources("bob") == ["MICROPHONE"]


async def test_locking_all_takes_the_stage(house: House) -> None:
    await house.say("mute bob all lock")
    assert not house.person("bob").permission["can_publish"]
    assert not house.person("bob").tracks


async def test_chat_as_a_source_takes_data_away(house: House) -> None:
    reply = await house.say("mute bob chat lock")
    assert reply.outcome is Outcome.DONE
    assert not house.person("bob").permission["can_publish_data"]
    assert house.track("bob") is not None
    assert house.sources("bob") == []


async def test_chat_without_lock_is_explained_and_nothing_done(house: House) -> None:
    reply = await house.say("mute bob chat")
    assert "lock" in told(reply)
    assert not house.writes


async def test_a_second_lock_is_already(house: House) -> None:
    await house.say("mute bob microphone lock")
    assert (await house.say("mute bob microphone lock")).outcome is Outcome.ALREADY


async def test_the_undo_of_a_lock_gives_the_source_back_and_opens_nothing(house: House) -> None:
    reply = await house.say("mute bob lock")
    await house.press(f"Undo case {reply.case}", of=reply)
    undone = await house.yes()
    assert undone.outcome is Outcome.DONE
    assert house.sources("bob") == []
    assert house.track("bob") is None
    house.rooms.publish(STANDUP, "bob")


@pytest.mark.parametrize("line", ["mute bob", "mute bob lock", "promote omar", "demote bob"])
async def test_an_exact_target_is_never_asked_about(house: House, line: str) -> None:
    reply = await house.say(line)
    assert not reply.question
    assert reply.outcome is Outcome.DONE


async def test_the_dry_run_shows_what_would_change_and_changes_nothing(house: House) -> None:
    reply = await house.say("mute bob --dry-run lock")
    assert "Dry run: nothing was done" in told(reply)
    assert "can_publish_sources" in told(reply)
    assert reply.case is None
    assert not house.writes


async def test_a_dry_run_of_what_holds_says_that_nothing_would_change(house: House) -> None:
    await house.say("mute bob")
    assert "Nothing would change" in told(await house.say("mute bob --dry-run"))


async def test_a_session_sid_names_its_person(house: House) -> None:
    sid = house.person("bob").sid
    assert (await house.say(f"mute {sid}")).outcome is Outcome.DONE
    assert house.track("bob").muted


@pytest.mark.parametrize(
    ("identity", "typed"),
    [
        ("x" * 256, "x" * 256),
        ("user@example.org", "user@example.org"),
        ("tenant/user 7", "tenant/user 7"),
        ("o'brien", "o'brien"),
        ("鈴木", "鈴木"),
        ("two words", '"two words"'),
        ("two words", "“two words”"),
        ("😀😀", "😀😀"),
        ("bob2", "@bob2"),
    ],
)
async def test_every_identity_that_livekit_takes_can_be_typed(house: House, identity: str, typed: str) -> None:
    house.rooms.join(STANDUP, JoinGrant(identity))
    house.rooms.publish(STANDUP, identity)
    reply = await house.say(f"/mute {typed} being loud")
    assert reply.outcome is Outcome.DONE, told(reply)
    assert "Reason: being loud" in told(reply)


@pytest.mark.parametrize("typed", ["נועה 🎧", '"נועה 🎧"', "\u2068נועה 🎧\u2069", "@נועה 🎧"])
async def test_right_to_left_and_emoji_names_work_also_copied_from_an_answer(house: House, typed: str) -> None:
    reply = await house.say(f"promote {typed} her turn")
    assert reply.outcome is Outcome.DONE, told(reply)
    assert "Reason: her turn" in told(reply)
    assert "\u2068נועה 🎧\u2069 is on stage" in told(reply), "isolated from the text around it"


async def test_a_name_without_its_emoji_is_a_prefix_and_so_a_choice(house: House) -> None:
    reply = await house.say("promote נועה her turn")
    assert not house.writes
    assert (await house.press(1, of=reply)).outcome is Outcome.DONE


@pytest.mark.parametrize("typed", ["ｂｏｂ　ｓｔｏｎｅ", "BOB STONE", "Bób Stöne", "Bob  Stone"])
async def test_full_width_capitals_and_accents_do_not_count(house: House, typed: str) -> None:
    assert (await house.say(f"/mute {typed}")).outcome is Outcome.DONE


@pytest.mark.parametrize("line", ["／mute bob", "/MUTE bob", "mute\tbob", "mute\u3000bob", " /mute  bob\n"])
async def test_the_command_itself_may_be_full_width_capital_or_apart_by_any_space(house: House, line: str) -> None:
    assert (await house.say(line)).outcome is Outcome.DONE


async def test_an_agent_and_a_caller_can_be_muted_without_force(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("bot", "Bot", Permissions(agent=True), kind=Kind.AGENT))
    house.rooms.publish(STANDUP, "bot")
    assert (await house.say("mute bot")).outcome is Outcome.DONE
    caller = house.person("sip_+15550100").sid
    assert (await house.say(f"mute {caller}")).outcome is Outcome.DONE
