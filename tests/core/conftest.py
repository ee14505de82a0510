"""The house in which the tests of this folder live."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.house import House


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with House.opened(tmp_path) as house:
        yield house


@pytest.fixture
async def cloud(tmp_path: Path) -> AsyncIterator[House]:
    """The same on LiveKit Cloud."""
    async with House.opened(tmp_path, cloud=True) as house:
        yield house
