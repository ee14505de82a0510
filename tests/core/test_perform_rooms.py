"""Whatever the room service does, an answer never says done unless the room does."""

from __future__ import annotations

import pytest

from adapters.livekit.calls import Call
from adapters.livekit.wire import Json
from bot.errors import RoomError
from bot.history import EntryKind, Outcome
from bot.reply import Reply, Tone
from tests.core.faults import (
    INTERNAL,
    REFUSED,
    RESET,
    UNREACHABLE,
    CarryOut,
    failing,
    hanging,
    lying,
    lying_with_the_old_state,
)
from tests.house import House, told

# each command, and what makes it change something
LINES = [
    "mute bob", "mute bob lock", "promote omar", "demote bob", "demote bob for 10m", "kick bob", "attribute bob a=1",
    "name bob B", "metadata bob m", "permissions bob can_subscribe=no", "room-metadata x", "close --force",
]  # fmt: skip


async def do(house: House, line: str) -> Reply:
    reply = await house.say(line, "alice")
    return await house.yes("alice") if reply.question else reply


async def recorded(house: House, reply: Reply) -> list[Outcome | None]:
    """The outcomes of the case, whose intents all have one; before them stands the order, where it is about one."""
    case = await house.case(reply.case)
    order = [EntryKind.ORDER] if case.first.kind is EntryKind.ORDER else []
    assert [entry.kind for entry in case.entries] == [*order, EntryKind.INTENT, EntryKind.OUTCOME]
    return [entry.outcome for entry in case.entries if entry.kind is EntryKind.OUTCOME]


@pytest.mark.parametrize("line", [line for line in LINES if line not in ("room-metadata x",)])
async def test_a_service_that_says_200_and_does_nothing_is_never_believed(house: House, line: str) -> None:
    house.service.around = lying()
    reply = await do(house, line)
    assert reply.outcome in (Outcome.NOT_EFFECTIVE, Outcome.FAILED, Outcome.UNKNOWN)
    assert reply.tone is Tone.ERROR
    assert await recorded(house, reply) == [reply.outcome]


@pytest.mark.parametrize("line", ["mute bob", "kick bob", "close --force"])
async def test_where_the_room_disagrees_it_is_not_effective(house: House, line: str) -> None:
    house.service.around = lying()
    reply = await do(house, line)
    assert reply.outcome is Outcome.NOT_EFFECTIVE
    assert "the room does not show it" in told(reply)


@pytest.mark.parametrize("line", ["demote bob", "mute bob lock"])
async def test_an_answer_that_shows_the_old_state_is_not_effective(house: House, line: str) -> None:
    house.service.around = lying_with_the_old_state(house, "bob")
    reply = await do(house, line)
    assert reply.outcome is Outcome.NOT_EFFECTIVE
    assert await recorded(house, reply) == [Outcome.NOT_EFFECTIVE]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("error", [INTERNAL, RESET], ids=["500", "reset"])
async def test_it_did_it_and_then_failed_so_it_is_done_with_a_note(house: House, line: str, error: RoomError) -> None:
    house.service.around = failing(error, after=True)
    reply = await do(house, line)
    assert reply.outcome is Outcome.DONE
    assert "answered with an error, but the room shows the change" in told(reply)
    assert await recorded(house, reply) == [Outcome.DONE]


@pytest.mark.parametrize("line", LINES)
async def test_a_refusal_is_failed_with_its_code_and_the_servers_words(house: House, line: str) -> None:
    house.service.around = failing(REFUSED, after=False)
    reply = await do(house, line)
    assert (reply.tone, reply.outcome) == (Tone.ERROR, Outcome.FAILED)
    assert "LiveKit refused it" in told(reply)
    assert (await house.case(reply.case)).entries[-1].code == "invalid_argument"


@pytest.mark.parametrize("line", LINES)
async def test_a_service_that_was_never_reached_is_failed(house: House, line: str) -> None:
    house.service.around = failing(UNREACHABLE, after=False)
    assert (await do(house, line)).outcome is Outcome.FAILED


@pytest.mark.parametrize("line", LINES)
async def test_no_answer_and_no_change_is_unknown(house: House, line: str) -> None:
    house.service.around = failing(RESET, after=False)
    reply = await do(house, line)
    assert (reply.tone, reply.outcome) == (Tone.ERROR, Outcome.UNKNOWN)
    assert "not known whether it worked" in told(reply)
    assert "The room does not show it now" in told(reply)


