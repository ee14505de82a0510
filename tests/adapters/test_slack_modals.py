"""Moderating without typing: shortcuts, the modal, the search, the App Home; over real sockets in both modes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from adapters.livekit.calls import Call
from adapters.livekit.simulator.lively import BACKSTAGE, STANDUP
from adapters.livekit.simulator.people import JoinGrant
from adapters.livekit.wire import Json
from bot.people import Role
from tests.core.faults import UNREACHABLE
from tests.slack_stand_in import SlackStandIn, View
from tests.slack_usher import MODES, Usher, opened, usher_for


@pytest.fixture(params=MODES)
async def usher(slack: SlackStandIn, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Usher]:
    async with usher_for(slack, tmp_path, mode=request.param, channel="mods") as running:
        yield running


def block(view: object, name: str) -> str:
    """The id of the input of that name: it has another one for each room."""
    blocks = view.blocks  # type: ignore[attr-defined]
    return next(str(one["block_id"]) for one in blocks if str(one["block_id"]).partition(":")[0] == name)


async def test_from_a_message_to_a_quiet_person_in_four_taps_where_the_bot_is_not(usher: Usher) -> None:
    """More actions, Moderate this room, the person's menu, Mute."""
    alert = usher.slack.say("ben", "secret", f"someone is screaming in room {STANDUP}")
    await usher.slack.message_shortcut("ann", alert, "moderate_message")
    [view] = await usher.slack.until(lambda: opened(usher.slack, "ann"))
    words = [str(one.get("text", {}).get("text")) for one in view.blocks]
    open_first = [line for line in words if "open" in line and "muted" not in line]
    assert "*standup*: 10 people" in words[0]
    assert open_first
    await usher.slack.press("ann", view, "Mute", beside="Bob Stone")
    await usher.slack.until(lambda: len(usher.slack.seen_by("ann").views) == 2)
    assert "Muted *Bob Stone*" in str(usher.slack.seen_by("ann").views[-1].blocks)
    assert not usher.open("bob")
    await usher.seen("ben", "Muted Bob Stone", "mods")


async def test_a_message_that_names_no_room_opens_the_modal(usher: Usher) -> None:
    alert = usher.slack.say("ben", "secret", "someone is screaming")
    await usher.slack.message_shortcut("ann", alert, "moderate_message")
    [view] = await usher.slack.until(lambda: opened(usher.slack, "ann"))
    assert [b["block_id"].partition(":")[0] for b in view.blocks if b["type"] == "input"] == [
        "room", "person", "action", "reason",
    ]  # fmt: skip


async def test_the_modal_finds_a_person_by_search_and_does_what_was_chosen(usher: Usher) -> None:
    await usher.slack.shortcut("ann", "moderate")
    [view] = await usher.slack.until(lambda: opened(usher.slack, "ann"))
    await usher.slack.press("ann", view, BACKSTAGE)
    await usher.slack.until(lambda: usher.slack.called("views.update"))
    [view] = usher.slack.seen_by("ann").views
    found = await usher.slack.search("ann", view, block(view, "person"), "tom")
    assert ["Tom Hart" in one for one in found.options] == [True]
    person = {block(view, "person"): found.options[0], "action": "Keep muted", "reason": "noise"}
    done = await usher.slack.submit("ann", view, person)
    assert done.ack is None
    await usher.slack.until(lambda: "Keeping *Tom Hart* muted" in str(usher.slack.seen_by("ann").views))
    [case] = await usher.cases()
    assert (case.opening.identity, case.opening.room, case.opening.reason) == ("tom", BACKSTAGE, "noise")


async def test_a_missing_person_is_asked_for_and_nothing_typed_is_lost(usher: Usher) -> None:
    await usher.slack.shortcut("ann", "moderate")
    [view] = await usher.slack.until(lambda: opened(usher.slack, "ann"))
    await usher.slack.submit("ann", view, {"room": STANDUP, "action": "Remove", "reason": "spam"})
    [again] = await usher.slack.until(
        lambda: [v for v in usher.slack.seen_by("ann").views if "Choose whom" in str(v.blocks)]
    )
    assert "spam" in str(again.blocks)
    assert await usher.cases() == ()


