"""`usher doctor` on Slack: each thing that is missing is one sentence that says what to do, and no token is shown."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from aiohttp import web

from adapters.doctor import run_doctor
from adapters.http import HttpServer
from adapters.settings import load
from adapters.values import HostPort
from tests.slack_stand_in import SlackStandIn

REINSTALL = "install the app again and copy the bot token (OAuth & Permissions)."
ANOTHER = "generate another app-level token with connections:write (Basic Information)."
WHERE = "Check SLACK_API_URL, USHER_PROXY, USHER_CA_FILE."


async def doctor(tmp_path: Path, given: dict[str, str], **more: str) -> list[str]:
    """What it says about Slack, without what was set."""
    out = io.StringIO()
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path}/usher.db", **given, **more}
    await run_doctor(load({name: value for name, value in environment.items() if value}), out)
    said = out.getvalue()
    secrets = {given.get(name, "") for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")}
    assert [secret for secret in secrets - {""} if secret in said] == []
    assert "Traceback" not in said
    return [line for line in said.splitlines() if "Slack" in line[:16]]


def missing(lines: list[str]) -> list[str]:
    return [line.removeprefix("missing ") for line in lines if line.startswith("missing ")]


async def test_where_all_is_there_it_says_so_and_opens_no_connection(slack: SlackStandIn, tmp_path: Path) -> None:
    mods = slack.world.channel("mods").id
    lines = await doctor(tmp_path, slack.environment, USHER_SLACK_CHANNEL=mods)
    domain = slack.world.domain
    assert lines == [
        f"ok      Slack: the bot token is that of usher in {domain} (https://{domain}.slack.com/)",
        "ok      Slack: the bot token has all the scopes that Usher needs",
        "note    Slack: it does not say which slash commands the app has; they must be "
        "/usher, /participants, /promote, /demote, /quiet, /usher-mute, /usher-kick",
        "ok      Slack: Usher is in the moderation channel #mods (private)",
        "ok      Slack: the app-level token opens Socket Mode",
    ]
    assert [call.method for call in slack.calls] == ["auth.test", "conversations.info", "apps.connections.open"]
    assert slack.sockets.open == []


async def test_the_commands_are_named_as_the_settings_have_them(slack: SlackStandIn, tmp_path: Path) -> None:
    lines = await doctor(tmp_path, slack.environment, USHER_SLACK_ROOT="room", USHER_SLACK_COMMANDS="mute=hush,kick")
    assert [line for line in lines if line.endswith("they must be /room, /hush, /room-kick")] != []


async def test_where_slack_is_not_set_up_it_says_only_that(tmp_path: Path) -> None:
    assert await doctor(tmp_path, {}) == ["note    Slack: not set up (SLACK_BOT_TOKEN)"]


async def test_in_http_mode_it_says_what_slack_must_reach(slack: SlackStandIn, tmp_path: Path) -> None:
    lines = await doctor(tmp_path, slack.http_environment, USHER_HTTP="127.0.0.1:9000")
    assert lines[-1] == "note    Slack: in HTTP mode it must reach 127.0.0.1:9000 under a public https address"
    assert missing(lines) == []
    assert slack.called("apps.connections.open") == []


@pytest.mark.parametrize(
    ("kept", "sentence"),
    [
        ("SLACK_BOT_TOKEN", "it needs SLACK_APP_TOKEN (for Socket Mode) or SLACK_SIGNING_SECRET (for HTTP mode) too."),
        ("SLACK_APP_TOKEN", "SLACK_BOT_TOKEN is not set."),
    ],
)
async def test_a_token_that_does_not_do_alone_is_said_to_need_another(
    slack: SlackStandIn, tmp_path: Path, kept: str, sentence: str
) -> None:
    given = {name: value for name, value in slack.environment.items() if name in (kept, "SLACK_API_URL")}
    assert missing(await doctor(tmp_path, given)) == [f"Slack: {sentence}"]


async def test_settings_that_are_wrong_keep_it_from_asking(slack: SlackStandIn, tmp_path: Path) -> None:
    swapped = {**slack.environment, "SLACK_BOT_TOKEN": slack.app.app_token}
    lines = await doctor(tmp_path, swapped)
    assert lines == ["note    Slack was not tried: its settings are not complete."]
    assert slack.calls == []


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("token_revoked", f"it does not know SLACK_BOT_TOKEN (token_revoked): {REINSTALL}"),
        ("account_inactive", f"it does not know SLACK_BOT_TOKEN (account_inactive): {REINSTALL}"),
        ("not_allowed_token_type", f"SLACK_BOT_TOKEN is of the wrong kind: {REINSTALL}"),
        ("team_access_not_granted", "it refused auth.test with the word team_access_not_granted."),
    ],
)
async def test_a_bot_token_that_slack_refuses_is_named_and_nothing_else_is_tried_with_it(
    slack: SlackStandIn, tmp_path: Path, word: str, sentence: str
) -> None:
    slack.revoke(word)
    lines = await doctor(tmp_path, slack.environment)
    assert lines == [f"missing Slack: {sentence}", "ok      Slack: the app-level token opens Socket Mode"]
    assert slack.called("conversations.info") == []


async def test_a_token_of_somebody_else_is_not_known(slack: SlackStandIn, tmp_path: Path) -> None:
    lines = await doctor(tmp_path, {**slack.environment, "SLACK_BOT_TOKEN": "xoxb-9-somebody-else"})
    assert missing(lines) == [f"Slack: it does not know SLACK_BOT_TOKEN (invalid_auth): {REINSTALL}"]


async def test_an_app_level_token_that_slack_refuses_is_named_beside_a_good_bot_token(
    slack: SlackStandIn, tmp_path: Path
) -> None:
    slack.revoke(app=True)
    lines = await doctor(tmp_path, slack.environment)
    assert missing(lines) == [f"Slack: it does not know SLACK_APP_TOKEN (token_revoked): {ANOTHER}"]
    assert "ok      Slack: the bot token has all the scopes that Usher needs" in lines


async def test_scopes_that_are_missing_and_that_are_too_many_are_named(slack: SlackStandIn, tmp_path: Path) -> None:
    slack.app.scopes.discard("usergroups:read")
    lines = await doctor(tmp_path, slack.environment)
    advice = "update the app from `usher manifest` and install it again."
    assert missing(lines) == [f"Slack: the bot token lacks the scope usergroups:read: {advice}"]
    slack.app.scopes -= {"commands", "users:read"}
    slack.app.scopes |= {"files:write", "chat:write.public"}
    lines = await doctor(tmp_path, slack.environment)
    lacks = "commands, usergroups:read, users:read"
    assert missing(lines) == [f"Slack: the bot token lacks the scopes {lacks}: {advice}"]
    assert "note    Slack: the bot token may do more than Usher needs: chat:write.public, files:write" in lines


async def test_without_a_moderation_channel_there_is_a_note(slack: SlackStandIn, tmp_path: Path) -> None:
    lines = await doctor(tmp_path, slack.environment)
    assert missing(lines) == []
    assert any(line.startswith("note    Slack: no moderation channel (USHER_SLACK_CHANNEL): ") for line in lines)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("random", "Usher is not in the moderation channel #random (public): type /invite @usher there."),
        ("secret", "USHER_SLACK_CHANNEL {id} is not there for Usher. If it is private, type /invite @usher there."),
        ("archived", "the moderation channel #archived (public) is archived: name another one in USHER_SLACK_CHANNEL."),
    ],
)
async def test_a_channel_that_usher_cannot_write_into_is_named_with_what_to_do(
    slack: SlackStandIn, tmp_path: Path, name: str, sentence: str
) -> None:
    slack.world.add_channel("archived", [slack.app.user]).archived = True
    identifier = slack.world.channel(name).id
    lines = await doctor(tmp_path, slack.environment, USHER_SLACK_CHANNEL=identifier)
    assert missing(lines) == [f"Slack: {sentence.format(id=identifier)}"]


async def test_who_reads_the_channel_is_said(slack: SlackStandIn, tmp_path: Path) -> None:
    lines = await doctor(tmp_path, slack.environment, USHER_SLACK_CHANNEL=slack.world.channel("partners").id)
    assert missing(lines) == []
    assert "ok      Slack: Usher is in the moderation channel #partners (public)" in lines
    assert sum("can read a public channel" in line for line in lines) == 1
    assert "note    Slack: people of other organisations read the moderation channel" in lines


async def test_a_channel_that_cannot_be_asked_about_is_a_matter_of_scopes(slack: SlackStandIn, tmp_path: Path) -> None:
    slack.app.scopes -= {"channels:read", "groups:read"}
    identifier = slack.world.channel("general").id
    lines = await doctor(tmp_path, slack.environment, USHER_SLACK_CHANNEL=identifier)
    lacks = f"USHER_SLACK_CHANNEL {identifier}: SLACK_BOT_TOKEN lacks channels:read"
    assert missing(lines)[1].startswith(f"Slack: {lacks}")


async def test_an_address_where_nobody_answers_is_named_with_what_to_look_at(tmp_path: Path) -> None:
    given = {"SLACK_API_URL": "http://127.0.0.1:1/api/", "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    sentence = f"http://127.0.0.1:1/api/ did not answer (nothing listens there). {WHERE}"
    assert missing(await doctor(tmp_path, given)) == [f"Slack: {sentence}"]


async def test_a_proxy_that_is_not_there_is_told_from_slack_and_keeps_its_login(
    slack: SlackStandIn, tmp_path: Path
) -> None:
    lines = await doctor(tmp_path, slack.environment, USHER_PROXY="http://ada:passw0rd@127.0.0.1:1")
    assert missing(lines) == [f"Slack: {slack.api_url} did not answer (the proxy was not reached). {WHERE}"]
    assert "passw0rd" not in "".join(lines)


async def test_certificates_that_are_none_are_named(slack: SlackStandIn, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    lines = await doctor(tmp_path, slack.environment, USHER_CA_FILE=str(tmp_path / "ca.pem"))
    (line,) = missing(lines)
    assert line.startswith("Slack cannot be asked with USHER_CA_FILE: ")


async def test_a_rate_limit_is_not_waited_for_at_length(slack: SlackStandIn, tmp_path: Path) -> None:
    slack.trouble.limit("auth.test", times=10, retry_after=30)
    lines = await doctor(tmp_path, slack.environment)
    limited = f"{slack.api_url} did not answer (it limits how often it may be asked). {WHERE}"
    assert missing(lines) == [f"Slack: {limited}"]


async def test_what_slack_says_writes_no_line_of_its_own_and_unknown_scopes_are_a_note(tmp_path: Path) -> None:
    async def api(request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "team": "a\nok      b\x1b[31m", "user": "usher", "channel": 7})

    server = HttpServer(HostPort("127.0.0.1", 0))
    for method in ("auth.test", "conversations.info"):
        server.add("POST", f"/api/{method}", api)
    await server.start()
    given = {"SLACK_API_URL": f"{server.url}/api/", "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s1gning"}
    lines = await doctor(tmp_path, given, USHER_SLACK_CHANNEL="C012AB3CD")
    await server.aclose(1)
    assert lines[0] == "ok      Slack: the bot token is that of usher in a ok      b [31m"
    assert lines[1] == "note    Slack: it did not say which scopes the bot token has"
    assert missing(lines) == ["Slack: Usher is not in the moderation channel # (public): type /invite @usher there."]
