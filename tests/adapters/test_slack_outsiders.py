"""Whoever has no role learns nothing and does nothing, whichever way they come; guests, strangers, bots and people of
groups count for what they are."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.livekit.simulator.lively import BACKSTAGE, STANDUP
from bot.history import EntryKind
from bot.people import Role
from bot.registry import load
from tests.clocks import eventually
from tests.slack_forged import again, sent_to
from tests.slack_stand_in import Delivery, SlackStandIn, View
from tests.slack_usher import MODES, Usher, opened, usher_for

COMMANDS = sorted(command.name for command in load())


@pytest.fixture(params=MODES)
async def usher(slack: SlackStandIn, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Usher]:
    async with usher_for(slack, tmp_path, mode=request.param, channel="mods") as running:
        yield running


def learnt(usher: Usher, who: str) -> set[str]:
    """Names of rooms and people, identities and sids that somebody was sent."""
    told = sent_to(usher.slack, who)
    known = {STANDUP, BACKSTAGE}
    for room in usher.rooms.rooms.values():
        for person in room.people.values():
            known |= {person.name, person.identity, person.sid, *person.tracks}
    return {name for name in known if name and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", told)}


def writes(usher: Usher) -> list[str]:
    return [call.method for call in usher.service.calls if not call.reads]


def person_block(view: View) -> str:
    return next(str(one["block_id"]) for one in view.blocks if str(one["block_id"]).startswith("person"))


async def modal(usher: Usher, who: str = "ann") -> View:
    """The modal with `standup` chosen in it."""
    await usher.slack.shortcut(who, "moderate")
    [view] = await usher.slack.until(lambda: opened(usher.slack, who))
    if not any(one.get("initial_option") for block in view.blocks if (one := block.get("element"))):
        raise AssertionError("there is nothing to choose in it")
    before = len(usher.slack.called("views.update"))
    await usher.slack.press(who, view, STANDUP)
    await usher.slack.until(lambda: len(usher.slack.called("views.update")) > before)
    found: View = usher.slack.seen_by(who).views[-1]
    return found


@pytest.mark.parametrize("command", COMMANDS)
async def test_somebody_without_a_role_learns_nothing_from_a_command(usher: Usher, command: str) -> None:
    slack = usher.slack
    await slack.slash("ann", "general", "/usher", f"use {STANDUP}")
    for line in (command, f"{command} somebody", f"{command} 1 in:anywhere", f"{command} * --force"):
        await slack.slash("cat", "general", "/usher", line)
    await slack.direct("cat", command)
    await slack.until(lambda: [one for one in slack.seen_by("cat").messages if one.direct and one.author != "U0CAT"])
    assert learnt(usher, "cat") == set()
    assert writes(usher) == []


async def test_somebody_without_a_role_learns_nothing_from_a_mention_or_a_typo(usher: Usher) -> None:
    slack = usher.slack
    for line in ("particpants", "mute bo", "standu", "ann", ""):
        await slack.mention("cat", "general", line)
    await slack.until(lambda: len(slack.called("chat.postEphemeral")) == 5)
    assert learnt(usher, "cat") == set()


async def test_somebody_without_a_role_learns_nothing_from_shortcuts_and_the_app_home(usher: Usher) -> None:
    slack = usher.slack
    alert = slack.say("cat", "general", f"someone is screaming in {STANDUP}")
    await slack.open_home("cat")
    await slack.until(lambda: slack.seen_by("cat").home)
    await slack.shortcut("cat", "moderate")
    await slack.until(lambda: len(slack.called("views.open")) == 1)
    await slack.message_shortcut("cat", alert, "moderate_message")
    await slack.until(lambda: len(slack.called("views.open")) == 2)
    assert "You are not a moderator" in sent_to(slack, "cat")
    assert learnt(usher, "cat") == set()


async def test_somebody_without_a_role_learns_nothing_from_what_was_meant_for_others(usher: Usher) -> None:
    """Their menus, their searches, their modals, their rooms: pressed, typed into and submitted by somebody else."""
    slack = usher.slack
    await slack.slash("ann", "general", "/participants", STANDUP)
    lines = await usher.seen("ann", "people")
    await slack.press("cat", lines, "Mute", beside="Bob Stone", unseen=True)
    await slack.press("cat", lines, "Quiet the room", unseen=True)
    await slack.until(lambda: len(slack.seen_by("cat").saying("not yours")) == 2)
    view = await modal(usher)
    chosen = next(one for one in reversed(slack.deliveries) if one.what == "block_actions")
    await again(slack, chosen, "cat")
    search = await slack.search("ann", view, person_block(view), "bo")
    assert search.options != []
    assert (await again(slack, search, "cat")).options == []
    await slack.search("ann", view, person_block(view), "bo")
    submitted = await slack.submit("ann", view, {person_block(view): search.options[0], "action": "Mute"})
    await slack.until(lambda: not usher.open("bob"))
    before = len(writes(usher))
    await again(slack, submitted, "cat")
    await slack.until(lambda: "You are not a moderator" in sent_to(slack, "cat"))
    await slack.open_home("ann")
    home = await slack.until(lambda: slack.seen_by("ann").home)
    rooms = [block["accessory"]["action_id"] for block in home.blocks if "accessory" in block]
    opened = await slack.press("ann", home, rooms[-1])
    await again(slack, opened, "cat")
    await slack.until(lambda: sent_to(slack, "cat").count("You are not a moderator") > 1)
    assert learnt(usher, "cat") == set()
    assert {STANDUP, "Bob Stone"} <= learnt(usher, "ann")
    assert len(writes(usher)) == before


OUTSIDERS = {
    "gus": "a guest here",
    "una": "a guest here",
    "sam": "of another organisation",
    "bot": "a bot",
    "dee": "deactivated",
}


def own_id(usher: Usher, who: str) -> str:
    """The subject of somebody, whose organisation may be another one."""
    user = usher.slack.world.user(who)
    return f"slack:{user.team}/{user.id}"


def channel_of(who: str) -> str:
    """Where they could be, with Ann."""
    return "partners" if who == "sam" else "general"


async def decided(usher: Usher, who: str, acted: Callable[[], Awaitable[bool]]) -> bool:
    """Whether they acted; once they have, or a refusal of theirs stands in the history."""

    async def over() -> bool:
        entries = [entry async for entry in usher.house.database.history.entries()]
        refused = [one for one in entries if one.kind is EntryKind.REFUSED and one.content]
        return await acted() or any(one.content and one.content.actor == own_id(usher, who) for one in refused)

    await eventually(over)
    return await acted()


async def bob_is_muted(usher: Usher, who: str) -> bool:
    async def muted() -> bool:
        return not usher.open("bob")

    return await decided(usher, who, muted)


async def by_command(usher: Usher, who: str) -> bool:
    """Whether this way in let them act; and the same below."""
    done = await usher.slack.slash("ann", channel_of(who), "/participants", STANDUP)
    await again(usher.slack, done, who, command="/usher", text=f"mute bob in:{STANDUP}")
    return await bob_is_muted(usher, who)


async def by_mention(usher: Usher, who: str) -> bool:
    done = await usher.slack.mention("ann", channel_of(who), f"participants {STANDUP}")
    text = f"<@{usher.slack.app.user}> mute bob in:{STANDUP}"
    await again(usher.slack, done, who, event={**done.payload["event"], "text": text})
    return await bob_is_muted(usher, who)


async def by_press(usher: Usher, who: str) -> bool:
    """The public undo, which asks first whoever may."""
    await usher.slack.slash("ann", "general", "/usher", f"mute bob lock in:{STANDUP}")
    line = await usher.seen("ann", "Keeping Bob Stone muted", "mods")
    await usher.slack.press(who, line, line.labels[0], unseen=True)

    async def asked() -> bool:
        return bool(await usher.house.services.pending.waiting(own_id(usher, who), usher.key("mods")))

    return await decided(usher, who, asked)


async def by_search(usher: Usher, who: str) -> bool:
    view = await modal(usher)
    search = await usher.slack.search("ann", view, person_block(view), "bo")
    return (await again(usher.slack, search, who)).options == search.options


async def by_submission(usher: Usher, who: str) -> bool:
    view = await modal(usher)
    search = await usher.slack.search("ann", view, person_block(view), "bob")
    submitted = await usher.slack.submit("ann", view, {person_block(view): search.options[0], "action": "Mute"})
    await usher.slack.until(lambda: not usher.open("bob"))
    usher.rooms.set_muted(STANDUP, "bob", next(iter(usher.person("bob").tracks)), False)
    await again(usher.slack, submitted, who)
    return await bob_is_muted(usher, who)


async def by_shortcut(usher: Usher, who: str) -> bool:
    await usher.slack.shortcut(who, "moderate")
    [call] = await usher.slack.until(lambda: usher.slack.called("views.open"))
    return STANDUP in call.args["view"]


async def by_home(usher: Usher, who: str) -> bool:
    await usher.slack.open_home(who)
    [call] = await usher.slack.until(lambda: usher.slack.called("views.publish"))
    return STANDUP in call.args["view"]


WAYS: dict[str, Callable[[Usher, str], Awaitable[bool]]] = {
    "command": by_command,
    "mention": by_mention,
    "press": by_press,
    "search": by_search,
    "submission": by_submission,
    "shortcut": by_shortcut,
    "home": by_home,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("who", [*OUTSIDERS, "cat"])
async def test_the_role_of_a_group_counts_for_members_of_the_workspace_alone(
    slack: SlackStandIn, tmp_path: Path, who: str, way: str
) -> None:
    slack.world.group("stage-hands").users.append(slack.world.user(who).id)
    async with usher_for(slack, tmp_path, channel="mods") as usher:
        await usher.grant(group(usher), Role.MODERATOR, STANDUP)
        acted = await WAYS[way](usher, who)
        assert acted is (who not in OUTSIDERS)
        if who in OUTSIDERS:
            assert learnt(usher, who) == set()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("who", OUTSIDERS)
async def test_an_outsider_may_what_is_granted_to_their_own_id(
    slack: SlackStandIn, tmp_path: Path, who: str, way: str
) -> None:
    async with usher_for(slack, tmp_path, channel="mods") as usher:
        await usher.grant(own_id(usher, who), Role.MODERATOR, STANDUP)
        assert await WAYS[way](usher, who)


@pytest.mark.parametrize("who", ["gus", "una", "sam"])
async def test_a_refused_outsider_is_told_what_they_are_and_their_own_id(usher: Usher, who: str) -> None:
    """Bots and deactivated people hear nothing in Slack."""
    await by_mention(usher, who)
    await usher.slack.until(lambda: OUTSIDERS[who] in sent_to(usher.slack, who))
    assert own_id(usher, who) in sent_to(usher.slack, who)
    assert usher.subject("ann") in sent_to(usher.slack, who)


def group(usher: Usher) -> str:
    return f"slack:{usher.home}/@{usher.slack.world.group('stage-hands').id}"


class MovingClock(SystemClock):
    """The system's, some seconds ahead."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.ahead)

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture(params=MODES)
async def grouped(
    slack: SlackStandIn, tmp_path: Path, clock: MovingClock, request: pytest.FixtureRequest
) -> AsyncIterator[Usher]:
    """Cat is in the group `stage-hands`, which moderates `standup`."""
    slack.world.group("stage-hands").users.append(slack.world.user("cat").id)
    async with usher_for(slack, tmp_path, mode=request.param, channel="mods", clock=clock) as running:
        await running.grant(group(running), Role.MODERATOR, STANDUP)
        yield running


