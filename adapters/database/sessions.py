"""The port `Sessions`: what sessions of one LiveKit server would have without orders, for as long as they last."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import bindparam as bind
from sqlalchemy import delete, insert, select, update

from adapters.database.ledger import Ledger, spelled
from adapters.database.readers import Readers
from adapters.database.rows import storable
from adapters.database.schema import sessions
from adapters.database.transaction import Row, Transaction
from adapters.database.writer import Writer
from bot.fold import Session
from bot.history import canonical
from bot.model import Permissions, Source
from bot.state import PERMISSION, permission_fields

_LIST = "can_publish_sources"
_ADD = insert(sessions)
_OF_PERSON = (
    select(sessions)
    .where(sessions.c.server == bind("of_server"), sessions.c.identity == bind("of_identity"))
    .order_by(sessions.c.at.desc(), sessions.c.version.desc())
)
_THIS = (
    (sessions.c.server == bind("of_server"))
    & (sessions.c.identity == bind("of_identity"))
    & (sessions.c.sid == bind("of_sid"))
)
_ONE = select(sessions).where(_THIS)
_KEEP = (
    update(sessions)
    .where(_THIS, sessions.c.version == bind("read"))
    .values({name: bind(name) for name in ("room", "base", "ours", "carried", "past", "version", "at")})
)
_ROOMS = select(sessions.c.room).distinct().where(sessions.c.server == bind("of_server")).order_by(sessions.c.room)
_OLD = select(sessions.c.identity, sessions.c.sid).where(
    sessions.c.server == bind("of_server"), sessions.c.room == bind("of_room"), sessions.c.at < bind("before")
)
_HERE = (
    select(sessions.c.sid)
    .where(
        sessions.c.server == bind("of_server"),
        sessions.c.identity == bind("of_identity"),
        sessions.c.room == bind("of_room"),
    )
    .order_by(sessions.c.at.desc(), sessions.c.version.desc())
)
_FORGET = delete(sessions).where(_THIS)


MOST_OF_ONE = 20  # sessions of one person in one room: only the newest before theirs is of any use


class DatabaseSessions:
    def __init__(self, writer: Writer, readers: Readers, ledger: Ledger) -> None:
        self._writer = writer
        self._readers = readers
        self._clock = ledger.clock
        self._server = storable(ledger.server)

    async def known(self, identities: Sequence[str]) -> tuple[Session, ...]:
        asked = {storable(identity): identity for identity in identities}
        rows = await self._readers.rows(
            _OF_PERSON, [{"of_server": self._server, "of_identity": identity} for identity in asked]
        )
        return tuple(replace(_session(row), identity=asked[row[1]]) for row in rows)

    async def begin(self, session: Session) -> Session:
        def job(transaction: Transaction) -> Session:
            found = transaction.fetch(_ONE, self._key(session.identity, session.sid))
            if found:
                return replace(_session(found[0]), identity=session.identity, room=session.room)
            key = {"server": self._server, "identity": storable(session.identity), "sid": storable(session.sid)}
            self._drop_older(transaction, session)
            transaction.run(_ADD, {**key, **self._row(session)})
            return replace(session, version=session.version + 1)

        return await self._writer.run(job)

    async def keep(self, session: Session) -> Session | None:
        key = {**self._key(session.identity, session.sid), "read": session.version}
        kept = await self._writer.run(lambda transaction: transaction.run(_KEEP, {**key, **self._row(session)}))
        return replace(session, version=session.version + 1) if kept else None

    async def rooms(self) -> tuple[str, ...]:
        return tuple(room for (room,) in await self._readers.rows(_ROOMS, [{"of_server": self._server}]))

    async def forget(self, room: str, present: Sequence[str], before: datetime) -> int:
        return await self._writer.run(partial(self._forget, storable(room), set(map(storable, present)), before))

    def _drop_older(self, transaction: Transaction, session: Session) -> None:
        """Somebody who comes back each second would make each look at them a long one."""
        key = {"of_server": self._server, "of_identity": storable(session.identity)}
        here = transaction.fetch(_HERE, {**key, "of_room": storable(session.room)})
        for (sid,) in here[MOST_OF_ONE - 1 :]:
            transaction.run(_FORGET, {**key, "of_sid": sid})

    def _forget(self, room: str, present: set[str], before: datetime, transaction: Transaction) -> int:
        old = transaction.fetch(_OLD, {"of_server": self._server, "of_room": room, "before": spelled(before)})
        gone = [self._key(identity, sid) for identity, sid in old if sid not in present]
        transaction.run_all(_FORGET, gone)
        return len(gone)

    def _key(self, identity: str, sid: str) -> dict[str, Any]:
        return {"of_server": self._server, "of_identity": storable(identity), "of_sid": storable(sid)}

    def _row(self, session: Session) -> Row:
        return {
            "room": storable(session.room),
            "base": canonical(permission_fields(session.base)),
            "ours": canonical([permission_fields(each) for each in session.ours]),
            "carried": canonical(sorted(session.carried)),
            "past": canonical(sorted(session.past)),
            "version": session.version + 1,
            "at": spelled(self._clock.now()),
        }


def _session(row: Sequence[Any]) -> Session:
    _, identity, sid, room, base, ours, carried, past, version, _ = row
    return Session(
        room, identity, sid,
        base=_permissions(json.loads(base)),
        ours=tuple(_permissions(fields) for fields in json.loads(ours)),
        carried=frozenset(json.loads(carried)),
        past=frozenset(json.loads(past)),
        version=version,
    )  # fmt: skip


def _permissions(fields: dict[str, Any]) -> Permissions:
    flags = {name.removeprefix(PERMISSION): value for name, value in fields.items()}
    return Permissions(can_publish_sources=frozenset(map(Source, flags.pop(_LIST))), **flags)
