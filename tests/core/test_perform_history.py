"""What a history that fails, several writers at once, and a worker that died leave behind."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.livekit.calls import Call
from adapters.livekit.wire import Json
from bot.errors import HistoryError
from bot.history import Content, Draft, Entry, EntryKind, Outcome
from bot.reconcile import reconcile
from bot.reply import Tone
from bot.state import Change, Difference
from tests.core.faults import UNREACHABLE, CarryOut
from tests.database_fixtures import opened
from tests.house import SERVER, STANDUP, House, told

FULL = HistoryError("The disk with Usher's history is full.", "history_full")


class Failing:
    """The real history, whose appends that hold one of these kinds fail while `down`."""

    def __init__(self, house: House, *kinds: EntryKind) -> None:
        self._history = house.database.history
        self._kinds = kinds
        self.down = True
        self.tried = 0

    async def append(self, drafts: Sequence[Draft], event_key: str | None = None) -> tuple[Entry, ...]:
        if self.down and any(draft.kind in self._kinds for draft in drafts):
            self.tried += 1
            raise FULL
        return await self._history.append(drafts, event_key)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._history, name)


def failing(house: House, *kinds: EntryKind) -> Failing:
    history = Failing(house, *kinds)
    house.performer._history = history
    house.performer.owed._history = history
    house.use(history=history)
    return history


@pytest.mark.parametrize("line", ["mute bob", "mute bob lock", "promote omar", "demote bob"])
async def test_where_the_intent_cannot_be_written_the_room_is_not_touched(house: House, line: str) -> None:
    failing(house, EntryKind.INTENT)
    reply = await house.say(line)
    assert (reply.tone, reply.outcome, reply.case) == (Tone.ERROR, Outcome.FAILED, None)
    assert "disk" in told(reply)
    assert not house.writes


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
    while not house.writes:
        await asyncio.sleep(0.005)
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


async def test_buttons_that_cannot_be_stored_are_left_out_and_it_is_said(house: House) -> None:
    class Full:
        async def put(self, items: object) -> None:
            raise FULL

    house.use(pending=Full())
    reply = await house.say("mute bob")
    assert reply.outcome is Outcome.DONE
    assert not reply.buttons
    assert "cannot be kept" in told(reply)


async def test_two_writers_at_once_on_one_persons_permissions_lose_nothing(house: House) -> None:
    lines = [
        "mute bob microphone lock",
        "mute bob camera lock",
        "mute bob chat lock",
        "permissions bob hidden=no can_subscribe=no",
    ]
    house.service.around = slowly
    replies = await asyncio.gather(*(house.say(line, "alice") for line in lines))
    assert [reply.outcome for reply in replies] == [Outcome.DONE] * 4
    permission = house.person("bob").permission
    assert house.sources("bob") == ["SCREEN_SHARE", "SCREEN_SHARE_AUDIO"]
    assert not permission["can_publish_data"]
    assert not permission["can_subscribe"]


async def test_two_ushers_on_one_history_lose_nothing_either(house: House, tmp_path: Path) -> None:
    async with opened(tmp_path / "usher.db", server=SERVER, clock=house.clock) as database:
        other = House(house.rooms, database, house.clock, house.policy)
        house.service.around = other.service.around = slowly
        sources = ("microphone", "camera", "screen")
        lines = [(one, f"mute bob {what} lock") for one, what in zip((house, other, house), sources, strict=True)]
        lines += [(other, "attribute bob a=1"), (house, "attribute bob b=2")]
        replies = await asyncio.gather(*(one.say(line, "alice") for one, line in lines))
        assert [reply.outcome for reply in replies] == [Outcome.DONE] * 5
    assert not house.person("bob").permission["can_publish"]
    assert house.person("bob").attributes == {"a": "1", "b": "2"}


async def test_concurrent_attributes_lose_nothing(house: House) -> None:
    house.service.around = slowly
    await asyncio.gather(*(house.say(f"attribute bob k{n}={n}", "alice") for n in range(10)))
    assert house.person("bob").attributes == {f"k{n}": str(n) for n in range(10)}


async def test_200_concurrent_commands_lose_nothing(house: House) -> None:
    for number in range(100):
        house.rooms.join(STANDUP, f"guest-{number}")
        house.rooms.publish(STANDUP, f"guest-{number}")
    lines = [f"{what} guest-{number}" for number in range(100) for what in ("mute", "attribute")]
    lines = [line + " seen=1" if line.startswith("attribute") else line for line in lines]
    replies = await asyncio.gather(*(house.say(line, "alice") for line in lines))
    assert [reply.outcome for reply in replies] == [Outcome.DONE] * 200
    assert len({reply.case for reply in replies}) == 200
    for number in range(100):
        assert house.track(f"guest-{number}").muted
        assert house.person(f"guest-{number}").attributes == {"seen": "1"}
    kinds = [entry.kind for entry in await house.entries() if entry.kind is not EntryKind.GRANT]
    assert kinds.count(EntryKind.INTENT) == kinds.count(EntryKind.OUTCOME) == 200


async def died(house: House, tmp_path: Path, *contents: tuple[Content, Difference]) -> int:
    """Leave these intents open by a worker that is dead; the number of the case."""
    async with opened(tmp_path / "usher.db", server=SERVER, clock=house.clock) as database:
        drafts = [
            Draft(EntryKind.INTENT, Content(**{**as_dict(content), "difference": changes.encode()}))
            for content, changes in contents
        ]
        return (await database.history.append(drafts))[0].case


def as_dict(content: Content) -> dict[str, str]:
    return {name: getattr(content, name) for name in Content.__slots__}


def about(house: House, identity: str = "bob", sid: str = "") -> Content:
    sid = sid or house.person(identity).sid
    return Content(actor="console:mia", command="mute", room=STANDUP, identity=identity, sid=sid)


async def observed(house: House, case: int) -> list[str]:
    entries = (await house.case(case)).entries
    found = [entry for entry in entries if entry.kind is EntryKind.RECONCILED]
    assert all(entry.outcome is Outcome.UNKNOWN for entry in found)
    return [entry.content.detail for entry in found if entry.content]


async def closed(house: House) -> int:
    return await reconcile(house.service, house.database.history, house.clock)


async def test_an_intent_that_a_dead_worker_left_open_is_unknown_with_what_is_observed(
    house: House, tmp_path: Path
) -> None:
    field = f"track.{house.track('bob').sid}.muted"
    case = await died(house, tmp_path, (about(house), Difference((Change(field, False, True),))))
    assert await closed(house) == 1
    assert await observed(house, case) == ["observed: does not hold"]
    house.rooms.set_muted(STANDUP, "bob", house.track("bob").sid, True)
    case = await died(house, tmp_path, (about(house), Difference((Change(field, False, True),))))
    await closed(house)
    assert await observed(house, case) == ["observed: holds"]
    assert "unknown (observed: holds)" in told(await house.say("history"))
    assert await closed(house) == 0
    assert not house.writes


async def test_a_person_who_has_left_or_come_back_is_said_to_have(house: House, tmp_path: Path) -> None:
    change = Difference((Change("permission.can_publish", True, False),))
    case = await died(house, tmp_path, (about(house, sid="PA_old"), change))
    await closed(house)
    assert "another session" in (await observed(house, case))[0]
    case = await died(house, tmp_path, (about(house, "gone", "PA_1"), change))
    await closed(house)
    assert "has left" in (await observed(house, case))[0]


async def test_a_removal_holds_when_that_session_is_gone(house: House, tmp_path: Path) -> None:
    sid = house.person("bob").sid
    removal = Difference((Change("session", sid, None),))
    case = await died(house, tmp_path, (about(house), removal))
    await closed(house)
    assert await observed(house, case) == ["observed: does not hold"]
    house.rooms.rejoin(STANDUP, "bob")
    case = await died(house, tmp_path, (about(house, sid=sid), removal))
    await closed(house)
    assert await observed(house, case) == ["observed: holds"]


async def test_a_move_is_looked_for_in_both_rooms(cloud: House, tmp_path: Path) -> None:
    move = Difference((Change("room", STANDUP, "backstage"),))
    cloud.rooms.move(STANDUP, "anna", "backstage")
    content = about(cloud, "anna", cloud.person("anna", "backstage").sid)
    first = await died(cloud, tmp_path, (content, move))
    second = await died(cloud, tmp_path, (about(cloud, "bob"), move))
    await closed(cloud)
    assert await observed(cloud, first) == ["observed: holds"]
    assert await observed(cloud, second) == ["observed: does not hold"]


async def test_a_room_is_looked_up_too(house: House, tmp_path: Path) -> None:
    sid = house.rooms.rooms[STANDUP].sid
    content = Content(command="close", room=STANDUP, sid=sid)
    case = await died(house, tmp_path, (content, Difference((Change("open", True, False),))))
    await closed(house)
    assert await observed(house, case) == ["observed: does not hold"]
    house.rooms.delete(STANDUP)
    case = await died(house, tmp_path, (content, Difference((Change("open", True, False),))))
    other = await died(house, tmp_path, (content, Difference((Change("room.metadata", "a", "b"),))))
    await closed(house)
    assert await observed(house, case) == ["observed: holds"]
    assert "has ended" in (await observed(house, other))[0]


async def test_it_is_tried_again_until_livekit_answers_and_the_history_takes_it(house: House, tmp_path: Path) -> None:
    change = Difference((Change("permission.can_publish", True, False),))
    case = await died(house, tmp_path, (about(house), change))
    unreachable = 2

    async def down(call: Call, carry_out: CarryOut) -> Json:
        nonlocal unreachable
        unreachable -= 1
        if unreachable >= 0:
            raise UNREACHABLE
        return await carry_out()

    house.service.around = down
    history = failing(house, EntryKind.RECONCILED)
    closing = asyncio.create_task(reconcile(house.service, history, house.clock))
    for step in range(6):
        await settle()
        history.down = step < 4
        house.clock.advance(61)
    assert await closing == 1
    assert await observed(house, case) == ["observed: does not hold"]


async def test_an_intent_whose_content_was_erased_says_no_more_than_that(house: House, tmp_path: Path) -> None:
    change = Difference((Change("permission.can_publish", True, False),))
    case = await died(house, tmp_path, (about(house), change))
    await house.database.history.erase([(await house.case(case)).first.seq], Content(actor="console:alice"))
    await closed(house)
    assert await observed(house, case) == ["observed: erased"]


async def slowly(call: Call, carry_out: CarryOut) -> Json:
    """Every call lets others come in between."""
    for _ in range(3):
        await asyncio.sleep(0)
    return await carry_out()


async def settle() -> None:
    """Let everything that can go on go on, the writing thread too."""
    for _ in range(10):
        await asyncio.sleep(0.005)


async def until(so: Any) -> None:
    async with asyncio.timeout(5):
        while not so():
            await asyncio.sleep(0.005)
