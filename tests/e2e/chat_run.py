"""`usher run` as its own process: a gate to the real livekit-server behind it, and a chat before it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from adapters.database.reading import read_entries
from bot.history import Entry
from tests.clocks import PATIENCE
from tests.e2e.console import ROOT, environment, usher
from tests.e2e.gate import Gate
from tests.livekit_server import API_SECRET, RunningServer

REASONS = "shouting,spam"


class Process:
    """`usher run`, or a module in its place; what it says is kept in files, which several of them may share."""

    def __init__(self, env: Mapping[str, str], folder: Path, module: str = "adapters.cli") -> None:
        self._out, self._log = folder / "stdout.log", folder / "stderr.log"
        self._before = self._out.stat().st_size if self._out.exists() else 0
        with self._out.open("ab") as out, self._log.open("ab") as log:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", module, "run"],
                stdin=subprocess.DEVNULL, stdout=out, stderr=log, env=dict(env), cwd=ROOT,
            )  # fmt: skip

    @property
    def said(self) -> list[str]:
        """The lines that it has printed so far."""
        return self._out.read_bytes()[self._before :].decode().splitlines()

    @property
    def log(self) -> str:
        """What all those of this folder have logged so far."""
        return self._log.read_text(errors="replace")

    def started(self, chat: str) -> str:
        """What it has printed of how that chat is served, once it has; "" before."""
        line = next((line for line in self.said if line.startswith(f"{chat}: started, ")), "")
        return line.partition("started, ")[2]

    async def ended(self, seconds: float = PATIENCE) -> int:
        """Its exit status, once it has one."""
        return await asyncio.to_thread(self.popen.wait, seconds)

    def kill(self) -> None:
        self.popen.kill()
        self.popen.wait()


class ChatBot:
    """The process on these settings, and those that were there before it; and what became of the history."""

    def __init__(self, server: RunningServer, gate: Gate, folder: Path, settings: Mapping[str, str]) -> None:
        self.server, self.gate, self.folder = server, gate, folder
        self.env = environment(
            folder / "usher.db",
            f"ws://127.0.0.1:{gate.port}",
            **{"USHER_HTTP": "127.0.0.1:0", "USHER_REASONS": REASONS, "USHER_LOG_LEVEL": "debug", **settings},
        )
        self.processes: list[Process] = []

    @property
    def process(self) -> Process:
        return self.processes[-1]

    @property
    def database(self) -> str:
        return self.env["DATABASE_URL"]

    def launch(self, module: str = "adapters.cli", **more: str) -> Process:
        self.processes.append(Process(self.env | more, self.folder, module))
        return self.process

    async def terminate(self) -> int:
        """Ask it to end; its exit status."""
        self.process.popen.terminate()
        return await self.process.ended()

    def entries(self, room: str = "") -> list[Entry]:
        """Of that room; the whole history without one."""
        return [
            entry
            for entry in read_entries(self.database)
            if not room or (entry.content is not None and entry.content.room == room)
        ]

    def cases(self, room: str) -> dict[int, list[tuple[str, str]]]:
        """Of that room: each case with its entries, as (kind, outcome)."""
        found: dict[int, list[tuple[str, str]]] = {}
        for entry in self.entries(room):
            found.setdefault(entry.case, []).append((entry.kind.value, entry.outcome.value if entry.outcome else ""))
        return found

    def refusals(self, actor: str) -> list[str]:
        """The commands that this account was refused, as the history has them."""
        return [
            entry.content.command
            for entry in self.entries()
            if entry.content is not None and entry.content.actor == actor and entry.kind.value == "refused"
        ]

    def shell(self, *words: str) -> str:
        """What `usher WORDS` prints; it has to end well."""
        done = usher(*words, env=self.env)
        assert done.returncode == 0, (done.stdout[-2000:], done.stderr[-2000:])
        return done.stdout.decode()

    def holds_no(self, secrets: Iterable[str]) -> None:
        """Neither one of these nor one of LiveKit's, and no traceback, in whatever was printed or logged."""
        written = (self.folder / "stdout.log").read_text() + (self.folder / "stderr.log").read_text(errors="replace")
        for secret in (*secrets, API_SECRET, "Bearer ey"):
            assert secret not in written, secret
        assert "Traceback" not in written, written[-4000:]
        assert "Bug " not in written, written[-4000:]
