"""What the recorded payloads do not show: threads, shared channels, bots, edits, and what is broken."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.slack.arrivals import GroupChanged, HomeOpened, Ignored, Inbound, Opened, Pressed, Submitted, Typed
from adapters.slack.fields import BadPayload
from adapters.slack.inbound import parse
from adapters.slack.names import SlashNames
from adapters.slack.people import Standing

NAMES = SlashNames.read(["mute", "kick"], "mute,kick")


def read(payload: dict[str, Any]) -> Inbound:
    return parse(payload, NAMES, frozenset({"UBOT"}))


def event(**more: Any) -> dict[str, Any]:
    inner = {"type": "app_mention", "user": "U1", "text": "<@UBOT> mute bob", "channel": "C1", "ts": "1.1", **more}
    return {"type": "event_callback", "team_id": "T1", "api_app_id": "A1", "event_id": "Ev1", "event": inner}


def typed(payload: dict[str, Any]) -> Typed:
    found = read(payload)
    assert isinstance(found, Typed), found
    return found


def test_a_mention_in_a_thread_is_answered_there_and_belongs_to_the_channel() -> None:
    found = typed(event(thread_ts="0.9"))
    assert (found.place.key, found.place.thread, found.text) == ("slack:T1/C1", "0.9", "mute bob")
    assert not found.place.direct


def test_a_direct_message_needs_no_mention() -> None:
    found = typed(event(type="message", channel="D1", channel_type="im", text="mute bob"))
    assert (found.text, found.place.direct) == ("mute bob", True)


def rich(*elements: dict[str, Any], kind: str = "rich_text_section") -> list[dict[str, Any]]:
    return [{"type": "rich_text", "elements": [{"type": kind, "elements": list(elements)}]}]


def words(text: str, *style: str) -> dict[str, Any]:
    return (
        {"type": "text", "text": text, "style": dict.fromkeys(style, True)} if style else {"type": "text", "text": text}
    )


def test_what_is_copied_from_an_answer_with_its_look_is_read_as_it_is() -> None:
    bot = {"type": "user", "user_id": "UBOT"}
    blocks = rich(bot, words(" mute "), words("Bob & Co", "bold"), words(" `x` "), words("/usher-mute a", "code"))
    found = typed(event(text="<@UBOT> mute *Bob &amp; Co* `x` `/usher-mute a`", blocks=blocks))
    assert found.text == "mute Bob &amp; Co `x` /usher-mute a"
    assert typed(event(text="```mute bob```", blocks=rich(words("mute bob"), kind="rich_text_preformatted"))).text == (
        "mute bob"
    )


def test_marks_that_somebody_typed_stay() -> None:
    for text in ("moderator ann in:*a*", "find _bob_"):
        assert typed(event(text=text, blocks=rich(words(text)))).text == text
    assert typed(event(text="mute *_bob_*", blocks=rich(words("bob", "bold", "italic")))).text == "mute *_bob_*"
    assert typed(event(text="mute bob", blocks=rich(words("eve", "bold"), words("", "code")))).text == "mute bob"


def test_a_mention_in_a_direct_message_is_read_once() -> None:
    assert isinstance(read(event(channel="D1")), Ignored)
    assert typed(event(type="message", channel="D1")).text == "mute bob"


@pytest.mark.parametrize(
    "more",
    [
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"edited": {"ts": "1.2"}},
        {"hidden": True},
        {"user": "UBOT"},
        {"user": ""},
        {"app_id": "A1"},
        {"type": "message"},
        {"type": "reaction_added"},
    ],
)
def test_what_is_no_new_command_of_somebody_else_is_left_alone(more: dict[str, Any]) -> None:
    assert isinstance(read(event(**more)), Ignored)


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast", "me_message"])
def test_words_with_something_attached_are_words(subtype: str) -> None:
    assert typed(event(subtype=subtype)).text == "mute bob"


def test_somebody_of_another_organisation_is_seen_in_mentions_and_presses() -> None:
    assert typed(event(team="T2")).sender.standing is Standing.STRANGER
    shared = event(user_team="T2", team="T1") | {"team_id": "T2", "context_team_id": "T1"}
    assert (typed(shared).sender.standing, typed(shared).place.key) == (Standing.STRANGER, "slack:T1/C1")
    pressed = press(user={"id": "U1", "team_id": "T2"})
    assert pressed.sender.user.subject == "slack:T2/U1"
    assert typed(event(team="T1")).sender.standing is Standing.MEMBER


def test_another_bot_is_one() -> None:
    assert typed(event(bot_id="B9", app_id="A9")).sender.standing is Standing.BOT


def test_the_installation_tells_the_enterprise_and_who_we_are() -> None:
    payload = event(text="<@UOTHER> kick bob") | {
        "authorizations": [{"team_id": "T1", "enterprise_id": "E1", "user_id": "UOTHER", "is_bot": True}]
    }
    found = typed(payload)
    assert (found.sender.user.subject, found.text) == ("slack:E1/U1", "kick bob")


def test_a_slash_command_has_its_words_and_is_the_same_when_enter_is_pressed_twice() -> None:
    form = {"command": "/usher-mute", "text": "bob", "team_id": "T1", "user_id": "U1", "channel_id": "C1"}
    first, second = typed(form | {"trigger_id": "1"}), typed(form | {"trigger_id": "2"})
    assert (first.text, first.slash, first.key, second.key) == ("mute bob", True, "slack:1", "slack:2")
    assert first.same == second.same
    assert first.same != typed(form | {"text": "eve"}).same
    assert typed(form).key == ""


def press(**more: Any) -> Pressed:
    payload = {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1", "name": "ann"},
        "container": {"channel_id": "C1", "message_ts": "1.1", "thread_ts": "0.9"},
        "trigger_id": "t",
        "actions": [{"action_id": "press:3", "value": "token"}],
        **more,
    }
    found = read(payload)
    assert isinstance(found, Pressed)
    return found


def test_a_button_a_menu_and_a_select_all_give_the_token() -> None:
    assert (press().action, press().value, press().place.thread) == ("press", "token", "0.9")
    for kind in ("overflow", "static_select"):
        text = {"type": "plain_text", "text": "Keep muted"}
        chosen = {"type": kind, "action_id": "beside:12", "selected_option": {"text": text, "value": "other"}}
        found = press(actions=[chosen])
        assert (found.action, found.value) == ("beside", "other"), kind


def test_an_installation_for_a_whole_enterprise_has_no_team() -> None:
    found = press(team=None, enterprise={"id": "E1"}, user={"id": "U1", "team_id": "T7"})
    assert (found.sender.home, found.sender.standing) == ("E1", Standing.UNSURE)


def test_a_submission_gives_what_was_chosen_and_typed_by_block() -> None:
    values = {
        "room": {"room": {"type": "static_select", "selected_option": {"value": "standup"}}},
        "reason": {"reason": {"type": "plain_text_input", "value": None}},
        "odd": "?",
        "odder": {"x": "?"},
    }
    payload = {"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U1"}, "trigger_id": "t"}
    found = read(payload | {"view": {"id": "V1", "state": {"values": values}}})
    assert isinstance(found, Submitted)
    assert found.view is not None
    assert dict(found.view.values) == {"room": "standup", "reason": ""}
    assert found.place.key == ""


def test_a_shortcut_without_a_message_has_none() -> None:
    found = read({"type": "shortcut", "team": {"id": "T1"}, "user": {"id": "U1"}, "callback_id": "moderate"})
    assert isinstance(found, Opened)
    assert (found.callback, found.message) == ("moderate", "")


def test_the_app_home_is_drawn_when_its_home_tab_is_opened() -> None:
    opened = read(event(type="app_home_opened", tab="home"))
    assert isinstance(opened, HomeOpened)
    assert opened.sender.user.subject == "slack:T1/U1"
    assert isinstance(read(event(type="app_home_opened", tab="messages")), Ignored)


@pytest.mark.parametrize(
    "inner",
    [
        {"type": "subteam_members_changed", "subteam_id": "S1", "team_id": "T1"},
        {"type": "subteam_updated", "subteam": {"id": "S1", "team_id": "T1"}},
        {"type": "subteam_updated", "subteam": {"id": "S1"}},
    ],
)
def test_a_changed_user_group_is_named(inner: dict[str, Any]) -> None:
    assert read({"type": "event_callback", "team_id": "T1", "event": inner}) == GroupChanged("T1", "S1")


@pytest.mark.parametrize("payload", [{}, {"ssl_check": "1"}, {"type": "view_closed"}, {"type": "new_thing"}])
def test_what_is_not_for_us_is_left_alone(payload: dict[str, Any]) -> None:
    assert isinstance(read(payload), Ignored)


@pytest.mark.parametrize(
    "payload",
    [
        {"command": "/usher"},
        {"command": "/usher", "team_id": "T1", "user_id": "U1"},
        {"type": "event_callback"},
        {"type": "event_callback", "event": []},
        event(user={"id": "U1"}) | {"event": {"type": "subteam_updated"}},
        {"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1"}, "actions": []},
        {"type": "shortcut", "user": "U1"},
    ],
)
def test_what_is_broken_is_refused_as_such(payload: dict[str, Any]) -> None:
    with pytest.raises(BadPayload):
        read(payload)


@pytest.mark.parametrize("authorized", [None, "x", ["x"], {}])
def test_odd_fields_count_as_missing(authorized: Any) -> None:
    payload = event() | {"authorizations": authorized, "authed_users": authorized}
    assert typed(payload).text == "mute bob"
