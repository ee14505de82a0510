"""`python -m benchmarks [--only NAME] [--json FILE] [--quick]`"""

from __future__ import annotations

import argparse
import asyncio
import sys
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

from benchmarks.harness import Benchmark, Row, Scale
from benchmarks.report import machine, table, write_json

NAMES = ("commands", "in_flight", "participants", "quiet", "history", "startup")


def main() -> int:
    """Run the benchmarks; 0 also where an aim is missed, since a busy machine misses some."""
    words = argparse.ArgumentParser("python -m benchmarks", description="Measure Usher against what it is built on.")
    words.add_argument("--only", action="append", choices=NAMES, help="run this one (may be repeated)")
    words.add_argument("--json", type=Path, metavar="FILE", help="write the report there as well")
    words.add_argument("--quick", action="store_true", help="little of everything, to see that it runs")
    options = words.parse_args()
    rows: list[Row] = []
    for name in options.only or NAMES:
        print(f"{name} ...", file=sys.stderr, flush=True)
        # Each in a process of its own: what one has allocated must not hide what the next one needs.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
            rows += fresh.submit(_measured, name, Scale(options.quick)).result()
    print(machine(), table(rows), sep="\n\n")
    if options.json is not None:
        write_json(rows, options.json, quick=options.quick)
    return 0


def _measured(name: str, scale: Scale) -> list[Row]:
    run: Benchmark = import_module(f"benchmarks.{name}").run
    return asyncio.run(_awaited(run, scale))


async def _awaited(run: Benchmark, scale: Scale) -> list[Row]:
    return await run(scale)


if __name__ == "__main__":
    sys.exit(main())
