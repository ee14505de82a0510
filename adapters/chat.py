"""What `usher run` knows of a chat platform: how its adapter is started and stopped, and which settings start it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from adapters.channels import Chat
from adapters.http import HttpServer
from adapters.settings import Settings
from adapters.wiring import House


class Adapter(Chat, Protocol):
    """The way to one chat platform."""

    async def serve(self) -> None:
        """Run until `stop`. Whatever it raises is logged without its words, unless it is a `BotError`; it is called
        again after a while then."""

    async def stop(self, seconds: float) -> None:
        """Take nothing new, and let what is under way finish, for that long at most. `serve` ends.

        Called once, after `serve` has been called; it may have failed meanwhile.
        """


@dataclass(frozen=True, slots=True)
class Way:
    """One way to connect, and the settings that choose it; `path` is where the platform calls it, "" if it does not."""

    how: str
    needs: tuple[str, ...]
    path: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An adapter that may be started: by the first of its ways that has all it needs.

    `make` only puts it together, and may add routes to the server; it raises `SettingsError`.
    """

    name: str
    ways: tuple[Way, ...]
    make: Callable[[Settings, House, HttpServer], Adapter]

    def way(self, settings: Settings) -> Way | None:
        """None where no way has all it needs."""
        return next((way for way in self.ways if not _missing(way, settings)), None)

    def missing(self, settings: Settings) -> str:
        """Why there is no way, without a full stop: what each of them needs, or else what would do."""
        lacks = {way.how: _missing(way, settings) for way in self.ways}
        each = [name for name in self.ways[0].needs if all(name in names for names in lacks.values())]
        if each:
            return f"{' and '.join(each)} {'is' if len(each) == 1 else 'are'} not set"
        choices = (f"{' and '.join(names)} (for {how})" for how, names in lacks.items())
        return f"it needs {' or '.join(choices)} too"


def _missing(way: Way, settings: Settings) -> tuple[str, ...]:
    return tuple(name for name in way.needs if not settings.values.get(name))