async def said(usher: Usher, line: str, who: str = "cat") -> str:
    """The answer to it."""
    done: Delivery = await usher.slack.slash(who, "general", "/usher", f"{line} in:{STANDUP}")
    return str(done.ack["text"])


async def test_the_role_of_a_group_counts_until_somebody_is_no_longer_in_it(grouped: Usher) -> None:
    assert "Muted Bob Stone" in await said(grouped, "mute bob")
    await grouped.slack.group_changed("stage-hands", ["ann", "ben"])
    assert "You are not a moderator here" in await said(grouped, "mute anna-berg")
    await grouped.slack.group_changed("stage-hands", ["cat"], event="subteam_updated")
    assert "already muted" in await said(grouped, "mute bob again")


async def test_a_group_that_is_disabled_counts_no_more(grouped: Usher) -> None:
    assert "Muted Bob Stone" in await said(grouped, "mute bob")
    grouped.slack.world.group("stage-hands").enabled = False
    await grouped.slack.group_changed("stage-hands", ["cat"], event="subteam_updated")
    assert "You are not a moderator here" in await said(grouped, "mute anna-berg")


async def test_without_any_event_a_group_is_known_anew_within_a_minute(grouped: Usher, clock: MovingClock) -> None:
    assert "Muted Bob Stone" in await said(grouped, "mute bob")
    grouped.slack.world.group("stage-hands").users.clear()
    clock.ahead += 61
    assert "You are not a moderator here" in await said(grouped, "mute anna-berg")