async def test_a_person_of_another_rooms_list_is_chosen_again_in_the_room_that_is_meant(usher: Usher) -> None:
    """The room was changed, and the modal submitted before it had been drawn anew."""
    slack = usher.slack
    usher.rooms.join(BACKSTAGE, JoinGrant("anna", "Anna of backstage"))
    usher.rooms.publish(BACKSTAGE, "anna")
    await slack.shortcut("ann", "moderate")
    [view] = await slack.until(lambda: opened(slack, "ann"))
    await slack.press("ann", view, STANDUP)
    await slack.until(lambda: slack.called("views.update"))
    [view] = slack.seen_by("ann").views
    found = await slack.search("ann", view, block(view, "person"), "anna")
    person = {block(view, "person"): found.options[0]}
    await slack.submit("ann", view, {"room": BACKSTAGE, **person, "action": "Mute", "reason": "spam"})
    [again] = await slack.until(lambda: [v for v in slack.seen_by("ann").views if "Choose again" in str(v.blocks)])
    assert (usher.open("anna"), usher.open("anna", BACKSTAGE), await usher.cases()) == (True, True, ())
    found = await slack.search("ann", again, block(again, "person"), "backstage")
    await slack.submit("ann", again, {block(again, "person"): found.options[0]})
    await slack.until(lambda: not usher.open("anna", BACKSTAGE))
    assert usher.open("anna")


async def test_a_removal_from_the_modal_is_asked_about_and_its_answer_takes_its_place(usher: Usher) -> None:
    await usher.slack.shortcut("ann", "moderate")
    [view] = await usher.slack.until(lambda: opened(usher.slack, "ann"))
    await usher.slack.press("ann", view, STANDUP)
    await usher.slack.until(lambda: usher.slack.called("views.update"))
    [view] = usher.slack.seen_by("ann").views
    found = await usher.slack.search("ann", view, block(view, "person"), "omar")
    await usher.slack.submit("ann", view, {block(view, "person"): found.options[0], "action": "Remove"})
    [asked] = await usher.slack.until(
        lambda: [v for v in usher.slack.seen_by("ann").views if "Remove *Omar*" in str(v.blocks)]
    )
    await usher.slack.press("ann", asked, "Remove")
    await usher.slack.until(lambda: "Removed *Omar*" in str(usher.slack.seen_by("ann").views))
    assert not usher.here("omar")


async def test_a_later_press_in_the_modal_does_not_take_the_place_of_the_answer(usher: Usher) -> None:
    view, old = await removed(usher)
    await usher.slack.press("ann", view, "Keep out", forged=old)
    await usher.slack.until(lambda: top_saying(usher, "answered already"))
    assert "Removed *Omar*" in str([one.blocks for one in usher.slack.seen_by("ann").views])


async def test_a_later_press_in_the_modal_is_answered_in_a_message_where_nothing_can_be_put_on_top(
    usher: Usher,
) -> None:
    view, old = await removed(usher)
    await usher.slack.press("ann", view, "Keep out")
    view = await usher.slack.until(lambda: top_saying(usher, "Keep *Omar*"))
    assert len(usher.slack.seen_by("ann").views) == 3
    await usher.slack.press("ann", view, "No, leave it", forged=old)
    assert (await usher.seen("ann", "answered already")).direct
    assert top_saying(usher, "Keep *Omar*")


async def removed(usher: Usher) -> tuple[View, dict[str, str]]:
    """The view that says that Omar was removed, and the yes that had been pressed in its place."""
    alert = usher.slack.say("ben", "secret", f"someone is screaming in room {STANDUP}")
    await usher.slack.message_shortcut("ann", alert, "moderate_message")
    [people] = await usher.slack.until(lambda: opened(usher.slack, "ann"))
    await usher.slack.press("ann", people, "Remove", beside="Omar")
    view = await usher.slack.until(lambda: top_saying(usher, "Remove *Omar*"))
    buttons = [one for block in view.blocks for one in block.get("elements", ()) if one["type"] == "button"]
    [yes] = [one for one in buttons if one["text"]["text"] == "Remove"]
    await usher.slack.press("ann", view, "Remove")
    view = await usher.slack.until(lambda: top_saying(usher, "Removed *Omar*"))
    return view, {name: yes[name] for name in ("action_id", "value")}


