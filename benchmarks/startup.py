"""`usher doctor` from start to end, against a Python that imports the same libraries and ends."""

from __future__ import annotations

import tempfile
from pathlib import Path

from adapters.clock import SystemClock
from adapters.database.database import Database
from benchmarks.ground import FOLDER
from benchmarks.harness import Aim, Row, Sample, Scale
from benchmarks.processes import Ran, run_python, run_usher
from tests.livekit_server import API_KEY, API_SECRET, running_server

AIM = Aim("ratio", 1.5)
LIBRARIES = "aiohttp, httpx, httpx_aiohttp, jwt, sqlalchemy"
HISTORY = "usher.db"  # where the settings' default puts it


async def run(scale: Scale) -> list[Row]:
    rounds = scale.of(31, 3)
    with tempfile.TemporaryDirectory(prefix=FOLDER) as name, running_server() as server:
        folder = Path(name)
        reaching = {"LIVEKIT_URL": server.url, "LIVEKIT_API_KEY": API_KEY, "LIVEKIT_API_SECRET": API_SECRET}
        nothing_yet = _compared("usher doctor, no settings, no history yet", {}, folder, rounds)
        await Database.open(f"sqlite:///{folder / HISTORY}", server="bench", clock=SystemClock()).aclose()
        return [
            *nothing_yet,
            *_compared("usher doctor, no settings", {}, folder, rounds),
            *_compared("usher doctor, with the server", reaching, folder, rounds),
        ]


def _compared(name: str, settings: dict[str, str], folder: Path, rounds: int) -> list[Row]:
    """In turns, after one run of each that is not counted: it makes the bytecode."""
    ours: list[Ran] = []
    alone: list[Ran] = []
    for _ in range(rounds + 1):
        ours.append(run_usher(["doctor"], settings, folder))
        alone.append(run_python(f"import {LIBRARIES}", {}, folder))
    del ours[0], alone[0]
    note = f"baseline: python -c 'import {LIBRARIES}'"
    return [
        Row(f"{name}, wall", "ms", _seconds(ours), _seconds(alone), AIM, note),
        Row(f"{name}, peak memory", "MiB", _peak(ours), _peak(alone), AIM),
    ]


def _seconds(taken: list[Ran]) -> Sample:
    return Sample.of([1e3 * ran.seconds for ran in taken])


def _peak(taken: list[Ran]) -> Sample:
    return Sample.of([ran.peak for ran in taken])
