"""The small parts: presses, plain text, budgets, the registry, verdicts, cases, and who was seen."""

from __future__ import annotations

import asyncio
from dataclasses import make_dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions.presence import Remove
from bot.command import Again, BoundInvocation, Command, Effect, Kind, NoArguments, Nothing, Param, Press, Target
from bot.context import Context
from bot.crowd import ago
from bot.errors import NotFound, Rejected, RoomError, Unavailable, UnknownCommand, Unsupported
from bot.grammar import read
from bot.history import Case, Content, Entry, EntryKind, Outcome, decode_difference
from bot.judge import judge, settles
from bot.model import Participant
from bot.pages import cut, page_of
from bot.people import Role
from bot.plain import plain
from bot.press import arguments, decode, encode, sources_of
from bot.recent import Recent
from bot.registry import Registry
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
from bot.state import PersonState
from bot.subject import PersonSubject
from bot.tasks import Budget, gather_bounded, within
from bot.words import split
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


async def run(context: Context, arguments_: NoArguments) -> Reply:
    raise AssertionError


NOTHING = Command("x", "X", NoArguments, Role.VIEWER, Effect.READ, run)


def test_the_registry_refuses_clashes() -> None:
    with pytest.raises(ValueError, match="two commands"):
        Registry([NOTHING, replace(NOTHING, summary="Y")])
    with pytest.raises(ValueError, match="no question"):
        Registry([replace(NOTHING, effect=Effect.DESTRUCTIVE)])


def test_who_is_always_the_first_argument() -> None:
    who, other = Annotated[str, Param(Kind.WHO, "w")], Annotated[str, Param(Kind.TEXT, "t")]
    wrong = make_dataclass("Wrong", [("other", other), ("who", who)], frozen=True)
    with pytest.raises(ValueError, match="first argument"):
        Registry([replace(NOTHING, arguments=wrong)])


def test_an_unknown_command_is_said_with_what_may_have_been_meant() -> None:
    with pytest.raises(UnknownCommand) as caught:
        REGISTRY.find("mut")
    assert "mute" in caught.value.near
    with pytest.raises(UnknownCommand, match="/help lists them"):
        REGISTRY.find("xyzzy")


EVERY = pytest.mark.parametrize("command", list(REGISTRY), ids=lambda command: command.name)


@EVERY
def test_every_command_says_what_it_does_and_its_examples_can_be_read(command: Command) -> None:
    assert command.summary
    assert not command.summary.endswith(".")
    assert command.examples
    for example in command.examples:
        name, _, line = example.removeprefix("/").partition(" ")
        assert name == command.name
        found = read(command, line, split(line), 1 if command.param(Kind.WHO) else 0)
        assert not found.doubt


@EVERY
def test_every_argument_is_described_and_usage_begins_with_the_command(command: Command) -> None:
    assert all(param.description for param in command.params)
    assert command.usage.split()[0] == f"/{command.name}"
    assert [param.required for param in command.params] == sorted((p.required for p in command.params), reverse=True)


def test_commands_are_the_table_of_the_documentation() -> None:
    assert [command.name for command in REGISTRY] == sorted(command.name for command in REGISTRY)
    wanted = """attribute case close demote find help history kick metadata moderator moderators move mute name
        participant participants permissions promote quiet reason room-metadata rooms undo unmute use whoami"""
    assert {command.name for command in REGISTRY} >= set(wanted.split())


BOB = PersonSubject("r", "bob", "PA_1", "Bob", gone_is_fine=True)
THERE, GONE = PersonState("r", Participant("bob", "PA_1")), PersonState("r", None)
REFUSED = Rejected("no", "invalid_argument")
BROKEN = Rejected("500", "internal", certain=False)
LOST, UNSENT = Unavailable("?", sent=True), Unavailable("!", sent=False)


@pytest.mark.parametrize(
    ("after", "error", "outcome"),
    [
        (GONE, None, Outcome.DONE),
        (GONE, BROKEN, Outcome.DONE),
        (GONE, LOST, Outcome.DONE),
        (GONE, NotFound("x"), Outcome.DONE),
        (THERE, None, Outcome.NOT_EFFECTIVE),
        (THERE, REFUSED, Outcome.FAILED),
        (THERE, NotFound("x"), Outcome.FAILED),
        (THERE, Unsupported("x"), Outcome.FAILED),
        (THERE, UNSENT, Outcome.FAILED),
        (THERE, LOST, Outcome.UNKNOWN),
        (None, None, Outcome.UNKNOWN),
        (None, LOST, Outcome.UNKNOWN),
        (None, BROKEN, Outcome.UNKNOWN),
        (None, REFUSED, Outcome.FAILED),
        (None, UNSENT, Outcome.FAILED),
    ],
)
def test_the_verdict_is_what_the_room_shows_and_never_done_without_it(
    after: PersonState | None, error: RoomError | None, outcome: Outcome
) -> None:
    verdict = judge(BOB, Remove("PA_1"), after, error)
    assert verdict.outcome is outcome
    assert (verdict.outcome is Outcome.DONE) <= (after is not None)


def test_an_answer_that_never_came_settles_nothing() -> None:
    assert not settles(LOST)
    assert not settles(BROKEN)
    assert not settles(None)
    assert all(settles(error) for error in (REFUSED, UNSENT, NotFound("x"), Unsupported("x")))


def entry(seq: int, kind: EntryKind, refers: int | None = None, outcome: Outcome | None = None, **said: str) -> Entry:
    return Entry(seq, 1, kind, NOW, "w", "s", Content(**said), refers, outcome)


def test_a_case_is_told_by_its_entries() -> None:
    intent, other = entry(1, EntryKind.INTENT, reason="first", command="mute"), entry(2, EntryKind.INTENT)
    done = entry(3, EntryKind.OUTCOME, 1, Outcome.DONE, reason="first")
    later = entry(4, EntryKind.RECONCILED, 1, Outcome.UNKNOWN)
    case = Case(1, (intent, other, done, later, entry(5, EntryKind.REASON, 1, reason="second")))
    assert case.intents == (intent, other)
    assert case.about(intent) == later
    assert case.about(other) is None
    assert case.reasons == ("first", "second")
    assert case.opening.command == "mute"
    assert not case.undone
    assert Case(1, (*case.entries, entry(6, EntryKind.UNDONE, 1))).undone
    assert Case(1, (replace(intent, content=None),)).opening == Content()


def test_no_difference_is_none() -> None:
    assert decode_difference("") == {}


def test_who_was_seen_is_bounded_and_the_newest_session_counts() -> None:
    recent = Recent(most=2)
    recent.remember("r", [Participant("a", "PA_1", "Ann"), Participant("b", "PA_2", "Bob")])
    recent.remember("r", [Participant("a", "PA_3", "Ann"), Participant("c", "PA_4", "Ann")])
    assert recent.find("r", ["b"]) is None
    assert "PA_3" in str(recent.find("r", ["x", "a"]))
    assert recent.find("other", ["a"]) is None
    assert len(recent.named("r", "ann")) == 2
