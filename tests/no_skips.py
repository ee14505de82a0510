"""A pytest plugin: where `USHER_REQUIRE_REAL` is set, whatever is real and was not run is a failure.

Tests that need the real livekit-server, emulate or PostgreSQL are skipped where there is none, which is kind to whoever
works on one file and wrong for the run that decides. Loaded with `-p tests.no_skips`; without the variable it does
nothing. Where workers run the tests, their reports tell the process that counts.
"""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

VARIABLE = "USHER_REQUIRE_REAL"
REAL_MARKS = ("real", "participants", "emulate", "postgres")
_RAN = "real"
_ran = pytest.StashKey[set[str]]()


def required() -> bool:
    return os.environ.get(VARIABLE, "") not in ("", "0")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_ran] = ran = set[str]()
    config.pluginmanager.register(_Noting(ran))


class _Noting:
    """Notes what ran, also when a worker ran it."""

    def __init__(self, ran: set[str]) -> None:
        self._ran = ran

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._ran.update(str(mark) for name, mark in report.user_properties if name == _RAN)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skip of a marked test becomes a failure that gives the skip's reason."""
    report = yield
    marks = [mark for mark in REAL_MARKS if item.get_closest_marker(mark)]
    if not (required() and marks) or hasattr(report, "wasxfail"):
        return report
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{VARIABLE} is set and this test is marked {' and '.join(marks)}: {_reason(report)}"
    elif report.when == "call":
        report.user_properties += [(_RAN, mark) for mark in marks]
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A module that skips itself as a whole hides its marks, so that is no way out either."""
    report = yield
    if required() and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{VARIABLE} is set and {collector.nodeid} skipped itself as a whole: {_reason(report)}"
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """No such test at all is as bad as one that was skipped."""
    if (
        required()
        and not _works(session.config)
        and _missing(session.config)
        and session.exitstatus == pytest.ExitCode.OK
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if required() and (missing := _missing(config)):
        terminalreporter.write_line(
            f"{VARIABLE} is set and no test ran that is marked {' or '.join(missing)}.", red=True
        )


def _works(config: pytest.Config) -> bool:
    """Whether this is a worker, which runs a part of the tests."""
    return hasattr(config, "workerinput")


def _missing(config: pytest.Config) -> list[str]:
    """The marks of which no test ran."""
    ran = config.stash[_ran]
    return sorted(set(REAL_MARKS) - ran)


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
