"""`usher doctor` names each thing that is missing, changes nothing, and prints no secret."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.doctor import run_doctor
from adapters.livekit.simulator.http import RoomServiceApp, serving
from adapters.livekit.simulator.lively import lively_rooms
from adapters.livekit.simulator.rooms import Rooms
from adapters.livekit.tokens import Credentials
from adapters.settings import load
from tests.database_fixtures import opened
from tests.postgres_server import PASSWORD

KEY, SECRET = "APIdoctor", "s3cret-s3cret-s3cret-s3cret-s3cret"
ENOUGH = "Everything that is needed is there."


@pytest.fixture
def rooms() -> Rooms:
    return lively_rooms(SystemClock().now)


@pytest.fixture
async def url(rooms: Rooms) -> AsyncIterator[str]:
    async with serving(RoomServiceApp(rooms, Credentials(KEY, SECRET), wait_seconds=0)) as url:
        yield url


async def doctor(tmp_path: Path, url: str = "", **given: str) -> tuple[list[str], int]:
    """What it says, and its status; with a LiveKit and alice as admin unless given otherwise."""
    whole = {"DATABASE_URL": f"sqlite:///{tmp_path}/usher.db", "USHER_ADMINS": "console:alice"}
    if url:
        whole |= {"LIVEKIT_URL": url, "LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": SECRET}
    return await examined({name: value for name, value in (whole | given).items() if value})


async def examined(environment: Mapping[str, str]) -> tuple[list[str], int]:
    out = io.StringIO()
    status = await run_doctor(load(environment), out)
    assert SECRET not in out.getvalue()
    assert "Traceback" not in out.getvalue()
    return out.getvalue().splitlines(), status


async def test_where_all_is_there_it_says_so(tmp_path: Path, url: str) -> None:
    lines, status = await doctor(tmp_path, url)
    assert lines == [
        f"ok      LIVEKIT_URL = {url}, from the environment",
        f"ok      LIVEKIT_API_KEY = {KEY}, from the environment",
        "ok      LIVEKIT_API_SECRET = (secret), from the environment",
        f"ok      DATABASE_URL = sqlite:///{tmp_path}/usher.db, from the environment",
        "ok      USHER_ADMINS = console:alice, from the environment",
        "ok      History: there is none yet; it is made when Usher starts",
        "ok      LiveKit: it answers (self-hosted), and the key may list 2 live rooms",
        "note    Slack: not set up (SLACK_BOT_TOKEN)",
        "note    Discord: not set up (DISCORD_TOKEN)",
        ENOUGH,
    ]
    assert status == 0
    assert list(tmp_path.iterdir()) == []


async def test_one_room_and_none_are_counted_in_words(tmp_path: Path, rooms: Rooms, url: str) -> None:
    del rooms.rooms["backstage"]
    assert (await doctor(tmp_path, url))[0][-4].endswith("the key may list 1 live room")
    rooms.rooms.clear()
    lines, status = await doctor(tmp_path, url, USHER_LIVEKIT_EDITION="cloud")
    assert lines[-4].endswith("it answers (LiveKit Cloud), and the key may list 0 live rooms")
    assert status == 0


async def test_without_settings_each_missing_one_is_named_and_livekit_is_not_tried(tmp_path: Path) -> None:
    lines, status = await doctor(tmp_path)
    missing = [line.split()[1] for line in lines if line.startswith("missing ")]
    assert missing == ["LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"]
    assert lines[-4:] == [
        "note    LiveKit was not tried: its settings are not complete.",
        "note    Slack: not set up (SLACK_BOT_TOKEN)",
        "note    Discord: not set up (DISCORD_TOKEN)",
        "3 things are missing.",
    ]
    assert status == 1


async def test_an_empty_list_of_admins_is_missing(tmp_path: Path, url: str) -> None:
    lines, status = await doctor(tmp_path, url, USHER_ADMINS="")
    assert [line for line in lines if line.startswith("missing ")] == [
        "missing USHER_ADMINS is empty: nobody can use Usher until somebody is admin. Try console:$USER."
    ]
    assert (lines[-1], status) == ("1 thing is missing.", 1)


async def test_a_wrong_list_of_admins_is_one_thing(tmp_path: Path, url: str) -> None:
    lines, status = await doctor(tmp_path, url, USHER_ADMINS="alice")
    assert [line.partition(",")[0] for line in lines if "USHER_ADMINS" in line] == ["missing USHER_ADMINS has 'alice'"]
    assert (lines[-1], status) == ("1 thing is missing.", 1)


@pytest.mark.parametrize("name", ["USHER_SERVER", "USHER_LIVEKIT_EDITION", "USHER_PROXY"])
async def test_whatever_livekit_needs_is_looked_at_before_it_is_tried(tmp_path: Path, url: str, name: str) -> None:
    lines, status = await doctor(tmp_path, url, **{name: "x" * 65})
    assert sum(line.startswith("missing ") for line in lines) == 1
    assert "note    LiveKit was not tried: its settings are not complete." in lines
    assert status == 1


async def test_a_configuration_that_cannot_be_read_is_named_once(tmp_path: Path, url: str) -> None:
    lines, status = await doctor(tmp_path, url, USHER_CONFIG=str(tmp_path / "no.toml"))
    assert [line for line in lines if "USHER_CONFIG" in line] == [
        f"missing USHER_CONFIG names {tmp_path / 'no.toml'}, which cannot be read (No such file or directory)."
    ]
    assert status == 1


async def test_certificates_that_are_none_are_named(tmp_path: Path, url: str) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    lines, status = await doctor(tmp_path, url, USHER_CA_FILE=str(tmp_path / "ca.pem"))
    assert any(line.startswith("missing The LiveKit client cannot be set up: ") for line in lines)
    assert status == 1


async def test_what_was_set_is_shown_as_it_was_written_but_for_passwords(tmp_path: Path) -> None:
    given = {
        "USHER_ROLES": "kick=admin,metadata=moderator",
        "USHER_PROTECTED": "host-*,vip",
        "USHER_PROXY": "http://ada:passw0rd@proxy:3128",
        "USHER_PAGE_SIZE": "7",
        "USHER_SLACK_COMMANDS": "mute, quiet=hush",
        "USHER_HTTP": "[::1]:80",
    }
    lines = (await doctor(tmp_path, **given))[0]
    assert "ok      USHER_ROLES = kick=admin,metadata=moderator, from the environment" in lines
    assert "ok      USHER_PROTECTED = host-*,vip, from the environment" in lines
    assert "ok      USHER_PROXY = http://...@proxy:3128, from the environment" in lines
    assert "ok      USHER_PAGE_SIZE = 7, from the environment" in lines
    assert "ok      USHER_SLACK_COMMANDS = mute,quiet=hush, from the environment" in lines
    assert "ok      USHER_HTTP = [::1]:80, from the environment" in lines
    lines = (await doctor(tmp_path, USHER_SLACK_COMMANDS="none"))[0]
    assert "ok      USHER_SLACK_COMMANDS = none, from the environment" in lines


async def test_a_secret_from_a_file_is_said_to_be_from_there(tmp_path: Path, url: str) -> None:
    path = tmp_path / "secret"
    path.write_text(SECRET + "\n")
    lines, status = await doctor(tmp_path, url, LIVEKIT_API_SECRET="", LIVEKIT_API_SECRET_FILE=str(path))
    assert f"ok      LIVEKIT_API_SECRET = (secret), from the file {path}" in lines
    assert status == 0


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"LIVEKIT_API_SECRET": "another-secret-another-secret-another"}, "refused Usher's key"),
        ({"LIVEKIT_API_KEY": "APIanother"}, "refused Usher's key"),
        ({"LIVEKIT_URL": "http://127.0.0.1:1"}, "LiveKit: "),
        ({"USHER_PROXY": "http://ada:passw0rd@127.0.0.1:1"}, "LiveKit: "),
    ],
    ids=["secret", "key", "address", "proxy"],
)
async def test_a_livekit_that_does_not_answer_well_is_missing(
    tmp_path: Path, url: str, given: dict[str, str], sentence: str
) -> None:
    lines, status = await doctor(tmp_path, url, **given)
    (missing,) = [line for line in lines if line.startswith("missing ")]
    assert sentence in missing
    assert not any("another-secret" in line or "passw0rd" in line for line in lines)
    assert (lines[-1], status) == ("1 thing is missing.", 1)


async def test_a_history_that_is_there_is_opened(tmp_path: Path, url: str) -> None:
    (tmp_path / "usher.db").touch()
    lines, status = await doctor(tmp_path, url)
    assert "ok      History: it opens, and can be written to" in lines
    assert status == 0


@pytest.mark.postgres
async def test_a_history_on_a_server_is_looked_for_made_and_opened(tmp_path: Path, postgres_url: str) -> None:
    place = f"postgresql://{postgres_url.rpartition('@')[2].partition('?')[0]}"
    lines, _ = await doctor(tmp_path, DATABASE_URL=postgres_url)
    assert f"ok      DATABASE_URL = {place}, from the environment" in lines
    assert "ok      History: there is none yet; it is made when Usher starts" in lines
    async with opened(postgres_url):
        lines, _ = await doctor(tmp_path, DATABASE_URL=postgres_url)
    assert "ok      History: it opens, and can be written to" in lines
    assert PASSWORD not in "".join(lines)
    lines, _ = await doctor(tmp_path, DATABASE_URL=postgres_url.replace(PASSWORD, "another-passw0rd"))
    assert any(line.startswith("missing History: ") and "does not take the login" in line for line in lines)
    assert "passw0rd" not in "".join(lines)


async def test_a_history_that_cannot_be_opened_is_named(tmp_path: Path, url: str) -> None:
    with closing(sqlite3.connect(tmp_path / "usher.db")) as other:
        other.execute("CREATE TABLE entries (something INT)")
    lines, status = await doctor(tmp_path, url)
    assert any(line.startswith("missing History: ") for line in lines)
    assert status == 1


@pytest.mark.parametrize("where", ["postgresql://u:passw0rd@host/db", "sqlite:////does/not/exist/usher.db", "nonsense"])
async def test_a_history_that_can_be_nowhere_is_named(tmp_path: Path, url: str, where: str) -> None:
    lines, status = await doctor(tmp_path, url, DATABASE_URL=where)
    assert any(line.startswith("missing History: ") for line in lines)
    assert not any("passw0rd" in line for line in lines)
    assert status == 1


async def test_a_misspelt_setting_is_named_with_a_guess_and_without_what_it_holds(tmp_path: Path, url: str) -> None:
    strange = {"USHER_ADMINZ": "console:secret", "SLACK_BOT_TOKENS": "xoxb-secret", "LIVEKIT_NODE_IP": "10.0.0.1"}
    lines, status = await doctor(tmp_path, url, **strange, DISCORDANT="x", USHER_ADMINS_FILE="x")
    assert [line for line in lines if "no such setting" in line] == [
        "note    LIVEKIT_NODE_IP is set, and there is no such setting.",
        "note    SLACK_BOT_TOKENS is set, and there is no such setting. Did you mean SLACK_BOT_TOKEN?",
        "note    USHER_ADMINS_FILE is set, and there is no such setting. Did you mean USHER_ADMINS?",
        "note    USHER_ADMINZ is set, and there is no such setting. Did you mean USHER_ADMINS?",
    ]
    assert "secret" not in "".join(line for line in lines if "no such" in line)
    assert status == 0


async def test_what_is_a_setting_is_no_misspelt_one(tmp_path: Path, url: str) -> None:
    (tmp_path / "secret").write_text(SECRET)
    lines, _ = await doctor(tmp_path, url, LIVEKIT_API_SECRET="", LIVEKIT_API_SECRET_FILE=f"{tmp_path}/secret")
    assert not [line for line in lines if "no such setting" in line]
