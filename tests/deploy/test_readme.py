"""deploy/README.md tells of settings, files and commands that exist."""

from __future__ import annotations

import re
import shlex

import pytest

from adapters.cli import parser
from tests.deploy.files import NAMES, ROOT, text, variables

README = text("README.md")


def test_its_settings_exist() -> None:
    assert set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", README)) <= NAMES | variables()


def test_its_metrics_are_usher_s() -> None:
    source = (ROOT / "adapters" / "metrics.py").read_text(encoding="utf-8")
    named = set(re.findall(r"`(usher(?:_[a-z]+)+)`", README))
    assert named
    assert {name for name in named if f'"{name}"' not in source} == set()


def test_its_files_are_in_the_repository_or_are_made() -> None:
    named = set(re.findall(r"(?<![\w/.])(?:deploy|requirements)/[\w.-]+", README))
    assert {name for name in named if not (ROOT / name).exists()} == set()


@pytest.mark.parametrize(
    "line", sorted(set(re.findall(r"(?:/bin/|exec |--rm |`)usher ((?:usher )?[a-z].*?)(?:`|\n)", README)))
)
def test_its_commands_are_usher_s(line: str) -> None:
    words = shlex.split(line.removeprefix("usher "))
    if words[:1] != ["python"]:
        assert parser().parse_args(words)
