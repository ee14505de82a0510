"""`usher doctor` from start to end, against a Python that imports the same libraries and ends."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.ground import FOLDER
from benchmarks.harness import Aim, Row, Sample, Scale
from benchmarks.processes import Ran, run_python, run_usher
from tests.livekit_server import API_KEY, API_SECRET, running_server

AIM = Aim("ratio", 1.5)
LIBRARIES = "aiohttp, httpx, httpx_aiohttp, jwt, sqlalchemy"
MIGRATING = "alembic.command"


async def run(scale: Scale) -> list[Row]:
    rounds = scale.of(15, 3)
    with tempfile.TemporaryDirectory(prefix=FOLDER) as name, running_server() as server:
        folder = Path(name)
        run_usher(["doctor"], {}, folder)  # makes the history, and the bytecode
        reaching = {"LIVEKIT_URL": server.url, "LIVEKIT_API_KEY": API_KEY, "LIVEKIT_API_SECRET": API_SECRET}
        return [
            *_compared("usher doctor, no settings", {}, LIBRARIES, folder, rounds),
            *_compared("usher doctor, with the server", reaching, LIBRARIES, folder, rounds),
            *_compared("usher doctor, first start", {}, f"{LIBRARIES}, {MIGRATING}", folder, rounds, fresh=True),
        ]


def _compared(
    name: str, settings: dict[str, str], libraries: str, folder: Path, rounds: int, *, fresh: bool = False
) -> list[Row]:
    ours: list[Ran] = []
    alone: list[Ran] = []
    for number in range(rounds):
        url = f"sqlite:///{name.replace(' ', '-')}-{number}.db" if fresh else "sqlite:///usher.db"
        ours.append(run_usher(["doctor"], {**settings, "DATABASE_URL": url}, folder))
        alone.append(run_python(f"import {libraries}", {}, folder))
    note = f"baseline: python -c 'import {libraries}'"
    return [
        Row(f"{name}, wall", "ms", _seconds(ours), _seconds(alone), AIM, note),
        Row(f"{name}, peak memory", "MiB", _peak(ours), _peak(alone), AIM),
    ]


def _seconds(taken: list[Ran]) -> Sample:
    return Sample.of([1e3 * ran.seconds for ran in taken])


def _peak(taken: list[Ran]) -> Sample:
    return Sample.of([ran.peak for ran in taken])
