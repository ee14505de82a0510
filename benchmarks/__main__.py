"""`python -m benchmarks [--only NAME] [--json FILE] [--quick]`"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.harness import Row, Scale
from benchmarks.isolated import in_fresh_process
from benchmarks.report import machine, table, write_json

NAMES = (
    "commands",
    "in_flight",
    "participants",
    "quiet",
    "history",
    "startup",
    "slack",
    "discord",
    "enforcement",
    "webhooks",
)


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
        rows += in_fresh_process(name, Scale(options.quick))
    print(machine(), table(rows), sep="\n\n")
    if options.json is not None:
        write_json(rows, options.json, quick=options.quick)
    return 0


if __name__ == "__main__":
    sys.exit(main())
