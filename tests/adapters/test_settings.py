"""Settings: all that is wrong is named at once, the environment comes first, and no secret is ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.declared import CORE, SETTINGS
from adapters.settings import Settings, SettingsError, load
from adapters.slack.names import EVERYDAY
from bot.people import Role

SECRET = "s3cret-s3cret-s3cret"
GOOD = {"LIVEKIT_URL": "ws://localhost:7880", "LIVEKIT_API_KEY": "APIkey", "LIVEKIT_API_SECRET": SECRET}


def complaints(settings: Settings, *names: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        settings.require(*names)
    assert SECRET not in caught.value.user_text
    return caught.value.user_text.splitlines()


def test_without_any_setting_each_missing_one_is_named_with_how_it_looks() -> None:
    assert complaints(load({})) == [
        "LIVEKIT_URL is not set. It should look like: wss://my-project.livekit.cloud",
        "LIVEKIT_API_KEY is not set. It should look like: APIxxxxxxxxxxxx",
        "LIVEKIT_API_SECRET is not set (or LIVEKIT_API_SECRET_FILE). It should look like: (a long random text)",
    ]


def test_all_wrong_ones_are_named_at_once_with_what_each_should_look_like() -> None:
    wrong = {
        "LIVEKIT_URL": "localhost",
        "LIVEKIT_API_KEY": " ",
        "LIVEKIT_API_SECRET_FILE": "/does/not/exist",
        "SLACK_BOT_TOKEN": "xapp-1",
        "SLACK_APP_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "xoxb-1",
        "SLACK_API_URL": "https://slack.com/api",
        "USHER_SLACK_ROOT": "mute",
        "USHER_SLACK_COMMANDS": "mut",
        "USHER_SLACK_CHANNEL": "#mods",
        "DISCORD_TOKEN": "0123456789abcdef0123456789abcdef",
        "DISCORD_GUILDS": "197038439483310086,my server",
        "DISCORD_API_URL": "https://discord.com/api/v9",
        "DISCORD_GATEWAY_URL": "https://gateway.discord.gg",
        "USHER_DISCORD_CHANNEL": "#mods",
        "USHER_DISCORD_ROOT": "Usher",
        "USHER_ADMINS": "alice",
        "USHER_ROLES": "kick=boss",
        "USHER_PROTECTED_ATTRIBUTE": "host",
        "USHER_IDENTITIES": "console",
        "USHER_TIME_ZONE": "Moon/Sea",
        "USHER_PAGE_SIZE": "4",
        "USHER_FIND_CALLS": "many",
        "USHER_SERVER": "x" * 65,
        "USHER_LIVEKIT_EDITION": "enterprise",
        "USHER_CA_FILE": "/does/not/exist",
        "USHER_PROXY": "proxy",
        "USHER_HTTP": "8080",
        "USHER_LOG_LEVEL": "loud",
    }
    sentences = complaints(load(wrong))
    assert [sentence.partition(" ")[0] for sentence in sentences] == [
        name.replace("SECRET_FILE", "SECRET") for name in wrong
    ]
    examples = {setting.name: setting.example for setting in SETTINGS}
    for sentence in sentences:
        assert sentence.endswith(f". It should look like: {examples[sentence.partition(' ')[0]]}")


def test_only_what_is_needed_has_to_be_right() -> None:
    settings = load({"USHER_PAGE_SIZE": "4"})
    settings.require("DATABASE_URL")
    assert settings["DATABASE_URL"] == "sqlite:///usher.db"
    assert len(complaints(settings, "USHER_PAGE_SIZE", "LIVEKIT_URL")) == 2


def test_every_example_is_taken_as_it_stands() -> None:
    given = {setting.name: setting.example for setting in SETTINGS if setting.name != "USHER_CA_FILE"}
    settings = load(given)
    assert settings.problems == {}
    settings.require()


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    path = tmp_path / "usher.toml"
    path.write_text('USHER_SERVER = "from the file"\nUSHER_PAGE_SIZE = 30\nUSHER_TITLE_KEY = ""\n')
    settings = load({**GOOD, "USHER_CONFIG": str(path), "USHER_SERVER": "from here"})
    assert (settings["USHER_SERVER"], settings.sources["USHER_SERVER"]) == ("from here", "environment")
    assert (settings["USHER_PAGE_SIZE"], settings.sources["USHER_PAGE_SIZE"]) == (30, "configuration file")
    assert (settings["USHER_TITLE_KEY"], settings.sources["USHER_TITLE_KEY"]) == ("title", "default")


def test_in_toml_lists_are_words_and_tables_are_pairs(tmp_path: Path) -> None:
    path = tmp_path / "usher.toml"
    path.write_text(
        'USHER_ADMINS = ["console:alice", "discord:1"]\nUSHER_PROTECTED = []\n[USHER_ROLES]\nkick = "admin"\n'
    )
    settings = load({**GOOD, "USHER_CONFIG": str(path)})
    settings.require()
    policy = settings.policy
    assert (policy.admins, policy.protected) == (("console:alice", "discord:1"), ())
    assert policy.roles == {"kick": Role.ADMIN}


def test_the_policy_holds_what_was_set() -> None:
    given = {
        "USHER_PROTECTED": "host-*",
        "USHER_PROTECTED_ATTRIBUTE": "role=host",
        "USHER_IDENTITIES": "discord=d:{id}",
        "USHER_TITLE_KEY": "name",
        "USHER_HAND_ATTRIBUTES": "hand",
        "USHER_REASONS": "shouting, off topic",
        "USHER_PAGE_SIZE": "7",
        "USHER_FIND_CALLS": "9",
    }
    policy = load(given).policy
    assert policy.reasons == ("shouting", "off topic")
    assert (policy.protected, policy.protected_attribute) == (("host-*",), "role=host")
    assert policy.identity_of("discord", "8") == "d:8"
    assert (policy.title_key, policy.hand_attributes, policy.page_size, policy.find_calls) == ("name", ("hand",), 7, 9)


def test_settings_that_do_not_exist_are_named_without_what_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "usher.toml"
    path.write_text(f'LIVEKIT_API_SECRETT = "{SECRET}"\nUSHER_ADMINS_FILE = "x"\nUSHER_CONFIG = "y"\n')
    (sentence,) = complaints(load({**GOOD, "USHER_CONFIG": str(path)}))
    strange = "LIVEKIT_API_SECRETT, USHER_ADMINS_FILE, USHER_CONFIG"
    assert sentence == f"{path} has settings that do not exist: {strange}."


@pytest.mark.parametrize(
    "content",
    [
        f"LIVEKIT_API_SECRET = {SECRET}\n".encode(),
        f'LIVEKIT_API_SECRET = "{SECRET}\n'.encode(),
        f'LIVEKIT_API_SECRET = "{SECRET}"\nLIVEKIT_API_SECRET = "{SECRET}"\n'.encode(),
        b"USHER_SERVER = '\xff'\n",
    ],
    ids=["no quotes", "no end", "twice", "not UTF-8"],
)
def test_a_broken_file_is_said_to_be_no_toml_and_stops_everything(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "usher.toml"
    path.write_bytes(content)
    (sentence,) = complaints(load({**GOOD, "USHER_CONFIG": str(path)}), "DATABASE_URL")
    assert sentence.startswith(f"USHER_CONFIG names {path}, which is no TOML: ")


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    (sentence,) = complaints(load({**GOOD, "USHER_CONFIG": str(tmp_path / "no.toml")}), "DATABASE_URL")
    assert sentence == f"USHER_CONFIG names {tmp_path / 'no.toml'}, which cannot be read (No such file or directory)."


def test_a_secret_may_come_from_a_file_without_the_white_space_around_it(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text(f"{SECRET}\n")
    given = {name: value for name, value in GOOD.items() if name != "LIVEKIT_API_SECRET"}
    settings = load({**given, "LIVEKIT_API_SECRET_FILE": str(path)})
    settings.require()
    assert settings["LIVEKIT_API_SECRET"] == SECRET
    assert settings.sources["LIVEKIT_API_SECRET"] == f"file {path}"


def test_a_secrets_file_of_the_environment_wins_over_the_secret_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("of the environment")
    (tmp_path / "usher.toml").write_text('LIVEKIT_API_SECRET = "of the file"')
    named = {"LIVEKIT_API_SECRET_FILE": str(tmp_path / "secret"), "USHER_CONFIG": str(tmp_path / "usher.toml")}
    assert load(named)["LIVEKIT_API_SECRET"] == "of the environment"
    assert load({"USHER_CONFIG": named["USHER_CONFIG"]})["LIVEKIT_API_SECRET"] == "of the file"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "cannot be read from {path} (FileNotFoundError)"),
        (b"", "is empty in {path}"),
        (b" \n", "is empty in {path}"),
        (b"\xff" + SECRET.encode(), "cannot be read from {path} (UnicodeDecodeError)"),
    ],
    ids=["missing", "empty", "blank", "not UTF-8"],
)
def test_a_secrets_file_that_cannot_be_used_is_named(tmp_path: Path, content: bytes | None, complaint: str) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    (sentence,) = complaints(load({"LIVEKIT_API_SECRET_FILE": str(path)}), "LIVEKIT_API_SECRET")
    assert complaint.format(path=path) in sentence


def test_a_directory_is_no_secrets_file(tmp_path: Path) -> None:
    (sentence,) = complaints(load({"LIVEKIT_API_SECRET_FILE": str(tmp_path)}), "LIVEKIT_API_SECRET")
    assert "cannot be read" in sentence


def test_no_secret_stands_in_what_settings_look_like() -> None:
    settings = load(GOOD)
    assert settings["LIVEKIT_API_SECRET"] == SECRET
    assert SECRET not in f"{settings!r} {settings}"


def test_the_process_environment_is_read_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USHER_SERVER", "of the process")
    assert load()["USHER_SERVER"] == "of the process"


TOKEN = "-1234-5678-tokentokentoken"


def test_nothing_of_slack_has_to_be_set() -> None:
    settings = load(GOOD)
    settings.require()
    assert [settings[f"SLACK_{name}"] for name in ("BOT_TOKEN", "APP_TOKEN", "SIGNING_SECRET")] == ["", "", ""]
    assert settings["SLACK_API_URL"] == "https://slack.com/api/"
    assert (settings["USHER_SLACK_ROOT"], str(settings["USHER_SLACK_COMMANDS"])) == ("usher", EVERYDAY)
    assert settings["USHER_SLACK_CHANNEL"] == ""
    assert str(settings["USHER_HTTP"]) == "127.0.0.1:8080"


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("SLACK_BOT_TOKEN", "xapp" + TOKEN, "is an app-level token; a bot token begins with xoxb-."),
        ("SLACK_BOT_TOKEN", "xoxp" + TOKEN, "is a user's token; a bot token begins with xoxb-."),
        ("SLACK_BOT_TOKEN", "xoxe.xoxb" + TOKEN, "is a token that is rotated; a bot token begins with xoxb-."),
        ("SLACK_BOT_TOKEN", "pass" + TOKEN, "is something else; a bot token begins with xoxb-."),
        ("SLACK_BOT_TOKEN", f"xoxb{TOKEN}\n{TOKEN}", "has white space or other marks in it that it cannot have."),
        ("SLACK_APP_TOKEN", "xoxb" + TOKEN, "is a bot token; an app-level token begins with xapp-."),
        ("SLACK_SIGNING_SECRET", "xoxb" + TOKEN, "is a bot token; the signing secret stands under Basic Information"),
    ],
)
def test_a_secret_in_the_place_of_another_is_named_and_not_shown(name: str, given: str, sentence: str) -> None:
    (complaint,) = complaints(load({**GOOD, name: given}))
    assert complaint.startswith(f"{name} {sentence}")
    assert TOKEN not in complaint


def test_a_token_may_come_from_a_file_and_is_checked_there_too(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(f"xoxb{TOKEN}\n")
    settings = load({**GOOD, "SLACK_BOT_TOKEN_FILE": str(path)})
    assert settings["SLACK_BOT_TOKEN"] == f"xoxb{TOKEN}"
    assert settings.sources["SLACK_BOT_TOKEN"] == f"file {path}"
    (complaint,) = complaints(load({**GOOD, "SLACK_APP_TOKEN_FILE": str(path)}))
    assert complaint.startswith("SLACK_APP_TOKEN is a bot token;")


def test_the_slash_commands_stand_below_the_root() -> None:
    names = load({"USHER_SLACK_ROOT": "/room", "USHER_SLACK_COMMANDS": "mute,quiet=hush"})["USHER_SLACK_COMMANDS"]
    assert (names.root, names.own) == ("room", {"room-mute": "mute", "hush": "quiet"})
    names = load({"USHER_SLACK_COMMANDS": "None"})["USHER_SLACK_COMMANDS"]
    assert (names.root, names.own) == ("usher", {})


def test_a_root_that_is_the_name_of_a_command_is_refused() -> None:
    (complaint,) = complaints(load({**GOOD, "USHER_SLACK_ROOT": "quiet"}))
    assert complaint == "USHER_SLACK_ROOT, with USHER_SLACK_COMMANDS, gives the name /quiet twice."


def test_nothing_of_discord_has_to_be_set() -> None:
    settings = load(GOOD)
    settings.require()
    assert [settings[f"DISCORD_{name}"] for name in ("TOKEN", "GUILDS", "GATEWAY_URL")] == ["", (), ""]
    assert settings["DISCORD_API_URL"] == "https://discord.com/api/v10"
    assert (settings["USHER_DISCORD_CHANNEL"], settings["USHER_DISCORD_ROOT"]) == ("", "")


@pytest.mark.parametrize("given", ["0123456789abcdef-client-secret", f"xoxb{TOKEN}", "Bot a.b.c"])
def test_what_is_no_token_of_discord_is_named_and_not_shown(given: str) -> None:
    (complaint,) = complaints(load({**GOOD, "DISCORD_TOKEN": given}))
    assert complaint.startswith(("DISCORD_TOKEN is no bot token, ", "DISCORD_TOKEN has white space "))
    assert given not in complaint


def test_what_is_wrong_with_a_chat_is_no_matter_of_the_core() -> None:
    wrong = ("SLACK_BOT_TOKEN", "DISCORD_TOKEN", "DISCORD_API_URL", "USHER_DISCORD_CHANNEL", "USHER_HTTP")
    settings = load({**GOOD, "USHER_SLACK_ROOT": "mute", **dict.fromkeys(wrong, "x")})
    settings.require(*CORE)
    assert len(complaints(settings)) == 6


@pytest.mark.parametrize("given", ["USHER_WEBHOOK_API_KEY", "USHER_WEBHOOK_API_SECRET"])
def test_a_key_of_webhooks_needs_its_secret_and_the_other_way_round(given: str) -> None:
    other = ({"USHER_WEBHOOK_API_KEY", "USHER_WEBHOOK_API_SECRET"} - {given}).pop()
    problems = load({given: "APIwebhooks"}).problems
    assert problems[other] == f"{other} is not set, although {given} is: set both, or neither."
    assert other not in load({given: "APIwebhooks", other: "s3cret"}).problems
