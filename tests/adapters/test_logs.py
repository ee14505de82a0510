"""What is logged: Usher's own words at the level asked for, nothing of payloads and answers, and no secret."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.logs import Discreet, Structured
from tests.e2e.console import ROOT, environment
from tests.house import House
from tests.logged_process import ANSWERED, ASKED, TOKEN, TYPED

DISCORD = "MTk3MDM4NDM5NDgzMzEwMDg2.Gabcd1.a-long-random-text-of-27-marks-and-more"
SECRETS = (TOKEN, ANSWERED, TYPED, ASKED)


def logged(how: str) -> str:
    """What a process writes that lets Bolt, slack_sdk and httpx work on secrets."""
    command = [sys.executable, "-m", "tests.logged_process", how]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    return ended.stderr


def test_at_the_level_of_debug_no_library_writes_what_slack_sent_or_was_asked() -> None:
    written = logged("ours")
    assert "DEBUG adapters.slack: Usher is heard." in written
    assert [secret for secret in SECRETS if secret in written] == []
    assert "ERROR slack_sdk: No connection to wss://wss.example/link/?ticket=(removed)&app_id=1" in written


def test_the_libraries_would_have_written_it() -> None:
    written = logged("everything")
    assert [secret for secret in SECRETS if secret not in written] == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("token xoxb-12-34-aB_c.", "token (removed)"),
        ("xoxe.xoxb-1-a and xoxp-1-a", "(removed) and (removed)"),
        ("'xapp-1-A0-1-a'", "'(removed)'"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer (removed)"),
        ("invalid token: eyJhbGciOi.eyJpc3Mi.c2ln, error", "invalid token: (removed), error"),
        ("wss://a.slack.com/link/?ticket=1-2&app_id=3", "wss://a.slack.com/link/?ticket=(removed)&app_id=3"),
        ("https://hooks.slack.com/commands/T1/2/3", "https://hooks.slack.com/(removed)"),
        ("https://hooks.slack-gov.com/actions/T1/2", "https://hooks.slack-gov.com/(removed)"),
        ("http://ada:passw0rd@proxy:3128", "http://(removed)@proxy:3128"),
        (f"token {DISCORD}, it says", "token (removed), it says"),
        ("Authorization: Bot a.b-c.d", "Authorization: Bot (removed)"),
        (
            "POST https://a/api/v10/interactions/1/aW5.x/callback",
            "POST https://a/api/v10/interactions/(removed)/callback",
        ),
        ("'https://a/api/v10/webhooks/1/aW5-x?wait=1'", "'https://a/api/v10/webhooks/(removed)?wait=1'"),
        ("discord:197038439483310086/@613425648685547541, Bot 7, adapters.discord.delivery", None),
        ("Slack: started, http://127.0.0.1:8080/slack/events?x=1", None),
        ("slack:T012AB3CD/U045EF6GH, xapper, eyJ, Bearer", None),
    ],
)
def test_what_is_a_secret_is_left_out_and_nothing_else(text: str, shown: str | None) -> None:
    record = logging.LogRecord("slack_sdk", logging.ERROR, "", 0, "%s", (text,), None)
    assert Discreet("%(message)s").format(record) == (shown or text)


def test_a_traceback_has_no_secret_either() -> None:
    try:
        raise RuntimeError(f"not allowed: {TOKEN}")
    except RuntimeError:
        record = logging.LogRecord("slack_sdk", logging.ERROR, "", 0, "Failed", (), sys.exc_info())
    written = Discreet("%(message)s").format(record)
    assert "RuntimeError: not allowed: (removed)" in written
    assert TOKEN not in written


_LEVELS = """
import logging, sys
from adapters import logs
if sys.argv[2:]:
    logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, format="theirs: %(message)s")
logs.set_up(sys.argv[1], sys.stdout)
print(*(logging.getLevelName(logging.getLogger(name).getEffectiveLevel()) for name in ("slack_sdk", "bot", "adapters")))
logging.critical("with xoxb-1-t0ken")
"""


@pytest.mark.parametrize(
    ("words", "levels", "line"),
    [
        (["debug"], "WARNING DEBUG DEBUG", "CRITICAL root: with (removed)"),
        (["info"], "WARNING INFO INFO", "CRITICAL root: with (removed)"),
        (["warning"], "WARNING WARNING WARNING", "CRITICAL root: with (removed)"),
        (["error"], "ERROR ERROR ERROR", "CRITICAL root: with (removed)"),
        (["error", "set up by somebody else"], "DEBUG DEBUG DEBUG", "theirs: with xoxb-1-t0ken"),
    ],
)
def test_the_level_is_that_of_ushers_own_words(words: list[str], levels: str, line: str) -> None:
    command = [sys.executable, "-c", _LEVELS, *words]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout.splitlines() == [levels, line]


def structured(record: logging.LogRecord) -> dict[str, object]:
    (line,) = Structured().format(record).splitlines()
    found = json.loads(line)
    assert isinstance(found, dict)
    return found


def test_as_json_each_record_is_one_object_with_what_it_is_about() -> None:
    record = logging.makeLogRecord(
        {"name": "bot.record", "levelno": 20, "levelname": "INFO", "msg": "case %d: %s", "args": (7, "a\nb\u2028c"),
         "created": 1_772_600_767.5, "case": 7, "room": "standup ☎", "order": None}
    )  # fmt: skip
    assert structured(record) == {
        "time": "2026-03-04T05:06:07.500+00:00",
        "level": "info",
        "logger": "bot.record",
        "message": "case 7: a\nb\u2028c",
        "case": 7,
        "room": "standup ☎",
    }


def test_as_json_no_field_has_a_secret() -> None:
    try:
        raise RuntimeError(f"not allowed: {TOKEN}")
    except RuntimeError:
        about = {"msg": f"Bearer {TOKEN}", "room": TOKEN, "exc_info": sys.exc_info()}
        record = logging.makeLogRecord(about)
    found = structured(record)
    assert found["message"] == "Bearer (removed)"
    assert found["room"] == "(removed)"
    assert "RuntimeError: not allowed: (removed)" in str(found["error"])


def test_half_a_character_is_written_all_the_same() -> None:
    assert structured(logging.makeLogRecord({"msg": "\ud800"}))["message"] == "\ud800"


async def test_what_is_done_and_what_is_refused_is_logged_with_its_case_and_without_names(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    async with House.opened(tmp_path) as house:
        done = await house.say("/mute bob shouting")
        refused = await house.say("/mute bob", "vera")
        await house.say("/rooms")
    assert caplog.messages == [
        f"case {done.case}: mute: done",
        f"case {refused.case}: mute: refused (role_too_low)",
    ]
    assert [(vars(one)["case"], vars(one)["room"]) for one in caplog.records] == [
        (done.case, "standup"), (refused.case, "")
    ]  # fmt: skip


def test_the_shell_command_logs_as_it_is_told_to(tmp_path: Path) -> None:
    env = environment(None, DATABASE_URL=f"sqlite:///{tmp_path}/no/usher.db", USHER_LOG_FORMAT="json")
    code = "import logging, sys; from adapters import cli; cli.main(['manifest']); logging.getLogger('bot').error('x')"
    command = [sys.executable, "-c", code]
    ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(ended.stderr)["message"] == "x"
