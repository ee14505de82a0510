"""Every setting, declared once: the documentation, the checks and the values come from here.

Names that everybody else uses stay as they are (`LIVEKIT_URL`, `DATABASE_URL`); the rest begins with `USHER_`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adapters import values as v
from adapters.discord import values as dv
from adapters.slack import names
from bot.policy import HAND_ATTRIBUTES


@dataclass(frozen=True, slots=True)
class Setting:
    """`example` shows what a value looks like. `parse` raises ValueError with the rest of "NAME ..." as its text.

    A `secret` may also be given as a file, named by the setting's name with `_FILE` behind it; it is never shown.
    """

    name: str
    summary: str
    example: str
    default: str | None = None
    parse: Callable[[str], Any] = v.text
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("LIVEKIT_URL", "Address of the LiveKit server", "wss://my-project.livekit.cloud", parse=v.livekit_url),
    Setting("LIVEKIT_API_KEY", "API key of the LiveKit project", "APIxxxxxxxxxxxx"),
    Setting("LIVEKIT_API_SECRET", "The key's secret", "(a long random text)", secret=True),
    Setting(
        "DATABASE_URL",
        "Where the history is kept: a file, or a PostgreSQL database that several replicas may share",
        "postgresql://usher:password@db.example/usher",
        "sqlite:///usher.db",
        secret=True,
    ),
    Setting(
        "SLACK_BOT_TOKEN",
        "Bot token of the Slack app (OAuth & Permissions); with it usher run serves Slack",
        "xoxb-...",
        "",
        v.slack_token("xoxb-"),
        secret=True,
    ),
    Setting(
        "SLACK_APP_TOKEN",
        "App-level token with connections:write (Basic Information), for Socket Mode",
        "xapp-...",
        "",
        v.slack_token("xapp-"),
        secret=True,
    ),
    Setting(
        "SLACK_SIGNING_SECRET",
        "Signing secret of the Slack app (Basic Information), for HTTP mode: where there is no app-level token",
        "0123456789abcdef0123456789abcdef",
        "",
        v.slack_signing_secret,
        secret=True,
    ),
    Setting(
        "SLACK_API_URL",
        "Address of Slack's Web API",
        "https://slack-gov.com/api/",
        "https://slack.com/api/",
        v.slack_api_url,
    ),
    Setting("USHER_SLACK_ROOT", "The slash command that takes every command", "room", names.ROOT, v.slash_root),
    Setting(
        "USHER_SLACK_COMMANDS",
        "Commands that have a slash command of their own (a taken name: command=name), or none",
        "participants,quiet,mute=hush",
        names.EVERYDAY,
        v.slash_names,
    ),
    Setting(
        "USHER_SLACK_CHANNEL",
        "Id of the moderation channel: where what was done is told, unless the room has a private channel (/use)",
        "C012AB3CD",
        "",
        v.slack_channel,
    ),
    Setting(
        "DISCORD_TOKEN",
        "Bot token of the Discord application (Bot); with it usher run serves Discord",
        "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.a-long-random-text",
        "",
        dv.token,
        secret=True,
    ),
    Setting(
        "DISCORD_GUILDS",
        "Ids of the servers that are served, comma-separated; without it every one that the bot is in",
        "197038439483310086,613425648685547541",
        "",
        dv.guilds,
    ),
    Setting(
        "DISCORD_API_URL",
        "Address of Discord's REST API, or of a proxy that keeps its rate limits",
        "http://127.0.0.1:8080/api/v10",
        f"https://discord.com{dv.API}",
        dv.api_url,
    ),
    Setting(
        "DISCORD_GATEWAY_URL",
        "Address of Discord's gateway; without it the one that Discord names",
        "wss://gateway.discord.gg",
        "",
        dv.gateway_url,
    ),
    Setting(
        "USHER_DISCORD_CHANNEL",
        "Id of the moderation channel: where what was done is told, unless the room has a private channel (/use)",
        "381870553235193857",
        "",
        dv.channel,
    ),
    Setting(
        "USHER_DISCORD_ROOT",
        "The one slash command that all commands stand below, in groups; without it each is a command of its own",
        "usher",
        "",
        dv.root,
    ),
    Setting(
        "USHER_DISCORD_MENTIONS",
        "on: Discord also tells of messages, with the text of those that mention the bot or are written to it directly",
        "off",
        "on",
        v.one_of("on", "off"),
    ),
    Setting(
        "USHER_ADMINS",
        "The first admins, comma-separated; they cannot be removed from chat",
        "console:alice,slack:T012AB3CD/U045EF6GH,discord:80351110224678912",
        "",
        v.admins,
    ),
    Setting("USHER_ROLES", "Other roles for commands", "kick=admin,metadata=moderator", "", v.roles),
    Setting(
        "USHER_PROTECTED", "Identities (globs) of hosts, protected from everybody but admins", "host-*", "", v.words
    ),
    Setting(
        "USHER_PROTECTED_ATTRIBUTE",
        "An attribute that protects people who cannot edit their own",
        "role=host",
        "",
        v.pair_or_empty,
    ),
    Setting(
        "USHER_IDENTITIES",
        "Which identity a chat user has in rooms ({id} is the platform's user id); what is done to oneself, or to an "
        "account with a role of its own over the room, is asked about first",
        "console={id},discord=discord:{id}",
        "console={id}",
        v.identities,
    ),
    Setting("USHER_TIME_ZONE", "The zone of times of day, typed and told", "Europe/Berlin", "UTC", v.time_zone),
    Setting("USHER_PERSON_KEY", "An attribute that names a person across identities; orders follow it", "account", ""),
    Setting("USHER_TITLE_KEY", "The key of the room's title in its JSON metadata", "title", "title"),
    Setting(
        "USHER_HAND_ATTRIBUTES",
        "Participant attributes that say a hand is raised",
        "handRaisedAt,hand",
        ",".join(HAND_ATTRIBUTES),
        v.words,
    ),
    Setting(
        "USHER_REASONS",
        "Reasons that can be given with one tap, comma-separated: at most 20, of at most 75 characters",
        "shouting,spam,off topic",
        "",
        v.reasons,
    ),
    Setting(
        "USHER_NOTICE",
        "on: participants are told by a data message (topic moderation) what is done to them, and why",
        "on",
        "off",
        v.one_of("on", "off"),
    ),
    Setting("USHER_PAGE_SIZE", "Lines on a page", "20", "20", v.number(5, 100)),
    Setting(
        "USHER_ENFORCE_CALLS",
        "How often a minute rooms and the people in them may be listed to enforce orders",
        "300",
        "600",
        v.number(10, 10_000),
    ),
    Setting("USHER_FIND_CALLS", "How many rooms one /find looks into", "50", "50", v.number(1, 1000)),
    Setting("USHER_SERVER", "The name of this LiveKit project in the history and in grants", "main", "main", v.name),
    Setting(
        "USHER_LIVEKIT_EDITION",
        "What the server is; auto takes *.livekit.cloud for Cloud",
        "self-hosted",
        "auto",
        v.one_of("auto", "cloud", "self-hosted"),
    ),
    Setting(
        "USHER_CA_FILE",
        "Certificates (PEM) to trust instead of the system's, for LiveKit, Slack and Discord",
        "/etc/ssl/corp.pem",
        "",
        v.file,
    ),
    Setting("USHER_PROXY", "HTTP proxy to LiveKit, Slack and Discord", "http://proxy.example:3128", "", v.http_url),
    Setting(
        "USHER_HTTP",
        "Where the built-in HTTP server of usher run listens (port 0: any free one)",
        "0.0.0.0:8080",
        "127.0.0.1:8080",
        v.host_port,
    ),
    Setting(
        "USHER_WEBHOOK_API_KEY",
        "API key that LiveKit's webhooks are signed with, where it is not LIVEKIT_API_KEY",
        "APIxxxxxxxxxxxx",
        "",
    ),
    Setting("USHER_WEBHOOK_API_SECRET", "The secret of that key", "(a long random text)", "", secret=True),
    Setting(
        "USHER_API_TOKEN",
        "What services of yours show Usher (/v1/...): at least 20 characters; without it they are not answered",
        "a-long-random-text-of-your-own",
        "",
        v.api_token,
        secret=True,
    ),
    Setting(
        "USHER_LOG_LEVEL",
        "How much Usher logs to standard error; libraries log only what goes wrong",
        "info",
        "warning",
        v.one_of("debug", "info", "warning", "error"),
    ),
    Setting(
        "USHER_LOG_FORMAT",
        "How it is written: lines of text, or a JSON object on each line",
        "json",
        "text",
        v.one_of("text", "json"),
    ),
)
CONFIG = "USHER_CONFIG"

_OF_RUN = ("SLACK_", "USHER_SLACK_", "DISCORD_", "USHER_DISCORD_", "USHER_HTTP", "USHER_WEBHOOK_", "USHER_API_")
CORE = tuple(setting.name for setting in SETTINGS if not setting.name.startswith(_OF_RUN))
"""What the console needs as well: a wrong token of a chat does not keep anybody from it."""
