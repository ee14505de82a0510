"""One benchmark in a fresh process: what another one has allocated must not hide what this one needs."""

from __future__ import annotations

import asyncio
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context

from benchmarks.harness import Benchmark, Row, Scale


def in_fresh_process(name: str, scale: Scale) -> list[Row]:
    """The rows of `benchmarks.<name>`."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        return fresh.submit(_measured, name, scale).result()


def _measured(name: str, scale: Scale) -> list[Row]:
    run: Benchmark = import_module(f"benchmarks.{name}").run
    return asyncio.run(_awaited(run, scale))


async def _awaited(run: Benchmark, scale: Scale) -> list[Row]:
    return await run(scale)