async def test_while_slack_cannot_be_asked_a_group_counts_for_what_calms_and_for_ten_minutes(
    grouped: Usher, clock: MovingClock
) -> None:
    assert "10 people" not in await said(grouped, "participants")
    grouped.slack.trouble.fail("usergroups.users.list", 503, times=1000)
    clock.ahead += 61
    assert "Muted Bob Stone" in await said(grouped, "mute bob")
    assert "Keeping Anna muted" in await said(grouped, "mute anna lock")
    assert "Mute 3 people" in await said(grouped, "quiet")
    for line in ("kick omar", "promote omar", "participants", "unmute bob"):
        assert "Slack cannot be asked just now" in await said(grouped, line)
    assert "Muted Hana Ito" in await said(grouped, "mute hana", "ben")
    clock.ahead += 600
    assert "Slack cannot be asked just now" in await said(grouped, "mute lena")
    grouped.slack.trouble.clear()
    clock.ahead += 6
    assert "9 people" in await said(grouped, "participants")
    assert grouped.here("omar")


async def test_a_missing_scope_is_named(grouped: Usher) -> None:
    grouped.slack.app.scopes.discard("usergroups:read")
    answer = await said(grouped, "mute bob")
    assert "the scope usergroups:read is missing" in answer
    assert "reinstall" in answer
    assert grouped.open("bob")
