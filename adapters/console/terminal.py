"""The console on a terminal: a prompt with completion and history, colours and tables."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.patch_stdout import patch_stdout
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text as RichText

from adapters.channels import Chats
from adapters.console.completion import Known, Words
from adapters.console.guard import guarded
from adapters.console.output import how_to_answer, shown
from adapters.console.session import Session
from adapters.console.told import Told
from bot.context import Services
from bot.plain import part_lines
from bot.reply import Part, Reply, Table, Tone, say
from bot.words import isolated

STYLES = {Tone.OK: "green", Tone.INFO: "default", Tone.WARN: "yellow", Tone.ERROR: "bold red"}
MARKS = {Tone.OK: "Done: ", Tone.INFO: "", Tone.WARN: "", Tone.ERROR: "Error: "}


async def run_terminal(session: Session, services: Services, channels: Chats) -> int:
    """Prompt until the end of input; the exit status is 1 when any reply had the tone `error`.

    What nobody asked for is printed above the prompt.
    """
    console = Console(highlight=False, markup=False)
    leave = channels.join(Told(session, lambda line: show(console, line)))
    try:
        return await _prompted(session, services, console)
    finally:
        leave()


async def _prompted(session: Session, services: Services, console: Console) -> int:
    known = Known(services)
    prompt: PromptSession[str] = PromptSession(
        history=_history(), completer=Words(services, known), complete_while_typing=False
    )
    console.print("Usher console. /help lists the commands; Ctrl-D ends.", style="dim")
    status = 0
    while True:
        looking = asyncio.create_task(known.refresh(await session.moderator()))
        try:
            with patch_stdout(raw=True):  # rich has made its text safe, and colours are more than text
                line = await prompt.prompt_async("usher> ")
        except KeyboardInterrupt:
            continue
        except EOFError:
            return status
        finally:
            looking.cancel()
        if not line.strip():
            continue
        reply = await guarded(session, line, sys.stderr)
        if reply.tone is Tone.ERROR:
            status = 1
        show(console, reply)


def show(console: Console, reply: Reply) -> None:
    """Print a reply: state stands in words, colour only repeats it."""
    console.print(RichText(MARKS[reply.tone] + shown(reply.title), style=STYLES[reply.tone]))
    for part in reply.parts:
        _show_part(console, part)
    if reply.case is not None:
        console.print(RichText(f"Case {reply.case}.", style="dim"))
    if hint := how_to_answer(reply):
        console.print(RichText(hint, style="bold"))
    elif reply.buttons:
        offers = "  ".join(f"[{number}] {isolated(button.label)}" for number, button in enumerate(reply.buttons, 1))
        console.print(RichText(offers, style="cyan"))


def _show_part(console: Console, part: Part) -> None:
    if not isinstance(part, Table):
        for line in part_lines(part):
            console.print(RichText("  " + shown(say(line))))
        return
    fitting = _fitting(part, console.width)
    grid = RichTable(box=None, pad_edge=False, header_style="dim")
    for index in fitting:
        grid.add_column(part.columns[index].title, overflow="fold")
    for row in part.rows:
        grid.add_row(*(RichText(shown(row[index])) for index in fitting))
    console.print(grid)


def _fitting(table: Table, width: int) -> list[int]:
    """The columns for this width: a narrow screen drops the least important ones."""
    highest = 0 if width < 50 else 1 if width < 80 else 2 if width < 100 else 9
    return [index for index, column in enumerate(table.columns) if column.priority <= highest]


def _history() -> History:
    """Lines typed before, kept for their owner only; in memory where there is no home to keep them in."""
    try:
        base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
        path = Path(base) / "usher" / "console-history"
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.chmod(0o600)
    except (OSError, RuntimeError):
        return InMemoryHistory()
    return FileHistory(str(path))
