"""/rooms, /participants, /participant and /find."""

from __future__ import annotations

import pytest

from adapters.livekit.calls import Call
from adapters.livekit.simulator.people import JoinGrant
from bot.errors import Unavailable
from bot.history import Outcome
from bot.model import Kind, Permissions, Source
from bot.people import Role
from bot.policy import Policy
from bot.reply import Column, Reply, Table, Tone
from tests.house import BACKSTAGE, STANDUP, House, labels, told


def rows(reply: Reply) -> list[str]:
    return [line for line in told(reply).splitlines()[1:] if line]


def columns(reply: Reply) -> list[Column]:
    return [column for part in reply.parts if isinstance(part, Table) for column in part.columns]


async def test_rooms_shows_the_rooms_in_scope_with_title_and_exact_counts(house: House) -> None:
    reply = await house.say("rooms", "alice")
    standup = next(line for line in rows(reply) if line.startswith("standup"))
    assert "Daily stand-up, 10, 5" in standup, "num_participants leaves out agents and recorders"
    assert "Speakers waiting" in told(reply)


async def test_rooms_shows_nothing_out_of_scope(house: House) -> None:
    answer = told(await house.say("rooms"))
    assert "standup" in answer
    assert "backstage" not in answer
    assert "backstage" not in str([call.body for call in house.service.calls if call.method == "ListParticipants"])


async def test_rooms_counts_hidden_people_for_admins_alone(house: House) -> None:
    assert "Daily stand-up, 9, 5" in told(await house.say("rooms"))


async def test_rooms_filters_by_name_and_title(house: House) -> None:
    assert len(rows(await house.say("rooms BACK", "alice"))) == 1
    assert "backstage" in told(await house.say("rooms waiting", "alice"))
    assert "0 live rooms" in told(await house.say("rooms zzz", "alice"))


async def test_rooms_is_paged_and_counts_only_the_page(house: House) -> None:
    for number in range(45):
        house.rooms.open(f"room-{number:02}")
    first = await house.say("rooms room", "alice")
    assert "25 more: /rooms room 2" in told(first)
    assert sum(call.method == "ListParticipants" for call in house.service.calls) == 20
    await house.press("Next page", "alice")
    last = await house.press("Next page", "alice")
    assert "room-44" in told(last)
    assert "Page 3, the last one" in told(last)
    assert "room-20" in told(await house.press("Previous page", "alice"))
    await house.press("Next page", "alice", of=first)
    await house.press("Next page", "alice", of=first)


async def test_rooms_says_which_could_not_be_counted(house: House) -> None:
    async def fail(call: Call, carry_out):  # type: ignore[no-untyped-def]
        if call.method == "ListParticipants" and call.body["room"] == BACKSTAGE:
            raise Unavailable("No answer.", sent=True)
        return await carry_out()

    house.service.around = fail
    assert "could not be counted" in told(await house.say("rooms", "alice"))


@pytest.mark.parametrize("metadata", ["not json", "[1]", '{"title": 5}', ""])
async def test_rooms_takes_any_metadata(house: House, metadata: str) -> None:
    house.rooms.rooms[STANDUP].metadata = metadata
    assert "standup, 9, 5" in told(await house.say("rooms"))


async def test_the_key_of_the_title_is_a_setting(house: House) -> None:
    house.rooms.rooms[STANDUP].metadata = '{"topic": "Release"}'
    house.use(Policy(admins=("console:alice",), title_key="topic"))
    assert "Release" in told(await house.say("rooms"))


async def test_a_room_is_opened_from_the_list_with_one_press(house: House) -> None:
    await house.say("rooms", "alice", room="")
    assert "backstage: 2 people" in told(await house.press("backstage", "alice"))


async def test_participants_are_ordered_open_microphones_hands_speakers_the_rest(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("zed", "Zed", Permissions(can_publish=False)))
    names = [line.split(",")[0] for line in rows(await house.say("participants"))]
    assert names == [
        "+…00", "Anna", "Bob Stone", "Hana Ito", "Lena Okafor", "\u2068נועה 🎧\u2069", "Anna Berg", "Note taker",
        "Omar", "Zed",
    ]  # fmt: skip


