"""A reply in Slack says all that the reply says, within Slack's limits, and says what was cut."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack import limits
from adapters.slack.escape import size
from adapters.slack.lines import Workspace
from adapters.slack.names import SlashNames
from adapters.slack.render import Message, fallback, render
from bot.command import Again, BoundInvocation
from bot.reply import Button, Choice, Choices, Code, Menu, Name, Plain, Reply, Style, Text, Tone, say, text
from tests.adapters.test_slack_escape import active
from tests.house import REGISTRY, House
from tests.replies import CORPUS, MENTIONS, ROW_MENU, case, choices, menu, question, stored, table, with_menus

HOME = Workspace("T111", SlashNames.read([command.name for command in REGISTRY]))


def shown(reply: Reply, home: Workspace = HOME) -> Message:
    return render(stored(reply), home)


def written(message: Message) -> list[str]:
    """The text of each block."""
    texts = [block["text"]["text"] for block in message.blocks if block["type"] == "section"]
    return texts + [
        element["text"] for block in message.blocks if block["type"] == "context" for element in block["elements"]
    ]


def elements(message: Message) -> list[dict[str, Any]]:
    """Everything that can be pressed."""
    found = [one for block in message.blocks if block["type"] == "actions" for one in block["elements"]]
    return [block["accessory"] for block in message.blocks if "accessory" in block] + found


def within_limits(message: Message) -> None:
    assert 0 < size(message.text) <= limits.MESSAGE_TEXT
    assert 0 < len(message.blocks) <= limits.MESSAGE_BLOCKS
    assert all(0 < size(one) <= limits.SECTION_TEXT for one in written(message))
    assert size(json.dumps(message.blocks, ensure_ascii=False, separators=(",", ":"))) <= limits.MESSAGE_SIZE
    for element in elements(message):
        assert size(element["action_id"]) <= limits.ACTION_ID
        assert len(element.get("options", "x")) <= limits.OPTIONS
        assert all(0 < size(option["text"]["text"]) <= limits.OPTION_TEXT for option in element.get("options", ()))
        assert size(element.get("text", {}).get("text", "")) <= limits.BUTTON_TEXT
    ids = [element["action_id"] for element in elements(message)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", CORPUS)
def test_no_reply_exceeds_a_limit(name: str) -> None:
    within_limits(render(CORPUS[name], HOME))


@pytest.mark.parametrize("name", CORPUS)
def test_the_fallback_text_is_never_markup(name: str) -> None:
    assert active(render(CORPUS[name], HOME).text) == []


SPANS = st.one_of(
    st.builds(Plain, st.text(max_size=200)),
    st.builds(Name, st.text(max_size=200)),
    st.builds(Code, st.text(max_size=50)),
    st.sampled_from(MENTIONS),
)
BUTTONS = st.builds(Button, st.text(max_size=100), st.none(), st.sampled_from(Style))
MENUS = st.builds(Menu, st.text(max_size=200), st.lists(BUTTONS, max_size=25).map(tuple))
PARTS = st.one_of(
    MENUS,
    st.lists(st.text(max_size=40), max_size=25).map(lambda names: with_menus(names).parts[0]),
    st.builds(Text, st.lists(SPANS, max_size=30).map(tuple)),
    st.lists(st.builds(Choice, st.lists(SPANS, max_size=3).map(tuple), BUTTONS), max_size=15).map(
        lambda options: Choices(tuple(options))
    ),
    st.lists(st.text(max_size=40), max_size=30).map(lambda names: table(names).parts[0]),
)
REPLIES = st.builds(
    Reply,
    st.sampled_from(Tone),
    st.lists(SPANS, max_size=5).map(tuple),
    st.lists(PARTS, max_size=3).map(tuple),
    st.lists(BUTTONS, max_size=8).map(tuple),
)


@settings(max_examples=60)
@given(REPLIES)
def test_no_reply_at_all_exceeds_a_limit(reply: Reply) -> None:
    message = shown(reply)
    within_limits(message)
    assert active(message.text) == []


def test_a_table_is_a_line_for_each_row_with_the_name_in_bold() -> None:
    message = shown(table(["Bob", "Anna"]))
    rows = written(message)[1].split("\n")
    assert rows[0].startswith("*Bob*, Bob-0, microphone open, <!date^")
    assert rows[1].startswith("*Anna*, Anna-1, ")
    assert message.text.split("\n")[1] == "Bob, Bob-0, microphone open, 1 h ago"


def test_rows_that_do_not_fit_are_counted_and_the_buttons_stay() -> None:
    message = shown(table([f"Person {number}" for number in range(1000)]))
    rows = sum(one.count("microphone") for one in written(message))
    assert f"{1001 - rows} more lines do not fit into one Slack message. Ask for less." in written(message)
    assert [element["text"]["text"] for element in elements(message)] == ["Quiet the room", "Next page"]
    assert "lines do not fit" in message.text


def test_one_line_that_does_not_fit_is_one() -> None:
    long = shown(Reply(Tone.INFO, say("x" * 2700), tuple(text("y" * 2700) for _ in range(4))))
    assert "1 more line does not fit" in "".join(written(long))


def test_what_is_cut_within_a_line_is_counted() -> None:
    message = shown(Reply(Tone.INFO, say("Metadata: ", Name("&" * 4000), " and more")))
    kept = written(message)[0].count("&amp;")
    assert written(message)[0].endswith(f"… ({4000 - kept + len(' and more')} more characters)")
    assert 500 < kept < 600


def test_confirming_is_the_one_dangerous_button_and_its_value_is_the_token() -> None:
    reply = CORPUS["question of 24"]
    found = elements(render(reply, HOME))
    assert [(one["value"], one.get("style")) for one in found] == [
        ("token-0000000000", "danger"),
        ("token-0000000001", None),
    ]
    assert [one.get("style") for one in elements(render(CORPUS["two dangers"], HOME))] == ["danger", None]


def test_a_button_that_could_not_be_kept_is_not_shown() -> None:
    reply = Reply(Tone.INFO, say("?"), (Choices((Choice(say("a"), Button("a", None)),) * 12),), (Button("b", None),))  # type: ignore[arg-type]
    assert elements(render(reply, HOME)) == []
    few = replace(reply, parts=(Choices((Choice(say("a"), Button("a", None)),)),))  # type: ignore[arg-type]
    assert elements(render(few, HOME)) == []


def test_a_few_choices_have_a_button_each_and_twins_are_told_apart() -> None:
    message = shown(choices(["Anna", "Anna", "Bob"]))
    assert [one["text"]["text"] for one in elements(message)] == ["1. Anna", "2. Anna", "Bob"]
    assert written(message)[1] == "1. *Anna* (…0), camera muted, in standup"


def test_many_choices_are_one_select_with_the_tokens_behind_it() -> None:
    message = shown(choices([f"Person {number}" for number in range(11)]))
    (select,) = elements(message)
    assert [option["value"] for option in select["options"]] == [f"token-{number:010d}" for number in range(11)]
    assert select["options"][10]["text"]["text"] == "11. Person 10 (…10), camera muted, in standup"


def test_choices_and_buttons_that_do_not_fit_are_counted() -> None:
    message = shown(choices([f"Person {number}" for number in range(300)]))
    (select,) = elements(message)
    assert f"{300 - len(select['options'])} more choices do not fit." in written(message)
    assert "5 more buttons do not fit." in written(render(CORPUS["many buttons"], HOME))


def kinds(message: Message) -> list[str]:
    return [block["accessory"]["type"] for block in message.blocks if "accessory" in block]


def test_each_line_has_its_menu_beside_it_with_the_tokens_behind_the_entries() -> None:
    message = shown(with_menus(["Bob", "Anna"]))
    assert [one.split(",")[0] for one in written(message)[1:3]] == ["*Bob*", "*Anna*"]
    first, second, *_ = elements(message)
    assert [option["text"]["text"] for option in first["options"]] == list(ROW_MENU)
    assert [option["value"] for option in first["options"]] == [f"token-{number:010d}" for number in range(5)]
    assert (first["type"], first["action_id"], second["action_id"]) == ("overflow", "beside:0", "beside:1")
    assert message.text == shown(table(["Bob", "Anna"])).text, "menus are not in the fallback text"


def test_a_menu_of_one_entry_is_a_button_and_a_line_without_one_is_a_line() -> None:
    message = render(CORPUS["uneven menus"], HOME)
    assert kinds(message) == ["overflow", "button"]
    lines = [(block["text"]["text"].split(",")[0], "accessory" in block) for block in message.blocks]
    assert lines == [("standup", False), ("-", True), ("*Bob*", False), ("*Carl*", True), ("*Dora*", False)]


def test_where_not_all_menus_fit_each_line_stays_and_its_last_entry_leads_on() -> None:
    message = render(CORPUS["menus of 20 people"], HOME)
    lost = kinds(message).count("button")
    assert kinds(message) == ["overflow"] * (20 - lost) + ["button"] * lost
    assert 0 < lost < 10
    assert f"{lost} lines have a shorter menu, or none: Slack takes no more." in written(message)
    last = elements(message)[19]
    assert (last["text"]["text"], last["value"], last["action_id"]) == ("More", "token-0000000099", "beside:19")
    assert "Person Number 19" in "".join(written(message))


def test_the_first_menus_come_before_the_last_lines() -> None:
    message = render(CORPUS["menus of 1000 people"], HOME)
    assert kinds(message)[:5] == ["overflow"] * 5
    rows = sum(one.count("microphone") for one in written(message))
    assert f"{1001 - rows} more lines do not fit into one Slack message. Ask for less." in written(message)
    assert rows > 50
    assert f"{rows - 5} lines have a shorter menu, or none: Slack takes no more." in written(message)


def test_menus_that_fit_are_whole_and_nothing_is_said_of_them() -> None:
    message = shown(with_menus([f"Person {number}" for number in range(12)]))
    assert kinds(message) == ["overflow"] * 12
    assert "menu" not in "".join(written(message))


def test_one_menu_that_does_not_fit_is_one() -> None:
    found = [render(CORPUS["menus of 20 people"], HOME, limits.VIEW_BLOCKS)]
    found += [shown(with_menus(["x" * length] * 16)) for length in range(20, 120, 2)]
    said = [one for message in found for one in written(message) if "shorter" in one]
    assert "1 line has a shorter menu, or none: Slack takes no more." in said
    assert [one for one in written(found[0]) if "shorter" in one] == [], "a modal has room for all of them"


def test_entries_beyond_slacks_five_are_counted() -> None:
    message = render(CORPUS["menus of seven entries"], HOME)
    assert len(elements(message)[0]["options"]) == 5
    assert "4 more entries of the menus do not fit." in written(message)


def test_entries_that_could_not_be_kept_are_not_shown() -> None:
    reply = with_menus(["Bob"])
    listed = replace(reply, parts=(*reply.parts, Menu("Reason", (Button("spam", None),))))  # type: ignore[arg-type]
    assert elements(render(listed, HOME)) == []


def test_a_list_to_pick_from_is_a_select_with_its_label_and_nothing_in_the_text() -> None:
    message = shown(menu(["shouting", "x" * 80]))
    (select,) = [one for one in elements(message) if one["type"] == "static_select"]
    assert (select["placeholder"]["text"], select["action_id"]) == ("Reason", "beside:0")
    assert [option["text"]["text"] for option in select["options"]] == ["shouting", "x" * 74 + "…"]
    assert [option["value"] for option in select["options"]] == ["token-0000000000", "token-0000000001"]
    assert "shouting" not in message.text
    assert "Reason" not in message.text
    assert elements(shown(menu([]))) == elements(shown(case("Bob")))


def test_what_does_not_fit_into_a_list_is_counted() -> None:
    message = shown(menu([f"reason {number}" for number in range(300)]))
    (select,) = [one for one in elements(message) if one["type"] == "static_select"]
    assert 20 < len(select["options"]) <= limits.OPTIONS
    assert f"{300 - len(select['options'])} more entries do not fit." in written(message)


def test_twenty_of_the_longest_reasons_fit() -> None:
    message = shown(menu(["x" * 75] * 20))
    assert [len(one["options"]) for one in elements(message) if "options" in one] == [20]
    assert "not fit" not in "".join(written(message))


def test_an_option_that_does_not_fit_is_one() -> None:
    said = [written(shown(menu(["x" * 75] * number)))[-2] for number in range(20, 30)]
    assert "1 more entry does not fit." in said


def actions(reply: Reply) -> dict[str, str]:
    """What the answers do to the message, by the label of what is pressed."""
    found = elements(shown(reply))
    return {(one.get("text") or one["placeholder"])["text"]: one["action_id"].split(":")[0] for one in found}


def test_the_answer_to_a_question_a_choice_or_a_page_takes_the_place_of_the_message() -> None:
    assert actions(question("Bob")) == {"Remove": "press", "No": "press"}
    assert actions(choices(["Anna", "Bob"])) == {"Anna": "press", "Bob": "press"}
    assert actions(choices([f"Person {number}" for number in range(11)])) == {"Choose one": "press"}
    assert actions(Reply(Tone.INFO, say("?"), buttons=(Button("Next", Again("x 2")),))) == {"Next": "press"}


def test_the_answer_to_everything_else_stands_beside_the_message() -> None:
    assert actions(menu(["spam"])) == {"Reason": "beside", "Keep muted": "beside", "Undo case 12": "beside"}
    assert actions(with_menus(["Bob"], ["More"])) == {"More": "beside", "Quiet the room": "press", "Next page": "press"}
    quiet = Button("Quiet the room", BoundInvocation("quiet", "standup"))
    assert actions(Reply(Tone.INFO, say("?"), buttons=(quiet,))) == {"Quiet the room": "beside"}


def test_people_of_the_workspace_are_mentioned_and_nobody_else() -> None:
    line = written(shown(Reply(Tone.INFO, MENTIONS)))[0]
    assert line.startswith("<@U222>")
    assert line.count("<") == 1
    assert "ops (slack:T111/@S1)" in line
    assert "discord:80351110224678912" in line


def test_a_case_is_named_and_its_undo_is_a_button() -> None:
    message = render(CORPUS["case of hostile name 0"], HOME)
    assert written(message)[-1] == "Case 12."
    assert [one["text"]["text"] for one in elements(message)] == ["Keep muted", "Undo case 12"]
    assert message.text.endswith("\nCase 12.")


def test_our_own_sentences_name_commands_as_slack_knows_them() -> None:
    reply = Reply(
        Tone.ERROR,
        say("Type again: /kick bob, or ", Code("/participants 2"), ". /help says more; ", Name("/kick"), " does not."),
        (Choices((Choice(say("/undo 3"), Button("/undo", None, token="t")),)),),  # type: ignore[arg-type]
    )
    message = render(reply, HOME)
    assert written(message) == [
        "Type again: /usher-kick bob, or `/participants 2`. /usher help says more; */kick* does not.",
        "1. /usher undo 3",
    ]
    assert elements(message)[0]["text"]["text"] == "/usher undo"


def test_code_within_a_word_is_no_code() -> None:
    assert written(shown(Reply(Tone.INFO, say("a", Code("*b*"), "c")))) == ["a＊b*c"]


def test_what_becomes_markup_only_beside_its_neighbour_is_none_either() -> None:
    reply = Reply(Tone.INFO, (Plain("say"),), (text(Name(":poop"), ": by @", Name("channel"), " ", Code("in:a:b")),))
    assert written(shown(reply)) == ["say\n：poop: by ＠channel `in:a:b`"]


def test_names_within_words_are_not_bold() -> None:
    assert written(shown(Reply(Tone.INFO, say("a", Name("b"), " ", Name("c"), "d ", Name("e"), ": ", Name(" "))))) == [
        "ab cd *e*:"
    ]


def test_paragraphs_share_a_section_and_other_parts_have_their_own() -> None:
    reply = Reply(Tone.INFO, say("Title"), (text("one"), text("two"), *table(["Bob"]).parts))
    assert [one.split("\n")[0] for one in written(shown(reply))] == [
        "Title",
        written(shown(reply))[1],
        "9 more: /participants 2",
    ]
    assert written(shown(reply))[0] == "Title\none\ntwo"


def test_an_answer_without_words_says_so() -> None:
    assert fallback(Reply(Tone.INFO, ()), HOME) == "(no words)"


def test_a_part_that_nobody_knows_is_a_bug() -> None:
    with pytest.raises(TypeError, match="no part of a reply"):
        render(Reply(Tone.INFO, say("x"), ("y",)), HOME)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "line",
    ["participants", "help", "help mute", "participant bob", "mute bob shouting", "kick bob", "history", "rooms", "x"],
)
async def test_every_kind_of_real_answer_is_shown_whole(line: str, tmp_path: Path) -> None:
    async with House.opened(tmp_path) as house:
        await house.say("mute bob")
        reply = await house.say(line, "alice")
    message = render(reply, HOME)
    within_limits(message)
    assert "not fit" not in message.text
    assert len(message.text.split("\n")) >= len(reply.parts)
