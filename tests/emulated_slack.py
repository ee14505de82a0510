"""Starts and stops `emulate`, a Slack Web API that enforces scopes, on a free loopback port.

The program is `USHER_TEST_EMULATE`, or `.cache/bin/emulate` below the repository; without it, tests that need it are
skipped with that reason. It is stopped by its process, never by name.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.livekit_server import free_port, stop

MISSING = "no emulate: run `make emulate`, or name the program in USHER_TEST_EMULATE"
APP, BOT, BOT_USER = "A000USHER", "B000USHER", "U000USHER"
_OWNER = "xoxp-owner"


@dataclass(frozen=True, slots=True)
class EmulatedSlack:
    """A workspace with the app in it. `ann` is a person; everything is named by its id.

    The app and Ann are in the channel, in the private channel, and in a direct message with each other.
    """

    base_url: str
    port: int
    pid: int
    ann: str
    channel: str
    private: str
    direct: str

    def trigger(self, token: str, view: str = "") -> str:
        """A fresh `trigger_id` of Ann's for the app with that token, out of the modal `view`; good for 3 seconds."""
        return str(_call(self.port, token, "views.generateTriggerId", user_id=self.ann, view_id=view)["trigger_id"])

    def modal(self, token: str) -> tuple[str, str]:
        """A modal that the app has opened for Ann: its id and its hash."""
        title = {"type": "plain_text", "text": "Usher"}
        view = {"type": "modal", "title": title, "blocks": [{"type": "divider"}]}
        opened = _call(self.port, token, "views.open", trigger_id=self.trigger(token), view=view)["view"]
        return str(opened["id"]), str(opened["hash"])


def emulate_program() -> Path | None:
    """The program, or None where there is none."""
    named = os.environ.get("USHER_TEST_EMULATE")
    path = Path(named) if named else Path(__file__).parent.parent / ".cache" / "bin" / "emulate"
    return path if path.is_file() and os.access(path, os.X_OK) else None


@contextmanager
def emulated_slack(tokens: Mapping[str, Collection[str]]) -> Iterator[EmulatedSlack]:
    """The workspace for the length of the block; each of the app's tokens has exactly the scopes given for it."""
    program = emulate_program()
    if program is None:
        raise RuntimeError(MISSING)
    with tempfile.TemporaryDirectory(prefix="emulate-") as folder:
        seed, log = Path(folder) / "seed.json", Path(folder) / "emulate.log"
        seed.write_text(json.dumps(_seed(tokens)))
        port = free_port()
        where = ["--host", "127.0.0.1", "--port", str(port)]
        command = [str(program), "start", "--service", "slack", *where, "--seed", str(seed)]
        with log.open("wb") as output:
            process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
        try:
            _await_answer(process, port, log)
            yield _furnished(port, process.pid)
        finally:
            stop(process)


def _seed(tokens: Mapping[str, Collection[str]]) -> dict[str, Any]:
    app = {"app_id": APP, "bot_id": BOT, "client_id": "1.2"}
    known = {"name": "Usher", "client_secret": "x", "redirect_uris": [], "bot_user_id": BOT_USER, "bot_name": "usher"}
    ours = [{"token": token, "user_id": BOT_USER, "scopes": list(scopes), **app} for token, scopes in tokens.items()]
    return {
        "slack": {
            "strict_scopes": True,
            "team": {"name": "Home", "domain": "home"},
            "users": [{"name": "ann"}],
            "channels": [{"name": "stage"}, {"name": "mods", "is_private": True}],
            "oauth_apps": [{**app, **known}],
            "tokens": [{"token": _OWNER, "user": "ann"}, *ours],  # without scopes named, Ann's has all
        }
    }


def _furnished(port: int, pid: int) -> EmulatedSlack:
    users = _call(port, _OWNER, "users.list")["members"]
    ann = next(one["id"] for one in users if one["name"] == "ann")
    channels = _call(port, _OWNER, "conversations.list", types="public_channel,private_channel")["channels"]
    by_name = {one["name"]: one["id"] for one in channels}
    for name in ("stage", "mods"):
        _call(port, _OWNER, "conversations.invite", channel=by_name[name], users=BOT_USER)
    direct = _call(port, _OWNER, "conversations.open", users=BOT_USER)["channel"]["id"]
    return EmulatedSlack(
        f"http://127.0.0.1:{port}/api/", port, pid, ann, by_name["stage"], by_name["mods"], str(direct)
    )


def _call(port: int, token: str, method: str, **arguments: object) -> dict[str, Any]:
    """What is no call of Usher's: straight to the port, whatever proxy this machine has."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        connection.request("POST", f"/api/{method}", json.dumps(arguments), headers)
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    assert answer.get("ok"), f"{method}: {answer}"
    return answer


def _await_answer(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(400):
        if process.poll() is not None:
            break
        try:
            _call(port, _OWNER, "auth.test")
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"emulate did not start: {log.read_text(errors='replace')[-2000:]}")
