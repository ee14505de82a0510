"""`who [what] [modifiers] [reason]`, the same for every command that is about one person."""

from __future__ import annotations

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.history import Outcome
from tests.house import BACKSTAGE, STANDUP, House, labels, told


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("mute bob shouting", "shouting"),
        ("mute bob lock mic and so on", "and so on"),
        ("mute bob mic lock don't shout", "don't shout"),
        ("mute bob shouting camera lock", "shouting camera lock"),
        ("mute bob shouting --dry-run", "shouting --dry-run"),
        ("mute bob he said “no” in:standup", "he said “no” in:standup"),
        ("mute bob in:standup talks in:standup", "talks in:standup"),
        ("mute Bob Stone 'quoted' reason", "'quoted' reason"),
        ('mute "Bob Stone" "a whole reason"', '"a whole reason"'),
        ('mute bob "lock:"', '"lock:"'),
        ("mute bob 3 times", "3 times"),
        ("mute bob שקט בבקשה", "שקט בבקשה"),
        ("mute bob in the way", "in the way"),
    ],
)
async def test_modifiers_count_only_up_to_the_first_word_of_the_reason_which_is_shown(
    house: House, line: str, reason: str
) -> None:
    reply = await house.say(line, "alice")
    assert reply.outcome is Outcome.DONE, told(reply)
    shown = next(line for line in told(reply).splitlines() if line.startswith("Reason: "))
    assert shown.removeprefix("Reason: ").strip("\u2068\u2069") == reason


@pytest.mark.parametrize("flag", ["--dry-run", "—dry-run", "–dry-run", "-dry-run", "—Dry—Run", "－－dry-run"])
async def test_flags_work_with_the_dashes_that_phones_make(house: House, flag: str) -> None:
    reply = await house.say(f"mute bob {flag} lock")
    assert "Dry run" in told(reply)
    assert not house.writes


async def test_an_unknown_flag_is_an_error_with_the_nearest(house: House) -> None:
    reply = await house.say("kick bob --dryrun")
    assert "There is no --dryrun here. Did you mean --dry-run?" in told(reply)
    assert "Usage: /kick who [reason]" in told(reply)


async def test_a_near_miss_of_a_source_is_a_choice(house: House) -> None:
    reply = await house.say("mute bob microfone lock too loud")
    assert not house.writes
    assert labels(reply) == ["microphone", "As the reason"]
    done = await house.press("microphone")
    assert done.outcome is Outcome.DONE
    assert "Reason: too loud" in told(done)
    assert house.sources("bob") == ["CAMERA", "SCREEN_SHARE", "SCREEN_SHARE_AUDIO"]


async def test_or_it_is_the_reason_after_all(house: House) -> None:
    await house.say("mute bob microfone noise")
    done = await house.press("As the reason")
    assert "Reason: microfone noise" in told(done)
    assert house.track("bob").muted


async def test_where_two_readings_each_name_somebody_it_is_a_choice(house: House) -> None:
    reply = await house.say("kick Anna Berg spamming")
    assert sorted(labels(reply)) == ["Anna", "Anna Berg"]
    assert "Nothing has been done yet" in told(reply)
    assert "Reason: Berg spamming" in told(reply)
    assert "Reason: spamming" in told(reply)
    question = await house.press("Anna Berg")
    assert question.question
    await house.yes()
    assert "anna-berg" not in house.rooms.rooms[STANDUP].people
    assert "anna" in house.rooms.rooms[STANDUP].people


async def test_quotes_settle_it(house: House) -> None:
    for quoted in ('"Anna Berg"', "“Anna Berg”", "„Anna Berg“", "«Anna Berg»"):
        reply = await house.say(f"promote {quoted} camera")
        assert reply.outcome in (Outcome.DONE, Outcome.ALREADY), told(reply)
        assert "Anna Berg" in told(reply)


async def test_a_reason_that_begins_with_in_and_a_live_room_is_a_choice(house: House) -> None:
    house.rooms.join(BACKSTAGE, JoinGrant("bob", "Bob Stone"))
    house.rooms.publish(BACKSTAGE, "bob")
    reply = await house.say("mute bob in backstage please", "alice")
    assert not house.writes
    assert labels(reply) == ["in the room backstage", "As the reason"]
    done = await house.press("in the room backstage", "alice")
    assert "Reason: please" in told(done)
    assert house.track("bob", room=BACKSTAGE).muted
    assert not house.track("bob").muted


