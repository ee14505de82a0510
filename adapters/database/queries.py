"""What `/history` asks, as SQL.

A page is found by walking one index from its newest end until there are enough cases: that of the identity, the
moderator, the command or the room that is asked for, else that of the kind or the outcome, else that of all contents.
So a page costs what stands on it; only a scope or a search that hardly anything matches goes through a whole index.
Everything else is asked of each candidate by EXISTS, which leaves the database no other order to choose.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select

from adapters.database.rows import folded, storable
from adapters.database.schema import contents, entries
from bot.history import CaseQuery

_ESCAPE = "\\"
_room = func.coalesce(contents.c.room, "")  # as an expression it is looked at, but never chosen as the index to walk


def case_numbers(query: CaseQuery) -> Select[Any]:
    """The numbers of the page's cases, newest first, and one more where there are more."""
    exact, other, facts = _exact(query), _other(query), _facts(query)
    if exact or (other and not facts):
        number = contents.c.case_number
        statement = select(number).where(*exact, *other)
    else:
        number = entries.c.case_number
        statement = select(number)
        if facts:
            name, value = facts.popitem()
            statement = statement.where(entries.c[name] == value)
        if other:
            statement = statement.where(select(contents.c.seq).where(contents.c.case_number == number, *other).exists())
    statement = statement.where(*(_some_entry(name, value, number) for name, value in facts.items()))
    if query.before is not None:
        statement = statement.where(number < query.before)
    return statement.distinct().order_by(number.desc()).limit(query.limit + 1).offset(query.offset)


def last_sid(room: str, identity: str) -> Select[Any]:
    """The session that the newest case about this person in this room knew last."""
    return (
        select(contents.c.sid)
        .where(contents.c.identity == storable(identity), _room == storable(room), contents.c.sid.is_not(None))
        .order_by(contents.c.case_number.desc(), contents.c.seq.desc())
        .limit(1)
    )


def _exact(query: CaseQuery) -> list[ColumnElement[bool]]:
    asked = {"identity": query.identity, "actor": query.actor, "command": query.command, "room": query.room}
    return [contents.c[name] == storable(value) for name, value in asked.items() if value]


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


def _facts(query: CaseQuery) -> dict[str, str]:
    asked = {"kind": query.kind, "outcome": query.outcome}
    return {name: value.value for name, value in asked.items() if value is not None}


def _some_entry(name: str, value: str, number: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether any entry of the case has this fact."""
    some = entries.alias()
    return select(some.c.seq).where(some.c[name] == value, some.c.case_number == number).exists()