@pytest.mark.parametrize("line", LINES)
async def test_a_hanging_write_that_took_effect_is_found_by_looking(house: House, line: str) -> None:
    house.service.around = hanging(house, after=True, seconds=11)
    started = house.clock.monotonic()
    reply = await do(house, line)
    assert reply.outcome is Outcome.DONE
    assert house.clock.monotonic() - started <= 15


@pytest.mark.parametrize("line", LINES)
async def test_a_hanging_write_without_effect_is_unknown_within_the_time_of_an_answer(house: House, line: str) -> None:
    house.service.around = hanging(house, seconds=11)
    started = house.clock.monotonic()
    reply = await do(house, line)
    assert reply.outcome is Outcome.UNKNOWN
    assert house.clock.monotonic() - started <= 15
    assert await recorded(house, reply) == [Outcome.UNKNOWN]


@pytest.mark.parametrize("line", ["mute bob", "kick bob"])
@pytest.mark.parametrize("error", [None, INTERNAL, RESET], ids=["200", "500", "reset"])
async def test_a_room_that_cannot_be_looked_at_afterwards_is_unknown(
    house: House, line: str, error: RoomError | None
) -> None:
    written = False

    async def blind_afterwards(call: Call, carry_out: CarryOut) -> Json:
        nonlocal written
        if call.reads and written:
            raise UNREACHABLE
        written = written or not call.reads
        answer = await carry_out()
        if error is not None and not call.reads:
            raise error
        return answer

    house.service.around = blind_afterwards
    reply = await do(house, line)
    assert reply.outcome is Outcome.UNKNOWN
    assert "could not be looked at" in told(reply) or "cannot be looked at" in told(reply)


async def test_a_look_afterwards_that_hangs_is_unknown_within_the_time_of_an_answer(house: House) -> None:
    written = False

    async def hang_afterwards(call: Call, carry_out: CarryOut) -> Json:
        nonlocal written
        if call.reads and written:
            return await hanging(house, call.method, seconds=13)(call, carry_out)
        written = written or not call.reads
        return await carry_out()

    house.service.around = hang_afterwards
    started = house.clock.monotonic()
    reply = await do(house, "mute bob")
    assert reply.outcome is Outcome.UNKNOWN
    assert house.clock.monotonic() - started <= 15


@pytest.mark.parametrize("method", ["ListParticipants", "GetParticipant"])
async def test_a_room_that_cannot_be_looked_at_before_is_not_touched(house: House, method: str) -> None:
    house.service.around = failing(UNREACHABLE, method, after=False)
    reply = await do(house, "mute bob")
    assert reply.outcome is Outcome.FAILED
    assert not house.writes
    entry = (await house.case(reply.case)).first
    assert (entry.kind, entry.outcome, entry.code) == (EntryKind.OUTCOME, Outcome.FAILED, "refused")


@pytest.mark.parametrize("method", ["ListParticipants", "GetParticipant"])
async def test_a_look_before_that_hangs_touches_nothing_and_says_so_in_time(house: House, method: str) -> None:
    house.service.around = hanging(house, method, seconds=7)
    reply = await do(house, "mute bob")
    assert reply.outcome is Outcome.FAILED
    assert "did not answer in time. Nothing was changed" in told(reply)
    assert not house.writes


async def test_a_read_that_hangs_is_answered_and_leaves_no_row(house: House) -> None:
    house.service.around = hanging(house, "ListParticipants", seconds=15)
    before = len(await house.entries())
    reply = await house.say("participants")
    assert "did not answer in time" in told(reply)
    assert (reply.outcome, len(await house.entries())) == (None, before)


async def test_a_slow_beginning_leaves_no_time_to_send_and_then_nothing_is_sent(house: House) -> None:
    class Slow:
        def __init__(self) -> None:
            self.append = self._append

        async def _append(self, *given):  # type: ignore[no-untyped-def]
            house.clock.advance(10.6)
            return await house.database.history.append(*given)

        def __getattr__(self, name: str) -> object:
            return getattr(house.database.history, name)

    house.performer._history = Slow()  # type: ignore[assignment]
    reply = await do(house, "mute bob")
    assert reply.outcome is Outcome.FAILED
    assert "Nothing was sent" in told(reply)
    assert not house.writes
