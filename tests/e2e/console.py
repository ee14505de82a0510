"""`usher` as its own process, as a shell runs it: a line in, a line out."""

from __future__ import annotations

import asyncio
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.clocks import PATIENCE
from tests.livekit_server import API_KEY, API_SECRET

ROOT = Path(__file__).parent.parent.parent

FIELDS = {"command", "tone", "outcome", "case", "title", "text", "parts", "buttons"}
OUTCOMES = {None, "done", "already", "not_effective", "failed", "unknown", "refused"}
_OURS = ("USHER_", "LIVEKIT_", "DATABASE_", "SLACK_", "DISCORD_")


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of `--json`; its fields have been checked against the contract."""

    command: str
    tone: str
    outcome: str | None
    case: int | None
    title: str
    text: str
    parts: list[dict[str, Any]]
    buttons: list[dict[str, str]]

    @classmethod
    def of(cls, line: str) -> Answer:
        data = json.loads(line)
        assert set(data) == FIELDS, line
        answer = cls(**data)
        assert answer.tone in {"ok", "info", "warn", "error"}, line
        assert answer.outcome in OUTCOMES, line
        assert answer.case is None or isinstance(answer.case, int), line
        assert all(isinstance(text, str) for text in (answer.command, answer.title, answer.text)), line
        assert all(set(button) == {"label", "token"} and button["token"] for button in answer.buttons), line
        assert {part["type"] for part in answer.parts} <= {"text", "fields", "table", "choices"}, line
        return answer

    def rows(self) -> list[list[str]]:
        """Those of the only table."""
        (table,) = [part for part in self.parts if part["type"] == "table"]
        rows: list[list[str]] = table["rows"]
        return rows

    def choices(self) -> list[str]:
        return [one["text"] for part in self.parts if part["type"] == "choices" for one in part["choices"]]


def environment(database: Path | None, url: str = "", **more: str) -> dict[str, str]:
    """This process's environment, with nothing of Usher's in it but what is given; alice is the first admin."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    clean["USHER_HTTP"] = "127.0.0.1:0"
    if database is not None:
        clean["DATABASE_URL"] = f"sqlite:///{database}"
    if url:
        clean |= {"LIVEKIT_URL": url, "LIVEKIT_API_KEY": API_KEY, "LIVEKIT_API_SECRET": API_SECRET}
        clean["USHER_ADMINS"] = "console:alice"
    return clean | more


def usher(
    *words: str, env: Mapping[str, str], given: bytes = b"", seconds: float = PATIENCE
) -> subprocess.CompletedProcess[bytes]:
    """Run `usher` to its end with this on standard input."""
    command = [sys.executable, "-m", "adapters.cli", *words]
    return subprocess.run(command, input=given, env=dict(env), cwd=ROOT, capture_output=True, timeout=seconds)


class Console:
    """A process that is talked to line by line. Everything on standard output must be the answer to a line."""

    def __init__(
        self,
        env: Mapping[str, str],
        log: Path,
        *words: str,
        as_: str = "alice",
        json: bool = True,
        module: str = "adapters.cli",
        command: Sequence[str] = ("console",),
    ) -> None:
        shape = ["--json"] if json else []
        self.log_path = log
        self._log = log.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *command, "--as", as_, *shape, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=dict(env),
            cwd=ROOT,
        )
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def log(self) -> str:
        """What stood on standard error so far."""
        return self.log_path.read_text(errors="replace")

    async def say(self, line: str | bytes, seconds: float = PATIENCE) -> Answer:
        """The answer to a line."""
        return Answer.of(await self.line(line, seconds))

    async def line(self, line: str | bytes, seconds: float = PATIENCE) -> str:
        """The line that answers a line; AssertionError when there is none in time."""
        self.write(line)
        return await self.next(seconds)

    def write(self, line: str | bytes) -> None:
        assert self.process.stdin is not None
        content = line if isinstance(line, bytes) else line.encode()
        self.process.stdin.write(content + b"\n")
        self.process.stdin.flush()

    async def next(self, seconds: float = PATIENCE) -> str:
        """The next line of the answer."""
        try:
            found = await asyncio.to_thread(self._lines.get, True, seconds)
        except queue.Empty:
            raise AssertionError(f"no answer within {seconds} s; standard error: {self.log[-2000:]}") from None
        assert found.endswith(b"\n"), f"the output ended: {found!r}; standard error: {self.log[-2000:]}"
        return found.decode()

    async def sure(self, line: str) -> Answer:
        """Say it, and answer the question with yes."""
        asked = await self.say(line)
        assert asked.buttons, asked.text
        assert asked.text.splitlines()[-1].startswith("Answer yes or no"), asked.text
        assert (asked.outcome, asked.case) == (None, None)
        return await self.say("yes")

    async def died(self, seconds: float = PATIENCE) -> None:
        """Wait until somebody has killed the process; it must not have answered."""
        status = await asyncio.to_thread(self.process.wait, seconds)
        assert status == -signal.SIGKILL, f"{status}; {self.log}"
        self._release()
        assert self._lines.get() == b""

    async def close(self) -> int:
        """End the input; the exit status. Nothing may be left on standard output."""
        return await asyncio.to_thread(self.finish)

    def finish(self) -> int:
        assert self.process.stdin is not None
        if not self.process.stdin.closed:
            self.process.stdin.close()
        status = self.process.wait(PATIENCE)
        self._release()
        assert (left := self._lines.get()) == b"", left
        return status

    def kill(self) -> None:
        """For the end of a test that did not get to the end; does nothing to a process that has ended."""
        self.process.kill()
        self.process.wait()
        self._release()

    def _release(self) -> None:
        self._reader.join()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        if not self.process.stdin.closed:
            self.process.stdin.close()
        self.process.stdout.close()
        self._log.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(b"")
