"""SIGKILL at each step of `perform`, against the real server: no action is without a record, no record lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.model import Participant, Source
from tests.clocks import eventually
from tests.e2e.conftest import Consoles
from tests.e2e.console import Answer, Console, environment, usher
from tests.e2e.killed import STEPS
from tests.e2e.scene import Scene
from tests.livekit_server import RunningServer

pytestmark = [pytest.mark.real, pytest.mark.participants]

MIC, CAMERA = Source.MICROPHONE, Source.CAMERA


@dataclass(frozen=True, slots=True)
class Deed:
    """A command (`asks` first, or not), and how it shows on bob."""

    line: str
    asks: bool = False

    def shows(self, bob: Participant | None) -> bool:
        if bob is None:
            return self.line == "/kick bob"
        if self.line == "/attribute bob table=4":
            return bob.attributes.get("table") == "4"
        if self.line == "/mute bob lock":
            return MIC not in bob.permission.effective_sources
        return not bob.open_audio


DEEDS = (Deed("/mute bob"), Deed("/mute bob lock"), Deed("/kick bob", asks=True), Deed("/attribute bob table=4"))
HAPPENED = {"before intent": False, "after intent": False, "after the call": True, "before outcome": True}


async def killed(consoles: Consoles, scene: Scene, step: str, deed: Deed) -> None:
    """Somebody says it, and the process dies at that step."""
    how = {"module": "tests.e2e.killed", "env": {"KILLED_AT": step}}
    victim = consoles(scene.server.url, "--room", scene.room, **how)
    if deed.asks:
        assert (await victim.say(deed.line)).tone == "warn"
    victim.write("yes" if deed.asks else deed.line)
    await victim.died()


async def settled(console: Console) -> list[list[str]]:
    """The rows of the history once no case is open any more."""
    answer: Answer | None = None

    async def closed() -> bool:
        nonlocal answer
        answer = await console.say("/history")
        return not any(part["type"] == "table" for part in answer.parts) or not any(
            row[3].endswith("open") for row in answer.rows()
        )

    await eventually(closed)
    assert answer is not None
    return answer.rows() if answer.parts else []


@pytest.mark.parametrize("deed", DEEDS, ids=[deed.line[1:].replace(" ", "-") for deed in DEEDS])
@pytest.mark.parametrize("step", STEPS, ids=[step.replace(" ", "-") for step in STEPS])
async def test_a_killed_command_leaves_a_record_that_says_what_is_true(
    consoles: Consoles, scene: Scene, tmp_path: Path, step: str, deed: Deed
) -> None:
    await scene.join("listener")
    await scene.join("bob", MIC)
    await killed(consoles, scene, step, deed)
    assert deed.shows(await scene.see("bob")) is HAPPENED[step]
    alice = consoles(scene.server.url, "--room", scene.room)
    rows = await settled(alice)
    order = ["in force"] if deed.line == "/mute bob lock" else []
    if step == "before intent":
        assert [row[3] for row in rows] == order, "what was decided stands"
    else:
        ((number, *_, outcome, _, _, _),) = rows
        found = "holds" if HAPPENED[step] else "does not hold"
        assert outcome == ", ".join([*order, f"unknown (observed: {found})"])
        case = (await alice.say(f"/case {number}")).text
        assert "intent" in case
        assert "reconciled unknown (reconciled), just now, by alice" in case
    assert deed.shows(await scene.see("bob")) is HAPPENED[step]
    again = await (alice.sure(deed.line) if deed.asks and not HAPPENED[step] else alice.say(deed.line))
    assert again.outcome == ("already" if HAPPENED[step] else "done"), again.text
    assert await alice.close() == 0
    verified = usher("history", "verify", env=environment(tmp_path / "usher.db"))
    assert verified.returncode == 0, verified.stdout


@pytest.mark.parametrize("back", ["/unmute bob", "/undo 1"])
async def test_a_lock_of_a_killed_process_can_be_given_back(consoles: Consoles, scene: Scene, back: str) -> None:
    bob = await scene.join("bob", MIC)
    before = (await scene.seen("bob")).permission
    await killed(consoles, scene, "before outcome", Deed("/mute bob lock"))
    alice = consoles(scene.server.url, "--room", scene.room)
    await settled(alice)
    answer = await (alice.sure(back) if back.startswith("/undo") else alice.say(back))
    assert (answer.tone, answer.outcome) == ("ok", "done"), answer.text
    assert (await scene.seen("bob")).permission == before
    await bob.publish(MIC)


async def test_a_kill_amid_a_wide_action_leaves_an_outcome_for_every_part(
    consoles: Consoles, scene: Scene, tmp_path: Path
) -> None:
    names = [f"bob-{n}" for n in range(6)]
    for name in names:
        await scene.join(name, MIC)
    await killed(consoles, scene, "after the call", Deed("/quiet", asks=True))
    alice = consoles(scene.server.url, "--room", scene.room)
    ((number, *_),) = await settled(alice)
    case = (await alice.say(f"/case {number}")).text
    open_still = [name for name in names if await scene.open_tracks(name)]
    assert case.count("). observed: does not hold") == len(open_still)
    assert case.count("). observed: holds") == len(names) - len(open_still)
    assert len(open_still) < len(names)
    assert (await alice.close()) == 0
    assert usher("history", "verify", env=environment(tmp_path / "usher.db")).returncode == 0


async def test_an_intent_is_looked_up_as_soon_as_livekit_can_be_asked_again(
    consoles: Consoles, scene: Scene, livekit_server: RunningServer
) -> None:
    await scene.join("bob", MIC)
    await killed(consoles, scene, "after the call", Deed("/mute bob"))
    without = consoles("http://127.0.0.1:9", "--room", scene.room)
    assert [row[3] for row in (await without.say("/history")).rows()] == ["open"]
    assert await without.close() == 0
    alice = consoles(scene.server.url, "--room", scene.room)
    assert [row[3] for row in await settled(alice)] == ["unknown (observed: holds)"]
    assert await alice.close() == 0
