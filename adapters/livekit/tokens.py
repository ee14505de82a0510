"""Bearer tokens for the RoomService: each call gets the least grant that the server accepts for it.

The grants stand in livekit/livekit pkg/service/auth.go (`Ensure*Permission`); a token's form in livekit/protocol
auth/accesstoken.go. HS256 is the only algorithm that the server takes.
"""

from __future__ import annotations

import re
import warnings
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import jwt

from bot.bounded import keep
from bot.errors import Rejected

LIFETIME_SECONDS = 600
REUSE_SECONDS = 300
CACHE_SIZE = 1024

Grant = tuple[tuple[str, bool | str], ...]
"""The `video` claim as sorted pairs, so that it can key the cache."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """An API key and its secret; the secret stays out of `repr`, so out of logs and tracebacks."""

    api_key: str
    api_secret: str = field(repr=False)


KeySource = Callable[[], Credentials]
"""Reads the credentials afresh, e.g. from a file; may block, and may raise OSError or ValueError."""


def list_grant() -> Grant:
    """For ListRooms, which knows no single room."""
    return (("roomList", True),)


def delete_grant() -> Grant:
    """For DeleteRoom: the server asks for `roomCreate`, with which goes no room."""
    return (("roomCreate", True),)


def room_grant(room: str, destination: str | None = None) -> Grant:
    """For everything within one room; a move also names where to."""
    grant: Grant = (("room", room), ("roomAdmin", True))
    return grant if destination is None else (("destinationRoom", destination), *grant)


class Tokens:
    """Signs tokens of ten minutes and hands each out again for the first five.

    `now` gives aware time. Credentials are read at the first need, and again by `reread`.
    """

    def __init__(self, source: Credentials | KeySource, now: Callable[[], datetime]) -> None:
        self._source = source
        self._now = now
        self._credentials = source if isinstance(source, Credentials) else None
        self._cache: OrderedDict[Grant, tuple[float, str]] = OrderedDict()

    def token(self, grant: Grant) -> str:
        """A token that is good for at least five more minutes; `Rejected` when the key cannot be read."""
        at = self._now().timestamp()
        signed, token = self._cache.get(grant, (at, ""))
        if token and 0 <= at - signed < REUSE_SECONDS:
            self._cache.move_to_end(grant)
            return token
        token = self._sign(grant, int(at))
        keep(self._cache, grant, (at, token), CACHE_SIZE)
        return token

    def reread(self) -> bool:
        """Read the key again; whether it is another one than before."""
        if isinstance(self._source, Credentials):
            return False
        before, self._credentials = self._credentials, None
        self._cache.clear()
        return self._current() != before

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be repeated to anybody."""
        held = self._credentials
        return (held.api_secret, held.api_key) if held else ()

    def _current(self) -> Credentials:
        if self._credentials is None:
            assert not isinstance(self._source, Credentials)
            try:
                self._credentials = self._source()
            except (OSError, ValueError):
                text = "LiveKit's key file cannot be read, nothing was changed. Check its path, rights and form."
                raise Rejected(text, "unauthenticated") from None
        return self._credentials

    def _sign(self, grant: Grant, at: int) -> str:
        held = self._current()
        claims = {"iss": held.api_key, "nbf": at, "exp": at + LIFETIME_SECONDS, "video": dict(grant)}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of a short key: the secret is the server's choice (`--dev`: "secret")
                return jwt.encode(claims, held.api_secret, algorithm="HS256")
        except jwt.InvalidKeyError:
            text = "LiveKit's secret cannot be used as a key, nothing was changed. Check LIVEKIT_API_SECRET."
            raise Rejected(text, "unauthenticated") from None


def keys_file(path: Path, api_key: str = "") -> KeySource:
    """A source over a file of `key: secret` lines, the form of livekit-server's own `LIVEKIT_KEYS_FILE`.

    Takes the line of `api_key`, or the first one when that is empty.
    """

    def read() -> Credentials:
        pairs = parse_keys(path.read_text(encoding="utf-8"))
        key = api_key or next(iter(pairs), "")
        if key not in pairs:
            raise ValueError("the key file holds no such key")
        return Credentials(key, pairs[key])

    return read


def secret_file(api_key: str, path: Path) -> KeySource:
    """A source over a file that holds the secret alone."""

    def read() -> Credentials:
        secret = path.read_text(encoding="utf-8").strip()
        if not secret:
            raise ValueError("the secret file is empty")
        return Credentials(api_key, secret)

    return read


_PAIR = re.compile(r"""\s*["']?([^\s"':#]+)["']?\s*:\s*["']?([^\s"'#]+)["']?\s*(#.*)?""")


def parse_keys(text: str) -> dict[str, str]:
    """The keys of a `key: secret` file in order; comments and empty lines are skipped, quotes taken off."""
    matches = (_PAIR.fullmatch(line) for line in text.splitlines())
    return {match[1]: match[2] for match in matches if match}
