"""`usher run` as a process of its own: whatever it is doing, a signal ends it."""

from __future__ import annotations

import signal
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.e2e.console import ROOT, environment

BEGUN = b"Hard: started, by hand\n"
STOPPING = b"Stopping: what is under way is finished first\n"


@asynccontextmanager
async def process(tmp_path: Path, *words: str, **more: str) -> AsyncIterator[Process]:
    env = environment(tmp_path / "usher.db", "ws://127.0.0.1:1", **more)
    running = await create_subprocess_exec(
        sys.executable, "-m", *words, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=env, cwd=ROOT
    )
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
            await running.wait()


async def said(running: Process, line: bytes) -> None:
    assert running.stdout is not None
    found = await running.stdout.readline()
    assert found == line, (found, await rest(running.stderr) if not found else b"")


async def rest(stream: object) -> bytes:
    return await stream.read()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_while_it_starts_ends_it_in_order(tmp_path: Path, number: signal.Signals) -> None:
    async with process(tmp_path, "tests.running_process", "slow") as running:
        await said(running, b"starting\n")
        running.send_signal(number)
        assert running.stdin is not None
        running.stdin.write(b"go\n")
        assert await running.wait() == 0
        assert await rest(running.stderr) == b""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_second_signal_ends_it_at_once(tmp_path: Path, number: signal.Signals) -> None:
    async with process(tmp_path, "tests.running_process", "deaf") as running:
        await said(running, BEGUN)
        running.send_signal(signal.SIGTERM)
        await said(running, STOPPING)
        running.send_signal(number)
        assert await running.wait() == -number
        assert await rest(running.stderr) == b""


async def test_what_does_not_end_by_itself_is_ended_by_the_system(tmp_path: Path) -> None:
    async with process(tmp_path, "tests.running_process", "stubborn") as running:
        await said(running, BEGUN)
        running.send_signal(signal.SIGTERM)
        await said(running, STOPPING)
        assert await running.wait() == -signal.SIGALRM


async def test_without_credentials_the_shell_command_ends_with_2_and_says_why(tmp_path: Path) -> None:
    async with process(tmp_path, "adapters.cli", "run") as running:
        out, err = await running.communicate()
    assert running.returncode == 2
    assert out.decode().splitlines() == ["Slack: not started: SLACK_BOT_TOKEN is not set"]
    assert err.decode() == "No chat can be served: set the credentials of one. docs/settings.md lists them.\n"


async def test_settings_that_are_wrong_end_the_shell_command_as_any_other(tmp_path: Path) -> None:
    wrong = {"SLACK_BOT_TOKEN": "xapp-1-t0ken", "SLACK_APP_TOKEN": "xoxb-1-t0ken"}
    async with process(tmp_path, "adapters.cli", "run", **wrong) as running:
        out, err = await running.communicate()
    assert (running.returncode, out) == (2, b"")
    lines = err.decode().splitlines()
    assert [line.partition(" ")[0] for line in lines[:2]] == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]
    assert "t0ken" not in err.decode()
