"""The published schemas and examples that conformance tests read from beside the repository."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[3] / "shared" / "conformance" / "discord"
MISSING = "the published schemas and examples of Discord are not here (../shared/conformance/discord)"
present = pytest.mark.skipif(not FOLDER.is_dir(), reason=MISSING)


@cache
def data(name: str) -> Any:
    """A file of that folder, parsed."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def examples(kind: str) -> list[Any]:
    """The examples of Discord's documentation of that kind; none where there is no data."""
    return [one["json"] for one in data("docs-examples.json") if one["kind"] == kind] if FOLDER.is_dir() else []
