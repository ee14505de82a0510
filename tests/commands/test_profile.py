"""/metadata, /name, /attribute, /permissions and /room-metadata: admin by default, verbatim, merged, checked."""

from __future__ import annotations

import pytest

from bot.history import Outcome
from bot.people import Role
from bot.policy import Policy
from tests.house import STANDUP, House, button, labels, told

WRITES = [
    "metadata bob x", "name bob x", "attribute bob a=b", "permissions bob can_publish=no", "room-metadata x",
]  # fmt: skip


@pytest.mark.parametrize("line", WRITES)
async def test_they_are_for_admins_since_applications_keep_authority_there(house: House, line: str) -> None:
    assert (await house.say(line)).outcome is Outcome.REFUSED
    assert not house.writes


@pytest.mark.parametrize("line", WRITES)
async def test_a_setting_gives_them_to_moderators(house: House, line: str) -> None:
    house.use(Policy(roles={line.split()[0]: Role.MODERATOR}))
    assert (await house.say(line)).outcome is Outcome.DONE


@pytest.mark.parametrize(
    "text",
    [
        '{"table": 4, "note": "she said “hi”"}',
        '"quoted"',
        "it's  two   spaces",
        "see in:standup lock --dry",
        "-not a flag",
        "—Bob—",
        "microphone",
        "ends with a space ",
        "a=b c=d",
        "ünï ＦＵＬＬ 😀",
    ],
)
async def test_metadata_is_taken_verbatim_to_the_end_of_the_line(house: House, text: str) -> None:
    reply = await house.say(f"metadata bob {text}", "alice")
    assert reply.outcome is Outcome.DONE, told(reply)
    assert house.person("bob").metadata == text


async def test_a_near_miss_of_a_flag_before_a_text_is_not_written_as_text(house: House) -> None:
    reply = await house.say("metadata bob --dryrun {}", "alice")
    assert "Did you mean --dry-run?" in told(reply)
    assert not house.writes


async def test_flags_and_scope_count_before_the_text(house: House) -> None:
    reply = await house.say("metadata bob in:standup —dry-run {}", "alice", room="")
    assert "Dry run" in told(reply)
    assert not house.writes


@pytest.mark.parametrize("line", ["metadata bob", "name bob", "metadata bob "])
async def test_an_empty_text_is_missing(house: House, line: str) -> None:
    assert "text is missing" in told(await house.say(line, "alice"))


async def test_the_size_is_checked_before_anything_is_sent(house: House) -> None:
    for line in (
        "metadata bob " + "x" * (512 * 1024 + 1),
        "name bob " + "ö" * 129,
        f"attribute bob a={'x' * 65536}",
        "room-metadata " + "x" * (512 * 1024 + 1),
    ):
        reply = await house.say(line, "alice")
        assert "LiveKit takes at most" in told(reply)
    assert not house.writes


async def test_half_a_character_is_refused_and_not_sent(house: House) -> None:
    for line in ("metadata bob \ud83d", "name bob \ud83d", "attribute bob a=\ud83d", "room-metadata \ud83d"):
        reply = await house.say(line, "alice")
        assert "half a character" in told(reply)
    assert not house.writes


async def test_metadata_that_was_empty_cannot_be_cleared_again_and_undo_says_so(house: House) -> None:
    reply = await house.say("metadata bob x", "alice")
    assert not [label for label in labels(reply) if "Undo" in label]
    assert "cannot clear" in told(await house.say(f"undo {reply.case}", "alice"))


async def test_metadata_that_stood_before_is_put_back(house: House) -> None:
    house.person("bob").metadata = "before"
    await house.say("metadata bob after", "alice")
    assert (await house.say("undo", "alice")).outcome is Outcome.DONE
    assert house.person("bob").metadata == "before"


async def test_what_stands_already_is_already(house: House) -> None:
    for line in ("metadata bob x", "name bob Bob Stone", "attribute bob a=1", "permissions bob can_publish=yes"):
        await house.say(line, "alice")
        assert (await house.say(line, "alice")).outcome is Outcome.ALREADY


async def test_a_name_is_changed_and_the_answer_says_from_what(house: House) -> None:
    reply = await house.say("name bob Bob Stone (host)", "alice")
    assert house.person("bob").name == "Bob Stone (host)"
    assert "Bob Stone (bob) is called Bob Stone (host) in standup now" in told(reply)


async def test_attributes_merge_by_key_and_an_empty_value_deletes(house: House) -> None:
    house.person("bob").attributes |= {"vip": "yes", "kept": "k"}
    reply = await house.say('attribute bob table=4 vip= note="speaks second" because', "alice")
    assert house.person("bob").attributes == {"table": "4", "kept": "k", "note": "speaks second"}
    assert "vip deleted" in told(reply)
    assert "Reason: because" in told(reply)


@pytest.mark.parametrize(("line", "undone"), [("name bob Bobby", "Bob Stone"), ("attribute bob table=4", "Bob Stone")])
async def test_an_attribute_that_is_empty_is_left_alone_and_so_undone(house: House, line: str, undone: str) -> None:
    house.person("bob").attributes |= {"raised": ""}
    done = await house.say(line, "alice")
    assert "raised" not in told(await house.say(f"case {done.case}", "alice"))
    undo = await house.say("undo", "alice")
    assert undo.outcome is Outcome.DONE
    assert (house.person("bob").name, house.person("bob").attributes) == (undone, {"raised": ""})


