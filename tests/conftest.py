"""Fixtures that several folders share: the real servers, started once for all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.livekit_server import MISSING, RunningServer, running_server, server_binary


@pytest.fixture(scope="session")
def livekit_server() -> Iterator[RunningServer]:
    """The real livekit-server with its default of refusing remote unmute."""
    yield from _started(remote_unmute=False)


@pytest.fixture(scope="session")
def livekit_server_with_unmute() -> Iterator[RunningServer]:
    """The real livekit-server with `room.enable_remote_unmute`."""
    yield from _started(remote_unmute=True)


def _started(*, remote_unmute: bool) -> Iterator[RunningServer]:
    if server_binary() is None:
        pytest.skip(MISSING)
    with running_server(remote_unmute=remote_unmute) as server:
        yield server
