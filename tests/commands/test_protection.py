"""Who is protected from what: services, hidden people, hosts; agents and callers from removal."""

from __future__ import annotations

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.history import Outcome
from bot.model import Kind, Permissions
from bot.people import Role
from bot.policy import Policy
from tests.house import STANDUP, House, told

ANYTHING = ["mute {}", "mute {} lock", "promote {}", "demote {}", "kick {}", "move {} elsewhere"]
ADMINS = ("console:alice",)


async def refused(house: House, line: str, who: str) -> bool:
    reply = await house.say(line, who)
    return reply.outcome is Outcome.REFUSED and not house.writes and not reply.question


@pytest.mark.parametrize("line", ANYTHING)
@pytest.mark.parametrize("kind", [Kind.EGRESS, Kind.INGRESS, Kind.BRIDGE])
async def test_services_need_an_admin_and_force_for_anything(house: House, kind: Kind, line: str) -> None:
    house.rooms.join(STANDUP, JoinGrant("service", "Service", kind=kind))
    house.rooms.publish(STANDUP, "service")
    typed = line.format("service")
    assert await refused(house, typed, "mia")
    assert await refused(house, typed + " --force", "mia")
    assert await refused(house, typed, "alice")
    question = await house.say(typed + " --force", "alice")
    assert question.question
    assert f"is {kind.value}" in told(question)


async def test_force_acts_after_the_yes(house: House) -> None:
    reply = await house.sure("kick EG_recorder --force", "alice")
    assert reply.outcome is Outcome.DONE
    assert "EG_recorder" not in house.rooms.rooms[STANDUP].people


async def test_a_refusal_says_what_it_takes(house: House) -> None:
    house.use(Policy(admins=ADMINS, protected=("hana",)))
    assert "Only an admin can do this, with --force" in told(await house.say("mute hana"))
    assert "Add --force if you mean it" in told(await house.say("mute hana", "alice"))


@pytest.mark.parametrize("line", ANYTHING)
async def test_hosts_named_in_the_settings_are_protected_from_anything(house: House, line: str) -> None:
    house.use(Policy(admins=ADMINS, protected=("han?", "vip-*")))
    assert await refused(house, line.format("hana"), "mia")
    assert await refused(house, line.format("hana"), "alice")


@pytest.mark.parametrize("line", ANYTHING)
async def test_hidden_people_are_protected_even_from_admins_without_force(house: House, line: str) -> None:
    house.rooms.join(STANDUP, JoinGrant("ghost", "Ghost", Permissions(hidden=True)))
    assert await refused(house, line.format("ghost"), "alice")
    assert "Nobody in standup is called 'ghost'" in told(await house.say("mute ghost"))


@pytest.mark.parametrize("kind", [Kind.AGENT, Kind.SIP, Kind.CONNECTOR])
async def test_agents_and_callers_are_protected_from_removal_and_move_only(house: House, kind: Kind) -> None:
    house.rooms.join(STANDUP, JoinGrant("caller", "Caller", kind=kind))
    house.rooms.publish(STANDUP, "caller")
    assert await refused(house, "kick caller", "mia")
    assert await refused(house, "kick caller", "alice")
    assert await refused(house, "move caller elsewhere", "alice")
    assert (await house.say("mute caller lock")).outcome is Outcome.DONE
    assert (await house.say("demote caller")).outcome is Outcome.DONE


async def test_an_attribute_protects_only_who_cannot_edit_it(house: House) -> None:
    house.use(Policy(admins=ADMINS, protected_attribute="role=host"))
    assert (await house.say("mute hana")).outcome is Outcome.DONE, "she could give it to herself"
    house.person("hana").permission["can_update_metadata"] = False
    reply = await house.say("mute hana lock")
    assert reply.outcome is Outcome.REFUSED
    assert "protected by the attribute role=host" in told(reply)
    house.person("hana").attributes["role"] = "guest"
    assert (await house.say("mute hana lock")).outcome is Outcome.DONE


async def test_everybody_may_look_at_the_protected(house: House) -> None:
    house.use(Policy(admins=ADMINS, protected=("hana",)))
    assert (await house.say("participant hana", "vera")).outcome is None


async def test_a_refusal_is_written_with_whom_and_why(house: House) -> None:
    house.use(Policy(admins=ADMINS, protected=("hana",)))
    reply = await house.say("mute hana shouting")
    entry = (await house.refusals())[-1]
    assert entry.case == reply.case
    assert entry.code == "protected"
    assert entry.content is not None
    assert (entry.content.room, entry.content.identity, entry.content.reason) == (STANDUP, "hana", "shouting")
    assert "mute, Hana Ito (hana) in standup, refused, console:mia" in told(await house.say("history"))


async def test_force_where_nobody_is_protected_is_asked_about_all_the_same(house: House) -> None:
    question = await house.say("mute bob --force", "alice")
    assert question.question
    assert "not needed here" in told(question)


async def test_force_is_for_admins(house: House) -> None:
    assert (await house.say("mute bob --force")).outcome is Outcome.REFUSED


async def test_who_left_is_not_protected_from_being_gone(house: House) -> None:
    house.use(Policy(admins=ADMINS, protected=("hana",)))
    await house.say("participants")
    house.rooms.leave(STANDUP, "hana")
    assert (await house.say("kick hana")).outcome is Outcome.ALREADY


async def test_a_viewer_of_a_room_who_moderates_another_one_cannot_act_here(house: House) -> None:
    await house.grant("console:@a", Role.MODERATOR, "elsewhere")
    await house.grant("console:@b", Role.VIEWER, STANDUP)
    groups = ("console:@a", "console:@b")
    assert (await house.say("mute bob", "mix", groups=groups)).outcome is Outcome.REFUSED
    assert (await house.say("participants", "mix", groups=groups)).outcome is None
