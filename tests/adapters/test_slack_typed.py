"""Words arrive as they were typed: Slack's own forms are undone, everything else is left alone."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.names import SlashNames
from adapters.slack.typed import Reader, undone, without_mention
from bot.registry import load

COMMANDS = {command.name: command for command in load()}
READER = Reader("T1", COMMANDS)


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("mute bob shouting &amp; &lt;loud&gt;", "mute bob shouting & <loud>"),
        ("&amp;lt;", "&lt;"),
        ("find <mailto:ann@example.com|ann@example.com>", "find ann@example.com"),
        ("find <mailto:ann@example.com>", "find ann@example.com"),
        ("find <tel:+15550100|555-0100>", "find 555-0100"),
        ("metadata bob <http://example.com|example.com>", "metadata bob example.com"),
        ("metadata bob <https://example.com/?a=1&amp;b=2>", "metadata bob https://example.com/?a=1&b=2"),
        ("use <#C1|general>", "use #general"),
        ("use <#C1>", "use #C1"),
        ("kick bob told <!here> and <!channel|@channel>", "kick bob told @here and @channel"),
        ("kick bob told <!subteam^S1|@ops>", "kick bob told @ops"),
        ("kick bob told <!subteam^S1>", "kick bob told @S1"),
        ("kick bob at <!date^1^{date}|noon>", "kick bob at noon"),
        ("kick bob at <!date^1^{date}>", "kick bob at date^1^{date}"),
        ("kick bob told <@U1|ann>", "kick bob told @ann"),
        ("kick bob told <@U1>", "kick bob told @U1"),
        ("mute “bob smith” – now", "mute “bob smith” – now"),
        ("metadata bob <b>", "metadata bob <b>"),
        ("metadata bob < a | b >", "metadata bob < a | b >"),
        ("", ""),
    ],
)
def test_what_stood_on_the_screen_is_what_arrives(sent: str, seen: str) -> None:
    assert READER.line(sent) == seen


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("moderator <@U2|ann> moderator", "moderator slack:T1/U2 moderator"),
        ("moderator <!subteam^S1|@ops> viewer", "moderator slack:T1/@S1 viewer"),
        ("/Moderator   <@U2> none", "/Moderator   slack:T1/U2 none"),
        ("history by:<@U2|ann>", "history by:slack:T1/U2"),
        ("history moderator:<@U2|ann> kind:mute", "history moderator:slack:T1/U2 kind:mute"),
        ("mute <@U2|ann>", "mute <@U2>"),
        ("mute <!subteam^S1|@ops>", "mute <!subteam^S1>"),
        ("mute <!subteam^S1|@ops> told <!subteam^S1|@ops>", "mute <!subteam^S1> told @ops"),
        ("ban <#C1|general> <#C1|general>", "ban <#C1> #general"),
        ("kick <!here>", "kick <!here>"),
        ("mute <@U2|ann berg> loud", "mute <@U2> loud"),
        ('ban "<@U2|ann> spam" 2h', 'ban "<@U2> spam" 2h'),
        ("ban spam<@U2|ann>", "ban spam<@U2>"),
        ("mute \u200b<@U2|ann>\u200b", "mute <@U2>"),
        ("mute <mailto:ann@example.com|ann@example.com>", "mute ann@example.com"),
        ("mute &lt;ann&gt; &lt;", "mute <ann> <"),
        ("quiet except <!subteam^S1|@ops>, <#C1> and bob", "quiet except <!subteam^S1>, <#C1> and bob"),
        ("mute bob told by:<@U2|ann>", "mute bob told by:@ann"),
        ("quiet standup Except <@U2|ann>, <@U3> and bob", "quiet standup Except <@U2>, <@U3> and bob"),
        ("quiet <@U2|ann>", "quiet @ann"),
        ("history who:<@U2|ann>", "history who:@ann"),
        ("unknown <@U2|ann>", "unknown @ann"),
        ("<@U2|ann> mute", "@ann mute"),
    ],
)
def test_a_mention_is_an_account_where_one_is_asked_for_and_never_a_participant(sent: str, read: str) -> None:
    assert READER.line(sent) == read


def test_a_mention_is_the_identity_where_settings_say_which() -> None:
    reader = Reader("T1", COMMANDS, {"U2": "staff-U2", "U3": "Ann Berg"}.get)
    assert reader.line("mute <@U2|ann> for <@U2|ann>") == "mute staff-U2 for @ann"
    assert reader.line("mute <@U3|ann>") == 'mute "Ann Berg"'
    assert reader.line("mute <@U4|ann>") == "mute <@U4>"
    assert reader.line("quiet except <@U2>,<@U3>") == 'quiet except staff-U2,"Ann Berg"'
    assert reader.line("mute \u200b<@U2|ann>\u2060 loud") == "mute staff-U2 loud"
    assert reader.line('mute "<@U3|ann>"') == 'mute "Ann Berg"'
    assert reader.line('mute "<@U2|ann> x"') == 'mute "<@U2> x"'


@given(st.recursive(st.text() | st.integers(), lambda inner: st.dictionaries(st.text(max_size=5), inner, max_size=3)))
def test_json_survives_slacks_escaping_to_the_letter(value: object) -> None:
    typed = json.dumps(value, ensure_ascii=False)
    sent = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert undone(sent) == typed


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("/usher mute bob", "mute bob"),
        ("Usher mute bob", "mute bob"),
        ("/usher-mute bob lock", "mute bob lock"),
        ("/usher /usher-mute bob", "/usher-mute bob"),
        ("/usher", ""),
        ("help /usher-mute", "help mute"),
        ("help usher kick", "help kick"),
        ("find usher", "find usher"),
        ('metadata bob  {"a": " "} ', 'metadata bob  {"a": " "} '),
    ],
)
def test_a_command_may_be_called_as_it_is_in_slack(typed: str, line: str) -> None:
    reader = Reader("T1", COMMANDS, meant=SlashNames.read(COMMANDS).meant)
    assert reader.line(typed) == line
    assert reader.line(typed.replace("/usher ", "/usher\n")) == line


@pytest.mark.parametrize(
    ("sent", "left"),
    [
        ("<@B1> mute bob", "mute bob"),
        ("<@B1|usher>: mute bob", "mute bob"),
        ("<@B1> <@B1|usher>: mute bob", "mute bob"),
        ("<@B1>, mute bob loud <@B1> <@B1>", "mute bob loud"),
        ("<@B1> mute bob <@B1> is right", "mute bob <@B1> is right"),
        ("mute bob <@B1> <@B1>", "mute bob"),
        ("hey <@B1> mute bob", "mute bob"),
        ("mute bob <@B1>", "mute bob"),
        ("<@B1>", ""),
        ("<@B2> mute bob", "<@B2> mute bob"),
        ("<@B1>\nmetadata bob {\n}", "metadata bob {\n}"),
    ],
)
def test_the_mention_of_the_bot_is_no_word_of_the_command(sent: str, left: str) -> None:
    assert without_mention(sent, {"B1"}) == left


def test_without_a_bot_nothing_is_taken_away() -> None:
    assert without_mention("<@B1> mute", ()) == "<@B1> mute"


@pytest.mark.parametrize(
    "text",
    [
        "<@U1|a>" * 12_000,
        "<@B1>" * 15_000 + "x",
        "<@B1>" + " " * 90_000 + "x",
        "x-" * 50_000 + "<@U1>",
        "<a|b" * 25_000,
        "<" * 100_000,
    ],
)
def test_a_long_text_takes_no_long_time(text: str) -> None:
    before = time.process_time()
    READER.line(f"mute {text}")
    without_mention(text, {"B1"})
    assert time.process_time() - before < 2
