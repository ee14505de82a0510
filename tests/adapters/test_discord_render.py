"""A reply in Discord says all that the reply says, once, within Discord's limits, and says what was cut."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord import limits
from adapters.discord.names import CommandNames
from adapters.discord.render import Message, render
from adapters.shown import size
from bot.command import Again
from bot.reply import (
    Audience,
    Button,
    Choice,
    Choices,
    Code,
    Mention,
    Menu,
    Name,
    Part,
    Plain,
    Reply,
    Span,
    Style,
    Table,
    Text,
    Time,
    Tone,
    say,
    text,
)
from tests.discord_markup import seen
from tests.house import REGISTRY, House
from tests.replies import CORPUS, MENTIONS, NOW, bound, choices, stored, table, with_menus

NAMES = CommandNames.of(REGISTRY)
PEOPLE = [f"Person {number}" for number in range(40)]


def shown(reply: Reply, names: CommandNames = NAMES) -> Message:
    return render(stored(reply), names)


def texts(message: Message) -> list[str]:
    """Everything that is read."""
    return [message.content, *(embed["description"] for embed in message.embeds)]


def lines(message: Message) -> list[str]:
    return "\n".join(texts(message)).split("\n")


def pressed(message: Message) -> list[dict[str, Any]]:
    """Everything that can be pressed."""
    return [one for row in message.components for one in row["components"]]


def select(message: Message) -> dict[str, Any]:
    return next(one for one in pressed(message) if one["type"] == 3)


def labels(message: Message) -> list[str]:
    return [one["label"] for one in pressed(message) if one["type"] == 2]


def within_limits(message: Message) -> None:
    assert 0 < size(message.content) <= limits.CONTENT
    assert len(message.embeds) <= limits.EMBEDS
    assert all(0 < size(one) <= limits.EMBED_DESCRIPTION for one in texts(message))
    assert sum(map(size, texts(message)[1:])) <= limits.EMBEDS_TOTAL
    assert len(message.components) <= limits.ROWS
    for row in message.components:
        kinds = [one["type"] for one in row["components"]]
        assert kinds == [3] or (set(kinds) == {2} and len(kinds) <= limits.ROW_BUTTONS)
    ids = [one["custom_id"] for one in pressed(message)]
    assert len(set(ids)) == len(ids)
    assert all(0 < size(one) <= limits.CUSTOM_ID for one in ids)
    for one in pressed(message):
        assert size(one.get("label", "")) <= limits.BUTTON_LABEL
        assert size(one.get("placeholder", "")) <= limits.PLACEHOLDER
        assert len(one.get("options", ())) <= limits.SELECT_OPTIONS
        for option in one.get("options", ()):
            assert 0 < size(option["label"]) <= limits.OPTION_LABEL
            assert 0 < size(option["value"]) <= limits.OPTION_LABEL
            assert size(option.get("description", "")) <= limits.OPTION_LABEL


def only_our_markup(message: Message, reply: Reply) -> None:
    """Bold names, code, times, and mentions of those whom the reply mentions: nothing else."""
    accounts = set(re.findall(r"Mention\(subject='discord:(\d+)'", repr(reply)))
    for one in texts(message):
        for kind, about in seen(one).found:
            assert kind in ("strong", "code", "time", "mention", "somebody is called")
            assert kind != "mention" or about in accounts
            assert kind != "somebody is called" or about.strip("<@>") in accounts


@pytest.mark.parametrize("name", CORPUS)
def test_no_reply_exceeds_a_limit_or_holds_markup_that_is_not_ours(name: str) -> None:
    message = render(CORPUS[name], NAMES)
    within_limits(message)
    only_our_markup(message, CORPUS[name])


SPANS = st.one_of(
    st.builds(Plain, st.text(max_size=200)),
    st.builds(Name, st.text(max_size=200)),
    st.builds(Code, st.text(max_size=50)),
    st.sampled_from(MENTIONS),
    st.builds(Time, st.just(NOW - timedelta(hours=1)), st.just(NOW)),
)
BUTTONS = st.builds(Button, st.text(max_size=100), st.just(bound()), st.sampled_from(Style))
WORDS = st.lists(st.text(max_size=20), max_size=6)
PARTS = st.one_of(
    st.builds(Text, st.lists(SPANS, max_size=30).map(tuple)),
    st.lists(st.builds(Choice, st.lists(SPANS, max_size=3).map(tuple), BUTTONS), max_size=30).map(
        lambda options: Choices(tuple(options))
    ),
    st.builds(lambda names, menu: with_menus(names, menu).parts[0], st.lists(st.text(max_size=40), max_size=30), WORDS),
    st.builds(Menu, st.text(max_size=200), st.lists(BUTTONS, max_size=30).map(tuple)),
)
REPLIES = st.builds(
    Reply,
    st.sampled_from(Tone),
    st.lists(SPANS, max_size=5).map(tuple),
    st.lists(PARTS, max_size=7).map(tuple),
    st.lists(BUTTONS, max_size=30).map(tuple),
    case=st.none() | st.just(12),
    audience=st.sampled_from(Audience),
)


@settings(max_examples=100)
@given(REPLIES)
def test_no_reply_at_all_exceeds_a_limit_or_holds_markup_that_is_not_ours(reply: Reply) -> None:
    message = shown(reply)
    within_limits(message)
    only_our_markup(message, reply)


def test_what_fits_is_content_alone_so_that_nothing_is_there_twice() -> None:
    message = shown(table(["Bob", "Anna"]))
    assert message.embeds == ()
    rows = message.content.split("\n")
    assert rows[1] == f"**Bob**, Bob-0, microphone open, <t:{int(NOW.timestamp()) - 3600}:R>"
    assert rows[2].startswith("**Anna**, Anna-1, ")


def test_a_list_that_does_not_fit_goes_into_the_box_as_a_whole_and_the_content_says_so() -> None:
    message = shown(table(PEOPLE))
    assert message.content == "**standup**: 40 people\nThe rest is in the box below."
    (box,) = message.embeds
    assert [line.split(",")[0] for line in box["description"].split("\n")[:40]] == [f"**{name}**" for name in PEOPLE]
    assert box["description"].endswith("\n9 more: /participants 2")


def test_parts_that_fit_stay_in_the_content_before_one_that_does_not() -> None:
    reply = table(PEOPLE)
    message = shown(replace(reply, parts=(text("First."), *reply.parts, text("Last.")), case=7))
    assert message.content.split("\n")[1:] == ["First.", "The rest is in the box below."]
    assert message.embeds[0]["description"].endswith("\n9 more: /participants 2\nLast.\nCase 7.")


def test_no_line_stands_in_the_content_and_in_a_box() -> None:
    for name in ("100 people", "200 fields", "300 choices", "hostile table", "menus of 100 people"):
        said = [line for line in lines(render(CORPUS[name], NAMES)) if line]
        assert len(set(said)) == len(said), name


def test_rows_that_do_not_fit_are_counted_and_the_buttons_stay() -> None:
    message = shown(table([f"Person {number}" for number in range(1000)]))
    rows = sum(line.count("microphone") for line in lines(message))
    assert f"{1001 - rows} more lines do not fit into one Discord message. Ask for less." in lines(message)
    assert "The rest is below." in lines(message)
    assert labels(message) == ["Quiet the room", "Next page"]
    assert sum(map(size, texts(message)[1:])) > limits.EMBEDS_TOTAL - 300


def test_one_line_that_does_not_fit_is_one() -> None:
    long = shown(Reply(Tone.INFO, say("x" * 1700), tuple(text("y" * 1700) for _ in range(4))))
    assert "1 more line does not fit into one Discord message. Ask for less." in lines(long)


def test_what_is_cut_within_a_line_is_counted() -> None:
    message = shown(Reply(Tone.INFO, say("Metadata: ", Name("*" * 4000), " and more")))
    kept = message.content.count("\\*")
    assert message.content.endswith(f"… ({4000 - kept + len(' and more')} more characters)")
    assert 800 < kept < 900


def test_confirming_is_the_one_dangerous_button() -> None:
    found = pressed(render(CORPUS["question of 24"], NAMES))
    assert [(one["custom_id"], one["style"]) for one in found] == [
        ("press:token-0000000000", 4),
        ("press:token-0000000001", 2),
    ]
    assert [one["style"] for one in pressed(render(CORPUS["two dangers"], NAMES))] == [4, 2]


def test_answers_to_questions_choices_and_pages_take_the_place_of_the_message_and_others_stand_beside_it() -> None:
    reply = Reply(
        Tone.INFO,
        say("?"),
        (choices(["Anna"]).parts[0],),
        (Button("Next page", Again("rooms 2")), Button("Undo case 3", bound("undo"))),
    )
    ids = [one["custom_id"] for one in pressed(shown(reply))]
    assert [one.partition(":")[0] for one in ids] == ["press", "press", "beside"]
    asking = replace(reply, question=True, parts=(Menu("Reason", (Button("Spam", bound("kick")),)),))
    assert [one["custom_id"].partition(":")[0] for one in pressed(shown(asking))] == ["press", "press", "press"]


def test_a_button_that_could_not_be_kept_is_not_shown() -> None:
    gone = Button("a", bound())
    rows = table(["Bob"]).parts[0]
    assert isinstance(rows, Table)
    parts: tuple[Part, ...] = (
        Choices((Choice(say("a"), gone),) * 12),
        Menu("Pick", (gone,)),
        replace(rows, menus=((gone,),)),
    )
    assert render(Reply(Tone.INFO, say("?"), parts, (gone,)), NAMES).components == ()


@pytest.mark.parametrize("number", [1, 5, 6, 20])
def test_a_few_choices_have_a_button_each_numbered_as_the_lines_are(number: int) -> None:
    message = shown(choices(PEOPLE[:number]))
    assert labels(message) == [f"{index}. {name}" for index, name in enumerate(PEOPLE[:number], 1)]
    assert len(message.components) == -(-number // 5)
    assert seen(message.content).text.split("\n")[1].startswith("1. Person 0 (…0), camera muted")


def test_many_choices_are_one_select_with_the_tokens_behind_it() -> None:
    message = shown(choices(PEOPLE[:25]))
    options = select(message)["options"]
    assert [option["value"] for option in options] == [f"token-{number:010d}" for number in range(25)]
    assert options[10]["label"] == "11. Person 10"
    assert options[10]["description"] == "Person 10 (…10), camera muted, in standup"


def test_choices_are_a_select_where_buttons_leave_them_no_rows() -> None:
    buttons = tuple(Button(f"Button {number}", bound()) for number in range(20))
    message = shown(replace(choices(PEOPLE[:10]), buttons=buttons))
    assert len(select(message)["options"]) == 10
    full = shown(replace(choices(PEOPLE[:10]), buttons=buttons * 2))
    assert len(labels(full)) == 25
    assert "10 more choices do not fit below." in lines(full)
    assert "15 more buttons do not fit below." in lines(full)


def test_rows_are_called_as_they_are_told_apart_in_the_select_and_on_the_buttons() -> None:
    reply = with_menus(["Anna", "Anna", "Bob"])
    (rows, *rest) = reply.parts
    assert isinstance(rows, Table)
    called = ("Anna (anna)", "Anna (…nna-2)", "Bob")
    message = shown(replace(reply, parts=(replace(rows, called=called), *rest)))
    assert labels(message)[:3] == [f"Mute {one}" for one in called]
    assert [option["label"] for option in select(message)["options"]] == list(called)


def test_choices_beyond_a_select_are_counted() -> None:
    assert "275 more choices do not fit below." in lines(shown(choices([f"Person {n}" for n in range(300)])))
    assert "1 more choice does not fit below." in lines(shown(choices(PEOPLE[:26])))


def test_a_list_of_people_has_a_select_of_them_and_mutes_the_first_with_one_tap() -> None:
    message = shown(with_menus(PEOPLE[:7]))
    assert labels(message)[:5] == [f"Mute Person {number}" for number in range(5)]
    assert labels(message)[5:] == ["Quiet the room", "Next page"]
    chooser = select(message)
    assert chooser["placeholder"] == "Choose a person"
    assert [option["label"] for option in chooser["options"]] == PEOPLE[:7]
    assert chooser["options"][0]["description"] == "Person 0-0, microphone open, 1 h ago"
    assert [option["value"] for option in chooser["options"]] == [f"token-{5 * n + 4:010d}" for n in range(7)]
    assert all(one["custom_id"].startswith("beside:") for one in pressed(message)[:6])


def test_only_people_who_can_be_heard_have_a_button_that_mutes_them() -> None:
    reply = with_menus(PEOPLE[:7])
    (rows, *rest) = reply.parts
    assert isinstance(rows, Table)
    message = shown(replace(reply, parts=(replace(rows, audible=2), *rest)))
    assert labels(message) == ["Mute Person 0", "Mute Person 1", "Quiet the room", "Next page"]
    assert len(select(message)["options"]) == 7


def test_people_beyond_the_select_are_counted() -> None:
    assert "15 more people do not fit below." in lines(shown(with_menus(PEOPLE)))
    assert "1 more person does not fit below." in lines(shown(with_menus(PEOPLE[:26])))


def test_a_list_of_something_else_has_a_select_of_that() -> None:
    people = with_menus(PEOPLE[:26]).parts[0]
    assert isinstance(people, Table)
    message = shown(replace(with_menus(["Bob"]), parts=(replace(people, each=("an order", "order", "orders")),)))
    assert select(message)["placeholder"] == "Choose an order"
    assert "1 more order does not fit below." in lines(message)


def test_who_may_only_look_gets_the_select_alone() -> None:
    reply = replace(with_menus(PEOPLE[:3], ["More"]), buttons=())
    assert [one["type"] for one in pressed(shown(reply))] == [3]


def test_what_locks_is_no_quick_mute() -> None:
    lock = Button("Keep muted", replace(bound(), values={"lock": True}))
    rows = with_menus(["Bob"]).parts[0]
    assert isinstance(rows, Table)
    message = shown(Reply(Tone.INFO, say("?"), (replace(rows, menus=((lock, Button("More", bound("participant"))),)),)))
    assert labels(message) == []


def test_a_row_without_a_menu_is_a_line_only() -> None:
    message = render(CORPUS["uneven menus"], NAMES)
    assert [option["label"] for option in select(message)["options"]] == ["-", "Carl"]
    assert [line.partition(",")[0] for line in lines(message)] == ["standup", "**Bob**", "**Carl**", "**Dora**"]


def test_a_list_to_pick_from_is_a_select_under_its_own_words() -> None:
    chooser = select(render(CORPUS["menu of 5"], NAMES))
    assert chooser["placeholder"] == "Reason"
    assert [option["label"] for option in chooser["options"]] == [f"reason {number}" for number in range(5)]
    assert "275 more entries do not fit below." in lines(render(CORPUS["menu of 300"], NAMES))


def test_selects_have_ids_of_their_own_and_those_without_a_row_are_counted() -> None:
    message = render(CORPUS["several menus"], NAMES)
    ids = [one["custom_id"] for one in pressed(message) if one["type"] == 3]
    assert ids == ["beside:0", "beside:1", "beside:2", "beside:3"]
    assert lines(message).count("65 more entries do not fit below.") == 4
    assert "90 more entries do not fit below." in lines(message)


def test_people_are_mentioned_by_their_account_and_everybody_else_is_text() -> None:
    (line,) = texts(shown(Reply(Tone.INFO, (*MENTIONS, Mention("discord:1/@2", "ops"), Mention("discord:1>", "odd")))))
    assert [about for kind, about in seen(line).found if kind == "mention"] == ["80351110224678912"]
    assert "ops (discord:1/@2)" in seen(line).text
    assert "ann (slack:T111/U222)" in seen(line).text


def test_a_case_is_named_its_undo_is_a_button_and_its_reason_can_be_given() -> None:
    message = render(CORPUS["case of hostile name 0"], NAMES)
    assert message.content.endswith("\nCase 12.")
    assert [(one["label"], one["custom_id"]) for one in pressed(message)] == [
        ("Keep muted", "beside:token-0000000000"),
        ("Undo case 12", "beside:token-0000000001"),
        ("Reason", "reason:12"),
    ]
    given = replace(CORPUS["case of hostile name 0"], command="reason")
    assert "Reason" not in labels(render(given, NAMES))
    looked_up = replace(CORPUS["case of hostile name 0"], audience=Audience.PRIVATE)
    assert "Reason" not in labels(render(looked_up, NAMES))


def test_our_own_sentences_name_commands_as_they_are_called_here() -> None:
    reply = Reply(
        Tone.ERROR,
        say("Type again: /kick bob, or ", Code("/participants 2"), ". /help says more; ", Name("/kick"), " does not."),
        (Choices((Choice(say("/undo 3"), Button("/undo", bound())),)),),
    )
    single = shown(reply)
    assert lines(single)[0].startswith("Type again: /kick bob, or `/participants 2`. /help says more; **/kick** does")
    rooted = shown(reply, CommandNames.of(REGISTRY, "room"))
    assert lines(rooted) == [
        "Type again: /room person kick bob, or `/room room participants 2`. /room help says more; **/kick** does not.",
        "1\\. /room record undo 3",
    ]
    assert labels(rooted) == ["1. /room record undo"]


def test_what_becomes_markup_only_beside_its_neighbour_is_none_either() -> None:
    spans: tuple[Span, ...] = say(Name(":poop"), ": by @", Name("everyone"), " <", Name("@1>"), " ", Code("a`b"))
    (line,) = texts(shown(Reply(Tone.INFO, say("say"), (Text(spans),))))
    assert seen(line).found == ()
    assert seen(line).text == "say\n:poop: by ＠everyone ＜@1> a`b"


def test_a_body_replaces_what_was_there_and_calls_nobody() -> None:
    assert shown(Reply(Tone.INFO, say("Done."))).body == {
        "content": "Done.",
        "embeds": [],
        "components": [],
        "allowed_mentions": {"parse": []},
    }


def test_an_answer_without_words_says_so() -> None:
    assert shown(Reply(Tone.INFO, ())).content == "(no words)"


def test_a_part_that_nobody_knows_is_a_bug() -> None:
    with pytest.raises(TypeError, match="no part of a reply"):
        render(Reply(Tone.INFO, say("x"), ("y",)), NAMES)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "line",
    ["participants", "help", "help mute", "participant bob", "mute bob shouting", "kick bob", "history", "rooms", "x"],
)
async def test_every_kind_of_real_answer_is_shown_whole(line: str, tmp_path: Path) -> None:
    async with House.opened(tmp_path) as house:
        await house.say("mute bob")
        reply = await house.say(line, "alice")
    message = render(reply, NAMES)
    within_limits(message)
    assert "not fit" not in "".join(texts(message))
    assert len(lines(message)) >= len(reply.parts)
