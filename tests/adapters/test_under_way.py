"""What is given up for a stop ends, also where it goes on after it was cancelled."""

from __future__ import annotations

import asyncio

import pytest

from adapters import under_way
from adapters.under_way import unless


async def test_what_comes_first_counts() -> None:
    async def done() -> str:
        return "done"

    assert await unless(asyncio.Event(), done()) == "done"


async def test_what_goes_on_after_it_was_cancelled_is_cancelled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_way, "GIVEN_UP_SECONDS", 0.01)
    stopped, cancelled = asyncio.Event(), 0

    async def stubborn() -> None:
        nonlocal cancelled
        stopped.set()
        for _ in range(3):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled += 1

    async with asyncio.timeout(20):
        await unless(stopped, stubborn())
    assert cancelled == 3


async def test_who_ends_at_the_first_time_has_time_to_do_so() -> None:
    stopped, tidied = asyncio.Event(), []

    async def tidy() -> None:
        try:
            stopped.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            tidied.append(True)

    await unless(stopped, tidy())
    assert tidied
