"""Whole processes: how long they take from start to end, and how much memory they hold."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Ran:
    """Seconds from start to end, and the most MiB that were resident."""

    seconds: float
    peak: float


def resident() -> float:
    """MiB that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


# The kernel counts what the parent held at the fork in a child's own ru_maxrss; VmHWM begins anew with the program.
_BOOT = """
import atexit, sys
def say_peak():
    line = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print("peak", line.split()[1], file=sys.stderr)
atexit.register(say_peak)
"""
_USHER = """
from adapters.cli import main
sys.exit(main())
"""


def bare_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """These settings, and what no process can do without."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), **settings}


def run_usher(words: Sequence[str], settings: Mapping[str, str], folder: Path | None = None) -> Ran:
    return run_python(_USHER, settings, folder, words)


def run_python(code: str, settings: Mapping[str, str], folder: Path | None = None, words: Sequence[str] = ()) -> Ran:
    """Run to the end in an environment that holds nothing but these settings."""
    environment = bare_environment(settings)
    command = [sys.executable, "-c", _BOOT + code, *words]
    started = time.perf_counter()
    ended = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    peak = re.search(r"^peak (\d+)$", ended.stderr, re.MULTILINE)
    if "Traceback" in ended.stderr or peak is None:
        raise RuntimeError(ended.stderr)
    return Ran(seconds, int(peak[1]) / 1024)
