"""/history, /case and /reason."""

from __future__ import annotations

import pytest

from bot.history import EntryKind, Outcome
from bot.people import Role
from tests.house import BACKSTAGE, STANDUP, House, labels, told


def lines(answer: str) -> list[str]:
    return answer.splitlines()[1:]


async def test_history_is_newest_first_with_outcome_moderator_time_and_reason(house: House) -> None:
    await house.say("mute bob shouting")
    house.clock.advance(180)
    await house.say("promote omar")
    first, second = lines(told(await house.say("history")))
    assert "promote, Omar (omar) in standup, done, console:mia, just now" in first
    assert second.endswith("mute, Bob Stone (bob) in standup, done, console:mia, 3 min ago, shouting")


@pytest.mark.parametrize("number", ["99999999999", "999999999999", "9223372036854775808", "9" * 100])
@pytest.mark.parametrize("command", ["case", "undo", "order", "reason"])
async def test_a_number_that_no_case_can_have_is_an_unknown_case(house: House, command: str, number: str) -> None:
    await house.say("mute bob")
    more = {"text": "spam"} if command == "reason" else {}
    for reply in (
        await house.say(command, "alice", options={"n": number, **more}),
        await house.say(f"{command} {number} {more.get('text', '')}".strip(), "alice"),
    ):
        known = "is no order that you may see" if command == "order" else f"There is no case {number} that you may see"
        assert known in told(reply)


async def test_a_number_that_nobody_would_read_is_none(house: House) -> None:
    assert "n must be a number" in told(await house.say("case", options={"n": "9" * 5000}))
    assert "Usage: /case n" in told(await house.say(f"case {'9' * 5000}"))


async def test_history_shows_at_least_20_cases_a_page(house: House) -> None:
    for number in range(23):
        await house.say(f"mute bob number {number}")
    reply = await house.say("history")
    assert len([line for line in lines(told(reply)) if "mute" in line]) == 20
    assert "More: /history 2" in told(reply)
    last = await house.press("Next page")
    assert "number 2" in told(last)
    assert "page 2" in told(last)
    assert "number 22" in told(await house.press("Previous page"))


async def test_history_shows_refused_attempts_to_admins(house: House) -> None:
    await house.say("mute bob", "vera")
    for line in ("history", "history refused", "history kind:refused"):
        assert "mute, bob, refused, console:vera" in told(await house.say(line, "alice"))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("history bob", {"mute"}),
        ("history STONE", {"mute"}),
        ("history @bob", {"mute"}),
        ("history mute", {"mute"}),
        ("history kind:promote", {"promote"}),
        ("history by:me", {"mute", "promote"}),
        ("history moderator:alice", {"demote"}),
        ("history by:console:alice", {"demote"}),
        ("history by:alice in:backstage", {"demote"}),
        ("history in:standup", {"mute", "promote"}),
        ("history room:standup omar", {"promote"}),
        ("history done by:me bob", set()),
        ("history nobody", set()),
    ],
)
async def test_history_can_be_asked_for_who_moderator_room_and_kind(
    house: House, line: str, expected: set[str]
) -> None:
    await house.grant("console:max", Role.MODERATOR)
    await house.say("mute bob", "max")
    await house.say("promote omar", "max")
    await house.say("demote mei", "alice", room=BACKSTAGE)
    answer = told(await house.say(line, "max"))
    assert {
        name for name in ("mute", "promote", "demote") if f", {name}, " in answer or f" {name}, " in answer
    } == expected


async def test_history_of_an_unknown_kind_says_which_there_are(house: House) -> None:
    assert "Did you mean kick?" in told(await house.say("history kind:kik"))


async def test_history_says_when_there_is_nothing(house: House) -> None:
    assert told(await house.say("history omar")) == "No case, about omar."


async def test_history_has_an_end(house: House) -> None:
    assert "at most 500 pages" in told(await house.say("history 501"))


async def test_history_shows_only_rooms_in_scope(house: House) -> None:
    await house.say("demote mei", "alice", room=BACKSTAGE)
    for line in ("history", "history in:backstage", "history by:console:alice", "history mei"):
        assert "Mei" not in told(await house.say(line))
    assert "Mei" in told(await house.say("history", "bea"))


async def test_what_belongs_to_no_room_is_for_those_who_are_admin_everywhere(house: House) -> None:
    await house.say("moderator console:x moderator in:secret-room", "alice")
    case = (await house.say("mute bob in:secret-room")).case
    for who in ("mia", "bea"):
        assert "secret-room" not in told(await house.say("history", who))
        assert "no case" in told(await house.say(f"case {case}", who))
    assert "secret-room" in told(await house.say(f"case {case}", "alice"))


