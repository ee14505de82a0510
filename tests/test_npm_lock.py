"""What npm installs for the tests is pinned by its content, and comes from whatever registry the machine is set to."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "emulate"
LOCK = (FOLDER / "package-lock.json").read_text(encoding="utf-8")
WANTED: dict[str, Any] = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
PACKAGES: dict[str, dict[str, Any]] = json.loads(LOCK)["packages"]


def test_each_package_has_an_exact_version_and_the_digest_of_its_content() -> None:
    installed = {path: one for path, one in PACKAGES.items() if path}
    assert "node_modules/emulate" in installed
    for one in installed.values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", one["version"])
        assert re.fullmatch(r"sha512-[\w+/]{86}==", one["integrity"])


def test_no_address_stands_in_the_lock() -> None:
    assert "resolved" not in LOCK
    assert "://" not in LOCK


def test_the_lock_is_of_what_is_wanted_and_that_is_exact() -> None:
    assert PACKAGES[""]["dependencies"] == WANTED["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in WANTED["dependencies"].values())
