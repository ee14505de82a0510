"""Writes what is derived: every command from its declaration, every setting from its one place, Slack's manifest.

`python -m adapters.documents` rewrites them in the checkout, `--check` only says which are stale.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from adapters import examples
from adapters.declared import CONFIG, SETTINGS, Setting
from adapters.discord import examples as discord_examples
from adapters.slack import examples as slack_examples
from adapters.slack.manifest import manifest_text
from bot.command import Command, Effect, Kind, Param
from bot.grammar import FLAGS
from bot.people import Role
from bot.registry import Registry, load
from bot.sources import SOURCE_WORDS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
DERIVED = "<!-- Derived from the code by `make generate`: change the code, not this page. -->"

EFFECTS = {
    Effect.READ: "only looks",
    Effect.WRITE: "changes something, and is recorded",
    Effect.DESTRUCTIVE: "changes something, is recorded, and always asks first",
}

REGISTERED = (
    "When Usher starts, and what it declares has changed: another version, another `USHER_DISCORD_ROOT`, one more "
    "server in `DISCORD_GUILDS`. The database keeps a digest of what was registered, for each server or everywhere. "
    "Where it is the digest of what is declared, nothing is asked before the bot serves.",
    "A digest is wrong when something else has changed the commands: another installation with the same token, "
    "`usher discord sync` under other settings, the bot removed and invited again while Usher was down. That does no "
    "harm: once the bot serves, Usher compares those places with what Discord has, mends what differs, and logs it.",
    "`usher discord sync` asks Discord itself, whatever the digests say, and needs no database; with `--dry-run` it "
    "only says what would be registered. `usher doctor` compares as well.",
)


def command_page(registry: Registry) -> str:
    """`docs/commands.md`."""
    rows = [
        f"| [`/{command.name}`](#{command.name}) | {_cell(command.summary)} | {_role(command)} |"
        for command in registry
    ]
    return _page(
        "# Commands",
        DERIVED,
        "What stands in square brackets may be left out. The role is the one a command needs unless `USHER_ROLES` "
        "([settings](settings.md)) says otherwise; viewer < moderator < admin.",
        "\n".join(["| command | what it does | role |", "| --- | --- | --- |", *rows]),
        *_grammar(registry),
        *(_section(command) for command in registry),
    )


def _section(command: Command) -> str:
    facts = f"Role: {_role(command)}. Effect: {EFFECTS[command.effect]}."
    pieces = [f"## {command.name}", f"`{command.usage}`", f"{command.summary}.", facts]
    if command.details:
        pieces.append(command.details)
    if command.params:
        pieces.append(
            "\n".join(["| argument | | what it is |", "| --- | --- | --- |", *map(_argument, command.params)])
        )
    if command.examples:
        pieces.append("\n".join(["```", *command.examples, "```"]))
    return "\n\n".join(pieces)


def _argument(param: Param) -> str:
    what = param.description
    if param.choices:
        what += f" ({', '.join(f'`{choice}`' for choice in param.choices)})"
    return f"| `{_written(param)}` | {'required' if param.required else 'optional'} | {_cell(what)} |"


def _written(param: Param) -> str:
    """How the argument stands in the line."""
    if param.kind is Kind.KEYED:
        return f"{param.name}:..." + (f" or {param.keyword}:..." if param.keyword else "")
    if param.kind is Kind.PEOPLE:
        return f"{param.keyword} who ..."
    if param.kind is Kind.GLOBS:
        return "in:rooms"
    if param.kind is Kind.DURATION:
        return "for 10m or until 18:00"
    if param.kind is Kind.CHOICE:
        return " or ".join(param.choices)
    return "key=value ..." if param.kind is Kind.PAIRS else param.name


def _role(command: Command) -> str:
    return "anybody" if command.role is Role.NONE else command.role.word


def _grammar(registry: Registry) -> Iterable[str]:
    """How a line is read; the words for sources and the flags are those that the parser knows."""
    spellings: dict[str, list[str]] = {}
    for word, source in SOURCE_WORDS.items():
        spellings.setdefault(source, []).append(f"`{word}`")
    sources = "; ".join(f"{source}: {', '.join(words)}" for source, words in spellings.items())
    verbatim = [f"`/{command.name}`" for command in registry if command.param(Kind.TEXT)]
    yield "## How a line is read"
    yield "`/command who [what] [modifiers] [reason]`: the slash may be left out, and capitals do not matter."
    yield "\n".join(
        [
            "- **who** is an exact identity or session (`PA_...`), or the whole name of exactly one person; capitals "
            "and accents do not count. Anything else, a beginning of a name included, is answered with a choice. "
            "So are words behind a short name that may be the rest of a longer one, of somebody who is there (a typing "
            'error included) or has left. Quotes end a name: `/mute "Anna" Berg`.',
            f"- **what** is one or more sources, joined by commas, `+`, `/`, `&` or `and`. {sources}.",
            f"- **modifiers** are `lock`, `in:room`, {' and '.join(f'`{flag}`' for flag in FLAGS)} (in any dash that "
            "a phone makes of them). `--dry-run` shows what would change and changes nothing. `--force` is for "
            "admins, where somebody is protected, and asks first.",
            "- **a time** is `for 10m` or `until 18:00`. Without that word it counts where nothing stands behind it "
            "(`/mute bob 10m`); with more behind it, it is asked whether it is the time. In quotes it is the reason: "
            '`/mute bob "10m away from the mic"`.',
            "- **reason** is all the rest and needs no keyword. From its first word on nothing else is looked for, and "
            "the answer repeats what was taken for the reason.",
            f"- Text arguments ({', '.join(verbatim)}) are taken exactly as they stand, to the end of the line.",
            "- Double quotes of every kind hold words together; apostrophes never do.",
            "- **Which room**: the one given with `in:` or as the argument; else the default of the channel (`/use`); "
            "else the only live room in your scope; else you are asked.",
            "- What could be meant in two ways is never guessed: it is a choice, and nothing has been done. That goes "
            "for a misspelt source or `lock` behind the name too.",
        ]
    )


def settings_page(settings: Iterable[Setting]) -> str:
    """`docs/settings.md`."""
    return _page(
        "# Settings",
        DERIVED,
        f"Settings come from the environment, or from a TOML file that `{CONFIG}` names; where both have one, the "
        "environment counts. In TOML a list stands for words joined by commas, a table for `key=value` pairs.",
        "A secret may be kept in a file: its name with `_FILE` behind it gives the path. `usher doctor` names "
        "everything that is missing or wrong at once, and shows no secret. `usher demo` needs no settings.",
        "| setting | what it is | default | for example |\n| --- | --- | --- | --- |\n"
        + "\n".join(_setting(setting) for setting in settings),
    )


def slack_page() -> str:
    """`docs/slack.md`."""
    return _page(
        "# What answers look like in Slack",
        DERIVED,
        "Each answer as its text (notifications and screen readers read that one) and, folded, as the blocks that are "
        "seen. They were made in the demo's rooms. Where `(token)` stands, there is an opaque random one.",
        examples.page(slack_examples.PLATFORM),
    )


def discord_page() -> str:
    """`docs/discord.md`."""
    return _page(
        "# What answers look like in Discord",
        DERIVED,
        "Each answer as the content of its message (with Discord's markdown, as it is sent) and, folded, as the embeds "
        "below it, which only long answers have, and the rows of what can be pressed. They were made in the demo's "
        "rooms. Where `(token)` stands, there is an opaque random one.",
        examples.page(discord_examples.PLATFORM),
        "## When the commands are registered",
        *REGISTERED,
    )


def _setting(setting: Setting) -> str:
    name = f"`{setting.name}`" + (f" or `{setting.name}_FILE`" if setting.secret else "")
    default = "must be set" if setting.default is None else f"`{setting.default}`" if setting.default else ""
    example = setting.example if setting.example.startswith("(") else f"`{setting.example}`"
    return f"| {name} | {_cell(setting.summary)} | {_cell(default)} | {_cell(example)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _page(*pieces: str) -> str:
    return "\n\n".join(pieces) + "\n"


def pages() -> dict[str, str]:
    """Every derived file by its name in the repository."""
    return {
        "docs/commands.md": command_page(load()),
        "docs/settings.md": settings_page(SETTINGS),
        "docs/slack.md": slack_page(),
        "docs/discord.md": discord_page(),
        "manifest.yml": manifest_text(load()),
    }


def stale(folder: Path) -> list[str]:
    """The names of those that are not what the code says."""
    return [name for name, text in pages().items() if _read(folder / name) != text]


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def main(arguments: Sequence[str] | None = None, folder: Path = ROOT) -> int:
    """Rewrite the files; with `--check` write nothing, and the exit status is 1 when one is stale."""
    parser = argparse.ArgumentParser("python -m adapters.documents", description="Write the derived files.")
    parser.add_argument("--check", action="store_true", help="only say which are stale")
    check = parser.parse_args(arguments).check
    found = stale(folder)
    if check:
        for name in found:
            sys.stderr.write(f"{name} is stale: run `make generate` and commit it\n")
        return 1 if found else 0
    for name in found:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(pages()[name], encoding="utf-8")
        sys.stdout.write(f"{name} rewritten\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
