"""The published schemas and recorded payloads that conformance tests read from beside the repository."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[3] / "shared" / "conformance" / "slack"
MISSING = "the published schemas and recorded payloads of Slack are not here (../shared/conformance/slack)"
present = pytest.mark.skipif(not FOLDER.is_dir(), reason=MISSING)


@cache
def data(name: str) -> Any:
    """A file of that folder, parsed."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def names(folder: str) -> list[str]:
    """The files of a folder; none where there is no data."""
    return sorted(path.relative_to(FOLDER).as_posix() for path in (FOLDER / folder).glob("*.json"))
