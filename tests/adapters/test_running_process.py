"""`usher run` as a process of its own: whatever it is doing, a signal ends it."""

from __future__ import annotations

import signal
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.running import NO_CHAT
from tests.clocks import eventually
from tests.e2e.console import ROOT, environment
from tests.slack_stand_in import SlackStandIn

BEGUN = b"Hard: started, by hand\n"
NO_DISCORD = b"Discord: not started: DISCORD_TOKEN is not set\n"
ENFORCED = b"Orders: enforced\n"
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
    while found.startswith(b"HTTP: "):
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
        await said(running, ENFORCED)
        await said(running, STOPPING)
        running.send_signal(number)
        assert await running.wait() == -number
        assert await rest(running.stderr) == b""


async def test_what_does_not_end_by_itself_is_ended_by_the_system(tmp_path: Path) -> None:
    async with process(tmp_path, "tests.running_process", "stubborn") as running:
        await said(running, BEGUN)
        running.send_signal(signal.SIGTERM)
        await said(running, ENFORCED)
        await said(running, STOPPING)
        assert await running.wait() == -signal.SIGALRM


async def test_slack_is_served_over_a_websocket_until_the_signal(slack: SlackStandIn, tmp_path: Path) -> None:
    async with process(tmp_path, "adapters.cli", "run", **slack.environment, USHER_LOG_LEVEL="debug") as running:
        await said(running, NO_DISCORD)
        await said(running, b"Slack: started, Socket Mode\n")
        await slack.connected()
        running.send_signal(signal.SIGTERM)
        await said(running, ENFORCED)
        await said(running, STOPPING)
        assert await running.wait() == 0
        written = (await rest(running.stderr)).decode()
    assert [secret for secret in (slack.app.bot_token, slack.app.app_token) if secret in written] == []
    assert "Traceback" not in written


async def test_slack_is_served_over_http_where_it_says(slack: SlackStandIn, tmp_path: Path) -> None:
    settings = {**slack.http_environment, "USHER_HTTP": "127.0.0.1:0"}
    async with process(tmp_path, "adapters.cli", "run", **settings) as running:
        await said(running, NO_DISCORD)
        assert running.stdout is not None
        line = (await running.stdout.readline()).decode().strip()
        begun = "Slack: started, HTTP mode on http://127.0.0.1:"
        assert line.startswith(begun)
        assert line.endswith("/slack/events")
        url = line.partition(" on ")[2]
        assert (await slack.ssl_check(url, method="GET")).status == 200

        async def verified() -> bool:
            return (await slack.url_verification(url)).status == 200

        await eventually(verified)
        running.send_signal(signal.SIGTERM)
        await said(running, ENFORCED)
        await said(running, STOPPING)
        assert await running.wait() == 0
        assert b"ERROR" not in await rest(running.stderr)


async def test_a_token_that_slack_refuses_is_tried_again_until_the_signal(slack: SlackStandIn, tmp_path: Path) -> None:
    slack.revoke()
    async with process(tmp_path, "adapters.cli", "run", **slack.environment) as running:
        await said(running, NO_DISCORD)
        await said(running, b"Slack: started, Socket Mode\n")
        await slack.until(lambda: len(slack.called("auth.test")) > 1)
        running.send_signal(signal.SIGTERM)
        await said(running, ENFORCED)
        await said(running, STOPPING)
        assert await running.wait() == 0
        written = (await rest(running.stderr)).decode()
    why = "Slack refused, or did not answer (auth.test: token_revoked); usher doctor looks closer."
    assert f"ERROR adapters.supervisor: The loop 'Slack' failed (BotError: {why});" in written
    assert slack.app.bot_token not in written


async def test_a_second_run_on_the_same_history_is_refused(slack: SlackStandIn, tmp_path: Path) -> None:
    async with process(tmp_path, "adapters.cli", "run", **slack.environment) as first:
        await said(first, NO_DISCORD)
        await said(first, b"Slack: started, Socket Mode\n")
        async with process(tmp_path, "adapters.cli", "run", **slack.environment) as second:
            out, err = await second.communicate()
        assert (second.returncode, out, err) == (2, NO_DISCORD, b"Usher is running on this history already.\n")
        first.send_signal(signal.SIGINT)
        assert await first.wait() == 0


@pytest.mark.postgres
async def test_any_number_of_runs_share_a_server(tmp_path: Path, postgres_url: str) -> None:
    words, shared = ("adapters.cli", "run"), {"DATABASE_URL": postgres_url}
    async with process(tmp_path, *words, **shared) as first, process(tmp_path, *words, **shared) as second:
        for one in (first, second):
            await said(one, b"Slack: not started: SLACK_BOT_TOKEN is not set\n")
            await said(one, NO_DISCORD)
            await said(one, NO_CHAT.encode() + b"\n")
            await said(one, ENFORCED)
        first.kill()
        await first.wait()
        second.send_signal(signal.SIGTERM)
        await said(second, STOPPING)
        assert await second.wait() == 0
        assert b"locks" not in await rest(second.stderr)


async def test_without_credentials_the_shell_command_serves_no_chat_and_goes_on(tmp_path: Path) -> None:
    async with process(tmp_path, "adapters.cli", "run") as running:
        await said(running, b"Slack: not started: SLACK_BOT_TOKEN is not set\n")
        await said(running, NO_DISCORD)
        await said(running, NO_CHAT.encode() + b"\n")
        running.send_signal(signal.SIGTERM)
        assert await running.wait() == 0


async def test_settings_that_are_wrong_end_the_shell_command_as_any_other(tmp_path: Path) -> None:
    wrong = {"SLACK_BOT_TOKEN": "xapp-1-t0ken", "SLACK_APP_TOKEN": "xoxb-1-t0ken"}
    async with process(tmp_path, "adapters.cli", "run", **wrong) as running:
        out, err = await running.communicate()
    assert (running.returncode, out) == (2, b"")
    lines = err.decode().splitlines()
    assert [line.partition(" ")[0] for line in lines[:2]] == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]
    assert "t0ken" not in err.decode()
