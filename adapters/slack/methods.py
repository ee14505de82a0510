"""What Usher calls, hears and offers in Slack, each with the scopes that Slack asks for it; the manifest has no others.

Each scope stands on Slack's page about it: https://docs.slack.dev/reference/methods/, .../events/ and .../scopes/.
"""

from __future__ import annotations

from collections.abc import Mapping

APP_LEVEL = frozenset({"connections:write"})  # of the app-level token, made by hand: no manifest gives it

# Several scopes: each is for a kind of conversation.
METHODS: Mapping[str, tuple[str, ...]] = {
    "apps.connections.open": ("connections:write",),
    "auth.test": (),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "conversations.info": ("channels:read", "groups:read"),  # of direct messages (im:read, mpim:read) nothing is asked
    "usergroups.users.list": ("usergroups:read",),
    "users.info": ("users:read",),
    "views.open": (),
    "views.publish": (),
    "views.push": (),
    "views.update": (),
}

EVENT_SCOPES: Mapping[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "message.im": ("im:history",),
    "subteam_members_changed": ("usergroups:read",),
    "subteam_updated": ("usergroups:read",),
}

# By what the manifest calls them.
FEATURE_SCOPES: Mapping[str, tuple[str, ...]] = {
    "shortcuts": ("commands",),
    "slash_commands": ("commands",),
}
