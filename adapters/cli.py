"""`usher`: the commands of the shell."""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import sys
from collections.abc import Callable, Sequence

from adapters import logs
from adapters.declared import CONFIG
from adapters.settings import Settings, SettingsError, load
from bot.errors import BotError, HistoryError

MISCONFIGURED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status: 0, 1 when it did not all go well, 2 for wrong words or settings."""
    options = parser().parse_args(arguments)
    settings = load()
    level, form = (settings.values.get(name) for name in ("USHER_LOG_LEVEL", "USHER_LOG_FORMAT"))
    logs.set_up(level or "warning", sys.stderr, form or "text")
    run: Callable[[argparse.Namespace, Settings], int] = options.run
    try:
        return run(options, settings)
    except SettingsError as error:
        return _complain(error, "The settings are not complete. usher doctor checks them; docs/settings.md lists them.")
    except BotError as error:
        return _complain(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader is gone: nothing left to flush
        return 0


def _complain(error: BotError, hint: str = "", status: int = MISCONFIGURED) -> int:
    for line in filter(None, (error.user_text, hint)):
        print(line, file=sys.stderr)  # noqa: T201 - this is what a shell command says
    return status


def parser() -> argparse.ArgumentParser:
    """The words of the shell command."""
    whole = argparse.ArgumentParser("usher", description="Moderate LiveKit rooms from chat.")
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("run", help="serve the chats whose credentials are set, until SIGTERM or Ctrl-C")
    serve.set_defaults(run=_run)
    console = commands.add_parser("console", help="moderate from this terminal, or from a pipe")
    _console_options(console)
    console.set_defaults(run=_console)
    demo = commands.add_parser("demo", help="the console on an embedded room service; needs no settings")
    _console_options(demo)
    demo.add_argument("--cloud", action="store_true", help="behave as LiveKit Cloud (people can be moved)")
    demo.set_defaults(run=_demo)
    doctor = commands.add_parser("doctor", help="say what is configured, what is reachable and what is missing")
    doctor.set_defaults(run=_doctor)
    history = commands.add_parser("history", help="check the history, or take it elsewhere")
    ledger = history.add_subparsers(required=True, metavar="COMMAND")
    verify = ledger.add_parser("verify", help="walk the chain and name the first broken entry")
    verify.set_defaults(run=_verify)
    export = ledger.add_parser("export", help="write every entry to standard output, one a line")
    export.add_argument("--format", choices=("jsonl", "csv"), default="jsonl")
    export.set_defaults(run=_export)
    _manifest_options(commands.add_parser("manifest", help="print the manifest of the Slack app"))
    _discord_options(commands.add_parser("discord", help="register the commands with Discord, or invite the bot"))
    return whole


def _console_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="name", metavar="NAME", help="who you are (default: your OS user)")
    parser.add_argument("--room", default="", metavar="ROOM", help="the room to begin in")
    parser.add_argument("--json", action="store_true", help="one JSON object for each reply")


def _manifest_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--http", default="", metavar="URL", help="for HTTP mode, with this public https address")
    parser.add_argument(
        "--root", metavar="NAME", help="the slash command that takes every command (default: USHER_SLACK_ROOT)"
    )
    parser.add_argument(
        "--root-only", action="store_true", help="no other slash command: for when Slack refuses one of their names"
    )
    parser.set_defaults(run=_manifest)


def _discord_options(parser: argparse.ArgumentParser) -> None:
    words = parser.add_subparsers(required=True, metavar="COMMAND")
    sync = words.add_parser("sync", help="register the commands where they differ, and remove what is left elsewhere")
    sync.add_argument("--dry-run", action="store_true", help="only say what would be registered and removed")
    sync.set_defaults(run=_discord_sync)
    invite = words.add_parser("invite", help="print the link that adds the bot to a server, with the least permissions")
    invite.set_defaults(run=_discord_invite)


def _run(options: argparse.Namespace, settings: Settings) -> int:
    from adapters.running import run

    return asyncio.run(run(settings, sys.stdout))


def _console(options: argparse.Namespace, settings: Settings) -> int:
    from adapters.console.app import console_user, run_console
    from adapters.wiring import from_settings

    user = console_user(options.name)

    async def run() -> int:
        async with from_settings(settings) as house:
            return await run_console(house, user, room=options.room, json=options.json)

    return asyncio.run(run())


def _demo(options: argparse.Namespace, settings: Settings) -> int:
    from adapters.console.app import console_user
    from adapters.console.demo import run_demo

    return asyncio.run(run_demo(console_user(options.name), room=options.room, json=options.json, cloud=options.cloud))


def _doctor(options: argparse.Namespace, settings: Settings) -> int:
    from adapters.doctor import run_doctor

    return asyncio.run(run_doctor(settings, sys.stdout))


def _verify(options: argparse.Namespace, settings: Settings) -> int:
    from adapters.ledger import print_verified

    settings.require("DATABASE_URL")
    try:
        return print_verified(settings["DATABASE_URL"], sys.stdout)
    except HistoryError as error:
        return _complain(error, status=1)


def _export(options: argparse.Namespace, settings: Settings) -> int:
    from adapters.ledger import export

    settings.require("DATABASE_URL")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    return export(settings["DATABASE_URL"], options.format, sys.stdout)


def _manifest(options: argparse.Namespace, settings: Settings) -> int:
    from adapters.slack.manifest import Options, manifest_text
    from bot.registry import load as commands

    given = {"USHER_SLACK_ROOT": options.root is not None, "USHER_SLACK_COMMANDS": options.root_only}
    settings.require(CONFIG, *(name for name, there in given.items() if not there))
    root = settings["USHER_SLACK_ROOT"] if options.root is None else options.root
    names = "" if options.root_only else str(settings["USHER_SLACK_COMMANDS"])
    try:
        text = manifest_text(commands(), Options(options.http, root, options.root_only, names))
    except ValueError as error:
        raise BotError(f"The manifest {error}.") from None
    sys.stdout.write(text)
    return 0


def _discord_sync(options: argparse.Namespace, settings: Settings) -> int:
    from adapters.discord.shell import print_synced

    return asyncio.run(print_synced(settings, sys.stdout, dry_run=options.dry_run))


def _discord_invite(options: argparse.Namespace, settings: Settings) -> int:
    from adapters.discord.shell import print_invite

    return asyncio.run(print_invite(settings, sys.stdout))


if __name__ == "__main__":
    sys.exit(main())
