"""The modal and the App Home: nothing is typed that can be chosen, and what was chosen is what is done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.slack import limits
from adapters.slack.arrivals import Place, Submitted, Typed, View
from adapters.slack.blocks import Option
from adapters.slack.invocations import of_modal, of_words
from adapters.slack.people import sender
from adapters.slack.render import Message
from adapters.slack.typed import Reader
from adapters.slack.views import (
    ACTIONS,
    Kept,
    answer_view,
    digest_of,
    home_view,
    key_of,
    moderate_view,
    notice_view,
    room_of,
    suggested,
)
from bot.command import Invocation
from bot.history import Outcome
from bot.reply import Reply
from tests.house import REGISTRY, STANDUP, House, told
from tests.replies import HOSTILE

COMMANDS = {command.name: command for command in REGISTRY}
WHO = sender("U1", team="T1", enterprise=None, name="ann")
LONG = "long room " * 20


def submitted(kept: Kept | None = None, /, listed: str = STANDUP, **values: str) -> Submitted:
    """`listed` is the room whose people were there to choose from."""
    view = View("V1", "h", "moderate", kept.encode() if kept else "", values, {"person": digest_of(listed)})
    return Submitted(WHO, Place("T1"), "slack:t", "t", view=view)


def elements(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What is asked for, by block."""
    return {
        block["block_id"].partition(":")[0]: block["element"] for block in view["blocks"] if block["type"] == "input"
    }


def test_the_modal_asks_for_room_person_action_and_reason_and_only_two_must_be_given() -> None:
    view = moderate_view(["standup", "lobby"], Kept("lobby", "C1"))
    assert [(b["block_id"].partition(":")[0], b["optional"]) for b in view["blocks"]] == [
        ("room", False),
        ("person", True),
        ("action", False),
        ("reason", True),
    ]
    assert elements(view)["room"]["initial_option"]["value"] == "lobby"
    assert elements(view)["person"]["type"] == "external_select"
    assert elements(view)["person"]["min_query_length"] == 0
    assert Kept.decode(view["private_metadata"]) == Kept("lobby", "C1")


def test_the_labels_of_actions_are_plain_words() -> None:
    labels = [option["text"]["text"] for option in elements(moderate_view(["standup"]))["action"]["options"]]
    assert {"Mute", "Keep muted", "Bring on stage", "Move to audience", "Remove"} <= set(labels)


def test_every_action_of_the_modal_is_a_command_with_options_that_it_has() -> None:
    for action in (one for one in ACTIONS if one.command):
        assert set(action.options) <= {param.name for param in COMMANDS[action.command].params}


def test_without_a_live_room_the_modal_says_so_and_asks_nothing() -> None:
    view = moderate_view([])
    assert "submit" not in view
    assert "No live room" in view["blocks"][0]["text"]["text"]


def test_the_chosen_room_is_there_however_many_there_are_and_the_rest_is_counted() -> None:
    rooms = [f"room {number}" for number in range(250)]
    view = moderate_view(rooms, Kept("room 249"))
    assert elements(view)["room"]["initial_option"]["value"] == "room 249"
    assert "150 more rooms do not fit" in view["blocks"][0]["elements"][0]["text"]


def test_a_person_can_be_chosen_beforehand() -> None:
    view = moderate_view(["standup"], person=Option("Bob (…1)", "PA_1"))
    assert elements(view)["person"]["initial_option"]["value"] == "PA_1"


@pytest.mark.parametrize("room", ["standup", LONG, "sha256:x", "", *HOSTILE])
def test_a_room_of_any_name_fits_into_an_option_and_is_found_again(room: str) -> None:
    assert 0 < len(key_of(room)) <= limits.OPTION_VALUE
    assert room_of(key_of(room), ["other", room]) == room


def test_a_room_with_a_long_name_that_has_ended_is_none() -> None:
    assert room_of(key_of(LONG), ["other"]) == ""


@pytest.mark.parametrize("text", ["", "x", "[]", "{}", '{"room": 1}', '{"strange": "x"}'])
def test_metadata_that_nobody_here_wrote_is_no_metadata(text: str) -> None:
    assert Kept.decode(text) == Kept()


def test_metadata_never_exceeds_what_a_view_may_keep() -> None:
    assert Kept("x" * 4000).encode() == "{}"
    assert Kept.decode(Kept("a", "C1", "1.2").encode()) == Kept("a", "C1", "1.2")


def test_the_app_home_has_a_button_for_each_room_and_says_who_one_is() -> None:
    view = home_view([("standup", "3 people"), (LONG, "")], account="slack:T1/U1", notes=["A note."])
    sections = [block for block in view["blocks"] if "accessory" in block]
    assert sections[0]["text"]["text"] == "*standup*: 3 people"
    assert [block["accessory"]["value"] for block in sections] == ["standup", key_of(LONG)]
    assert view["blocks"][-1]["elements"][0]["text"] == "You are `slack:T1/U1`"
    assert view["blocks"][1]["text"]["text"] == "A note."


