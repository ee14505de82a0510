"""The house in which the tests of this folder live, and how Hypothesis tries here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.house import House

# A busy machine is no failure: nothing here is about time.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with House.opened(tmp_path) as house:
        yield house


@pytest.fixture
async def cloud(tmp_path: Path) -> AsyncIterator[House]:
    """The same on LiveKit Cloud."""
    async with House.opened(tmp_path, cloud=True) as house:
        yield house
