"""The stand-in for Discord, driven with discord.py itself: commands, completion, presses, modals, and what is seen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.adapters.discord_stand_in_bot import Bot, Interaction, running
from tests.discord_stand_in import DiscordStandIn


@pytest.fixture
async def bot(discord: DiscordStandIn) -> AsyncIterator[Bot]:
    async with running(discord) as found:
        yield found


async def test_a_client_learns_who_it_is_and_which_servers_there_are(discord: DiscordStandIn, bot: Bot) -> None:
    assert bot.user is not None
    assert (str(bot.user.id), bot.user.name, str(bot.application_id)) == (discord.app.id, "Usher", discord.app.id)
    assert [guild.name for guild in bot.guilds] == ["Home", "Away"]
    [home, _] = bot.guilds
    assert [channel.name for channel in home.text_channels] == ["general", "mods", "secret", "rules"]
    assert [thread.name for thread in home.threads] == ["chat"]
    assert [role.name for role in home.roles if role.permissions.administrator] == ["Admins"]
    seen = {channel.name: channel.permissions_for(home.me) for channel in home.text_channels}
    assert [name for name, allowed in seen.items() if allowed.view_channel] == ["general", "mods", "rules"]
    assert [name for name, allowed in seen.items() if allowed.send_messages] == ["general", "mods"]


async def test_a_command_is_answered_and_everybody_in_the_channel_sees_it(discord: DiscordStandIn, bot: Bot) -> None:
    done = await discord.command("ann", "general", "people", room="standup", pages=2)
    assert (done.trouble, done.kind, done.refused, done.copies) == ("", 4, [], 1)
    assert done.answered is not None
    for who in ("ann", "gus", "dan"):
        line = discord.seen_by(who).last
        assert (line.text, line.ephemeral, line.edited) == ("Two people standup 2", False, False)
        assert line.labels == ["Open", "Later", "Never", "Choose a person > Bob", "Choose a person > Eve"]
    assert discord.seen_by("eve").messages == []


async def test_an_ephemeral_answer_is_for_one_person(discord: DiscordStandIn, bot: Bot) -> None:
    await discord.command("ann", "mods", "people", quiet=True)
    assert discord.seen_by("ann").last.ephemeral
    assert discord.seen_by("ben").messages == []


async def test_a_deferred_answer_says_that_it_is_thinking_and_its_first_followup_takes_its_place(
    discord: DiscordStandIn, bot: Bot
) -> None:
    ann = discord.world.user("ann")
    done = await discord.command("ben", "general", "give", who=ann, role="viewer")
    assert done.kind == 5
    await discord.until(lambda: discord.seen_by("ben").saying("And so on"))
    first, second = discord.seen_by("ben").messages
    assert (first.text, first.ephemeral, first.edited) == ("ann is v now", True, False)
    assert second.ephemeral
    assert discord.seen_by("ann").messages == []


async def test_who_is_mentioned_is_sent_along(discord: DiscordStandIn, bot: Bot) -> None:
    mods = discord.world.role("Home", "Mods")
    await discord.command("ben", "general", "give", who=mods, role="admin")
    await discord.until(lambda: discord.seen_by("ben").saying("Mods is a now"))
    await discord.command("ann", "general", "people", room=f"with {discord.mention('cat')} <@&{mods.id}>")
    resolved = discord.interactions[-1].payload["data"]["resolved"]
    assert [one["username"] for one in resolved["users"].values()] == ["cat"]
    assert [one["name"] for one in resolved["roles"].values()] == ["Mods"]
    line = discord.seen_by("ann").last
    assert line.pings == (discord.world.user("cat").id, mods.id)


async def test_completion_offers_what_the_client_answers(discord: DiscordStandIn, bot: Bot) -> None:
    found = await discord.complete("ann", "general", "people", "room", "sta")
    assert found.names == ["Standup", "Stage"]
    assert found.choices[1] == {"name": "Stage", "value": "stage"}
    assert (await discord.complete("ann", "general", "people", "room", "x", pages=3)).names == []
    assert discord.seen_by("ann").messages == []


async def test_a_button_opens_a_modal_that_changes_the_message_below_which_it_stands(
    discord: DiscordStandIn, bot: Bot
) -> None:
    await discord.command("ann", "general", "people")
    line = discord.seen_by("ann").last
    assert (await discord.press("ann", line, "Open")).kind == 9
    modal = discord.seen_by("ann").modal
    assert modal is not None
    assert modal["title"] == "Ask"
    assert discord.seen_by("ben").modal is None
    done = await discord.submit("ann", {"Reason": "spam"})
    assert (done.kind, discord.seen_by("ann").modal) == (7, None)
    changed = discord.seen_by("ben").last
    assert (changed.id, changed.text, changed.edited, changed.labels) == (line.id, "Because spam", True, [])


async def test_a_modal_of_a_command_is_answered_with_a_message(discord: DiscordStandIn, bot: Bot) -> None:
    await discord.command("ann", "general", "ask")
    assert (await discord.submit("ann", {"why": "spam", "More": " here"})).kind == 4
    assert discord.seen_by("ann").last.text == "Because spam here"


async def test_a_press_may_be_put_off_and_answered_in_the_message(discord: DiscordStandIn, bot: Bot) -> None:
    await discord.command("ann", "general", "people")
    done = await discord.press("ben", discord.seen_by("ben").last, "Later")
    assert done.kind == 6
    [line] = await discord.until(lambda: discord.seen_by("ann").saying("Later is now"))
    assert (len(discord.seen_by("ann").messages), line.labels) == (1, [])


async def test_an_entry_of_a_select_is_chosen(discord: DiscordStandIn, bot: Bot) -> None:
    await discord.command("ann", "general", "people")
    await discord.select("ann", discord.seen_by("ann").last, "Eve", menu="person")
    assert discord.seen_by("ann").last.text == "Chosen: eve\nBox"


async def test_commands_below_a_root_are_reached_by_their_path(discord: DiscordStandIn, bot: Bot) -> None:
    await discord.command("gus", "general", "usher mute", who="bob")
    assert discord.seen_by("gus").last.text == "Muted bob"
    for wrong in ("usher", "usher kick"):
        with pytest.raises(AssertionError, match=r"usher needs a subcommand|nothing below usher"):
            await discord.command("gus", "general", wrong, who="bob")


async def test_a_command_in_the_menu_of_a_message_gets_that_message(discord: DiscordStandIn, bot: Bot) -> None:
    alert = await discord.say("gus", "general", "someone screams in standup")
    assert (await discord.on_message("ann", alert, "Look here")).kind == 4
    [_, line] = discord.seen_by("ann").messages
    assert line.text == "gus wrote: someone screams in standup"
    with pytest.raises(AssertionError, match="does not show Look here to gus"):
        await discord.on_message("gus", alert, "Look here")
    with pytest.raises(AssertionError, match="an ephemeral message has no menu"):
        await discord.on_message("ann", line, "Look here")
    with pytest.raises(AssertionError, match="no command is called Look: "):
        await discord.command("ann", "general", "Look here")


async def test_threads_and_direct_messages_are_places_too(discord: DiscordStandIn, bot: Bot) -> None:
    await discord.command("ann", "chat", "ask")
    thread = bot.arrived[-1].channel
    assert (str(thread), str(getattr(thread, "parent", ""))) == ("chat", "general")
    await discord.command("ann", "@me", "ask")
    assert bot.arrived[-1].guild is None
    assert str(bot.arrived[-1].user) == "ann"
    assert (await discord.submit("ann", {"why": "so"})).kind == 4
    assert discord.seen_by("ann").last.text == "Because so"
    assert discord.seen_by("ben").messages == []


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"who": "ann", "role": "viewer"}, "one picks"),
        ({"role": "viewer"}, "asks for ..who.. first"),
        ({"who": None, "role": "boss"}, "asks for"),
    ],
)
async def test_nobody_sends_what_the_client_does_not_let_them(
    discord: DiscordStandIn, bot: Bot, options: dict[str, object], complaint: str
) -> None:
    with pytest.raises(AssertionError, match=complaint):
        await discord.command("ann", "general", "give", options)
    assert bot.arrived == []


@pytest.mark.parametrize(
    "options",
    [{"pages": "two"}, {"pages": True}, {"quiet": "yes"}, {"room": ""}, {"room": "x" * 6001}, {"rooms": "x"}],
)
async def test_an_option_takes_only_what_it_is_declared_for(
    discord: DiscordStandIn, bot: Bot, options: dict[str, object]
) -> None:
    with pytest.raises(AssertionError, match=r"does not (let|take)|either True or False|no option is called"):
        await discord.command("ann", "general", "people", options)


async def test_only_choices_are_chosen_and_only_some_options_are_completed(discord: DiscordStandIn, bot: Bot) -> None:
    with pytest.raises(AssertionError, match="none of the choices of role"):
        await discord.command("ann", "general", "give", who=discord.world.user("ben"), role="boss")
    with pytest.raises(AssertionError, match="does not complete pages"):
        await discord.complete("ann", "general", "people", "pages", "1")


async def test_commands_are_shown_to_whom_they_are_meant_for(discord: DiscordStandIn, bot: Bot) -> None:
    with pytest.raises(AssertionError, match="does not show people to gus"):
        await discord.command("gus", "general", "people")
    assert (await discord.command("gus", "general", "people", unseen=True)).kind == 4
    home, helpers = discord.world.guild("Home"), discord.world.role("Home", "Helpers")
    people = next(one for one in discord.commands() if one["name"] == "people")
    home.command_permissions[people["id"]] = [{"id": helpers.id, "type": 1, "permission": False}]
    home.command_permissions[discord.app.id] = [{"id": discord.world.user("gus").id, "type": 2, "permission": True}]
    with pytest.raises(AssertionError, match="does not show people to cat"):
        await discord.command("cat", "general", "people")
    assert (await discord.command("gus", "general", "people")).kind == 4
    for who in ("ann", "dan", "olu"):
        assert (await discord.command(who, "general", "people")).kind == 4


async def test_nobody_is_where_they_cannot_be(discord: DiscordStandIn, bot: Bot) -> None:
    for who, where in (("eve", "general"), ("gus", "mods"), ("ann", "lobby")):
        with pytest.raises(AssertionError, match=f"{who} does not see {where}"):
            await discord.command(who, where, "people")
    with pytest.raises(AssertionError, match="nothing is called 'nowhere'"):
        await discord.command("ann", "nowhere", "people")
    with pytest.raises(AssertionError, match="no command is called kick"):
        await discord.command("ann", "general", "kick")


async def test_nobody_presses_what_is_not_there_unless_it_is_forged(discord: DiscordStandIn, bot: Bot) -> None:
    await discord.command("ann", "mods", "people")
    line = discord.seen_by("ann").last
    for label, complaint in (("Never", "cannot be pressed"), ("Undo", "0 controls are 'Undo'")):
        with pytest.raises(AssertionError, match=complaint):
            await discord.press("ann", line, label)
    with pytest.raises(AssertionError, match="gus does not see that message"):
        await discord.press("gus", line, "Later")
    await discord.press("ann", line, "Later", custom_id="later", unseen=True)
    await discord.until(lambda: discord.seen_by("ann").saying("Later is now"))
    with pytest.raises(AssertionError, match="0 controls are 'Later'"):
        await discord.press("ann", line, "Later")
    bot.arrived.clear()
    discord.timing.answer_seconds = 0.05
    await discord.select("gus", line, "Bob", unseen=True, custom_id="other", value="eve")
    [late] = await discord.until(lambda: bot.arrived)
    data: Any = late.data
    assert (data["custom_id"], data["values"]) == ("other", ["eve"])


async def test_what_is_pressed_is_in_the_message_that_is_sent_along(discord: DiscordStandIn, bot: Bot) -> None:
    """Discord looks there before it tells the app; also of what is forged here, or not on the screen any more."""
    await discord.command("ann", "general", "people", quiet=True)
    line = discord.seen_by("ann").last
    await discord.press("ann", line, "Later")
    await discord.until(lambda: discord.seen_by("ann").saying("Later is now"))
    discord.timing.answer_seconds = 0.05
    await discord.press("ann", line, "Later", unseen=True, custom_id="older")
    await discord.select("ann", line, "Bob", unseen=True, custom_id="older")
    _, first, *stale = (one.payload for one in discord.interactions)
    assert ids(first) == ["open", "later", "never", "who"]
    assert [ids(one) for one in stale] == [["open", "older", "never", "who"], ["open", "later", "never", "older"]]


def ids(payload: dict[str, Any]) -> list[str]:
    return [one["custom_id"] for row in payload["message"]["components"] for one in row["components"]]


async def test_a_modal_is_filled_in_as_it_asks(discord: DiscordStandIn, bot: Bot) -> None:
    with pytest.raises(AssertionError, match="ann has no modal"):
        await discord.submit("ann", {"why": "x"})
    await discord.command("ann", "general", "ask")
    for values, complaint in (({}, "0 characters"), ({"why": "x" * 21}, "21 characters"), ({"Who": "x"}, "Who")):
        with pytest.raises(AssertionError, match=complaint):
            await discord.submit("ann", values)


async def test_what_is_edited_or_deleted_is_gone_for_everybody(discord: DiscordStandIn, bot: Bot) -> None:
    async def answer(interaction: Interaction) -> None:
        await interaction.response.send_message("One")
        more = await interaction.followup.send("Two", wait=True)
        await more.edit(content="Three")
        await interaction.delete_original_response()
        again = await interaction.followup.fetch_message(more.id)
        await interaction.followup.send(f"It says {again.content}")

    bot.instead = answer
    await discord.command("ann", "general", "people")
    await discord.until(lambda: discord.seen_by("ben").saying("It says Three"))
    assert [line.text for line in discord.seen_by("ben").messages] == ["Three", "It says Three"]


async def test_a_channel_is_written_to_where_the_bot_may(discord: DiscordStandIn, bot: Bot) -> None:
    home = bot.guilds[0]
    posted = await home.text_channels[0].send("@everyone hello <@&1>")
    await posted.edit(content="hello")
    line = discord.seen_by("gus").last
    assert (line.text, line.edited, line.ephemeral) == ("hello", True, False)
    await home.threads[0].send("in the thread")
    assert discord.seen_by("gus").last.text == "in the thread"
    await posted.delete()
    assert [line.text for line in discord.seen_by("gus").messages] == ["in the thread"]
