"""The report: a table for people and JSON for machines, with a line that says what it ran on."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.harness import Row, Sample

HEADINGS = ("Benchmark", "Unit", "p50", "p99", "Baseline p50", "p99", "Ratio", "Aim", "Met", "Margin")
PACKAGES = ("aiohttp", "livekit-api", "sqlalchemy")


def machine() -> str:
    """What it ran on, in general words."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, {python}, {packages}"


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table, notes below."""
    cells = [list(HEADINGS), ["---"] * len(HEADINGS)] + [_cells(row) for row in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(len(HEADINGS))]
    lines = ["| " + " | ".join(t.ljust(w) for t, w in zip(line, widths, strict=True)) + " |" for line in cells]
    notes = [f"- {row.name}: {row.note}" for row in rows if row.note]
    return "\n".join([*lines, "", *notes])


def write_json(rows: Sequence[Row], path: Path, *, quick: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    report = {"machine": machine(), "quick": quick, "benchmarks": [_facts(row) for row in rows]}
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def _facts(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "unit": row.unit,
        "measured": asdict(row.measured),
        "baseline": asdict(row.baseline) if row.baseline else None,
        "ratio": row.ratio,
        "ratios": list(row.ratios),
        "aim": str(row.aim) if row.aim else None,
        "reached": row.reached,
        "met": row.met,
        "margin": row.margin,
        "note": row.note,
    }


def _cells(row: Row) -> list[str]:
    met = {True: "yes", False: "no", None: ""}[row.met]
    margin = "" if row.margin is None else f"{row.margin:+.0%}"
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    aim = str(row.aim) if row.aim else ""
    return [row.name, row.unit, *_numbers(row.measured), *_numbers(row.baseline), ratio, aim, met, margin]


def _numbers(sample: Sample | None) -> tuple[str, str]:
    return ("", "") if sample is None else (_number(sample.p50), _number(sample.p99))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.1f}" if value >= 100 else f"{value:.2f}"
