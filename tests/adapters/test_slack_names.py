"""Commands under the names that Slack takes, and back."""

from __future__ import annotations

import pytest

from adapters.slack.names import EVERYDAY, RESERVED, SlashNames
from bot.registry import load

COMMANDS = [command.name for command in load()]
NAMES = SlashNames.read(COMMANDS)


def test_the_everyday_commands_have_names_of_their_own_and_taken_ones_another() -> None:
    assert dict(NAMES.own) == {
        "participants": "participants",
        "promote": "promote",
        "demote": "demote",
        "quiet": "quiet",
        "usher-mute": "mute",
        "usher-kick": "kick",
    }


def test_the_root_takes_every_command() -> None:
    assert NAMES.line("/usher", "mute bob shouting") == "mute bob shouting"
    assert NAMES.line("/Usher", "") == ""


def test_a_name_of_its_own_stands_for_its_command_and_leaves_the_words_alone() -> None:
    assert NAMES.line("/usher-mute", 'bob  "x" ') == 'mute bob  "x"'
    assert NAMES.line("/quiet", "") == "quiet"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("/usher-mute bob  lock ", "mute bob  lock "),
        ("usher-kick bob", "kick bob"),
        ("/quiet standup", "quiet standup"),
        ("/usher", ""),
        (" usher  history bob", "history bob"),
        ("mute bob", "mute bob"),
        ("/mute bob", "/mute bob"),
        ("somebody usher", "somebody usher"),
        ("", ""),
        ("*mute* bob", "*mute* bob"),
    ],
)
def test_words_may_begin_as_a_command_is_called_in_slack(text: str, meant: str) -> None:
    assert NAMES.meant(text) == meant


def test_a_command_of_the_core_comes_before_the_root_of_its_name_unless_it_has_a_slash() -> None:
    names = SlashNames.read(COMMANDS, "quiet", "rooms")
    assert names.meant("rooms 2") == "rooms 2"
    assert names.meant("/rooms mute bob") == "mute bob"


def test_a_name_that_is_not_ours_goes_to_the_core_which_says_what_was_meant() -> None:
    assert NAMES.line("/kik", "bob") == "kik bob"


def test_other_names_are_taken_from_the_setting() -> None:
    names = SlashNames.read(COMMANDS, "mute=hush, quiet", "/room")
    assert dict(names.own) == {"hush": "mute", "quiet": "quiet"}
    assert (names.line("/hush", "bob"), names.line("/room", "undo")) == ("mute bob", "undo")
    assert dict(SlashNames.read(COMMANDS, "kick", "room").own) == {"room-kick": "kick"}


@pytest.mark.parametrize("written", [EVERYDAY, "quiet,mute=hush", "mute=usher-mute", "quiet=usher-quiet", ""])
def test_names_can_be_written_down_and_read_again_below_another_root(written: str) -> None:
    names = SlashNames.read(COMMANDS, written)
    again = names.with_root("usher")
    assert (again.root, again.own) == (names.root, names.own)
    assert names.with_root("room").own == SlashNames.read(COMMANDS, str(names), "room").own


def test_a_taken_name_follows_the_root_and_a_chosen_one_stays() -> None:
    names = SlashNames.read(COMMANDS, "mute,kick=throw-out").with_root("room")
    assert (names.root, dict(names.own)) == ("room", {"room-mute": "mute", "throw-out": "kick"})
    with pytest.raises(ValueError, match="twice"):
        names.with_root("throw-out")


@pytest.mark.parametrize(
    ("setting", "root", "said"),
    [
        ("fly", "usher", "'fly'"),
        ("mute=Mute!", "usher", "small letters"),
        ("mute=" + "x" * 32, "usher", "at most 31"),
        ("mute=topic", "usher", "keeps for itself"),
        ("quiet", "mute", "keeps for itself"),
        ("quiet", "my room", "'my room'"),
        ("quiet", "", "''"),
        ("quiet=usher", "usher", "twice"),
        ("quiet,mute=quiet", "usher", "twice"),
        (",".join(f"mute=mute{n}" for n in range(50)), "usher", "at most 50"),
    ],
)
def test_a_name_that_slack_would_refuse_is_refused_with_the_reason(setting: str, root: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        SlashNames.read(COMMANDS, setting, root)


def test_names_that_may_be_taken_count_as_taken() -> None:
    assert {"kick", "remove", "invite", "rename", "archive", "status", "mute", "who", "topic"} <= RESERVED


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Type /kick bob.", "Type /usher-kick bob."),
        ("/participants 2", "/participants 2"),
        ("See /room-metadata and (/undo).", "See /usher room-metadata and (/usher undo)."),
        ("/unknown stays, and so does a/mute, /mute/ and https://x.example/mute", None),
    ],
)
def test_sentences_name_commands_as_they_are_typed_here(said: str, told: str | None) -> None:
    assert NAMES.spoken(said) == (told or said)
