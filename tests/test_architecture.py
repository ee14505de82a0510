"""The shape of the whole, proved by reading the sources: who imports whom, how large things are, what is named."""

from __future__ import annotations

import ast
import graphlib
import importlib.metadata
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULE_LINES = 250
FUNCTION_LINES = 40
GENERATED = ("adapters/database/migrations/",)
"""Not held to sizes, and not imported: Alembic runs these itself."""

OURS = ("bot", "adapters")
LOWEST = ("bot.model", "bot.state", "bot.people", "bot.errors", "bot.history")


def sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def written_by_hand(path: Path) -> bool:
    return not path.relative_to(ROOT).as_posix().startswith(GENERATED)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path, *, at_run_time: bool = False) -> Iterator[tuple[str, int]]:
    """The full names that a module imports, each with its line; wherever they stand, functions included.

    `at_run_time` leaves out what only type checkers follow, and what is imported when a function is called.
    """
    module = tree(path)
    aside = set(_aside(module)) if at_run_time else set()
    for node in ast.walk(module):
        if node in aside:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def _aside(module: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(module):
        typing_only = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        if typing_only or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (inner for inner in ast.walk(node) if inner is not node)


def below(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def offences(folder: str, *, allowed: tuple[str, ...] = (), refused: tuple[str, ...] = ()) -> list[str]:
    """Imports from outside the standard library and `allowed`, or from what is `refused`; as `file:line name`."""
    found = []
    for path in sources(folder):
        for name, line in imports(path):
            outside = allowed and not below(name, *allowed) and name.partition(".")[0] not in sys.stdlib_module_names
            if outside or below(name, *refused):
                found.append(f"{path.relative_to(ROOT)}:{line} {name}")
    return found


def test_the_core_imports_nothing_but_itself_and_the_standard_library() -> None:
    assert offences("bot", allowed=("bot",)) == []


def test_the_core_does_no_input_or_output_of_its_own() -> None:
    outside = ("socket", "ssl", "http", "urllib", "sqlite3", "subprocess", "smtplib", "ftplib", "shutil", "tempfile")
    assert offences("bot", refused=outside) == []


def test_nothing_that_is_shipped_imports_tests_or_benchmarks() -> None:
    for folder in OURS:
        assert offences(folder, refused=("tests", "benchmarks")) == []


def test_actions_do_not_know_commands() -> None:
    assert offences("bot/actions", refused=("bot.commands", "bot.dispatch", "bot.context")) == []


def test_the_model_knows_neither_actions_nor_commands() -> None:
    found = [
        f"{name_of(path)}:{line} {name}"
        for path in sources("bot")
        if name_of(path) in LOWEST
        for name, line in imports(path)
        if below(name, "bot.actions", "bot.commands", "bot.perform", "bot.dispatch", "bot.ports")
    ]
    assert found == []


def test_only_the_registry_reaches_for_commands() -> None:
    """A command may build on another one; the machinery around them may not know any by name."""
    found = [
        f"{name_of(path)}:{line} {name}"
        for path in sources("bot")
        if not below(name_of(path), "bot.commands") and name_of(path) != "bot.registry"
        for name, line in imports(path)
        if below(name, "bot.commands")
    ]
    assert found == []


def test_the_core_has_no_import_cycle() -> None:
    modules = {name_of(path): path for path in sources("bot")}
    graph = {
        name: {other for other, _ in imports(path, at_run_time=True) if other in modules and other != name}
        for name, path in modules.items()
    }
    graphlib.TopologicalSorter(graph).prepare()


def test_each_adapter_knows_no_other_one() -> None:
    """Only the modules that put things together (`adapters/*.py`, and the demo) know several."""
    apart = {folder.name for folder in (ROOT / "adapters").iterdir() if (folder / "__init__.py").exists()}
    found = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for folder in sorted(apart)
        for path in sources(f"adapters/{folder}")
        if path.relative_to(ROOT).as_posix() != "adapters/console/demo.py"
        for name, line in imports(path)
        if below(name, *(f"adapters.{other}" for other in apart - {folder}))
    ]
    assert found == []


@pytest.mark.parametrize("folder", ["bot", "adapters", "tests", "benchmarks"])
def test_imports_are_absolute(folder: str) -> None:
    relative = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources(folder)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_no_test_folder_is_named_like_a_library() -> None:
    libraries = set(importlib.metadata.packages_distributions()) - {*OURS, "tests", "benchmarks"}
    folders = {path.parent.name for path in sources("tests")}
    assert folders & (libraries | sys.stdlib_module_names) == set()


@pytest.mark.parametrize("folder", OURS)
def test_modules_are_small(folder: str) -> None:
    large = {
        str(path.relative_to(ROOT)): lines
        for path in sources(folder)
        if written_by_hand(path) and (lines := _lines(path)) > MODULE_LINES
    }
    assert large == {}


@pytest.mark.parametrize("folder", OURS)
def test_functions_are_small(folder: str) -> None:
    large = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": lines
        for path in sources(folder)
        if written_by_hand(path)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (lines := _length(node)) > FUNCTION_LINES
    }
    assert large == {}


@pytest.mark.parametrize("folder", OURS)
def test_modules_say_why_they_exist(folder: str) -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in sources(folder)
        if path.name != "__init__.py" and not ast.get_docstring(tree(path))
    ]
    assert silent == []


def _lines(path: Path) -> int:
    """The lines of a module, its docstrings aside."""
    whole = len(path.read_text(encoding="utf-8").splitlines())
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return whole - sum(_docstring(node) for node in ast.walk(tree(path)) if isinstance(node, documented))


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1 - _docstring(node)


def _docstring(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    if ast.get_docstring(node, clean=False) is None:
        return 0
    return (node.body[0].end_lineno or node.body[0].lineno) - node.body[0].lineno + 1


_WATCHED_IMPORT = """
import importlib, os, sys

def watch(event, arguments):
    writes = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if watching and (writes or event.startswith(WATCHED)):
        raise RuntimeError(f"{event} {arguments[:2]} at import")

WATCHED = ("socket.connect", "socket.bind", "sqlite3.connect", "subprocess.", "os.mkdir", "os.remove")
watching = False
sys.addaudithook(watch)
watching = True
for module in sys.argv[1:]:
    importlib.import_module(module)
watching = False
"""


def test_importing_touches_nothing() -> None:
    """No socket, no file to write, no database, no process, before anybody asks for something."""
    modules = [name_of(path) for folder in OURS for path in sources(folder) if written_by_hand(path)]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    outcome = subprocess.run(
        [sys.executable, "-c", _WATCHED_IMPORT, *modules], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert outcome.returncode == 0, outcome.stderr


# Put together here, since this file is read too.
_REGISTRIES = tuple(f"{name}.org" for name in ("pypi", "pythonhosted", "proxy.golang", "sum.golang", "npmjs"))
_MACHINE = re.compile(r"(?<![\w.~/-])/(?:" + "|".join(("work", "root", "home", "Users", "mnt")) + r")/[\w.-]+")


def test_nothing_names_a_registry_or_a_path_of_one_machine() -> None:
    found = []
    for path in _kept():
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue
        found += [f"{path.relative_to(ROOT)}: {host}" for host in _REGISTRIES if host in text]
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in _MACHINE.finditer(text)]
    assert found == []


def _kept() -> list[Path]:
    """The files of the repository; without git (a source archive) what stands in its folders."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.split("\0") if name]
    folders = (*OURS, "tests", "docs", "requirements", "benchmarks")
    return [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
