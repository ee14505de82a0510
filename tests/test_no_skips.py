"""The plugin that lets nothing real be skipped on the run that decides."""

from __future__ import annotations

import pytest

from tests.no_skips import REAL_MARKS, VARIABLE

pytest_plugins = ["pytester"]

REAL = """
import pytest

@pytest.mark.real
@pytest.mark.participants
@pytest.mark.emulate
@pytest.mark.postgres
def test_real():
    pass
"""


@pytest.fixture(autouse=True)
def marks(pytester: pytest.Pytester) -> None:
    names = "\n    ".join(REAL_MARKS)
    pytester.makeini(f"[pytest]\nmarkers =\n    {names}\nasyncio_default_fixture_loop_scope = function\n")


def run(pytester: pytest.Pytester, *files: str, workers: int = 0) -> pytest.RunResult:
    pytester.makepyfile(**{f"test_{number}": text for number, text in enumerate(files)})
    return pytester.runpytest_inprocess("-p", "tests.no_skips", "-n", str(workers))


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "1")


@pytest.fixture
def lenient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


SKIPPED = "import pytest\n\n@pytest.mark.real\ndef test_it():\n    pytest.skip('no server')\n"
FIXTURE = (
    "import pytest\n\n@pytest.fixture\ndef server():\n    pytest.skip('no server')\n\n"
    "@pytest.mark.participants\ndef test_it(server):\n    pass\n"
)
MODULE = "import pytest\n\npytest.skip('no library', allow_module_level=True)\n"
OTHER = "import pytest\n\ndef test_it():\n    pytest.skip('another system')\n"
EXPECTED = "import pytest\n\n@pytest.mark.real\n@pytest.mark.xfail\ndef test_it():\n    assert False\n"


@pytest.mark.usefixtures("lenient")
def test_a_run_without_the_variable_may_skip(pytester: pytest.Pytester) -> None:
    result = run(pytester, SKIPPED, FIXTURE, MODULE)
    result.assert_outcomes(skipped=3)
    assert VARIABLE not in result.stdout.str()


@pytest.mark.usefixtures("strict")
def test_a_skip_inside_a_real_test_fails_with_its_reason(pytester: pytest.Pytester) -> None:
    result = run(pytester, REAL, SKIPPED)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines([f"*{VARIABLE} is set and this test is marked real: *no server*"])


@pytest.mark.usefixtures("strict")
def test_a_skip_in_a_fixture_of_a_real_test_is_an_error(pytester: pytest.Pytester) -> None:
    result = run(pytester, REAL, FIXTURE)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*marked participants: *no server*"])


@pytest.mark.usefixtures("strict")
def test_a_module_that_skips_itself_is_an_error(pytester: pytest.Pytester) -> None:
    result = run(pytester, REAL, MODULE)
    assert result.ret != pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*test_1.py skipped itself as a whole: *no library*"])


@pytest.mark.usefixtures("strict")
def test_what_is_not_real_may_still_be_skipped(pytester: pytest.Pytester) -> None:
    result = run(pytester, REAL, OTHER, EXPECTED)
    result.assert_outcomes(passed=1, skipped=1, xfailed=1)
    assert result.ret == pytest.ExitCode.OK


@pytest.mark.usefixtures("strict")
def test_a_run_without_any_real_test_fails(pytester: pytest.Pytester) -> None:
    result = run(pytester, "def test_it():\n    pass\n")
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*no test ran that is marked emulate or participants or postgres or real."])


@pytest.mark.usefixtures("strict")
def test_what_a_worker_ran_or_skipped_counts(pytester: pytest.Pytester) -> None:
    """Of two, one has nothing real to run."""
    result = run(pytester, REAL, "def test_it():\n    pass\n", SKIPPED, workers=2)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines([f"*{VARIABLE} is set and this test is marked real: *no server*"])
    assert "no test ran" not in result.stdout.str()
