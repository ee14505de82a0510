"""Words behind the name that may be a time, sources or a flag: they count, or it is asked; never silently a reason."""

from __future__ import annotations

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.history import Outcome
from tests.house import BACKSTAGE, STANDUP, House, labels, told

AGAIN_IN = "until 05:16 UTC"  # ten minutes after the house's clock


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("mute bob 10m", "Keeping Bob Stone muted in standup for 10 min"),
        ("mute bob lock 10m", "Keeping Bob Stone muted in standup for 10 min"),
        ("mute bob 10 min lock", "Keeping Bob Stone muted in standup for 10 min"),
        ("mute bob mic, lock 10m", "for 10 min, until 05:16 UTC: microphone taken away"),
        ("demote bob 15m", "Bob Stone is in the audience in standup for 15 min"),
        ("promote omar mic 5m", "Omar is on stage in standup for 5 min"),
        ("mute bob lock 18:00", "until 18:00 UTC"),
        ("door listen-only 10m", "The doors of standup are listen-only for 10 min"),
    ],
)
async def test_a_time_without_for_that_nothing_follows_counts(house: House, line: str, says: str) -> None:
    reply = await house.say(line)
    assert reply.outcome is Outcome.DONE
    assert says in told(reply)
    [order] = await house.database.orders.active()
    assert order.ends is not None


@pytest.mark.parametrize("line", ["mute bob 10m shouting", "demote bob 10m shouting", "door listen-only 10m shouting"])
async def test_with_more_behind_it_is_asked_whether_it_is_the_time(house: House, line: str) -> None:
    question = await house.say(line)
    assert "How is 10m meant? Nothing has been done yet." in told(question)
    assert not house.writes
    assert await house.database.orders.active() == ()
    assert labels(question) == ["for 10m", "As the reason"]
    done = await house.press("for 10m")
    assert AGAIN_IN in told(done)
    [order] = await house.database.orders.active()
    assert order.reason == "shouting"


async def test_and_it_can_be_the_reason(house: House) -> None:
    await house.say("demote bob 10m away from the mic")
    done = await house.press("As the reason")
    assert (done.outcome, await house.database.orders.active()) == (Outcome.DONE, ())
    assert "Reason: 10m away from the mic" in told(done)


async def test_in_quotes_it_is_the_reason(house: House) -> None:
    done = await house.say('demote bob "10m away from the mic"')
    assert (done.outcome, await house.database.orders.active()) == (Outcome.DONE, ())


async def test_a_ban_for_a_time_without_for_asks_with_that_time(house: House) -> None:
    assert "for 1 h, until 06:06 UTC?" in told(await house.say("ban bob 1h"))
    assert labels(await house.say("ban gone-already 1h spam")) == ["for 1h", "As the reason"]
    assert "for 1 h, until 06:06 UTC?" in told(await house.press("for 1h"))


@pytest.mark.parametrize(
    "line", ["mute bob for ten minutes", "demote bob for half an hour", "mute bob lock for 18:00", "mute bob lock 10"]
)
async def test_a_time_that_is_not_understood_does_nothing_for_ever(house: House, line: str) -> None:
    reply = await house.say(line)
    assert reply.outcome is None
    assert "10m" in told(reply)
    assert not house.writes


async def test_the_camera_and_not_the_microphone_is_muted_whatever_stands_behind_the_word(house: House) -> None:
    reply = await house.say("mute bob camera, please")
    assert "Reason: please" in told(reply)
    assert (house.track("bob", "CAMERA").muted, house.track("bob").muted) == (True, False)


@pytest.mark.parametrize(
    "line", ["mute bob mic, lock", "mute bob mic+cam lock", "mute bob mic/cam lock", "mute bob lock,"]
)
async def test_a_lock_is_a_lock_whatever_stands_before_it(house: House, line: str) -> None:
    await house.say(line)
    assert "MICROPHONE" not in house.sources("bob")
    assert house.sources("bob")


async def test_what_each_answer_does_is_shown_as_it_would_be_typed(house: House) -> None:
    question = await house.say("mute bob mic cam lock")
    assert "1. cam: mute bob mic , cam lock" in told(question)
    await house.press("cam")
    assert house.sources("bob") == ["SCREEN_SHARE", "SCREEN_SHARE_AUDIO"]


async def test_where_a_person_has_to_be_chosen_too_it_is_said_what_to_type(house: House) -> None:
    reply = await house.say("mute ann 10m shouting")
    assert "How is '10m' meant? Type it as for 10m, or in quotes as the reason." in told(reply)
    assert not labels(reply)
    assert labels(await house.say("mute ann 10m")) == ["Anna", "Anna Berg"]


async def test_a_scope_behind_the_words_in_doubt_counts_for_the_answer(house: House) -> None:
    house.rooms.join(BACKSTAGE, JoinGrant("bob", "Bob"))
    house.rooms.publish(BACKSTAGE, "bob")
    await house.say("mute bob 10m in:backstage shouting", "alice")
    await house.press("for 10m", "alice")
    assert house.sources("bob", STANDUP) == []
    assert "MICROPHONE" not in house.sources("bob", BACKSTAGE)


@pytest.mark.parametrize(("reason", "left"), [("10m", ""), ("10m shouting", "shouting")])
async def test_a_time_in_the_option_for_the_reason_is_no_reason(house: House, reason: str, left: str) -> None:
    options = {"who": "bob", "lock": "true", "reason": reason}
    reply = await house.say("mute", options=options)
    if left:
        assert labels(reply) == ["for 10m", "As the reason"]
        assert not house.writes
        reply = await house.press("for 10m")
    assert AGAIN_IN in told(reply)
    [order] = await house.database.orders.active()
    assert order.reason == left


async def test_the_option_for_sources_takes_them_as_words_do(house: House) -> None:
    await house.say("mute", options={"who": "bob", "what": "mic + cam and video", "lock": "true"})
    assert house.sources("bob") == ["SCREEN_SHARE", "SCREEN_SHARE_AUDIO"]


async def test_of_two_names_the_longer_is_meant_also_with_a_typing_error(house: House) -> None:
    reply = await house.say("mute Bob Stne lock")
    assert "Reason" not in told(reply)
    await house.press("Bob Stone")
    assert "MICROPHONE" not in house.sources("bob")
