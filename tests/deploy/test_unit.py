"""usher.service: what it runs, how it ends, and how little it may; by systemd's own judgement where there is one."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.files import NAMES, SECRETS, STOP_SECONDS, text

UNIT = text("usher.service")
HARDENING = {
    *("NoNewPrivileges", "CapabilityBoundingSet", "AmbientCapabilities", "KeyringMode", "RemoveIPC", "UMask"),
    *("ProtectSystem", "ProtectHome", "ProtectProc", "ProtectClock", "ProtectControlGroups", "ProtectHostname"),
    *("ProtectKernelLogs", "ProtectKernelModules", "ProtectKernelTunables"),
    *("PrivateTmp", "PrivateDevices", "PrivateUsers", "DevicePolicy", "LockPersonality", "MemoryDenyWriteExecute"),
    *("RestrictAddressFamilies", "RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID"),
    *("SystemCallArchitectures", "SystemCallFilter", "SystemCallErrorNumber"),
}
OTHERS = {
    *("Type", "User", "Group", "StateDirectory", "StateDirectoryMode", "WorkingDirectory", "Environment"),
    *("EnvironmentFile", "ExecStart", "Restart", "RestartSec", "KillSignal", "TimeoutStopSec"),
}
WORST = 2.0
"""The exposure that is let pass, of 10; with the network and an own user hardly less than 1 can be had."""


def directives() -> dict[str, dict[str, list[str]]]:
    """The values of each directive of each section."""
    found: dict[str, dict[str, list[str]]] = {}
    section: dict[str, list[str]] = {}
    for line in UNIT.splitlines():
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            name, _, value = line.partition("=")
            section.setdefault(name, []).append(value)
    return found


SERVICE = directives()["Service"]


def test_every_line_is_a_section_a_comment_or_a_directive_that_systemd_knows() -> None:
    assert all(re.fullmatch(r"|#.*|\[\w+\]|\w+=.*", line) for line in UNIT.splitlines())
    assert {name: set(section) for name, section in directives().items()} == {
        "Unit": {"Description", "Wants", "After"},
        "Service": HARDENING | OTHERS,
        "Install": {"WantedBy"},
    }


def test_it_runs_usher_as_somebody_without_rights_and_with_one_folder_to_write_to() -> None:
    assert SERVICE["ExecStart"] == ["/opt/usher/bin/usher run"]
    assert SERVICE["User"] == SERVICE["Group"] == SERVICE["StateDirectory"] == ["usher"]
    assert SERVICE["WorkingDirectory"] == ["%S/usher"]
    assert SERVICE["StateDirectoryMode"] == ["0700"]
    assert SERVICE["ProtectSystem"] == ["strict"]
    assert SERVICE["NoNewPrivileges"] == ["yes"]
    assert SERVICE["CapabilityBoundingSet"] == SERVICE["AmbientCapabilities"] == [""]
    assert "ReadWritePaths" not in SERVICE


def test_it_starts_again_after_a_failure_and_has_the_time_that_it_needs_to_end() -> None:
    assert SERVICE["Restart"] == ["on-failure"]
    assert SERVICE["KillSignal"] == ["SIGTERM"]
    assert int(SERVICE["TimeoutStopSec"][0].removesuffix("s")) > STOP_SECONDS


def test_its_settings_come_from_a_file_and_no_secret_stands_in_the_unit() -> None:
    assert SERVICE["EnvironmentFile"] == ["/etc/usher/usher.env"]
    names = {word.partition("=")[0] for line in SERVICE["Environment"] for word in line.split()}
    assert {name for name in names if not name.startswith("PYTHON")} <= NAMES - SECRETS


def asked(*words: str | Path) -> str:
    """What systemd says; nothing where there is none, and then the tests above have to do."""
    program = shutil.which("systemd-analyze")
    if program is None:
        return ""
    done = subprocess.run([program, *words], capture_output=True, text=True)
    return done.stdout + done.stderr


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a program that is there."""
    path = tmp_path / "usher.service"
    path.write_text(UNIT.replace("/opt/usher/bin/usher", sys.executable))
    return path


def test_systemd_has_nothing_against_it(unit: Path) -> None:
    told = asked("verify", "--man=no", unit)
    assert [line for line in told.splitlines() if unit.name in line] == []


def test_systemd_finds_it_hardly_exposed(unit: Path) -> None:
    told = asked("security", "--offline=true", "--no-pager", unit)
    found = re.search(r"exposure level for \S+: ([\d.]+)", told)  # an older systemd judges only what runs
    assert found is None or float(found[1]) <= WORST
