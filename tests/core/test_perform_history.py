"""What a history that fails leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from bot.errors import HistoryError
from bot.history import Draft, Entry, EntryKind, Outcome
from bot.ports import Locks
from bot.reply import Tone
from tests.clocks import until
from tests.core.histories import FULL, Failing, FullOrders, failing, settle
from tests.house import STANDUP, House, told


@pytest.mark.parametrize("line", ["mute bob", "promote omar", "demote bob"])
async def test_where_the_intent_cannot_be_written_the_room_is_not_touched(house: House, line: str) -> None:
    failing(house, EntryKind.INTENT)
    reply = await house.say(line)
    assert (reply.tone, reply.outcome, reply.case) == (Tone.ERROR, Outcome.FAILED, None)
    assert "disk" in told(reply)
    assert not house.writes


class LostLocks:
    """The real locks, which are not held any more when the room is about to be changed."""

    def __init__(self, locks: Locks) -> None:
        self._locks = locks

    @asynccontextmanager
    async def hold(self, *keys: tuple[str, str]) -> AsyncIterator[Callable[[], None]]:
        async with self._locks.hold(*keys):
            yield self._lost

    def _lost(self) -> None:
        raise HistoryError("The connection was lost meanwhile. Nothing was done.")


async def test_where_the_lock_is_lost_by_then_the_room_is_not_touched_either(house: House) -> None:
    house.performer._locks = LostLocks(house.database.locks)
    reply = await house.say("mute bob")
    assert (reply.tone, reply.outcome, reply.case) == (Tone.ERROR, Outcome.FAILED, None)
    assert "lost meanwhile" in told(reply)
    assert not house.writes


@pytest.mark.parametrize("line", ["mute bob lock", "demote bob for 10m", "promote omar for 10m"])
async def test_nor_where_an_order_cannot_be_written(house: House, line: str) -> None:
    house.use(orders=FullOrders(house))
    reply = await house.say(line)
    assert (reply.tone, reply.outcome, reply.case) == (Tone.ERROR, Outcome.FAILED, None)
    assert "disk" in told(reply)
    assert not house.writes
    assert await house.database.orders.active() == ()


async def test_nor_where_the_end_of_an_order_cannot_be_written(house: House) -> None:
    await house.say("mute bob lock")
    writes = len(house.writes)
    house.use(orders=FullOrders(house))
    for line in ("unmute bob", "unmute bob microphone", "undo"):
        assert (await house.say(line)).tone is Tone.ERROR
    assert len(house.writes) == writes
    assert len(await house.database.orders.active()) == 1


@pytest.mark.parametrize("line", ["promote bob microphone", "promote bob microphone,screen"])
async def test_a_decision_is_not_done_where_the_order_that_says_otherwise_cannot_be_ended(
    house: House, line: str
) -> None:
    await house.say("mute bob lock")
    house.use(orders=FullOrders(house))
    reply = await house.say(line)
    assert (reply.tone, reply.outcome) == (Tone.ERROR, Outcome.NOT_EFFECTIVE)
    assert "Still in force: the lock of Bob Stone" in told(reply)
    assert "disk" in told(reply)
    assert len(await house.database.orders.active()) == 1
    await house.services.standing.person(STANDUP, "bob")
    assert house.sources("bob") == ["CAMERA", "SCREEN_SHARE"], "as the lock has it"


async def test_an_order_whose_carrying_out_cannot_be_written_stands_and_is_tried_again(house: House) -> None:
    failing(house, EntryKind.INTENT)
    reply = await house.say("mute bob lock")
    assert (reply.tone, reply.outcome) == (Tone.ERROR, Outcome.FAILED)
    assert "Could not keep Bob Stone muted in standup yet." in told(reply)
    assert "disk" in told(reply)
    assert "decided, and tried again" in told(reply)
    assert not house.writes
    [order] = await house.database.orders.active(STANDUP)
    assert order.case == reply.case


async def test_nor_by_a_confirmed_or_a_wide_command(house: House) -> None:
    failing(house, EntryKind.INTENT)
    for line in ("kick bob", "quiet"):
        assert (await house.sure(line)).tone is Tone.ERROR
    assert not house.writes


async def test_where_the_outcome_cannot_be_written_the_answer_says_what_is_true_and_that_it_is_pending(
    house: House,
) -> None:
    failing(house, EntryKind.OUTCOME)
    reply = await house.say("demote bob")
    assert (reply.tone, reply.outcome) == (Tone.WARN, Outcome.DONE)
    assert "Record pending" in told(reply)
    assert not house.person("bob").permission["can_publish"]
    assert [entry.kind for entry in (await house.case(reply.case)).entries] == [EntryKind.INTENT]


async def test_it_is_retried_with_back_off_and_written_once(house: House) -> None:
    history = failing(house, EntryKind.OUTCOME)
    reply = await house.say("demote bob")
    await settle()
    for _ in range(3):
        house.clock.advance(40)
        await settle()
    assert history.tried == 4
    history.down = False
    house.clock.advance(40)
    await until(lambda: not house.performer.owed)
    await house.performer.owed.aclose()
    assert await house.outcomes(reply.case) == [Outcome.DONE]


async def test_what_is_owed_is_tried_once_more_at_the_end(house: House) -> None:
    history = failing(house, EntryKind.OUTCOME)
    reply = await house.say("demote bob")
    history.down = False
    await house.performer.owed.aclose()
    assert await house.outcomes(reply.case) == [Outcome.DONE]


async def test_several_that_are_owed_are_written_in_order(house: House) -> None:
    history = failing(house, EntryKind.OUTCOME)
    first, second = await house.say("demote bob"), await house.say("promote omar")
    history.down = False
    assert await house.performer.owed.flush()
    written = [entry.case for entry in await house.entries() if entry.kind is EntryKind.OUTCOME]
    assert written == [first.case, second.case]


async def test_an_append_that_is_merely_slow_is_not_repeated(house: House) -> None:
    slow = asyncio.Event()

    class Slow(Failing):
        async def append(self, drafts: Sequence[Draft], event_key: str | None = None) -> tuple[Entry, ...]:
            if drafts[0].kind is EntryKind.OUTCOME:
                house.clock.advance(0)
                await slow.wait()
            return await self._history.append(drafts, event_key)

    history = Slow(house)
    house.performer._history = house.performer.owed._history = history
    answer = asyncio.create_task(house.say("demote bob"))
    await until(lambda: house.writes)
    await settle()
    house.clock.advance(14.5)
    reply = await answer
    assert "Record pending" in told(reply)
    slow.set()
    await house.performer.owed.flush()
    assert await house.outcomes(reply.case) == [Outcome.DONE]


async def test_a_refusal_that_cannot_be_written_is_refused_all_the_same_and_written_later(house: House) -> None:
    history = failing(house, EntryKind.REFUSED)
    reply = await house.say("mute bob", "vera")
    assert reply.outcome is Outcome.REFUSED
    assert "Record pending" in told(reply)
    history.down = False
    await house.performer.owed.flush()
    assert len(await house.refusals()) == 1


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("use standup", EntryKind.DEFAULT),
        ("moderator console:x viewer", EntryKind.GRANT),
        ("reason 1 x", EntryKind.REASON),
    ],
)
async def test_what_is_only_written_is_not_done_when_it_cannot_be(house: House, line: str, kind: EntryKind) -> None:
    failing(house, kind)
    reply = await house.say(line, "alice")
    assert (reply.tone, reply.outcome) == (Tone.ERROR, Outcome.FAILED)


async def test_a_history_that_cannot_be_read_leaves_the_admins_of_the_settings(house: House) -> None:
    class Down:
        async def grants(self, subjects: object = None) -> tuple[()]:
            raise FULL

        async def default_room(self, channel: str) -> None:
            raise FULL

    house.use(roster=Down())
    assert (await house.say("mute bob", "alice")).outcome is Outcome.DONE
    assert (await house.say("mute anna")).outcome is Outcome.REFUSED


async def test_a_press_while_the_history_cannot_be_read_does_nothing_and_says_so(house: House) -> None:
    question = await house.say("kick bob")

    class Down:
        async def get(self, token: str) -> None:
            raise FULL

    pending = house.services.pending
    house.use(pending=Down())
    assert "disk" in told(await house.press("Remove", of=question))
    house.use(pending=pending)
    assert (await house.press("Remove", of=question)).outcome is Outcome.DONE


async def test_a_question_that_cannot_be_kept_says_what_to_do(house: House) -> None:
    class Full:
        async def waiting(self, owner: str, channel: str) -> tuple[()]:
            return ()

        async def put(self, items: object) -> None:
            raise FULL

    house.use(pending=Full())
    reply = await house.say("kick bob")
    assert not reply.buttons
    assert told(reply).endswith("nothing would be done either. Type the command again once it can be.")


async def test_buttons_that_cannot_be_stored_are_left_out_and_it_is_said(house: House) -> None:
    class Full:
        async def put(self, items: object) -> None:
            raise FULL

    house.use(pending=Full())
    reply = await house.say("mute bob")
    assert reply.outcome is Outcome.DONE
    assert not reply.buttons
    assert "cannot be kept" in told(reply)
