"""The Dockerfile, as far as it can be judged without an engine: where its files come from, and who runs in the end."""

from __future__ import annotations

import asyncio
import re
import shlex
import sys

import pytest
from aiohttp import web

from adapters.health import HEALTH_PATH
from adapters.http import HttpServer
from adapters.values import HostPort
from tests.deploy.files import NAMES, ROOT, SECRETS, STOP_SECONDS, is_sent, service, stages

BUILD, FINAL = stages()
KNOWN = {
    *("CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK"),
    *("RUN", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
}
OTHERS = re.compile("PATH|PYTHON[A-Z]+|PIP_[A-Z_]+")


def rest(word: str) -> list[str]:
    return [one.rest for one in FINAL if one.word == word]


def test_there_are_two_stages_of_one_slim_python_and_instructions_that_docker_knows() -> None:
    assert BUILD[0].rest == f"{FINAL[0].rest} AS build"
    assert re.fullmatch(r"python:3\.\d+-slim-[a-z]+", FINAL[0].rest)
    assert {one.word for one in (*BUILD, *FINAL)} <= KNOWN


def test_what_is_copied_is_in_the_repository_and_reaches_the_build() -> None:
    sources = [name for one in BUILD if one.word == "COPY" for name in one.words[:-1]]
    assert {"bot", "adapters", "pyproject.toml"} <= set(sources)
    assert [name for name in sources if not (ROOT / name).exists() or not is_sent(name)] == []
    assert [one.words for one in FINAL if one.word == "COPY"] == [["--from=build", "/opt/usher", "/opt/usher"]]


def test_packages_are_installed_by_their_hashes_and_usher_itself_without_any_more() -> None:
    exact, own = (one.words for one in BUILD if one.word == "RUN" and "pip install" in one.rest)
    assert "--require-hashes" in exact
    assert [exact[at + 1] for at, word in enumerate(exact) if word == "-r"] == [
        "requirements/run.txt",
        "requirements/newer.txt",
    ]
    assert {"--no-deps", "--no-build-isolation"} <= set(own)
    assert own[-1] == "."
    assert not any("pip" in one.words for one in FINAL)


def test_nobody_is_root_in_the_end() -> None:
    (user,) = rest("USER")
    number, group = user.split(":")
    assert int(number) >= 1000
    assert number == group
    made = next(one for one in rest("RUN") if "useradd" in one)
    assert f"--uid {number} " in made
    assert f"--gid {group} " in made
    words = [one.word for one in FINAL]
    assert not {"RUN", "COPY"} & set(words[words.index("USER") :])


def test_the_history_is_kept_in_a_volume_of_that_user() -> None:
    assert rest("WORKDIR") == rest("VOLUME") == ["/var/lib/usher"]
    assert "--owner=usher --group=usher --mode=0700 /var/lib/usher" in rest("RUN")[0]


def test_it_serves_where_the_container_can_be_reached_and_is_asked_to_end_by_sigterm() -> None:
    assert rest("ENTRYPOINT") == ['["usher"]']
    assert rest("CMD") == ['["run"]']
    assert rest("STOPSIGNAL") == ["SIGTERM"]
    (port,) = rest("EXPOSE")
    assert f"USHER_HTTP=0.0.0.0:{port}" in rest("ENV")[0].split()
    assert service("usher")["environment"]["USHER_HTTP"] == f"0.0.0.0:{port}"
    assert int(service("usher")["stop_grace_period"].removesuffix("s")) > STOP_SECONDS


async def test_it_is_healthy_where_usher_answers_so_and_only_there() -> None:
    (check,) = rest("HEALTHCHECK")
    command = check.partition(" CMD ")[2]
    assert f"'127.0.0.1', {rest('EXPOSE')[0]}," in command
    assert f"'{HEALTH_PATH}'" in command
    statuses = [200, 503]

    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=statuses.pop(0))

    http = HttpServer(HostPort("127.0.0.1", 0))
    http.add("GET", HEALTH_PATH, answer)
    _, port = await http.start()
    here = command.replace(rest("EXPOSE")[0], str(port)).replace("python", shlex.quote(sys.executable), 1)
    assert await exit_status(here) == 0
    assert await exit_status(here) == 1
    await http.aclose(1)
    assert await exit_status(here) == 1


async def exit_status(command: str) -> int:
    process = await asyncio.create_subprocess_shell(command, stderr=asyncio.subprocess.DEVNULL)
    return await process.wait()


def test_what_is_set_are_settings_and_none_of_them_is_a_secret() -> None:
    names = [word.partition("=")[0] for one in (*BUILD, *FINAL) if one.word == "ENV" for word in one.words]
    assert [name for name in names if not OTHERS.fullmatch(name) and name not in NAMES - SECRETS] == []


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("bot/mute.py", True),
        ("adapters/database/migrations/env.py", True),
        ("requirements/run.txt", True),
        ("requirements/test.txt", False),
        ("bot/__pycache__/mute.pyc", False),
        ("deploy/.env", False),
        ("deploy/secrets/database_url", False),
        ("usher.db", False),
        (".git/config", False),
        (".venv/bin/python", False),
        ("tests/house.py", False),
    ],
)
def test_the_build_gets_nothing_but_what_it_needs(path: str, sent: bool) -> None:
    assert is_sent(path) is sent
