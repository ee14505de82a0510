"""What `/history` asks, as SQL.

A page is found by walking one index from its newest end until there are enough cases: that of the most telling thing
that is asked for, else that of all contents. So a page costs what stands on it; only a scope or a search that hardly
anything matches goes through a whole index. The choice is made here and not by the database, which cannot know that
few entries are refusals and most are done: whatever is not walked is wrapped, so that no index serves it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select

from adapters.database.rows import folded, storable
from adapters.database.schema import contents, entries
from bot.history import CaseQuery, EntryKind, Outcome

_ESCAPE = "\\"
_COMMON = (EntryKind.INTENT, EntryKind.OUTCOME, Outcome.DONE)
_room = func.coalesce(contents.c.room, "")


def case_numbers(query: CaseQuery, server: str) -> Select[Any]:
    """The numbers of the page's cases about this LiveKit server, newest first, and one more where there are more."""
    exact = {"identity": query.identity, "room": query.room, "actor": query.actor, "command": query.command}
    exact = {name: storable(value) for name, value in exact.items() if value}
    facts = {name: value for name, value in (("kind", query.kind), ("outcome", query.outcome)) if value is not None}
    walked = _most_telling(exact, facts)
    other = _other(query) + [
        contents.c[name] == value if name == walked else func.coalesce(contents.c[name], "") == value
        for name, value in exact.items()
    ]
    number = entries.c.case_number if walked in facts or not other else contents.c.case_number
    statement = select(number)
    if number.table is contents:
        statement = statement.where(*other)
    elif other:
        statement = statement.where(select(contents.c.seq).where(contents.c.case_number == number, *other).exists())
    for name, value in facts.items():
        statement = statement.where(entries.c[name] == value if name == walked else _some_entry(name, value, number))
    ours = entries.alias("ours")
    statement = statement.where(
        select(ours.c.seq).where(ours.c.case_number == number, func.coalesce(ours.c.server, "") == server).exists()
    )
    if query.before is not None:
        statement = statement.where(number < query.before)
    return statement.distinct().order_by(number.desc()).limit(query.limit + 1).offset(query.offset)


def _most_telling(exact: dict[str, str], facts: dict[str, EntryKind | Outcome]) -> str | None:
    """What leaves the fewest candidates: a person, a room, a rare fact, a moderator, a command, any fact."""
    rare = [name for name, value in facts.items() if value not in _COMMON]
    people = [name for name in ("identity", "room") if name in exact]
    return next(iter([*people, *rare, *exact, *facts]), None)


def last_sid(room: str, identity: str, server: str) -> Select[Any]:
    """The session that the newest case about this person in this room knew last."""
    return (
        select(contents.c.sid)
        .join(entries, entries.c.seq == contents.c.seq)
        .where(func.coalesce(entries.c.server, "") == server)
        .where(contents.c.identity == storable(identity), _room == storable(room), contents.c.sid.is_not(None))
        .order_by(contents.c.case_number.desc(), contents.c.seq.desc())
        .limit(1)
    )


def _other(query: CaseQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.text:
        conditions.append(contents.c.search.like(f"%{_literal(folded(query.text))}%", escape=_ESCAPE))
    if query.everywhere and "*" in query.rooms:
        return conditions
    scope = [_matches(glob) for glob in query.rooms]
    if query.everywhere:
        scope.append(_room == "")
    conditions.append(or_(false(), *scope))
    return conditions


def _matches(glob: str) -> ColumnElement[bool]:
    if glob == "*":
        return _room != ""
    pattern = _literal(storable(glob)).replace("*", "%").replace("?", "_")
    return _room.like(pattern, escape=_ESCAPE)


def _literal(text: str) -> str:
    for mark in (_ESCAPE, "%", "_"):
        text = text.replace(mark, _ESCAPE + mark)
    return text


def _some_entry(name: str, value: EntryKind | Outcome, number: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether any entry of the case has this fact."""
    some = entries.alias()
    return select(some.c.seq).where(some.c[name] == value, some.c.case_number == number).exists()