async def test_a_room_out_of_scope_makes_no_choice_of_a_reason(house: House) -> None:
    reply = await house.say("mute bob in backstage")
    assert "Reason: in backstage" in told(reply)


async def test_in_a_room_acts_there_whatever_the_default(house: House) -> None:
    reply = await house.say("mute in:standup", "alice")
    assert not house.writes
    reply = await house.say("mute mei in:backstage", "alice")
    assert reply.outcome is Outcome.DONE
    assert "in backstage" in told(reply)


async def test_in_an_unknown_room_offers_near_names_and_acts_there(house: House) -> None:
    reply = await house.say("mute mei in:bakstage", "alice")
    assert "No live room is called bakstage" in told(reply)
    assert (await house.press("backstage", "alice")).outcome is Outcome.DONE


async def test_a_person_is_never_mistaken_for_another_because_the_room_is_misspelt(house: House) -> None:
    reply = await house.say("mute Anna Berg in:standp", "alice")
    assert "No live room is called standp" in told(reply)
    assert not house.writes


async def test_a_room_out_of_scope_is_refused_and_nobody_of_another_room_is_touched(house: House) -> None:
    reply = await house.say("mute Bob Stone in:backstage")
    assert reply.outcome is Outcome.REFUSED
    assert not house.writes


async def test_a_reason_may_mention_a_room_that_is_out_of_scope(house: House) -> None:
    reply = await house.say("mute bob was rude in:backstage")
    assert reply.outcome is Outcome.DONE
    assert "Reason: was rude in:backstage" in told(reply)


async def test_a_missing_target_is_a_usage_line(house: House) -> None:
    reply = await house.say("mute")
    assert "Usage: /mute who [what] [lock] [for time] [reason]" in told(reply)
    assert reply.case is None


@pytest.mark.parametrize("line", ["", "   ", "/", "\n"])
async def test_an_empty_line_says_what_to_type(house: House, line: str) -> None:
    assert "/help lists them" in told(await house.say(line))


async def test_a_misspelt_command_offers_the_right_ones_and_runs_the_rest_of_the_line(house: House) -> None:
    reply = await house.say("mut bob")
    assert "Did you mean /mute" in told(reply)
    assert (await house.press("/mute")).outcome is Outcome.DONE


async def test_option_values_bind_to_the_same(house: House) -> None:
    given = {"who": "Anna Berg", "what": "mic camera", "lock": "True", "reason": "shouting in:backstage"}
    reply = await house.say("mute", options=given)
    assert reply.outcome is Outcome.DONE
    assert house.sources("anna-berg") == ["SCREEN_SHARE", "SCREEN_SHARE_AUDIO"]
    assert "Reason: shouting in:backstage" in told(reply)
    case = await house.case(reply.case)
    assert case.opening.command == "mute"


async def test_options_choose_the_room_and_the_flags(house: House) -> None:
    reply = await house.say("mute", "alice", options={"who": "mei", "in": BACKSTAGE, "dry-run": "true"})
    assert "Dry run" in told(reply)
    assert "backstage" in told(reply)


@pytest.mark.parametrize(
    ("line", "given", "said"),
    [
        ("mute", {}, "Say who"),
        ("mute", {"who": "bob", "what": "mikrofon"}, "not a source"),
        ("metadata", {"who": "bob"}, "text is missing"),
        ("case", {"n": "x"}, "must be a number"),
        ("moderator", {"who": "console:x", "role": "boss"}, "The roles are"),
    ],
)
async def test_wrong_option_values_are_named(house: House, line: str, given: dict[str, str], said: str) -> None:
    assert said in told(await house.say(line, "alice", options=given))


async def test_options_of_every_kind_are_read(house: House) -> None:
    assert "2 people" in told(await house.say("quiet", options={"except": "anna, bob, hana"}))
    assert "attribute a" in told(
        await house.say("attribute", "alice", options={"who": "bob", "pairs": 'a=1 b="x y"', "dry-run": "1"})
    )
    await house.say("moderator", "alice", options={"who": "console:new", "role": "viewer", "in": "a-*, b"})
    assert "a-*, b" in told(await house.say("moderators", "alice"))
    assert "Mute everything" in told(await house.say("help", options={"command": "/mute"}))
    assert "kick" not in told(await house.say("history", options={"kind": "mute", "page": "1"}))
