"""Starts and stops the real livekit-server on free loopback ports.

The binary is `LIVEKIT_SERVER`, or `.cache/bin/livekit-server` below the repository; without it, tests that need it are
skipped with that reason. Servers are stopped by their process, never by name.
"""

from __future__ import annotations

import os
import random
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.livekit.tokens import Credentials

API_KEY = "APItestkey"
API_SECRET = "a-secret-for-tests-only-of-32-letters-or-more"
CREDENTIALS = Credentials(API_KEY, API_SECRET)

_CONFIG = """\
port: {port}
bind_addresses: [127.0.0.1]
rtc:
  udp_port: {udp}
  tcp_port: {tcp}
  use_external_ip: false
  node_ip: 127.0.0.1
  enable_loopback_candidate: true
  interfaces:
    includes: [lo]
room:
  enable_remote_unmute: {remote_unmute}
  departure_timeout: {departure}
keys:
  {key}: {secret}
logging:
  level: error
  pion_level: error
{extra}"""


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that answers; `url` is its ws address, `pid` its process, `log` what it wrote so far."""

    url: str
    port: int
    pid: int
    log: Path
    credentials: Credentials = CREDENTIALS


def server_binary() -> Path | None:
    """The binary, or None where there is none."""
    named = os.environ.get("LIVEKIT_SERVER")
    path = Path(named) if named else Path(__file__).parent.parent / ".cache" / "bin" / "livekit-server"
    return path if path.is_file() and os.access(path, os.X_OK) else None


MISSING = "no livekit-server: run `make livekit-server`, or name the binary in LIVEKIT_SERVER"


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A free port below those that the system gives to outgoing connections, which could take it at any moment.

    Of eight workers of pytest-xdist none is given another one's, which may not be listened on yet.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
    while True:
        port = random.randrange(20_000 + worker, 32_000, 8)
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a server of the tests listens: for signals and the RoomService, and for media."""

    http: int
    udp: int
    tcp: int


@contextmanager
def running_server(
    *, remote_unmute: bool = False, departure_timeout: int = 20, port: int | None = None, extra: str = ""
) -> Iterator[RunningServer]:
    """A server for the length of the block. `extra` is appended to its YAML config (webhooks and the like)."""

    def configured(ports: Ports) -> str:
        return _CONFIG.format(
            port=ports.http,
            udp=ports.udp,
            tcp=ports.tcp,
            remote_unmute=str(remote_unmute).lower(),
            departure=departure_timeout,
            key=API_KEY,
            secret=API_SECRET,
            extra=extra,
        )

    with configured_server(configured, port=port) as server:
        yield server


@contextmanager
def configured_server(
    configured: Callable[[Ports], str], *words: str | Path, port: int | None = None
) -> Iterator[RunningServer]:
    """A server with the config that is written for its ports, and with more words on its command line."""
    binary = server_binary()
    if binary is None:
        raise RuntimeError(MISSING)
    with tempfile.TemporaryDirectory(prefix="livekit-") as folder:
        log = Path(folder) / "livekit.log"
        config = Path(folder) / "livekit.yaml"
        for left in range(2, -1, -1):
            ports = Ports(port or free_port(), free_port(socket.SOCK_DGRAM), free_port())
            config.write_text(configured(ports))
            with log.open("wb") as output:
                process = subprocess.Popen([binary, "--config", config, *words], stdout=output, stderr=output)
            try:
                _await_answer(process, ports.http, log)
                break
            except RuntimeError:
                stop(process)
                if port or not left or "address already in use" not in log.read_text(errors="replace"):
                    raise
        try:
            yield RunningServer(f"ws://127.0.0.1:{ports.http}", ports.http, process.pid, log)
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end; it would wait for its rooms to empty, so after half a second it is killed."""
    process.terminate()
    try:
        process.wait(timeout=0.5)
        return
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=5)


def _await_answer(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise RuntimeError(f"livekit-server did not start: {log.read_text(errors='replace')[-2000:]}")
