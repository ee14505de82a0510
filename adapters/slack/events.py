"""The Events API: mentions, direct messages, the App Home and changes of user groups. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.slack.arrivals import GroupChanged, HomeOpened, Ignored, Inbound, Place, Typed
from adapters.slack.fields import BadPayload, Payload, event_key, identifier, mapping, mappings, string
from adapters.slack.people import Sender, sender
from adapters.slack.typed import without_mention

_MARKS = {"code": "`", "bold": "*", "italic": "_", "strike": "~"}
_SUBTYPES = ("", "file_share", "thread_broadcast", "me_message", "bot_message")


def read_event(payload: Payload, bots: frozenset[str]) -> Inbound:
    event = mapping(payload, "event")
    if not event:
        raise BadPayload("no event in the payload")
    kind = string(event, "type")
    if kind.startswith("subteam_"):
        return _group(payload, event)
    if kind in ("app_mention", "message"):
        return _said(payload, event, bots)
    if kind == "app_home_opened":
        return _home(payload, event)
    return Ignored(f"event {kind}")


def _group(payload: Payload, event: Payload) -> GroupChanged:
    group = event.get("subteam_id") or mapping(event, "subteam").get("id")
    team = event.get("team_id") or mapping(event, "subteam").get("team_id") or payload.get("team_id")
    return GroupChanged(identifier(team, "team"), identifier(group, "group"))


def _home(payload: Payload, event: Payload) -> Inbound:
    if event.get("tab") != "home":
        return Ignored("another tab of the App Home")
    who = _event_sender(payload, event)
    return HomeOpened(who, Place(who.home), event_key(string(payload, "event_id")))


def _said(payload: Payload, event: Payload, bots: frozenset[str]) -> Inbound:
    ours = bots | {string(one, "user_id") for one in mappings(payload, "authorizations") if one.get("is_bot")} - {""}
    direct = event.get("channel_type") == "im" or str(event.get("channel")).startswith("D")
    if (event.get("type") == "message") is not direct:
        return Ignored("a mention in a direct message, which arrives as a message too" if direct else "not for us")
    if string(event, "subtype") not in _SUBTYPES or "edited" in event or event.get("hidden"):
        return Ignored("no new words of a person")
    own = string(event, "app_id") and event["app_id"] == payload.get("api_app_id")
    if own or string(event, "user") in ours | {""}:
        return Ignored("our own words, or nobody's")
    who = _event_sender(payload, event)
    thread = string(event, "thread_ts")
    place = Place(who.home, identifier(event.get("channel"), "channel"), thread)
    text = without_mention(_unformatted(event), ours or _legacy(payload))
    return Typed(who, place, event_key(string(payload, "event_id")), "", "", text)


def _unformatted(event: Payload) -> str:
    """The text without the marks of what is formatted: what somebody copies from an answer keeps its look."""
    text, at = string(event, "text"), 0
    for words, mark in _formatted(event):
        if (found := text.find(f"{mark}{words}{mark}", at)) >= 0:
            at = found + len(words)
            text = text[:found] + words + text[at + 2 * len(mark) :]
    return text


def _formatted(event: Payload) -> Iterator[tuple[str, str]]:
    """The pieces that stand between marks in the text, each with its mark."""
    for part in (one for block in mappings(event, "blocks") for one in mappings(block, "elements")):
        whole = "```" if part.get("type") == "rich_text_preformatted" else ""
        for element in mappings(part, "elements"):
            style = mapping(element, "style")
            marks = [mark for name, mark in _MARKS.items() if style.get(name)]
            words = string(element, "text").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            if words and (whole or len(marks) == 1):
                yield words, whole or marks[0]


def _legacy(payload: Payload) -> frozenset[str]:
    """Who the app is in older payloads."""
    given = payload.get("authed_users")
    return frozenset(one for one in given if isinstance(one, str)) if isinstance(given, list) else frozenset()


def _event_sender(payload: Payload, event: Payload) -> Sender:
    """`context_team_id` is where the app is installed; in a shared channel `team_id` may be the other side's."""
    first: Payload = next(iter(mappings(payload, "authorizations")), {})
    team = payload.get("context_team_id") or first.get("team_id") or payload.get("team_id")
    enterprise = payload.get("context_enterprise_id") or first.get("enterprise_id") or payload.get("enterprise_id")
    theirs = event.get("user_team") or event.get("source_team") or event.get("team")
    bot = bool(event.get("bot_id") or event.get("subtype") == "bot_message")
    name = mapping(event, "user_profile").get("display_name")
    return sender(event.get("user"), team=team, enterprise=enterprise, user_team=theirs, name=name, bot=bot)
