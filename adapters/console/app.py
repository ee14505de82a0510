"""The console adapter: a terminal or a pipe in front of the dispatcher."""

from __future__ import annotations

import getpass
import re
import sys
from io import FileIO

from adapters.console.output import as_json, as_line
from adapters.console.piped import run_piped
from adapters.console.session import Session
from adapters.console.told import Told
from adapters.wiring import House
from bot.errors import BotError
from bot.people import ChatUser

_NAME = re.compile(r"[^\s,/:@]+")


def console_user(name: str | None) -> ChatUser:
    """Who types: the name given, or the OS user; the history keeps both. Shell access is what authenticates."""
    system = _os_user()
    chosen = name or system
    if not _NAME.fullmatch(chosen):
        raise BotError(f"--as {chosen!r} is no name: write it without spaces, commas, slashes, colons and @.")
    return ChatUser(f"console:{chosen}", chosen, origin=system)


def _os_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without an entry in the password file
        return "unknown"


async def run_console(house: House, user: ChatUser, *, room: str = "", json: bool = False) -> int:
    """Serve this person until the input ends; the exit status."""
    session = Session(house.dispatcher, user, room)
    if not json and sys.stdin.isatty() and sys.stdout.isatty():
        from adapters.console.terminal import run_terminal  # only a terminal pays for the libraries it needs

        return await run_terminal(session, house.services, house.channels)
    form, aside = as_json if json else as_line, sys.stderr
    leave = house.channels.join(Told(session, lambda line: print(form(line), file=aside, flush=True)))
    try:
        with FileIO(sys.stdin.fileno(), "rb", closefd=False) as source:
            return await run_piped(session, form, source, sys.stdout.buffer)
    finally:
        leave()
