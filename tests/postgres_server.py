"""A PostgreSQL server of the tests' own, in a directory that goes with it, on a free loopback port.

Its programs are those on the PATH, or the newest ones that Debian's package `postgresql` has put elsewhere. It is
stopped by its process, never by name. A server refuses to run as root, and becomes somebody else then.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.livekit_server import free_port

if TYPE_CHECKING:
    import psycopg

MISSING = "no PostgreSQL: install Debian's package postgresql, or put initdb and postgres on the PATH"
USER, PASSWORD, NAME = "usher", "a-passw0rd-for-tests", "usher"
START_SECONDS = 60
_DEBIAN = Path("/usr/lib/postgresql")
_SWIFT = ("fsync=off", "full_page_writes=off", "autovacuum=off", "max_connections=200", "shared_buffers=32MB")


def programs() -> Path | None:
    """The directory of initdb and postgres; None where there is none."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(_DEBIAN.glob("*/bin"), key=lambda place: int(place.parent.name), reverse=True)
    return next((place for place in places if (place / "postgres").exists() and (place / "initdb").exists()), None)


def _unprivileged() -> dict[str, Any]:
    """Who the server runs as, for `subprocess`."""
    if os.geteuid() != 0:
        return {}
    known = {account.pw_name: account for account in pwd.getpwall()}
    account = known.get("postgres") or known["nobody"]
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


@dataclass(slots=True)
class PostgresServer:
    """`url` is the address of a database that `USER` owns; its locale sorts unlike SQLite."""

    where: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    _numbers: Iterator[int] = field(default_factory=count)

    @property
    def url(self) -> str:
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{NAME}"

    def make(self) -> None:
        """The cluster, and the database in it."""
        self._run("initdb", "-D", "data", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync",
                  "--auth-local=trust", "--auth-host=scram-sha-256")  # fmt: skip
        try:
            self.start()
        except RuntimeError:
            if "Address already in use" not in self._log.read_text(errors="replace"):
                raise
            self.port = free_port()  # somebody was faster
            self.start()
        with self.admin("postgres") as admin:
            version = admin.info.server_version
            sorted_ = "LOCALE_PROVIDER icu ICU_LOCALE 'en'" if version >= 150_000 else "LC_COLLATE 'C'"
            admin.execute(f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'")
            admin.execute(f"CREATE DATABASE {NAME} OWNER {USER} TEMPLATE template0 ENCODING UTF8 {sorted_}")

    @contextmanager
    def admin(self, database: str = NAME) -> Iterator[psycopg.Connection[Any]]:
        """Somebody who may do everything."""
        import psycopg  # every run reads this module, and few start a server

        with psycopg.connect(
            host=str(self.where), port=self.port, user="postgres", dbname=database, autocommit=True
        ) as connection:
            yield connection

    @contextmanager
    def schema(self) -> Iterator[str]:
        """The address of an empty schema, which is dropped again."""
        name = f"test_{next(self._numbers)}"
        with self.admin() as admin:
            admin.execute(f"CREATE SCHEMA {name} AUTHORIZATION {USER}")
        yield f"{self.url}?connect_timeout=60&options=-csearch_path%3D{name}"  # tests run on busy machines
        with self.admin() as admin:  # anew: the server may have been restarted
            admin.execute("SET client_min_messages = error")
            admin.execute(f"DROP SCHEMA {name} CASCADE")

    def forge(self, url: str, script: str) -> None:
        """Carry out statements where this address leads, past triggers and references."""
        with self.admin() as admin:
            admin.execute(f"SET search_path = {url.rpartition('%3D')[2]}; SET session_replication_role = replica")
            admin.execute(script)

    def start(self) -> None:
        """Returns when it answers."""
        settings = (f"port={self.port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={self.where}", *_SWIFT)
        words = [word for setting in settings for word in ("-c", setting)]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [self._program("postgres"), "-D", "data", *words],
                cwd=self.where,
                stdout=log,
                stderr=log,
                **_unprivileged(),
            )
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL did not start: {self._log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """At once: whoever is connected is sent away."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=START_SECONDS)
            self.process = None

    @property
    def _log(self) -> Path:
        return self.where / "log"

    def _answers(self) -> bool:
        import psycopg

        try:
            with self.admin("postgres"):
                return True
        except psycopg.OperationalError:
            return False

    def _program(self, name: str) -> Path:
        where = programs()
        assert where is not None
        return where / name

    def _run(self, name: str, *words: str) -> None:
        done = subprocess.run(
            [self._program(name), *words], cwd=self.where, capture_output=True, text=True, **_unprivileged()
        )
        if done.returncode:
            raise RuntimeError(f"{name} failed: {done.stderr[-2000:]}")


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A server for the length of the block."""
    # Where anybody may go, and with a path that is short enough for a socket.
    with tempfile.TemporaryDirectory(prefix="postgres-", dir="/tmp") as folder:
        where = Path(folder)
        if account := _unprivileged():
            os.chown(where, account["user"], account["group"])
        server = PostgresServer(where)
        try:
            server.make()
            yield server
        finally:
            server.stop()
