"""What was done, by whom, to whom, and why; newest first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from bot.case_access import may_find, may_see
from bot.case_lines import outcome_word, verb, whom
from bot.command import Command, Effect, Kind, Param
from bot.context import Context
from bot.errors import BadArgument
from bot.history import Case, CaseQuery, Outcome
from bot.pages import page_buttons
from bot.params import Page
from bot.people import Role
from bot.reply import Column, Mention, Name, Reply, Spans, Table, Time, Tone, say, text
from bot.sight import sees_everything
from bot.words import near

COLUMNS = (
    Column("Case", 0), Column("What", 0), Column("Whom", 0), Column("Outcome", 0), Column("By", 1), Column("When", 2),
    Column("Reason", 1),
)  # fmt: skip
MOST_PAGES = 500
LONGEST_NAME = 256


@dataclass(frozen=True, slots=True)
class Arguments:
    who: Annotated[str, Param(Kind.FILTER, "a part of the participant's name or identity, a command or an outcome")] = (
        ""
    )
    moderator: Annotated[str, Param(Kind.KEYED, "who did it: me, or an id as /whoami shows it", keyword="by")] = ""
    room: Annotated[str, Param(Kind.KEYED, "the room", keyword="in")] = ""
    kind: Annotated[str, Param(Kind.KEYED, "a command (mute) or an outcome (refused)")] = ""
    page: Page = 1


async def run(context: Context, arguments: Arguments) -> Reply:
    query, said = _query(context, arguments)
    found = await context.services.history.cases(query)
    now = context.services.clock.now()
    moderator, known = context.moderator, context.services.recent.numbers
    rows = tuple(
        _row(case, now)
        for case in found.cases
        if may_see(moderator, case) and may_find(moderator, case, query.text, known)
    )
    line = " ".join(filter(None, ["history", _words(context)]))
    title = say("History", f", {said}" if said else "", f", page {arguments.page}" if arguments.page > 1 else "", ":")
    if not rows and not found.more:
        beyond = f"There is no page {arguments.page}" if arguments.page > 1 else "No case"
        return Reply(Tone.INFO, say(beyond, f", {said}" if said else "", "."))
    parts = (Table(COLUMNS, rows), *((text(f"More: /{line} {arguments.page + 1}"),) if found.more else ()))
    return Reply(Tone.INFO, title, parts, page_buttons(line, "", arguments.page, more=found.more))


def _words(context: Context) -> str:
    """What was typed, without the page number."""
    words = context.bound.typed.split()
    return " ".join(words[:-1] if words and words[-1].isdecimal() else words)


def _query(context: Context, arguments: Arguments) -> tuple[CaseQuery, str]:
    size = context.policy.page_size
    if arguments.page > MOST_PAGES:
        raise BadArgument(f"There are at most {MOST_PAGES} pages. Narrow the question: /history bob kind:mute")
    query = CaseQuery(
        rooms=context.moderator.scopes,
        everywhere=sees_everything(context.moderator),
        room=arguments.room,
        limit=size,
        offset=(max(1, arguments.page) - 1) * size,
    )
    said = [f"room {arguments.room}"] if arguments.room else []
    if arguments.moderator:
        query = replace(query, actor=_actor(context, arguments.moderator))
        said.append(f"by {query.actor}")
    kind, who = arguments.kind, arguments.who
    if who and not kind and (who in context.services.registry or who in Outcome.__members__.values()):
        kind, who = who, ""
    if kind:
        query = _of_kind(context, query, kind)
        said.append(kind)
    if len(who) > LONGEST_NAME:
        raise BadArgument("That is longer than any name or identity. Type a part of it.")
    if who:
        query = replace(query, text=who.lstrip("@"))
        said.append(f"about {who}")
    return query, ", ".join(said)


def _actor(context: Context, typed: str) -> str:
    if typed == "me":
        return context.moderator.user.subject
    return typed if ":" in typed else f"{context.moderator.user.platform}:{typed}"


def _of_kind(context: Context, query: CaseQuery, kind: str) -> CaseQuery:
    kind = kind.lstrip("/").casefold()
    if kind in context.services.registry:
        return replace(query, command=kind)
    outcomes = [outcome.value for outcome in Outcome]
    if kind in outcomes:
        return replace(query, outcome=Outcome(kind))
    known = (*outcomes, *(command.name for command in context.services.registry if command.writes))
    meant = near(kind, known, 0.6, 1)
    guess = f" Did you mean {meant[0]}?" if meant else ""
    raise BadArgument(f"{kind!r} is no kind of case.{guess} Kinds are commands and outcomes: {', '.join(known)}.")


def _row(case: Case, now: datetime) -> tuple[Spans, ...]:
    opening, reasons = case.opening, case.reasons
    return (
        say(str(case.number)),
        say(verb(case)),
        whom(case),
        say(outcome_word(case) + (", undone" if case.undone else "")),
        say(Mention(opening.actor)),
        say(Time(case.first.at, now)),
        say(Name(reasons[-1])) if reasons else (),
    )


COMMAND = Command(
    name="history",
    summary="What was done, newest first, refused attempts included",
    arguments=Arguments,
    role=Role.VIEWER,
    effect=Effect.READ,
    run=run,
    in_room=False,
    examples=("/history", "/history bob", "/history kind:kick by:me", "/history refused 2"),
)