async def test_a_case_shows_before_after_and_each_entry(house: House) -> None:
    done = await house.say("mute bob microphone lock shouting")
    await house.say(f"reason {done.case} was warned")
    await house.say("undo")
    answer = told(await house.say(f"case {done.case}"))
    for said in (
        "intent", "outcome done", "Typed: /mute bob microphone lock shouting", "Reason: shouting",
        "Reason: was warned", "the lock of Bob Stone (microphone) in standup", "ended, by mia (console:mia)",
        "can_publish_sources: camera, microphone",
        f"session {house.person('bob').sid}", "by mia (console:mia)",
    ):  # fmt: skip
        assert said in answer, said


async def test_a_case_offers_its_undo_once(house: House) -> None:
    done = await house.say("promote omar")
    assert f"Undo case {done.case}" in labels(await house.say(f"case {done.case}"))
    await house.say("undo")
    assert not labels(await house.say(f"case {done.case}"))


async def test_a_case_may_be_written_with_a_hash(house: House) -> None:
    done = await house.say("promote omar")
    assert f"Case {done.case}" in told(await house.say(f"case #{done.case}"))


@pytest.mark.parametrize("line", ["case", "case x", "case 999", "case 99999999999999999999"])
async def test_a_case_that_is_none_is_said_so(house: House, line: str) -> None:
    reply = await house.say(line)
    assert reply.tone.value == "error"
    assert reply.case is None


async def test_an_erased_case_shows_that_its_content_is_gone(house: House) -> None:
    done = await house.say("mute bob shouting")
    case = await house.case(done.case)
    content = case.first.content
    assert content is not None
    await house.database.history.erase([entry.seq for entry in case.entries], content.__class__(actor="console:alice"))
    answer = told(await house.say(f"case {done.case}", "alice"))
    assert "erased on request" in answer
    assert "shouting" not in answer


async def test_a_reason_is_appended_and_the_old_one_stays_visible(house: House) -> None:
    done = await house.say("mute bob shouting")
    reply = await house.say(f"reason {done.case} was warned twice before")
    assert reply.outcome is Outcome.DONE
    assert "Before: shouting" in told(reply)
    case = await house.case(done.case)
    assert case.reasons == ("shouting", "was warned twice before")
    assert case.entries[-1].kind is EntryKind.REASON
    assert "was warned twice before" in told(await house.say("history"))


async def test_a_reason_needs_the_role_in_that_room(house: House) -> None:
    done = await house.say("mute bob")
    assert (await house.say(f"reason {done.case} x", "vera")).outcome is Outcome.REFUSED
    await house.grant("console:mix", Role.VIEWER, STANDUP)
    await house.grant("console:@stage", Role.MODERATOR, BACKSTAGE)
    reply = await house.say(f"reason {done.case} x", "mix", groups=("console:@stage",))
    assert reply.outcome is Outcome.REFUSED
    assert (await house.case(done.case)).reasons == ()


async def test_a_reason_has_no_dry_run_to_mistake(house: House) -> None:
    done = await house.say("mute bob")
    assert "There is no --dry-run here" in told(await house.say(f"reason {done.case} --dry-run x"))
    assert (await house.case(done.case)).reasons == ()


async def test_a_case_of_many_is_one_line(house: House) -> None:
    await house.sure("quiet standup too loud")
    assert "quiet, 5 people in standup, done" in told(await house.say("history"))


async def test_a_lock_is_told_from_a_mute(house: House) -> None:
    await house.say("mute bob lock")
    assert "mute lock, Bob Stone" in told(await house.say("history"))


async def test_grants_and_defaults_are_cases_too(house: House) -> None:
    await house.say("moderator console:x viewer", "alice")
    await house.say("use standup", "alice")
    answer = told(await house.say("history", "alice"))
    assert "moderator, console:x viewer, done" in answer
    assert "use, standup, done" in answer


@pytest.mark.parametrize(("line", "offered"), [("mute bob", False), ("demote bob", True), ("mute bob lock", True)])
async def test_a_case_offers_its_undo_only_where_something_can_be_put_back(
    house: House, line: str, offered: bool
) -> None:
    done = await house.say(line)
    shown = await house.say(f"case {done.case}")
    assert (f"Undo case {done.case}" in labels(shown)) is offered


@pytest.mark.parametrize("blank", ["   ", "\n\n", "\u200b", "\u3164 \u2800"])
async def test_a_reason_of_which_nothing_is_seen_is_none(house: House, blank: str) -> None:
    done = await house.say("mute bob")
    reply = await house.say("reason", options={"n": str(done.case), "text": blank})
    assert told(reply) == "Say the reason. Nothing was done."
    assert reply.outcome is None
    assert (await house.case(done.case)).reasons == ()


async def test_what_is_done_for_a_reason_of_which_nothing_is_seen_is_done_without_one(house: House) -> None:
    done = await house.say("mute", options={"who": "bob", "reason": " \u200b"})
    assert done.outcome is Outcome.DONE
    assert "Reason" not in told(done)
    assert (await house.case(done.case)).reasons == ()