def top_saying(usher: Usher, words: str) -> View | None:
    """The modal on top, once it says that."""
    views = usher.slack.seen_by("ann").views
    return views[-1] if views and words in str(views[-1].blocks) else None


async def test_the_app_home_shows_my_rooms_and_opens_them(usher: Usher) -> None:
    await usher.slack.open_home("ben")
    home = await usher.slack.until(lambda: usher.slack.seen_by("ben").home)
    assert STANDUP in str(home.blocks)
    assert BACKSTAGE not in str(home.blocks)
    await usher.slack.press("ben", home, "Open")
    [view] = await usher.slack.until(lambda: opened(usher.slack, "ben"))
    assert "*standup*: 9 people" in str(view.blocks)


async def test_somebody_without_a_role_learns_no_room_and_how_to_get_one(usher: Usher) -> None:
    await usher.slack.open_home("cat")
    home = await usher.slack.until(lambda: usher.slack.seen_by("cat").home)
    assert usher.subject("cat") in str(home.blocks)
    await usher.slack.shortcut("cat", "moderate")
    [view] = await usher.slack.until(lambda: opened(usher.slack, "cat"))
    for shown in (str(home.blocks), str(view.blocks)):
        assert STANDUP not in shown
        assert BACKSTAGE not in shown
        assert usher.subject("ann") in shown
        assert "with /usher moderator" in shown


async def test_the_app_home_never_says_that_there_is_no_room_where_livekit_does_not_tell(usher: Usher) -> None:
    async def unreachable(call: Call, carry_out: object) -> Json:
        raise UNREACHABLE

    usher.service.around = unreachable
    await usher.slack.open_home("ben")
    home = await usher.slack.until(lambda: usher.slack.seen_by("ben").home)
    assert UNREACHABLE.user_text in home.text
    assert "No live room" not in home.text


async def test_the_app_home_waits_for_a_slow_livekit(usher: Usher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usher.adapter._desk.suggestions, "_deadline", 0.05)
    with usher.slow("ListRooms", 0.2):
        await usher.slack.open_home("ben")
        home = await usher.slack.until(lambda: usher.slack.seen_by("ben").home)
    assert STANDUP in home.text


async def test_the_number_of_a_caller_in_the_name_of_a_room_is_shown_to_admins_alone(usher: Usher) -> None:
    room = "call-_+441234567890_x"
    await usher.grant(usher.subject("ben"), Role.MODERATOR)
    usher.rooms.join(room, "zed")
    for who, shown in (("ben", "call-_+…90_x"), ("ann", room)):
        await usher.slack.open_home(who)
        home = await usher.slack.until(partial(_home, usher, who))
        await usher.slack.shortcut(who, "moderate")
        [view] = await usher.slack.until(partial(_modals, usher, who))
        assert shown.replace("_", "＿", 1) in home.text
        assert f"room > {shown}" in view.labels
        await usher.slack.press(who, view, "room", option=shown)
        await usher.slack.until(partial(_chosen, usher, who))
        again = usher.slack.seen_by(who).view
        assert f"room > {shown}" in again.labels


def _home(usher: Usher, who: str) -> View | None:
    return usher.slack.seen_by(who).home


def _modals(usher: Usher, who: str) -> list[View]:
    return usher.slack.seen_by(who).views


def _chosen(usher: Usher, who: str) -> bool:
    return "call-" in usher.slack.seen_by(who).view.body["private_metadata"]


async def test_a_message_about_a_room_that_has_ended_never_opens_another_one(
    slack: SlackStandIn, tmp_path: Path
) -> None:
    async with usher_for(slack, tmp_path) as usher:
        del usher.rooms.rooms[BACKSTAGE]
        alert = slack.say("ben", "secret", f"someone is screaming in {BACKSTAGE}")
        await slack.message_shortcut("ann", alert, "moderate_message")
        [view] = await slack.until(lambda: opened(slack, "ann"))
        assert next(one["block_id"] for one in view.blocks if one["type"] == "input") == "room"
        assert "Bob Stone" not in str(view.blocks)