async def test_participants_shows_identity_stage_tracks_muted_locked_joined_and_kind(house: House) -> None:
    await house.say("mute bob camera lock")
    await house.say("mute bob")
    answer = told(await house.say("participants"))
    bob = next(line for line in answer.splitlines() if line.startswith("Bob Stone"))
    assert bob == "Bob Stone, bob, stage, microphone muted, joined 35 min ago, camera locked"
    assert "omar, audience, nothing published" in answer
    assert "hand raised" in answer
    assert "sip" in answer
    assert "agent" in answer
    assert "Anna Berg, anna-berg, stage, microphone muted" in answer


async def test_participants_notes_a_locked_chat(house: House) -> None:
    await house.say("mute bob chat lock")
    assert "chat locked" in told(await house.say("participants bob"))


async def test_hidden_people_are_listed_for_admins_alone(house: House) -> None:
    assert "EG_recorder" not in told(await house.say("participants"))
    assert "egress, hidden" in told(await house.say("participants", "alice"))


async def test_names_and_what_is_open_are_the_columns_that_a_phone_keeps(house: House) -> None:
    reply = await house.say("participants")
    assert [column.title for column in columns(reply) if column.priority == 0] == ["Name", "Tracks"]


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("open", 5), ("muted", 1), ("camera", 2), ("mic", 5), ("screen", 1), ("stage", 7), ("audience", 2),
        ("hands", 1), ("locked", 0), ("agent", 1), ("sip", 1), ("anna", 2), ("Bob Stone", 1), ("BERG", 1),
    ],
)  # fmt: skip
async def test_participants_can_be_filtered(house: House, word: str, found: int) -> None:
    reply = await house.say(f"participants {word}")
    if found == 0:
        assert "0 matching" in told(reply)
    else:
        assert f"{found} matching" in told(reply), told(reply)


@pytest.mark.parametrize("line", ["participants in:standup bob", "participants bob in:standup"])
async def test_participants_can_be_filtered_on_either_side_of_the_scope(house: House, line: str) -> None:
    reply = await house.say(line, "alice", room=BACKSTAGE)
    assert "1 matching bob" in told(reply)


async def test_participants_of_a_named_room_with_a_filter_and_a_page(house: House) -> None:
    for number in range(45):
        house.rooms.join(STANDUP, f"guest-{number:02}")
    reply = await house.say("participants standup guest 2", "alice", room=BACKSTAGE)
    assert "guest-20" in told(reply)
    assert "guest-19" not in told(reply)
    assert "5 more: /participants guest in:standup 3" in told(reply)
    typed = await house.say("participants guest in:standup 3", "alice", room=BACKSTAGE)
    assert "guest-40" in told(typed)
    assert "guest-39" not in told(typed)
    assert "guest-44" in told(await house.press("Next page", "alice", of=reply))


async def test_a_page_beyond_the_last_is_the_last(house: House) -> None:
    assert "Bob Stone" in told(await house.say("participants 99"))


async def test_participants_of_an_unknown_or_ended_room_says_so_and_offers_near_names(house: House) -> None:
    reply = await house.say("participants standp", "alice")
    assert "No live room is called standp" in told(reply)
    assert labels(reply) == ["standup"]
    house.rooms.delete(STANDUP)
    assert "No live room is called standup" in told(await house.say("participants", "alice"))


async def test_an_empty_live_room_is_no_ended_one(house: House) -> None:
    house.rooms.open("lobby")
    assert "lobby: 0 people" in told(await house.say("participants lobby", "alice"))


async def test_participant_shows_permissions_tracks_attributes_and_past_cases(house: House) -> None:
    await house.say("mute bob")
    house.person("bob").attributes["table"] = "4"
    answer = told(await house.say("participant bob"))
    microphone = house.track("bob").sid
    assert f"microphone {microphone} (microphone) muted" in answer
    past = "mute Bob Stone (bob) in standup: done"
    for said in (house.person("bob").sid, "can_subscribe", "table=4", past, "on stage"):
        assert said in answer


