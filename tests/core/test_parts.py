"""The small parts: presses, plain text, pages, and doing things within a time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.command import Again, BoundInvocation, Nothing, Press, Target
from bot.crowd import ago
from bot.errors import NotFound, RoomError
from bot.model import Participant
from bot.pages import cut, page_of
from bot.people import Role
from bot.plain import plain
from bot.press import arguments, decode, encode, sources_of
from bot.reply import (
    Button,
    Choice,
    Choices,
    Code,
    Column,
    Fields,
    Mention,
    Name,
    Reply,
    Table,
    Time,
    Tone,
    listed,
    say,
    text,
)
from bot.tasks import Budget, gather_bounded, within
from tests.house import REGISTRY, SteppedClock

words = st.text(max_size=12)
targets = st.builds(Target, room=words, identity=words, sid=words, name=words)
values: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    words, st.none() | st.booleans() | st.integers() | words | st.lists(words) | st.lists(st.lists(words)), max_size=3
)
presses: st.SearchStrategy[Press] = st.one_of(
    st.just(Nothing()),
    st.builds(Again, text=words, room=words),
    st.builds(
        BoundInvocation, command=words, room=words, target=st.none() | targets, values=values, typed=words,
        reason=words, force=st.booleans(), dry_run=st.booleans(), confirmed=st.booleans(),
    ),
)  # fmt: skip


@given(presses)
def test_a_button_carries_out_what_was_put_into_it(press: Press) -> None:
    assert decode(encode(press)) == press


def test_of_a_target_only_what_names_it_is_kept() -> None:
    target = Target("r", "bob", "PA_1", "Bob", Participant("bob", "PA_1"))
    kept = decode(encode(BoundInvocation("mute", "r", target)))
    assert isinstance(kept, BoundInvocation)
    assert kept.target == replace(target, participant=None)


def test_stored_values_become_the_commands_own_arguments() -> None:
    bound = BoundInvocation("moderator", values={"who": "console:x", "role": "viewer", "in": ["a", "b"]})
    given_ = arguments(REGISTRY["moderator"], bound)
    assert (given_.role, given_.in_) == (Role.VIEWER, ("a", "b"))


def test_chat_is_no_source_of_livekits() -> None:
    assert sources_of(("chat",)) == frozenset()
    assert len(sources_of(("screen", "chat", "camera"))) == 3


NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_plain_text_is_the_whole_answer() -> None:
    reply = Reply(
        Tone.OK,
        say("Muted ", Name("נועה"), " by ", Mention("console:a", "A"), " ", Mention("console:b"), "."),
        (
            text("They can ", Code("/unmute"), ", ", Time(NOW - timedelta(minutes=3), NOW), " or ", Time(NOW, NOW)),
            Fields((("before", say("open")),)),
            Table((Column("A"), Column("B"), Column("C")), ((say("x"), say("x"), say("")), (say("y"), (), say("z")))),
            Choices((Choice(say("one"), Button("1", Nothing())), Choice(say("two"), Button("2", Nothing())))),
        ),
        case=7,
    )
    assert plain(reply).splitlines() == [
        "Muted \u2068נועה\u2069 by A (console:a) console:b.",
        "They can /unmute, 3 min ago or just now",
        "before: open",
        "x",
        "y, z",
        "1. one",
        "2. two",
        "Case 7.",
    ]


def test_what_is_no_part_of_a_reply_is_a_mistake() -> None:
    for wrong in (Reply(Tone.OK, (), (object(),)), Reply(Tone.OK, (object(),))):  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            plain(wrong)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "just now"), (1, "1 min"), (59, "59 min"), (60, "1 h"), (61, "1 h 1 min"), (47 * 60, "47 h"), (2880, "2 d")],
)
def test_how_long_ago(minutes: int, said: str) -> None:
    assert ago(NOW - timedelta(minutes=minutes), NOW) == said
    assert ago(None, NOW) == ""
    assert ago(NOW + timedelta(minutes=1), NOW) == "just now", "clocks differ"


def test_lists_read_as_sentences() -> None:
    for names, said in (([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")):
        assert plain(Reply(Tone.OK, listed([say(name) for name in names]))) == said


@given(st.integers(0, 200), st.integers(-3, 50), st.integers(1, 30))
def test_a_page_is_always_one_that_there_is(total: int, page: int, size: int) -> None:
    shown, number = page_of(range(total), page, size)
    assert number >= 1
    assert len(shown) <= size
    assert (len(shown) > 0) == (total > 0)
    said = cut(len(shown), total, number, size, "rooms")
    rest = total - (number - 1) * size - len(shown)
    assert bool(rest) == any("more" in plain(Reply(Tone.OK, (), (part,))) for part in said)


async def test_what_is_done_within_its_time_answers_and_what_is_not_is_cancelled() -> None:
    clock = SteppedClock()

    async def quick() -> int:
        return 5

    assert await within(clock, 1, quick()) == 5
    cancelled = asyncio.Event()

    async def slow() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    waiting = asyncio.create_task(within(clock, 1, slow()))
    await asyncio.sleep(0.01)
    clock.advance(1)
    with pytest.raises(TimeoutError):
        await waiting
    assert cancelled.is_set()


async def test_an_error_within_its_time_is_that_error() -> None:
    async def wrong() -> None:
        raise NotFound("not there")

    with pytest.raises(NotFound):
        await within(SteppedClock(), 1, wrong())


def test_a_budget_ends_its_phases_in_order_before_an_answer_is_due() -> None:
    clock = SteppedClock()
    budget = Budget(clock, clock.monotonic())
    assert 0 < budget.bound < budget.read < budget.written < budget.looked < budget.recorded < 15
    clock.advance(10)
    assert budget.left(budget.looked) == budget.looked - 10
    assert budget.left(budget.read) == budget.least


async def test_never_more_than_allowed_is_under_way_and_answers_keep_their_order() -> None:
    under_way = most = 0

    async def work(number: int) -> int:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        if number == 3:
            raise NotFound("three")
        return number

    answers = await gather_bounded(work, list(range(10)), 4, RoomError)
    assert most == 4
    assert isinstance(answers[3], NotFound)
    assert [answer for answer in answers if isinstance(answer, int)] == [0, 1, 2, 4, 5, 6, 7, 8, 9]