async def test_of_an_attribute_that_was_empty_undo_says_that_it_cannot_be_put_back(house: House) -> None:
    house.person("bob").attributes |= {"raised": ""}
    done = await house.say("attribute bob raised=1 table=4", "alice")
    assert "empty → 1" in told(await house.say(f"case {done.case}", "alice"))
    undo = await house.say("undo", "alice")
    assert "LiveKit cannot give an attribute an empty value" in told(undo)
    assert "Could not undo" not in told(undo)
    assert house.person("bob").attributes == {"raised": "1"}


async def test_undo_of_attributes_puts_each_key_back(house: House) -> None:
    house.person("bob").attributes |= {"vip": "yes"}
    await house.say("attribute bob table=4 vip=", "alice")
    await house.say("undo", "alice")
    assert house.person("bob").attributes == {"vip": "yes"}


async def test_a_key_that_stands_twice_is_refused(house: House) -> None:
    assert "stands twice" in told(await house.say("attribute bob a=1 a=2", "alice"))


@pytest.mark.parametrize("pairs", ["can_publish=no can_publish=yes", "can_publish=no Can-Publish=no"])
async def test_a_permission_that_stands_twice_is_refused(house: House, pairs: str) -> None:
    assert "The permission can_publish stands twice. Nothing was done." in told(
        await house.say(f"permissions bob {pairs}", "alice")
    )
    assert not house.writes


async def test_permissions_are_merged(house: House) -> None:
    before = dict(house.person("bob").permission)
    reply = await house.say("permissions bob can_publish_data=no can-subscribe=OFF testing", "alice")
    after = house.person("bob").permission
    assert {k for k in after if after[k] != before[k]} == {"can_publish_data", "can_subscribe"}
    assert "can_publish_data: yes → no" in told(reply)
    assert "Reason: testing" in told(reply)


async def test_a_source_list_is_replaced_as_named(house: House) -> None:
    await house.say("permissions bob can_publish_sources=microphone,screen", "alice")
    assert house.sources("bob") == ["MICROPHONE", "SCREEN_SHARE", "SCREEN_SHARE_AUDIO"]


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ("can_publish_sources=", "empty source list means all four"),
        ("can_publish_sources=mikrofon", "no source 'mikrofon'"),
        ("can_publsh=no", "Did you mean can_publish?"),
        ("can_publish=maybe", "yes or no"),
        ("", "pairs is missing"),
    ],
)
async def test_what_livekit_would_drop_or_misread_is_refused(house: House, pairs: str, said: str) -> None:
    reply = await house.say(f"permissions bob {pairs}", "alice")
    assert said in told(reply)
    assert not house.writes


async def test_room_metadata_is_replaced_verbatim_and_undone(house: House) -> None:
    before = house.rooms.rooms[STANDUP].metadata
    reply = await house.say('room-metadata {"title": "Town  hall"}', "alice")
    assert reply.outcome is Outcome.DONE
    assert house.rooms.rooms[STANDUP].metadata == '{"title": "Town  hall"}'
    assert STANDUP in told(reply)
    await house.say("undo", "alice")
    assert house.rooms.rooms[STANDUP].metadata == before


async def test_room_metadata_without_a_text_asks_whether_to_clear_it(house: House) -> None:
    question = await house.say("room-metadata", "alice")
    assert question.question
    assert "Clear the metadata of standup?" in told(question)
    assert (await house.yes("alice")).outcome is Outcome.DONE
    assert house.rooms.rooms[STANDUP].metadata == ""


async def test_room_metadata_of_a_room_that_has_ended_since_is_not_written(house: House) -> None:
    await house.say("room-metadata", "alice")
    house.rooms.delete(STANDUP)
    assert "not live any more" in told(await house.yes("alice"))
    assert not house.writes


async def test_metadata_that_was_typed_is_shown_to_admins_alone(house: House) -> None:
    case = (await house.say("metadata bob top-secret", "alice")).case
    room = (await house.say("room-metadata room-secret", "alice")).case
    for line in (f"case {case}", f"case {room}", "history", "participant bob"):
        answer = told(await house.say(line))
        assert "top-secret" not in answer
        assert "room-secret" not in answer
    assert "top-secret" in told(await house.say(f"case {case}", "alice"))
    assert "top-secret" in told(await house.say("participant bob", "alice"))


async def test_undo_of_an_undo_needs_what_the_first_command_needed(house: House) -> None:
    house.person("bob").metadata = "before"
    await house.say("metadata bob after", "alice")
    undone = await house.say("undo", "alice")
    assert (await house.say(f"undo {undone.case}")).outcome is Outcome.REFUSED
    await house.say(f"undo {undone.case}", "alice")
    await house.yes("alice")
    assert house.person("bob").metadata == "after"


async def test_the_button_of_undo_asks_when_pressed_by_another_admin(house: House) -> None:
    house.person("bob").metadata = "before"
    reply = await house.say("metadata bob after", "alice")
    assert button(reply, f"Undo case {reply.case}")
    await house.grant("console:ada", Role.ADMIN)
    assert (await house.press(f"Undo case {reply.case}", "ada")).question
