"""Which messages are meant for the bot, and what they say to it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.arrivals import Ignored, Said, Seen
from adapters.discord.messages import parse_message
from adapters.payloads import BadPayload
from bot.people import ChatUser
from tests.discord_payloads import APPLICATION, CHANNEL, GUILD, ROLE, USER, written

ME = f"<@{APPLICATION}>"
SEEN = Seen({"77": "Ann"})


def said(payload: dict[str, Any]) -> Said:
    found = parse_message(payload, APPLICATION, SEEN)
    assert isinstance(found, Said), found
    return found


def test_a_message_says_who_wrote_what_where() -> None:
    found = said(written(f"{ME} mute bob"))
    assert found.text == "mute bob"
    assert found.sender.user == ChatUser(f"discord:{USER}", "Ann", (f"discord:{GUILD}/@{ROLE}",))
    assert (found.place.key, found.place.thread, found.place.direct) == (f"discord:{GUILD}/{CHANNEL}", "", False)
    assert (found.key, found.message, found.seen) == ("discord:400", "400", SEEN)


def test_a_thread_belongs_to_its_channel() -> None:
    found = said(written(f"{ME} mute bob") | {"channel": {"id": "301", "type": 11, "parent_id": CHANNEL}})
    assert (found.place.key, found.place.thread) == (f"discord:{GUILD}/{CHANNEL}", "301")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (f"<@!{APPLICATION}> mute bob", "mute bob"),
        (f"  {ME}, mute bob ", "mute bob"),
        (f"{ME}: {ME} mute bob", "mute bob"),
        (f"{ME}mute bob", "mute bob"),
        (f"{ME} `/mute bob`", "/mute bob"),
        (f"{ME} ```\nmute bob\n```", "mute bob"),
        (f"{ME} mute `bob`", "mute `bob`"),
        (f"{ME} `mute` `bob`", "`mute` `bob`"),
        (f"{ME} mute bob told {ME}", f"mute bob told {ME}"),
        (f"{ME}\nmute bob\nsecond line", "mute bob\nsecond line"),
        (ME, ""),
    ],
)
def test_what_follows_the_mention_is_the_line(content: str, text: str) -> None:
    assert said(written(content)).text == text
    assert said(written(content, direct=True)).text == text


@pytest.mark.parametrize(
    "content",
    [
        "",
        "   ",
        "mute bob",
        f"hey {ME} mute bob",
        f"<@{APPLICATION}1> mute bob",
        f"<@&{APPLICATION}> mute bob",
        f"\\{ME} mute bob",
        "@everyone",
    ],
)
def test_in_a_channel_what_does_not_begin_with_the_mention_is_not_for_it(content: str) -> None:
    assert isinstance(parse_message(written(content), APPLICATION, SEEN), Ignored)


def test_a_direct_message_needs_no_mention() -> None:
    assert said(written(" mute bob ", direct=True)).text == "mute bob"
    assert said(written("mute bob", direct=True)).place.key == f"discord:@me/{CHANNEL}"
    assert said(written("mute bob", direct=True)).sender.user.groups == ()
    assert isinstance(parse_message(written(" ", direct=True), APPLICATION, SEEN), Ignored)


@pytest.mark.parametrize("change", [{"webhook_id": "9"}, {"type": 7}, {"type": 20}, {"type": None}])
@pytest.mark.parametrize("direct", [False, True])
def test_what_no_person_wrote_is_left_alone(change: dict[str, Any], direct: bool) -> None:
    assert isinstance(parse_message(written(f"{ME} mute bob", direct=direct) | change, APPLICATION, SEEN), Ignored)


def test_other_bots_and_itself_are_left_alone() -> None:
    payload = written(f"{ME} mute bob")
    payload["author"]["bot"] = True
    assert isinstance(parse_message(payload, APPLICATION, SEEN), Ignored)


def test_a_reply_that_begins_with_the_mention_is_for_it() -> None:
    assert said(written(f"{ME} mute bob") | {"type": 19}).text == "mute bob"


@pytest.mark.parametrize("lacks", ["id", "author", "channel_id"])
def test_what_lacks_something_that_discord_always_sends_is_not_understood(lacks: str) -> None:
    payload = written("mute bob", direct=True)
    del payload[lacks]
    with pytest.raises(BadPayload):
        parse_message(payload, APPLICATION, SEEN)


@given(st.text())
def test_any_text_behind_the_mention_arrives_but_for_the_blanks_around_it(text: str) -> None:
    found = said(written(f"{ME} x{text}x"))
    assert found.text == f"x{text}x"


@given(st.text())
def test_whatever_is_written_directly_is_read(text: str) -> None:
    found = parse_message(written(text, direct=True), APPLICATION, SEEN)
    assert isinstance(found, Said) == bool(text.strip())
