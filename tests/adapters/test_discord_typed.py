"""Options arrive as they were seen: mentions are accounts where accounts are asked for, and never participants."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.arrivals import Asked, Completed, Seen, Submitted
from adapters.discord.inbound import parse
from adapters.discord.invocations import channel_of, completing, of_command, of_modal
from adapters.discord.modals import reason_modal
from adapters.discord.names import CommandNames
from adapters.discord.suggested import choices, person_value
from adapters.discord.typed import Reader, undone
from bot.command import Kind
from bot.history import Outcome
from bot.people import Role
from bot.registry import load
from bot.reply import Reply, Tone
from tests.discord_payloads import GUILD, ROLE, USER, autocomplete, command, direct, modal, option
from tests.house import STANDUP, House, told
from tests.replies import HOSTILE

COMMANDS = {one.name: one for one in load()}
READER = Reader(COMMANDS)
SEEN = Seen({"77": "Ann", "78": ""}, {"88": "ops"}, {"99": "general"})


def asked(name: str, *options: dict[str, Any], resolved: dict[str, Any] | None = None) -> Asked:
    payload = command(name, *options)
    payload["data"]["resolved"] = resolved or {}
    found = parse(payload)
    assert isinstance(found, Asked)
    return found


def read(name: str, reader: Reader = READER, /, **options: str) -> dict[str, str]:
    return reader.options(asked(name, *(option(key.replace("_", "-"), value) for key, value in options.items())))


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("told <@77> and <@!77>", "told @Ann and @Ann"),
        ("told <@78> and <@79>", "told @78 and @79"),
        ("told <@&88> and <@&89>", "told @ops and @89"),
        ("in <#99> and <#98>", "in #general and #98"),
        ("<:wave:123> <a:dance:123>", ":wave: :dance:"),
        ("see </mute:123> and </usher person mute:123>", "see /mute and /usher person mute"),
        ("at <t:1700000000:R>", "at <t:1700000000:R>"),
        ("“smart” – quotes & <b> \\*", "“smart” – quotes & <b> \\*"),
        ("<@x> <@> <#> <@" + "1" * 21 + ">", "<@x> <@> <#> <@" + "1" * 21 + ">"),
    ],
)
def test_what_stood_on_the_screen_is_what_arrives(sent: str, seen: str) -> None:
    assert undone(sent, SEEN) == seen


@given(st.recursive(st.text() | st.integers(), lambda inner: st.dictionaries(st.text(max_size=5), inner, max_size=3)))
def test_json_arrives_to_the_letter(value: object) -> None:
    typed = json.dumps(value)
    assert read("metadata", who="bob", text=typed)["text"] == typed


def test_a_mention_is_an_account_where_one_is_asked_for() -> None:
    roles = {"roles": {ROLE: {"name": "ops"}}}
    assert read("history", moderator="<@77>") == {"moderator": "discord:77"}
    person = asked("moderator", option("who", "77", 9), option("role", "viewer"))
    assert READER.options(person) == {"who": "discord:77", "role": "viewer"}
    group = asked("moderator", option("who", ROLE, 9), option("role", "viewer"), resolved=roles)
    assert READER.options(group)["who"] == f"discord:{GUILD}/@{ROLE}"
    typed = asked("moderator", option("who", "slack:T1/U2"), option("role", "viewer"))
    assert READER.options(typed)["who"] == "slack:T1/U2"


def test_everyone_is_no_role_and_a_role_needs_its_server() -> None:
    resolved = {"roles": {GUILD: {"name": "@everyone"}}}
    everyone = asked("moderator", option("who", GUILD, 9), option("role", "viewer"), resolved=resolved)
    assert READER.options(everyone)["who"] == f"<@&{GUILD}>"
    alone = parse(direct(command("moderator", option("who", ROLE, 8), option("role", "viewer"))))
    assert isinstance(alone, Asked)
    assert READER.options(alone)["who"] == f"<@&{ROLE}>"


def test_a_mention_is_never_a_participant_unless_settings_say_which() -> None:
    assert read("mute", who="<@77>", reason="told <@77>") == {"who": "<@77>", "reason": "told @77"}
    assert read("mute", who=" <@!77> ")["who"] == "<@77>"
    assert read("quiet", READER, **{"except": "bob, <@77>"})["except"] == "bob,<@77>"
    reader = Reader(COMMANDS, {"77": "staff-77"}.get)
    assert read("mute", reader, who="<@77>")["who"] == "staff-77"
    assert read("mute", reader, who="<@78>")["who"] == "<@78>"
    assert read("quiet", reader, **{"except": "bob, <@77>"})["except"] == "bob,staff-77"


@pytest.mark.parametrize(
    ("sent", "given"),
    [
        ("<@&88>", "<@&88>"),
        ("<#99>", "<#99>"),
        ("<@77> spam", "<@77> spam"),
        ("spam <@!77>", "spam <@77>"),
        ("<@77><@77>", "<@77><@77>"),
        ("\u200b <@77>\u200b", "<@77>"),
        ("@everyone", "@everyone"),
        ("<:wave:123> Ann", ":wave: Ann"),
        ("Ann, the first", "Ann, the first"),
    ],
)
def test_whatever_mentions_somebody_stays_a_mention_where_a_participant_is_asked_for(sent: str, given: str) -> None:
    for name in ("mute", "ban", "kick"):
        assert read(name, who=sent)["who"] == given
    assert read("quiet", READER, **{"except": f"bob,{sent}"})["except"] == f"bob,{given}"


def test_a_mention_of_a_mapped_account_is_the_identity_whatever_surrounds_it_unseen() -> None:
    reader = Reader(COMMANDS, {"77": "staff-77", "78": "Ann Berg"}.get)
    for around in ("\u200b<@77>", " <@!77>\u200b\u2060 ", "\u200e<@77>\u200f"):
        assert read("mute", reader, who=around)["who"] == "staff-77"
        assert read("quiet", reader, **{"except": f"bob,{around}"})["except"] == "bob,staff-77"
        line = reader.line(f"mute {around.strip()} told <@77>\u200b", GUILD, SEEN)
        assert line == "mute staff-77 told @Ann\u200b"
    assert reader.line('mute "<@78>" loud', GUILD, SEEN) == 'mute "Ann Berg" loud'
    assert reader.line("quiet except <@77>\u200b, <@78>", GUILD, SEEN) == 'quiet except staff-77, "Ann Berg"'
    assert read("ban", reader, who="<@77> spam")["who"] == "<@77> spam"


@pytest.mark.parametrize(
    ("sent", "line"),
    [
        ("mute <@&88> told <@&88>", "mute <@&88> told @ops"),
        ("ban <#99>", "ban <#99>"),
        ('ban "<@77> spam" 2h', 'ban "<@77> spam" 2h'),
        ('ban "spam <@77>"', 'ban "spam <@77>"'),
        ("ban spam<@77>", "ban spam<@77>"),
        ("mute <@77>, <@77>", "mute <@77>, @Ann"),
        ("mute \u200b<@77>\u200b", "mute <@77>"),
        ("mute <:wave:123> <:wave:123>", "mute :wave: :wave:"),
        ("quiet standup except <@&88>,<#99> and x<@77>", "quiet standup except <@&88>,<#99> and x<@77>"),
        ("quiet <@&88> except", "quiet @ops except"),
        ("mute", "mute"),
        ("mute ", "mute "),
        ("kick @everyone", "kick @everyone"),
        ('metadata bob {"a":"<@77>"}', 'metadata bob {"a":"@Ann"}'),
    ],
)
def test_whatever_mentions_somebody_stays_a_mention_in_a_line_too(sent: str, line: str) -> None:
    assert READER.line(sent, GUILD, SEEN) == line


@pytest.mark.parametrize(
    ("sent", "line"),
    [
        ("mute <@77> told <@77> in <#99>", "mute <@77> told @Ann in #general"),
        ("/Mute  <@!77>", "/Mute  <@77>"),
        ("moderator <@77> viewer", "moderator discord:77 viewer"),
        ("moderator <@&88> viewer", f"moderator discord:{GUILD}/@88 viewer"),
        (f"moderator <@&{GUILD}> viewer", f"moderator <@&{GUILD}> viewer"),
        ("history by:<@77> kind:mute", "history by:discord:77 kind:mute"),
        ("quiet standup except <@77>, bob and <@79>", "quiet standup except <@77>, bob and <@79>"),
        ("metadata bob told <@77>", "metadata bob told @Ann"),
        ("unknown <@77>", "unknown @Ann"),
        ("<@77> mute", "@Ann mute"),
        ("", ""),
    ],
)
def test_a_mention_in_a_line_is_what_its_place_asks_for_and_never_a_participant(sent: str, line: str) -> None:
    assert READER.line(sent, GUILD, SEEN) == line


def test_a_role_in_a_line_needs_its_server() -> None:
    assert READER.line("moderator <@&88> viewer", "", SEEN) == "moderator <@&88> viewer"


def test_a_mention_in_a_line_is_the_identity_where_settings_say_which() -> None:
    reader = Reader(COMMANDS, {"77": "staff-77", "78": "Ann Berg"}.get)
    assert reader.line("mute <@77> for <@77>", GUILD, SEEN) == "mute staff-77 for @Ann"
    assert reader.line("mute <@78>", GUILD, SEEN) == 'mute "Ann Berg"'
    assert reader.line("quiet except <@77>,<@78>", GUILD, SEEN) == 'quiet except staff-77,"Ann Berg"'


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("usher person mute bob", "mute bob"),
        ("/Usher person  mute bob", "mute bob"),
        ("usher mute bob", "mute bob"),
        ("/mute bob", "/mute bob"),
        ("usher room mute bob", "room mute bob"),
        ("usher", ""),
        ("usher person", "person"),
        ("help usher person mute", "help mute"),
        ("usher help /usher person mute", "help mute"),
        ("usherette mute", "usherette mute"),
        ("", ""),
    ],
)
def test_a_line_may_call_a_command_as_it_is_called_below_the_root(typed: str, line: str) -> None:
    names = CommandNames.of(load(), "usher")
    assert Reader(COMMANDS, meant=names.meant).line(typed, GUILD, SEEN) == line


def test_without_a_root_a_line_is_read_as_it_stands() -> None:
    assert CommandNames.of(load()).meant("usher mute bob") == "usher mute bob"


def test_what_is_empty_is_as_good_as_not_given_and_unknown_commands_are_read_too() -> None:
    assert read("mute", who="bob", reason="") == {"who": "bob"}
    assert read("no-such-command", given="<@77>") == {"given": "@77"}


async def test_the_core_refuses_a_mention_for_a_participant_and_everyone_for_an_account(tmp_path: Path) -> None:
    admin = f"discord:{USER}"
    async with House.opened(tmp_path, admins=(admin,)) as house:
        for found in (
            asked("mute", option("who", "<@77>"), option("in", STANDUP)),
            asked("quiet", option("except", "<@77>"), option("in", STANDUP)),
            asked("moderator", option("who", GUILD, 9), option("role", "viewer"), resolved={"roles": {GUILD: {}}}),
        ):
            reply = await house.dispatcher.handle(of_command(found, READER))
            assert (reply.tone, reply.outcome) == (Tone.ERROR, None), told(reply)
        assert house.writes == []


async def test_what_is_asked_in_discord_is_what_the_core_does(tmp_path: Path) -> None:
    async with House.opened(tmp_path) as house:
        await house.grant(f"discord:{GUILD}/@{ROLE}", Role.MODERATOR, STANDUP)
        found = asked("mute", option("who", "bob"), option("lock", True, 5), option("reason", "too loud"))
        reply: Reply = await house.dispatcher.handle(of_command(found, READER))
        assert reply.outcome is Outcome.DONE, told(reply)
        assert (await house.case(reply.case)).reasons == ("too loud",)

        submitted = parse(modal(reason_modal(str(reply.case))["custom_id"], {"text": "shouting <@77>"}) | {"id": "901"})
        assert isinstance(submitted, Submitted)
        asking = of_modal(submitted)
        assert asking is not None
        answer = await house.dispatcher.handle(asking)
        assert answer.tone is Tone.OK, told(answer)
        assert (await house.case(reply.case)).reasons[-1] == "shouting <@77>"

        alone = parse(direct(command("mute", option("who", "bob"))) | {"id": "902"})
        assert isinstance(alone, Asked)
        refused = await house.dispatcher.handle(of_command(alone, READER))
        assert refused.outcome is Outcome.REFUSED


def test_the_core_is_asked_in_the_channel_with_the_key_of_the_event() -> None:
    found = of_command(asked("mute", option("who", "bob")), READER)
    assert (found.channel, found.text, found.event_key) == (f"discord:{GUILD}/300", "mute", "discord:900")
    assert (found.options, found.menus, found.room) == ({"who": "bob"}, True, "")


def test_without_a_channel_a_person_is_their_own() -> None:
    found = asked("whoami")
    assert channel_of(type(found.place)(GUILD), found.sender.user) == f"discord:{USER}"


def test_a_modal_that_is_not_known_asks_for_nothing() -> None:
    found = parse(modal("strange:12", {"text": "x"}))
    assert isinstance(found, Submitted)
    assert of_modal(found) is None


@pytest.mark.parametrize(
    ("name", "focused", "kind"),
    [
        ("mute", "who", Kind.WHO),
        ("mute", "in", Kind.ROOM),
        ("mute", "what", Kind.SOURCES),
        ("case", "n", Kind.NUMBER),
        ("mute", "reason", None),
        ("mute", "strange", None),
        ("strange", "who", None),
    ],
)
def test_there_is_something_to_offer_for_rooms_people_tracks_and_cases(
    name: str, focused: str, kind: Kind | None
) -> None:
    found = parse(autocomplete(name, option(focused, "b") | {"focused": True}))
    assert isinstance(found, Completed)
    param = completing(found, COMMANDS)
    assert (param.kind if param else None) is kind


def test_twenty_five_at_most_are_offered_and_none_that_would_come_back_changed() -> None:
    offered = choices([("Bob", "bob-1"), ("Case 3", 3), ("long", "x" * 101), ("padded", " a"), ("nothing", "")])
    assert offered == [{"name": "Bob", "value": "bob-1"}, {"name": "Case 3", "value": 3}]
    assert len(choices((f"Person {n}", f"p-{n}") for n in range(40))) == 25
    assert choices([("y" * 200, "y")])[0]["name"] == "y" * 99 + "…"


@pytest.mark.parametrize("identity", ["x" * 101, "😀" * 51, " bob", "a  b", "<@77>", "", "a\nb"])
def test_a_person_whose_identity_would_not_come_back_is_named_by_the_session(identity: str) -> None:
    assert person_value(identity, "PA_1") == "PA_1"


@pytest.mark.parametrize("identity", ["bob-1", "Anna Berg", "x" * 100, "שלום", "a@b.c"])
def test_a_person_is_named_by_the_identity(identity: str) -> None:
    assert person_value(identity, "PA_1") == identity


def test_everybody_can_be_offered_under_a_name_that_can_be_seen() -> None:
    assert all(0 < len(one["name"]) <= 100 for one in choices((name, "PA_1") for name in HOSTILE))


@pytest.mark.parametrize(
    ("piece", "seen"), [("<@77>", "@Ann"), ("<", "<"), ("<@", "<@"), ("</a", "</a"), ("<a:b", "<a:b")]
)
def test_a_long_text_is_worked_through_once(piece: str, seen: str) -> None:
    """What would look at it again and again would not come back from this one."""
    assert undone(piece * 200_000, SEEN) == seen * 200_000
