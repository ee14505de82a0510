"""The files of `deploy/`, read as the programs that take them would, and what several of them have to agree on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import accumulate
from pathlib import Path, PurePosixPath
from typing import Any

import yaml  # type: ignore[import-untyped]

from adapters.declared import CONFIG, SETTINGS

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
SECRETS = frozenset(setting.name for setting in SETTINGS if setting.secret)
NAMES = frozenset({CONFIG, *(setting.name for setting in SETTINGS), *(f"{name}_FILE" for name in SECRETS)})
STOP_SECONDS = 15
"""What Usher promises to end within (tests/adapters/test_running.py)."""

_INTERPOLATED = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


def text(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def yaml_of(name: str) -> dict[str, Any]:
    found = yaml.safe_load(text(name))
    assert isinstance(found, dict)
    return found


def compose() -> dict[str, Any]:
    return yaml_of("compose.yml")


def service(name: str) -> dict[str, Any]:
    found: dict[str, Any] = compose()["services"][name]
    return found


def interpolated(value: str, given: Mapping[str, str] | None = None) -> str:
    """A text of compose.yml with its variables in place."""
    return _INTERPOLATED.sub(lambda match: (given or {}).get(match[1]) or match[2] or "", value)


def variables() -> set[str]:
    """What compose.yml asks of the file `.env`, beside what it hands on."""
    return {match[1] for match in _INTERPOLATED.finditer(text("compose.yml"))}


def environment_file(content: str) -> dict[str, str]:
    """`NAME=value` lines, in the form that both Compose and systemd read: nothing quoted, expanded or continued."""
    lines = [line for line in content.splitlines() if line and not line.startswith("#")]
    found = [re.fullmatch(r"([A-Z][A-Z0-9_]*)=([^\s\"'$\\]*)", line) for line in lines]
    assert None not in found, lines
    return {match[1]: match[2] for match in found if match}


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction of a Dockerfile; continued lines are one."""

    word: str
    rest: str

    @property
    def words(self) -> list[str]:
        return self.rest.split()


def stages() -> list[list[Instruction]]:
    """The instructions of the Dockerfile, a list for each FROM."""
    kept = "\n".join(line for line in text("Dockerfile").splitlines() if not line.startswith("#"))
    found: list[list[Instruction]] = []
    for line in re.sub(r"\\\n\s*", " ", kept).splitlines():
        if not line.strip():
            continue
        word, _, rest = line.partition(" ")
        if word == "FROM":
            found.append([])
        found[-1].append(Instruction(word, rest.strip()))
    return found


def is_sent(path: str) -> bool:
    """Whether a file of the repository reaches the build: the last line of `.dockerignore` that matches it, or a folder
    above it, decides."""
    above = [str(one) for one in accumulate(PurePosixPath(path).parts, PurePosixPath, initial=PurePosixPath())][1:]
    sent = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!")
        if line and not line.startswith("#") and any(fnmatchcase(one, pattern) for one in above):
            sent = line.startswith("!")
    return sent
