"""A message tells which room it is about, whoever wrote it and however it is built."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.found import Found, found_in
from adapters.slack.found import texts

ROOMS = ["standup", "stand", "All Hands", "hall-1-main", "main", "a", "straße"]


@pytest.mark.parametrize(
    ("text", "rooms"),
    [
        ("someone is screaming in room standup!", ("standup",)),
        ("STANDUP. Help", ("standup",)),
        ("in all  hands (and “stand”)", ("All Hands", "stand")),
        ("hall-1-main is loud", ("hall-1-main",)),
        ("standups, upstand, stand-up, main_2", ()),
        ("a room", ()),
        ("in STRASSE", ("straße",)),
        ("main, then standup, then main", ("main", "standup")),
        ("", ()),
    ],
)
def test_rooms_are_named_by_whole_words_and_the_longest_counts(text: str, rooms: tuple[str, ...]) -> None:
    assert found_in(text, ROOMS).rooms == rooms


def test_the_ids_of_livekit_are_found() -> None:
    text = "PA_abc123XYZ left RM_q1w2e3r4t5, TR_AMzxcvbnm was open; PA_abc123XYZ again; XPA_abc123XYZ PA_x"
    assert found_in(text, []) == Found((), ("PA_abc123XYZ",), ("RM_q1w2e3r4t5", "TR_AMzxcvbnm"))


def test_everything_that_can_be_read_in_a_message_counts_once() -> None:
    message = {
        "text": "see &lt;below&gt;",
        "user": "U1",
        "attachments": [{"title": "Alarm", "fields": [{"title": "Room", "value": "standup"}], "fallback": "Alarm"}],
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "loud in <https://x.example|standup>"}}],
    }
    assert texts(message) == "see <below>\nAlarm\nRoom\nstandup\nloud in standup"


def test_a_message_of_any_size_and_depth_is_read_only_so_far() -> None:
    nested: dict[str, Any] = {"text": "deep"}
    for _ in range(100):
        nested = {"elements": [nested]}
    assert texts(nested) == ""
    assert len(texts({"text": "x" * 100_000})) == 20_000
    assert found_in("standup " * 2500, [*ROOMS, *(f"room {n}" for n in range(5000))]).rooms == ("standup",)
