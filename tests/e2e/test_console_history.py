"""History, cases, reasons, defaults and roles, with several people on one database."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.model import Source
from tests.e2e.conftest import Consoles
from tests.e2e.console import Console, environment, usher
from tests.e2e.scene import Scene, event
from tests.livekit_server import RunningServer

pytestmark = [pytest.mark.real, pytest.mark.participants]

MIC = Source.MICROPHONE


async def test_a_case_tells_before_after_and_every_entry_and_takes_another_reason(alice: Console, scene: Scene) -> None:
    await scene.join("bob", MIC)
    (track,) = (await scene.seen("bob")).tracks
    number = (await alice.say("/mute bob microphone lock shouting")).case
    answer = await alice.say(f"/reason {number} he asked for it, see the recording")
    assert (answer.command, answer.tone, answer.outcome, answer.case) == ("reason", "ok", "done", number), answer.text
    case = (await alice.say(f"/case {number}")).text
    assert f"Case {number} mute lock bob in {scene.room}: in force" in case
    assert "can_publish_sources: " in case
    assert track.sid in case
    assert "(console:alice)" in case
    assert "Typed: /mute bob microphone lock shouting" in case
    assert "Reason: shouting" in case
    assert "Reason: he asked for it, see the recording" in case
    undone = await alice.say("/undo")
    assert undone.outcome == "done", undone.text
    assert undone.case == number
    assert f"Case {number} mute lock bob in {scene.room}: ended" in (await alice.say(f"/case {number}")).text
    rows = (await alice.say(f"/history room:{scene.room}")).rows()
    assert [(row[1], row[3]) for row in rows] == [("mute lock", "ended")]
    assert rows[0][6] == "he asked for it, see the recording"


async def test_history_shows_twenty_cases_a_page_newest_first_with_refusals(alice: Console, scene: Scene) -> None:
    await scene.join("bob")
    numbers = [(await alice.say(f"/attribute bob n={n} because {n}")).case for n in range(21)]
    await alice.say("/kick nobody-like-that")
    first = await alice.say(f"/history room:{scene.room}")
    assert [row[0] for row in first.rows()] == [str(number) for number in numbers[:0:-1]]
    assert [row[6] for row in first.rows()] == [f"because {n}" for n in range(20, 0, -1)]
    assert "More:" in first.text
    second = await alice.say(f"/history room:{scene.room} 2")
    assert [row[0] for row in second.rows()] == [str(numbers[0])]
    assert (await alice.say(f"/history bob by:me kind:attribute room:{scene.room}")).rows() == first.rows()
    assert "No case" in (await alice.say(f"/history kind:refused room:{scene.room}")).text


async def test_an_undo_of_what_has_none_says_so(alice: Console, scene: Scene) -> None:
    await scene.join("listener")
    bob = await scene.join("bob", MIC)
    muted = (await alice.say("/mute bob")).case
    answer = await alice.say(f"/undo {muted}")
    assert (answer.tone, answer.outcome) == ("warn", None), answer.text
    assert "a mute has no undo" in answer.text.casefold()
    assert await scene.open_tracks("bob") == set()
    sent = (await alice.say("/demote bob")).case
    await bob.leave()
    await scene.join("bob", MIC, token=bob.token)
    other = await alice.say(f"/undo {sent}")
    assert other.tone == "warn"
    assert "new session" in other.text


async def test_use_sets_the_room_of_the_channel_and_a_glob_follows_the_live_room(
    consoles: Consoles, scene: Scene
) -> None:
    alice = consoles(scene.server.url)
    await scene.join("bob", MIC)
    await scene.join("anna", MIC, room=f"{scene.room}-side")
    asked = await alice.say("/mute bob")
    assert f"{scene.room}-side" in asked.choices()
    answer = await alice.say(f"/use {scene.room}-side")
    assert (answer.command, answer.tone, answer.outcome) == ("use", "ok", "done"), answer.text
    assert (await alice.say("/mute anna")).outcome == "done"
    assert (await alice.say(f"/use {scene.room}-side")).outcome == "already"
    assert (await alice.say("/use nowhere-like-that")).outcome is None
    assert (await alice.say("/use hall-*-sid?")).outcome == "done"
    assert (await alice.say("/mute anna")).outcome == "already"
    assert (await alice.say(f"/mute bob in:{scene.room}")).outcome == "done"
    await scene.service.delete_room(f"{scene.room}-side")
    ended = await alice.say("/participants")
    assert "No live room is called" in ended.text
    again = consoles(scene.server.url, "--room", scene.room)
    assert (await again.say("/mute bob")).outcome == "already"
    assert await again.close() == 0
    assert await alice.close() == 0


async def test_a_second_person_gets_a_role_over_some_rooms_and_loses_it(
    consoles: Consoles, scene: Scene, tmp_path: Path
) -> None:
    alice, bea = consoles(scene.server.url), consoles(scene.server.url, as_="bea")
    listener, _ = await scene.join("listener"), await scene.join("bob", MIC)
    await scene.join("anna", MIC, room=f"{scene.room}-side")
    stranger = await bea.say("/mute bob")
    assert (stranger.tone, stranger.outcome) == ("error", "refused"), stranger.text
    assert "console:bea" in stranger.text
    assert "console:alice" in stranger.text
    assert await scene.open_tracks("bob") == {MIC}
    given = await alice.say(f"/moderator console:bea moderator in:{scene.room}")
    assert (given.command, given.tone, given.outcome) == ("moderator", "ok", "done"), given.text
    rows = (await bea.say("/moderators")).rows()
    assert [row[:3] for row in rows] == [["console:alice", "admin", "*"], ["console:bea", "moderator", scene.room]]
    assert (await bea.say("/mute bob")).outcome == "done"
    await listener.hears(event("track_muted", "bob", "microphone"))
    for line in (f"/mute anna in:{scene.room}-side", "/metadata bob {}", "/moderator console:bea admin"):
        refused = await bea.say(line)
        assert (refused.tone, refused.outcome) == ("error", "refused"), refused
    assert [row[0] for row in (await bea.say("/rooms")).rows()] == [scene.room]
    assert "/metadata" not in (await bea.say("/help")).text
    assert (await alice.say("/moderator console:alice viewer")).outcome == "refused"
    assert (await alice.say("/moderator console:bea none")).outcome == "done"
    assert (await bea.say("/mute bob")).outcome == "refused"
    refusals = (await alice.say("/history kind:refused")).rows()
    assert len(refusals) >= 5
    assert (await bea.close(), await alice.close()) == (1, 1)
    verified = usher("history", "verify", env=environment(tmp_path / "usher.db"))
    assert verified.returncode == 0, verified.stdout


async def test_both_the_name_and_the_os_user_are_kept(
    consoles: Consoles, livekit_server: RunningServer, tmp_path: Path
) -> None:
    alice = consoles(livekit_server.url)
    number = (await alice.say("/moderator console:bea viewer")).case
    assert "OS user" in (await alice.say(f"/case {number}")).text
    await alice.close()
