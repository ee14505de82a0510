"""A reply as one line and as one JSON object: the contract of docs/console.md, whatever names and texts hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.console.output import as_json, as_line, how_to_answer, whole_text
from bot.command import Nothing
from bot.history import Outcome
from bot.reply import (
    Button,
    Choice,
    Choices,
    Code,
    Column,
    Fields,
    Mention,
    Name,
    Part,
    Plain,
    Reply,
    Spans,
    Table,
    Text,
    Time,
    Tone,
    say,
)  # fmt: skip

AT = datetime(2026, 3, 4, tzinfo=UTC)
BREAKS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
CONTROLS = [*BREAKS, "\x00", "\x07", "\x08", "\t", "\x1b[2J", "\x7f", "\x9b31m"]


def button(label: str, token: str = "t") -> Button:
    return Button(label, Nothing(), token=token)


def choices(*labels: str) -> Choices:
    return Choices(tuple(Choice(say(f"the {label}"), button(label, f"t-{label}")) for label in labels))


def read(reply: Reply) -> dict[str, Any]:
    line = as_json(reply)
    assert len(line.splitlines()) == 1
    found: dict[str, Any] = json.loads(line)
    return found


def everywhere(text: str) -> Reply:
    """The text in every place that a reply has for one."""
    spans: Spans = (Plain(text), Name(text), Code(text), Mention("console:alice", text), Time(AT, AT))
    table = Table((Column("Name"), Column("Identity", 1)), ((spans, spans), (spans, (Name(text),))))
    parts: tuple[Part, ...] = (
        Text(spans), Fields((("label", spans),)), table, Choices((Choice(spans, button(text)),)),
    )  # fmt: skip
    return Reply(Tone.INFO, spans, parts, (button(text), button(text), button(text)), question=True)


def test_the_fields_are_exactly_those_of_the_contract_in_their_order() -> None:
    reply = Reply(Tone.OK, say("Muted ", Name("bob"), "."), case=7, outcome=Outcome.NOT_EFFECTIVE, command="mute")
    assert as_json(reply) == (
        '{"command": "mute", "tone": "ok", "outcome": "not_effective", "case": 7, "title": "Muted bob.", '
        '"text": "Muted bob.\\nCase 7.", "parts": [], "buttons": []}'
    )


def test_what_was_not_tried_has_neither_outcome_nor_case() -> None:
    found = read(Reply(Tone.INFO, say("Two rooms.")))
    assert (found["outcome"], found["case"], found["command"]) == (None, None, "")


@pytest.mark.parametrize("tone", Tone)
def test_every_tone_is_its_word(tone: Tone) -> None:
    assert read(Reply(tone, say("x")))["tone"] == tone.value


@pytest.mark.parametrize(
    ("part", "shape"),
    [
        (Text(say("a ", Name("b"))), {"type": "text", "text": "a b"}),
        (
            Fields((("id", say(Code("console:a"))), ("joined", (Time(AT - timedelta(minutes=3), AT),)))),
            {
                "type": "fields",
                "fields": [{"label": "id", "value": "console:a"}, {"label": "joined", "value": "3 min ago"}],
            },
        ),
        (
            Table((Column("Name"), Column("Joined", 3)), ((say("Bob"), say()), (say("Anna"), say("now")))),
            {"type": "table", "columns": ["Name", "Joined"], "rows": [["Bob", ""], ["Anna", "now"]]},
        ),
        (
            choices("b", "a"),
            {
                "type": "choices",
                "choices": [
                    {"text": "the b", "label": "b", "token": "t-b"},
                    {"text": "the a", "label": "a", "token": "t-a"},
                ],
            },
        ),
    ],
)
def test_each_part_has_its_fields(part: Part, shape: dict[str, Any]) -> None:
    assert read(Reply(Tone.INFO, say("x"), (part,)))["parts"] == [shape]


def test_the_buttons_are_the_choices_first_in_the_order_of_their_numbers() -> None:
    reply = Reply(Tone.INFO, say("Which?"), (choices("b", "a"),), (button("next page", "t-next"),))
    assert read(reply)["buttons"] == [
        {"label": "b", "token": "t-b"},
        {"label": "a", "token": "t-a"},
        {"label": "next page", "token": "t-next"},
    ]


def test_the_text_says_how_to_answer() -> None:
    yes_no = (button("Kick"), button("No"))
    assert how_to_answer(Reply(Tone.INFO, say("x"), buttons=yes_no)) == ""
    assert how_to_answer(Reply(Tone.WARN, say("x"), buttons=yes_no, question=True)) == "Answer yes or no."
    three = (yes_no[0], button("Only the rest"), yes_no[1])
    more = "Answer yes or no, or 2 Only the rest."
    assert how_to_answer(Reply(Tone.WARN, say("x"), buttons=three, question=True)) == more
    choice = Reply(Tone.INFO, say("Which?"), (choices("b"),))
    assert whole_text(Reply(Tone.INFO, say("x"), buttons=yes_no)) == "x\nOffers: 1 Kick, 2 No."
    assert whole_text(choice) == "Which?\n1. the b\nAnswer with a number, or no."
    assert as_line(choice) == "Which? · 1. the b · Answer with a number, or no."


def test_nothing_stands_only_in_the_parts() -> None:
    reply = everywhere("here")
    assert whole_text(reply).count("here") >= 4 * 3


@pytest.mark.parametrize("mark", CONTROLS)
def test_no_text_breaks_the_line_or_moves_a_cursor(mark: str) -> None:
    reply = everywhere(f"a{mark}b")
    line = as_line(reply)
    assert line.splitlines() == [line]
    assert all(character.isprintable() for character in line)
    found = read(reply)
    assert all(character.isprintable() or character == "\n" for character in found["text"])
    assert len(found["parts"]) == 4


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_whatever_a_text_holds_each_form_is_one_line(text: str) -> None:
    reply = everywhere(text)
    assert len(as_line(reply).splitlines()) == 1
    read(reply)


def test_half_a_character_is_no_reason_to_stop() -> None:
    reply = everywhere("a\ud800b")
    assert json.loads(as_json(reply).encode("utf-8", "replace"))["text"]
    assert "\ud800" not in read(Reply(Tone.OK, say(Name("a\ud800b"))))["text"]


def test_a_right_to_left_name_stays_within_itself() -> None:
    assert as_line(Reply(Tone.OK, say("Muted ", Name("נועה"), "."))) == "Muted \u2068נועה\u2069."
