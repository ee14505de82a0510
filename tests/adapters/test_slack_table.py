"""Every command works from Slack: in a channel, a thread, a direct message, and in the modal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.livekit.simulator.lively import BACKSTAGE, STANDUP
from adapters.slack.views import ACTIONS
from bot.registry import load
from tests.slack_stand_in import SlackStandIn, View
from tests.slack_usher import Usher, opened, usher_for

# the command as typed, what is to be pressed then, what the last answer says
ROWS: dict[str, tuple[str, str, str]] = {
    "attribute": ("attribute bob team=red", "", "Changed attributes of Bob Stone"),
    "ban": ("ban bob for 1h", "Keep out", "Bob Stone"),
    "bans": ("bans", "", "kept out"),
    "case": ("case 2", "", "Case 2 mute lock Anna"),
    "close": (f"close {BACKSTAGE}", "End the room", "Ended"),
    "demote": ("demote bob", "", "Bob Stone is in the audience"),
    "door": ("door shut", "Shut", "are shut until"),
    "find": ("find tom", "", "Tom Hart"),
    "help": ("help mute", "", "Mute everything audible"),
    "history": ("history", "", "History"),
    "kick": ("kick omar", "Remove", "Removed Omar"),
    "metadata": ("metadata bob {}", "", "Set the metadata of Bob Stone"),
    "moderator": ("moderator @cat viewer", "", "has the role viewer"),
    "moderators": ("moderators", "", "admin"),
    "move": (f"move bob {BACKSTAGE}", "Move", "Moved Bob Stone"),
    "mute": ("mute bob", "", "Muted Bob Stone"),
    "name": ("name bob Robert", "", "is called Robert"),
    "order": ("order 2", "", "the lock of Anna"),
    "orders": ("orders", "", "1 order is in force"),
    "participant": ("participant bob", "", "Bob Stone in standup"),
    "participants": ("participants", "", "standup: 10 people"),
    "permissions": ("permissions bob can_publish_data=false", "", "Changed permissions of Bob Stone"),
    "promote": ("promote omar", "", "Omar is on stage"),
    "quiet": ("quiet", "Quiet the room", "Quiet: "),
    "reason": ("reason 2 loud", "", "loud"),
    "room-metadata": ("room-metadata {}", "", "Set the metadata of standup"),
    "rooms": ("rooms", "", "2 live rooms"),
    "unban": ("unban bob", "", "kept out"),
    "undo": ("undo 2", "Undo it", "Undid case 2"),
    "unmute": ("unmute anna", "", "Anna may use microphone"),
    "use": (f"use {BACKSTAGE}", "", f"{BACKSTAGE} is now"),
    "whoami": ("whoami", "", "admin"),
}


@pytest.fixture
async def usher(slack: SlackStandIn, tmp_path: Path) -> AsyncIterator[Usher]:
    """Case 2 is a lock that can be put back; in #general and in Ann's direct message `standup` is the room."""
    async with usher_for(slack, tmp_path, channel="mods", cloud=True) as running:
        await slack.slash("ann", "secret", "/usher", f"mute anna lock in:{STANDUP}")
        await slack.slash("ann", "general", "/usher", f"use {STANDUP}")
        await slack.direct("ann", f"use {STANDUP}")
        await slack.until(lambda: any(one.direct for one in slack.seen_by("ann").saying("now the room")))
        yield running


def test_every_command_is_tried() -> None:
    assert set(ROWS) == {command.name for command in load()}


@pytest.mark.parametrize("where", ["channel", "thread", "direct"])
@pytest.mark.parametrize("command", sorted(ROWS))
async def test_the_command_works(usher: Usher, command: str, where: str) -> None:
    line, button, words = ROWS[command]
    if where == "channel":
        done = await usher.slack.slash("ann", "general", "/usher", line)
        assert done.acked is not None
    elif where == "thread":
        alert = usher.slack.say("ben", "general", "somebody is loud")
        await usher.slack.mention("ann", "general", line, thread_ts=alert.ts)
    else:
        await usher.slack.direct("ann", line)
    if button:
        await usher.slack.press("ann", await usher.seen("ann", "?"), button)
    shown = await usher.seen("ann", words)
    assert shown.ephemeral or shown.direct
    if where == "thread":
        assert shown.thread_ts


@pytest.mark.parametrize("command", sorted(ROWS))
async def test_the_command_works_in_the_modal(usher: Usher, command: str) -> None:
    slack = usher.slack
    line, button, words = ROWS[command]
    await slack.shortcut("ann", "moderate")
    [view] = await slack.until(lambda: opened(slack, "ann"))
    await slack.press("ann", view, STANDUP)
    await slack.until(lambda: slack.called("views.update"))
    [view] = slack.seen_by("ann").views
    typed = line.replace("@cat", usher.subject("cat"))
    await slack.submit("ann", view, {"action": "Another command: typed below", "reason": f"/usher {typed}"})
    if button:
        await slack.until(lambda: button in _top(slack).labels)
        await slack.press("ann", _top(slack), button)
    await slack.until(lambda: words in _top(slack).text.replace("*", ""))


async def test_another_command_that_is_not_typed_is_asked_for(usher: Usher) -> None:
    slack = usher.slack
    await slack.shortcut("ann", "moderate")
    [view] = await slack.until(lambda: opened(slack, "ann"))
    await slack.submit("ann", view, {"room": STANDUP, "action": "Another command: typed below"})
    await slack.until(lambda: "Type the other command into the last field" in _top(slack).text)


async def test_who_is_there_can_be_acted_on_from_the_modal(usher: Usher) -> None:
    slack = usher.slack
    await slack.shortcut("ann", "moderate")
    [view] = await slack.until(lambda: opened(slack, "ann"))
    await slack.submit("ann", view, {"room": STANDUP, "action": "Show who is there"})
    await slack.until(lambda: "10 people" in _top(slack).text)
    await slack.press("ann", _top(slack), "Mute", beside="Bob Stone")
    await slack.until(lambda: "Muted *Bob Stone*" in _top(slack).text)


def _top(slack: SlackStandIn) -> View:
    """The modal on top, also while there is none: an empty one."""
    views = slack.seen_by("ann").views
    return views[-1] if views else View("", "", {"blocks": []}, "")


@pytest.mark.parametrize("action", [one for one in ACTIONS if one.command], ids=lambda action: action.key)
async def test_the_modal_does_it(usher: Usher, action) -> None:  # type: ignore[no-untyped-def]
    slack = usher.slack
    await slack.shortcut("ann", "moderate")
    [view] = await slack.until(lambda: opened(slack, "ann"))
    await slack.press("ann", view, STANDUP)
    await slack.until(lambda: slack.called("views.update"))
    [view] = slack.seen_by("ann").views
    person = next(one["block_id"] for one in view.blocks if one["block_id"].startswith("person"))
    found = await slack.search("ann", view, person, "bob")
    await slack.submit("ann", view, {person: found.options[0], "action": action.label})
    await slack.until(lambda: slack.seen_by("ann").views and "standup" in str(slack.seen_by("ann").views[-1].blocks))
    shown = str(slack.seen_by("ann").views[-1].blocks)
    assert "Bob Stone" in shown or action.command in ("quiet", "participants")
