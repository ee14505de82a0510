"""The derived pages are what the code says, and say all of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.declared import SETTINGS, Setting
from adapters.documents import DOCS, ROOT, command_page, discord_page, main, pages, settings_page, slack_page, stale
from bot.registry import load

DEPLOY = ROOT / "deploy"


def test_the_pages_in_the_repository_are_fresh() -> None:
    assert stale(ROOT) == [], "run `make generate` and commit what it changes"


def test_every_command_is_there_with_its_arguments_and_examples() -> None:
    page = command_page(load())
    for command in load():
        section = page.partition(f"\n## {command.name}\n")[2].partition("\n## ")[0]
        assert f"`{command.usage}`" in section
        assert command.details in section
        assert all(param.description.replace("|", "\\|") in section for param in command.params)
        assert all(example in section for example in command.examples)
        assert f"[`/{command.name}`](#{command.name})" in page


def test_every_setting_is_there_with_its_example_and_no_secret_has_a_default() -> None:
    page = settings_page(SETTINGS)
    for setting in SETTINGS:
        row = next(line for line in page.splitlines() if line.startswith(f"| `{setting.name}`"))
        assert setting.summary in row
        assert setting.example in row
        assert (f"`{setting.name}_FILE`" in row) is setting.secret


def test_the_pages_of_the_chats_show_the_same_answers_and_then_what_only_one_of_them_has() -> None:
    shown = [re.findall("(?m)^## (.*)$", page()) for page in (slack_page, discord_page)]
    same = [one for one in shown[0] if one in shown[1]]
    assert len(same) > 10
    assert [titles[: len(same)] for titles in shown] == [same, same]
    assert [len(titles) - len(same) for titles in shown] == [3, 4]


def test_what_would_break_a_table_is_escaped() -> None:
    assert "a \\| b" in settings_page([Setting("USHER_X", "a | b", "1", "1")])


def test_writing_makes_fresh_pages_and_checking_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "checkout"
    assert main(["--check"], folder) == 1
    assert "docs/commands.md is stale" in capsys.readouterr().err
    assert not folder.exists()

    assert main([], folder) == 0
    written = {
        p.relative_to(folder).as_posix(): p.read_text(encoding="utf-8") for p in folder.rglob("*") if p.is_file()
    }
    assert written == pages()
    assert "docs/settings.md rewritten" in capsys.readouterr().out

    assert main(["--check"], folder) == 0
    assert main([], folder) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "page",
    sorted(
        p.relative_to(ROOT).as_posix() for p in [*ROOT.glob("*.md"), *ROOT.glob("deploy/*.md"), *DOCS.rglob("*.md")]
    ),
)
def test_links_between_the_pages_lead_somewhere(page: str) -> None:
    text = re.sub(r"```.*?```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in link:
            assert (ROOT / page).parent.joinpath(link).exists(), f"{page} links to {link}"


@pytest.mark.parametrize(
    "folder",
    ["bot", "bot/actions", "adapters", *(f"adapters/{one}" for one in ("console", "discord", "livekit", "slack"))],
)
def test_the_map_of_modules_is_the_tree(folder: str) -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    names = {path.stem for path in (ROOT / folder).glob("*.py") if path.stem != "__init__"}
    assert {name for name in names if f"`{name}`" not in text and f"/{name}`" not in text} == set()


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [command.name for command in load() if f"`/{command.name}" not in readme] == []
