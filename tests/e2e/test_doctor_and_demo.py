"""`usher doctor`, `usher demo` and `usher --help`, as a newcomer meets them."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from tests.e2e.conftest import Consoles
from tests.e2e.console import Answer, environment, usher
from tests.e2e.hostility import hostile_rooms
from tests.livekit_server import API_SECRET, RunningServer


def test_doctor_names_each_thing_that_is_missing(tmp_path: Path) -> None:
    ended = usher("doctor", env=environment(tmp_path / "missing" / "usher.db"))
    said = ended.stdout.decode()
    assert (ended.returncode, ended.stderr) == (1, b"")
    for name in ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"):
        assert f"missing {name} is not set" in said
    assert "LIVEKIT_API_SECRET_FILE" in said
    assert "missing History: There is no directory" in said
    assert "USHER_ADMINS is empty" in said
    assert "LiveKit was not tried" in said
    assert said.splitlines()[-1].endswith("things are missing.")


def test_doctor_names_settings_that_are_wrong(tmp_path: Path) -> None:
    wrong = {
        "LIVEKIT_URL": "ftp://nowhere", "USHER_ADMINS": "alice", "USHER_PAGE_SIZE": "many", "USHER_ROLES": "kick=king",
        "USHER_CA_FILE": "/nowhere.pem", "LIVEKIT_API_KEY": "APIkey", "LIVEKIT_API_SECRET": API_SECRET,
    }  # fmt: skip
    ended = usher("doctor", env=environment(tmp_path / "usher.db", **wrong))
    said = ended.stdout.decode()
    assert (ended.returncode, ended.stderr) == (1, b"")
    for name in ("LIVEKIT_URL", "USHER_ADMINS", "USHER_PAGE_SIZE", "USHER_ROLES", "USHER_CA_FILE"):
        assert f"missing {name} " in said, said
    assert API_SECRET not in said


async def test_doctor_says_that_the_key_is_wrong_and_tells_no_secret(tmp_path: Path) -> None:
    wrong = "another-secret-of-more-than-32-letters-for-tests"
    async with hostile_rooms() as rooms:
        env = environment(tmp_path / "usher.db", rooms.url, LIVEKIT_API_SECRET=wrong)
        ended = await asyncio.to_thread(usher, "doctor", env=env)
        assert ended.returncode == 1
        said = ended.stdout.decode()
        assert "missing LiveKit: LiveKit refused Usher's key" in said
        assert "LIVEKIT_API_SECRET = (secret)" in said
        for secret in (wrong, *rooms.tokens):
            assert secret not in said + ended.stderr.decode()


@pytest.mark.parametrize("address", ["ws://127.0.0.1:9", "wss://nowhere.invalid"])
def test_doctor_says_that_livekit_cannot_be_reached(tmp_path: Path, address: str) -> None:
    ended = usher("doctor", env=environment(tmp_path / "usher.db", address))
    assert (ended.returncode, ended.stderr) == (1, b"")
    assert "missing LiveKit: LiveKit could not be reached" in ended.stdout.decode()


@pytest.mark.real
def test_doctor_is_content_with_a_server_that_works(livekit_server: RunningServer, tmp_path: Path) -> None:
    ended = usher("doctor", env=environment(tmp_path / "usher.db", livekit_server.url))
    said = ended.stdout.decode()
    assert (ended.returncode, ended.stderr) == (0, b""), said
    assert "LiveKit: it answers (self-hosted)" in said
    assert said.splitlines()[-1] == "Everything that is needed is there."
    assert API_SECRET not in said


@pytest.mark.real
def test_a_wrong_key_is_refused_by_the_real_server_without_a_secret(
    livekit_server: RunningServer, tmp_path: Path
) -> None:
    wrong = "another-secret-of-more-than-32-letters-for-tests"
    env = environment(tmp_path / "usher.db", livekit_server.url, LIVEKIT_API_SECRET=wrong)
    doctor = usher("doctor", env=env)
    console = usher("console", "--as", "alice", "--json", env=env, given=b"/rooms\n/mute bob in:hall\n")
    assert (doctor.returncode, console.returncode) == (1, 1)
    assert "LiveKit refused Usher's key" in doctor.stdout.decode()
    for line in console.stdout.decode().splitlines():
        assert "LiveKit refused Usher's key, nothing was changed" in Answer.of(line).text
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    for content in (doctor.stdout, doctor.stderr, console.stdout, console.stderr, stored):
        assert wrong.encode() not in content
        assert b"eyJ" not in content


def test_the_console_without_settings_says_what_is_missing() -> None:
    ended = usher("console", env=environment(None), given=b"/rooms\n")
    assert (ended.returncode, ended.stdout) == (2, b"")
    for name in (b"LIVEKIT_URL", b"LIVEKIT_API_KEY", b"LIVEKIT_API_SECRET", b"usher doctor"):
        assert name in ended.stderr
    assert b"Traceback" not in ended.stderr


async def test_the_demo_needs_no_settings_and_mutes_bob(consoles: Consoles) -> None:
    demo = consoles("", command=("demo",))
    people = await demo.say("/participants")
    assert people.title.startswith("standup: 10 people, ")
    muted = await demo.say("/mute bob")
    assert (muted.tone, muted.outcome) == ("ok", "done"), muted.text
    assert "Muted Bob Stone in standup: microphone TR_" in muted.text
    assert (await demo.say("/unmute bob")).outcome == "failed"
    assert (await demo.say("/mute bob lock")).outcome == "done"
    assert (await demo.say("/undo")).outcome == "done"
    assert (await demo.say("/kick EG_recorder")).outcome == "refused"
    assert (await demo.say("/kick agent-notes")).outcome == "refused"
    assert len((await demo.say("/kick Anna Berg spamming")).choices()) == 2
    assert "נועה" in (await demo.say("/participant noa")).text
    assert (await demo.sure("/quiet")).outcome == "done"
    assert (await demo.sure("/move bob backstage")).outcome == "failed"
    assert (await demo.sure("/kick bob")).outcome == "done"
    assert (await demo.say("/history kind:done")).rows()[0][1] == "kick"
    assert await demo.close() == 1


async def test_the_demo_of_the_cloud_moves_people_and_revokes_tokens(consoles: Consoles) -> None:
    demo = consoles("", "--cloud", command=("demo",))
    assert (await demo.sure("/move bob backstage")).outcome == "done"
    assert "bob" in [row[1] for row in (await demo.say("/participants backstage")).rows()]
    kicked = await demo.sure("/kick anna in:standup")
    assert "LiveKit Cloud takes no join token any more" in kicked.text
    assert await demo.close() == 0


def test_the_demo_can_be_piped() -> None:
    ended = usher("demo", env=environment(None), given=b"/mute bob\n/participants\n")
    assert (ended.returncode, ended.stderr) == (0, b"")
    first, second = ended.stdout.decode().splitlines()
    assert first.startswith("Muted Bob Stone in standup: microphone TR_")
    assert second.startswith("standup: 10 people, ")


def test_the_demo_says_what_the_readme_shows() -> None:
    """Each line below a prompt there, cell by cell: a pipe gets the answers without a terminal's marks and columns."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    session = "".join(
        re.findall(r"```\n(usher> .*?)```", readme.partition("### In the demo")[2].partition("### ")[0], re.S)
    )
    typed, shown = zip(*(step.split("\n", 1) for step in session.split("usher> ")[1:]), strict=True)
    ended = usher("demo", env=environment(None), given="\n".join(typed).encode())
    answers = ended.stdout.decode().splitlines()
    assert len(answers) == len(typed) > 5
    for answer, lines in zip(answers, shown, strict=True):
        for line in (line for line in lines.splitlines() if line.strip() not in ("", "...") and "Identity" not in line):
            for cell in re.split(r"  +", re.sub(r"^(Done: |\[\d\] )", "", line.strip())):
                assert _ageless(cell) in _ageless(answer)


def _ageless(words: str) -> str:
    return re.sub(r"\d+ min ago", "(some) min ago", words)


def test_help_of_the_shell_names_every_command(tmp_path: Path) -> None:
    env = environment(None)
    whole = usher("--help", env=env)
    assert (whole.returncode, whole.stderr) == (0, b"")
    for word in (b"console", b"demo", b"doctor", b"history"):
        assert word in whole.stdout
        assert usher(word.decode(), "--help", env=env).returncode == 0
    assert usher("history", env=env).returncode == 2
