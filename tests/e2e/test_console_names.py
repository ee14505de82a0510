"""Whom the words mean: exactly one person or a choice, whatever letters the name is made of."""

from __future__ import annotations

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.model import Source
from tests.e2e.console import Console
from tests.e2e.scene import Scene, event

pytestmark = [pytest.mark.real, pytest.mark.participants]

MIC = Source.MICROPHONE
LONGEST = "ü" * 120 + "x" * 16  # 256 bytes


@pytest.mark.parametrize(
    "identity",
    [
        "נועה לוי",
        "مها",
        "🎧 dj 🎧",
        "O'Brien",
        'say "hi"',
        "a/b@c.example",
        "Ａnna",
        "two  spaces",
        "İstanbul",
        LONGEST,
    ],
    ids=["hebrew", "arabic", "emoji", "apostrophe", "quotes", "mail", "full-width", "spaces", "dotted", "256-bytes"],
)
async def test_any_identity_can_be_muted_as_it_is_written(alice: Console, scene: Scene, identity: str) -> None:
    person = await scene.join(identity, MIC)
    answer = await alice.say(f"/mute {identity} enough")
    assert (answer.tone, answer.outcome) == ("ok", "done"), answer.text
    assert "Reason: enough" in answer.text
    await person.hears(event("track_muted", identity, "microphone"))
    sid = await alice.say(f"/mute {(await scene.seen(identity)).sid}")
    assert sid.outcome == "already", sid.text


async def test_a_right_to_left_name_is_isolated_from_the_text_around_it(alice: Console, scene: Scene) -> None:
    await scene.join(JoinGrant("noa", "נועה\u202e evil\u2066"), MIC)
    answer = await alice.say("/mute noa")
    assert answer.outcome == "done", answer.text
    assert answer.title.startswith("Muted \u2068נועה evil\u2069 in ")


async def test_an_ambiguous_name_is_a_choice_and_its_number_acts(alice: Console, scene: Scene) -> None:
    await scene.join(JoinGrant("anna-1", "Anna"), MIC)
    await scene.join(JoinGrant("anna-2", "Anna"), MIC)
    asked = await alice.say("/mute Anna")
    assert (asked.tone, asked.outcome, asked.case) == ("info", None, None), asked.text
    assert len(asked.choices()) == 2
    assert await scene.open_tracks("anna-1") == {MIC}
    assert await scene.open_tracks("anna-2") == {MIC}
    wanted = 1 + next(n for n, text in enumerate(asked.choices()) if "anna-2" in text)
    assert (await alice.say(str(wanted))).outcome == "done"
    assert await scene.open_tracks("anna-1") == {MIC}
    assert await scene.open_tracks("anna-2") == set()
    spent = await alice.say(str(wanted))
    assert (spent.tone, spent.outcome) != ("ok", "done")


async def test_a_prefix_and_a_look_alike_are_only_offered(alice: Console, scene: Scene) -> None:
    await scene.join(JoinGrant("bob", "Bob Stone"), MIC)
    for typed in ("bo", "bobb", "Bob Ston"):
        asked = await alice.say(f"/mute {typed}")
        assert (asked.tone, asked.outcome) == ("info", None), asked.text
        assert len(asked.choices()) == 1
    assert await scene.open_tracks("bob") == {MIC}
    assert (await alice.say("no")).text == "Nothing was done."
    assert (await alice.say("/mute BOB STONE")).outcome == "done"


async def test_two_readings_of_one_line_are_a_choice(alice: Console, scene: Scene) -> None:
    await scene.join(JoinGrant("anna", "Anna"), MIC)
    await scene.join(JoinGrant("anna-berg", "Anna Berg"), MIC)
    asked = await alice.say("/kick Anna Berg spamming")
    assert (asked.tone, asked.outcome) == ("info", None), asked.text
    assert len(asked.choices()) == 2
    assert {person.identity for person in await scene.service.list_participants(scene.room)} == {"anna", "anna-berg"}
    source = await alice.say("/mute anna-berg microfone")
    assert "How is microfone meant?" in source.title
    assert (await alice.say("1")).outcome == "done"
    assert await scene.open_tracks("anna") == {MIC}


async def test_the_identity_of_one_that_is_the_name_of_another_is_a_choice(alice: Console, scene: Scene) -> None:
    await scene.join(JoinGrant("bob", "Robert"), MIC)
    await scene.join(JoinGrant("eve", "bob"), MIC)
    asked = await alice.say("/mute bob")
    assert (asked.tone, asked.outcome) == ("info", None), asked.text
    assert len(asked.choices()) == 2
    assert await scene.open_tracks("bob") == {MIC}


async def test_a_chat_mention_is_never_taken_for_a_name(alice: Console, scene: Scene) -> None:
    await scene.join(JoinGrant("<@U123>", "<@U123>"), MIC)
    answer = await alice.say("/mute <@U123>")
    assert (answer.tone, answer.outcome) == ("error", None), answer.text
    assert "mention" in answer.text
    assert await scene.open_tracks("<@U123>") == {MIC}
