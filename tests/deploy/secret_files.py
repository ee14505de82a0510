"""Secrets as `deploy/make-secrets` makes them, in a folder of a test's own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.deploy.files import DEPLOY


def make_secrets(where: Path) -> Path:
    """The folder with the secrets in it."""
    where.mkdir(exist_ok=True)
    script = shutil.copy(DEPLOY / "make-secrets", where)
    subprocess.run([script], check=True, capture_output=True)
    return where / "secrets"