def test_the_app_home_says_when_there_is_no_room_and_when_there_are_too_many() -> None:
    assert "No live room" in str(home_view([], account="slack:T1/U1"))
    assert "No live room" not in str(home_view([], account="slack:T1/U1", notes=["No grant."]))
    many = home_view([(f"room {number}", "") for number in range(200)], account="slack:T1/U1")
    assert "110 more rooms are live" in str(many)


def test_a_search_is_answered_in_groups_and_says_when_more_would_match() -> None:
    people = [Option(f"Person {number}", f"PA_{number}") for number in range(250)]
    few = suggested([("Open microphones", people[:2]), ("Others", people[2:3]), ("Nobody", [])])
    assert [(group["label"]["text"], len(group["options"])) for group in few["option_groups"]] == [
        ("Open microphones", 2),
        ("Others", 1),
    ]
    many = suggested([("Open microphones", people[:60]), ("Others", people[60:])])
    assert sum(len(group["options"]) for group in many["option_groups"]) == limits.OPTIONS
    assert many["option_groups"][0]["label"]["text"] == "100 of 250: type more of the name"
    assert suggested([]) == {"options": []}


def test_a_note_of_any_length_is_cut_with_a_mark() -> None:
    text = notice_view("&" * 9000)["blocks"][0]["text"]["text"]
    assert text.endswith("&amp;…")
    assert len(text) <= limits.SECTION_TEXT


def test_an_answer_is_shown_in_a_modal_with_all_its_blocks() -> None:
    view = answer_view(Message("x", ({"type": "divider"},)), Kept("standup"))
    assert view["blocks"] == [{"type": "divider"}]


@pytest.mark.parametrize(
    ("values", "room", "missing"),
    [
        ({"action": "mute"}, "standup", "person"),
        ({"action": "mute", "person": "PA_1"}, "", "room"),
        ({"person": "PA_1"}, "standup", "action"),
        ({"action": "rm -rf", "person": "PA_1"}, "standup", "action"),
        ({"action": "other", "person": "PA_1"}, "standup", "reason"),
    ],
)
def test_what_is_missing_is_said_at_its_input(values: dict[str, str], room: str, missing: str) -> None:
    found = of_modal(submitted(**values), room, COMMANDS, WHO.user)
    assert not isinstance(found, Invocation)
    assert list(found) == [missing]


@pytest.mark.parametrize("listed", ["backstage", ""])
def test_a_person_of_another_rooms_list_is_not_moderated_in_this_one(listed: str) -> None:
    for action in ("mute", "lock", "demote", "kick"):
        found = of_modal(submitted(None, listed, action=action, person="bob"), STANDUP, COMMANDS, WHO.user)
        assert not isinstance(found, Invocation)
        assert "Choose again" in found["person"]
    assert isinstance(of_modal(submitted(None, listed, action="quiet"), STANDUP, COMMANDS, WHO.user), Invocation)


def test_a_submission_that_carries_no_view_asks_for_nothing() -> None:
    bare = replace(submitted(), view=None)
    assert not isinstance(of_modal(bare, "standup", COMMANDS, WHO.user), Invocation)


def test_a_modal_asks_the_core_in_the_channel_that_it_was_opened_from() -> None:
    found = of_modal(submitted(Kept("", "C1"), action="quiet", person="PA_1"), "standup", COMMANDS, WHO.user)
    assert isinstance(found, Invocation)
    assert (found.channel, found.text, found.options) == ("slack:T1/C1", "quiet", {"in": "standup"})
    own = of_modal(submitted(action="quiet"), "standup", COMMANDS, WHO.user)
    assert isinstance(own, Invocation)
    assert own.channel == "slack:T1/U1"


def test_words_reach_the_core_undone_with_the_key_of_their_event() -> None:
    found = Typed(WHO, Place("T1", "C1"), "slack:Ev1", text="moderator <@U2|bob> viewer")
    assert of_words(found, Reader("T1", COMMANDS), WHO.user) == Invocation(
        WHO.user, "slack:T1/C1", "moderator slack:T1/U2 viewer", "slack:Ev1"
    )


@pytest.mark.parametrize(
    ("action", "outcome"),
    [("mute", Outcome.DONE), ("lock", Outcome.DONE), ("demote", Outcome.DONE), ("kick", None), ("quiet", None)],
)
async def test_what_is_chosen_in_the_modal_is_what_the_core_does(
    action: str, outcome: Outcome | None, tmp_path: Path
) -> None:
    async with House.opened(tmp_path, admins=("slack:T1/U1",)) as house:
        person = next(p for p in await house.service.list_participants(STANDUP) if p.open_audio)
        given = submitted(action=action, person=person.sid, reason="too loud")
        invocation = of_modal(given, STANDUP, COMMANDS, WHO.user)
        assert isinstance(invocation, Invocation)
        reply: Reply = await house.dispatcher.handle(invocation)
    assert reply.outcome is outcome, told(reply)
    assert reply.question is (outcome is None)
    assert "too loud" in told(reply)
