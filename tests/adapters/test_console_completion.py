"""What Tab offers: commands, and only those rooms and people that this person may see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from adapters.console import completion
from adapters.console.completion import Known, Words
from adapters.livekit.calls import Call
from adapters.livekit.simulator.people import JoinGrant
from adapters.livekit.wire import Json
from bot.errors import Unavailable
from bot.people import ChatUser
from tests.core.faults import CarryOut
from tests.house import House


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with House.opened(tmp_path) as house:
        yield house


async def known_to(house: House, name: str, known: Known | None = None) -> Known:
    known = known or Known(house.services)
    await known.refresh(await house.dispatcher.moderator(ChatUser(f"console:{name}", name)))
    return known


def offered(house: House, known: Known, line: str) -> list[tuple[str, str]]:
    """The lines that Tab would make of this one, and how each is shown."""
    found = Words(house.services, known).get_completions(Document(line), CompleteEvent())
    return [(line[: len(line) + one.start_position] + one.text, one.display_text) for one in found]


async def test_the_first_word_is_a_command_with_its_slash_or_without(house: House) -> None:
    known = Known(house.services)
    assert offered(house, known, "/mu") == [("/mute", "/mute")]
    assert [line for line, _ in offered(house, known, "un")] == ["unban", "undo", "unmute"]
    assert len(offered(house, known, "/")) == len(list(house.services.registry))
    assert offered(house, known, "zz") == []


async def test_later_words_are_people_and_rooms(house: House) -> None:
    known = await known_to(house, "alice")
    assert offered(house, known, "/mute AN") == [("/mute anna", "anna"), ("/mute anna-berg", "anna-berg")]
    assert offered(house, known, "/kick bob in:back") == [("/kick bob in:backstage", "backstage")]
    assert offered(house, known, "/mute ") == []
    assert offered(house, known, "/mute zz") == []


async def test_a_name_with_spaces_is_quoted(house: House) -> None:
    house.rooms.join("standup", "Zed Zebra")
    known = await known_to(house, "alice")
    assert offered(house, known, "/mute zed") == [('/mute "Zed Zebra"', "Zed Zebra")]


async def test_rooms_out_of_scope_and_the_people_in_them_are_never_offered(house: House) -> None:
    names = (await known_to(house, "mia")).names
    assert "standup" in names
    assert not {"backstage", "mei", "tom"} & set(names)


async def test_hidden_people_and_telephone_numbers_are_for_admins(house: House) -> None:
    admin, moderator = (await known_to(house, "alice")).names, (await known_to(house, "mia")).names
    assert set(admin) - set(moderator) >= {"EG_recorder", "sip_+15550100"}
    assert "bob" in moderator
    assert not any("15550100" in name for name in moderator)


async def test_without_a_grant_nothing_is_looked_up(house: House) -> None:
    assert (await known_to(house, "stranger")).names == ()
    assert house.service.calls == []


async def test_a_name_that_no_line_can_hold_is_not_offered(house: House) -> None:
    house.rooms.join("standup", "zoe\nrm")
    house.rooms.join("standup", JoinGrant("zoe\x1b[2J"))
    assert not [name for name in (await known_to(house, "alice")).names if name.startswith("zoe")]


async def test_names_are_looked_up_again_when_they_are_old_and_not_before(house: House) -> None:
    known = await known_to(house, "alice")
    house.rooms.join("standup", "zoe")
    await known_to(house, "alice", known)
    assert "zoe" not in known.names
    house.clock.advance(completion.FRESH_SECONDS)
    await known_to(house, "alice", known)
    assert "zoe" in known.names


async def test_while_livekit_does_not_answer_the_names_stay(house: House) -> None:
    known = await known_to(house, "alice")
    before = known.names

    async def around(call: Call, carry_out: CarryOut) -> Json:
        raise Unavailable("LiveKit cannot be reached.", sent=False)

    house.service.around = around
    house.clock.advance(completion.FRESH_SECONDS)
    await known_to(house, "alice", known)
    assert known.names == before != ()


async def test_many_rooms_are_offered_and_the_people_of_the_first(house: House) -> None:
    for number in range(completion.MOST_ROOMS + 5):
        house.rooms.join(f"a-{number:02}", f"guest-{number:02}")
    names = (await known_to(house, "alice")).names
    assert {"a-14", "guest-09"} <= set(names)
    assert "guest-10" not in names


async def test_commands_are_those_of_the_registry(house: House) -> None:
    services = replace(house.services, registry=type(house.services.registry)([house.services.registry["mute"]]))
    found = Words(services, Known(services)).get_completions(Document("/"), CompleteEvent())
    assert [one.text for one in found] == ["/mute"]