async def test_participant_shows_metadata_and_telephone_attributes_to_admins_alone(house: House) -> None:
    house.person("bob").metadata = "private"
    house.person("sip_+15550100").attributes["sip.phoneNumber"] = "+15550100"
    assert "private" not in told(await house.say("participant bob"))
    assert "private" in told(await house.say("participant bob", "alice"))
    assert "15550100" not in told(await house.say("participant sip_+15550100"))
    assert "sip.phoneNumber=+15550100" in told(await house.say("participant sip_+15550100", "alice"))


async def test_participant_says_who_is_protected_and_why(house: House) -> None:
    caller = house.person("sip_+15550100").sid
    assert "protected: is sip" in told(await house.say(f"participant {caller}"))


async def test_participant_offers_the_everyday_actions_bound_to_the_session(house: House) -> None:
    reply = await house.say("participant bob")
    assert labels(reply) == ["Mute", "Keep muted", "Move to audience", "Remove", "Keep out"]
    house.rooms.rejoin(STANDUP, "bob")
    reply = await house.press("Keep muted")
    assert "new session" in told(reply)
    assert told(reply).endswith("if it is still meant: /mute bob lock in:standup")
    assert not house.writes


async def test_participant_offers_a_viewer_no_actions(house: House) -> None:
    assert labels(await house.say("participant omar", "vera")) == []
    assert "Bring on stage" in labels(await house.say("participant omar"))


async def test_find_looks_for_names_and_identities_over_all_rooms_in_scope(house: House) -> None:
    reply = await house.say("find AN", "alice")
    answer = told(reply)
    assert all(name in answer for name in ("Anna", "Anna Berg", "Hana Ito"))
    assert "in 2 live rooms" in answer
    assert labels(reply) == [STANDUP]
    assert "0 people" in told(await house.say("find mei"))
    assert "backstage" in told(await house.say("find MEI", "alice"))


async def test_find_keeps_within_its_budget_of_calls_and_says_what_was_left_out(house: House) -> None:
    for number in range(8):
        house.rooms.open(f"a-{number}")
    house.use(Policy(admins=("console:alice",), find_calls=3))
    reply = await house.say("find anna", "alice")
    assert "Looked into 3 of 10 rooms" in told(reply)
    assert sum(call.method == "ListParticipants" for call in house.service.calls) == 3


async def test_find_says_that_one_room_could_not_be_looked_at(house: House) -> None:
    async def fail(call: Call, carry_out):  # type: ignore[no-untyped-def]
        if call.method == "ListParticipants" and STANDUP in str(call):
            raise Unavailable("No answer.", sent=True)
        return await carry_out()

    house.service.around = fail
    assert "1 room could not be looked at" in told(await house.say("find anna", "alice"))


async def test_find_says_how_many_rooms_could_not_be_looked_at(house: House) -> None:
    async def fail(call: Call, carry_out):  # type: ignore[no-untyped-def]
        if call.method == "ListParticipants":
            raise Unavailable("No answer.", sent=True)
        return await carry_out()

    house.service.around = fail
    assert "2 rooms could not be looked at" in told(await house.say("find anna", "alice"))


async def test_find_cuts_a_long_list_and_says_so(house: House) -> None:
    for number in range(45):
        house.rooms.join(STANDUP, f"guest-{number:02}")
    assert "5 more" in told(await house.say("find guest"))


async def test_unknown_sources_show_by_their_type(house: House) -> None:
    house.rooms.publish(STANDUP, "bob", Source.UNKNOWN, "AUDIO")
    assert "audio of unknown source open" in told(await house.say("participants bob"))


async def test_a_viewer_reads_and_writes_nothing(house: House) -> None:
    assert (await house.say("participants", "vera")).tone is Tone.INFO
    assert (await house.say("mute bob", "vera")).outcome is Outcome.REFUSED


async def test_no_read_is_written_down(house: House) -> None:
    before = len(await house.entries())
    for line in ("rooms", "participants", "participant bob", "find bob", "history", "moderators", "whoami", "help"):
        await house.say(line)
    assert len(await house.entries()) == before
    assert not house.writes


async def test_ingress_and_others_show_their_kind(house: House) -> None:
    await house.grant("console:max", Role.MODERATOR)
    house.rooms.join(STANDUP, JoinGrant("IN_1", "Stream", kind=Kind.INGRESS))
    assert "ingress" in told(await house.say("participants ingress", "max"))
