"""What is written to the bot: a message that begins with its mention, or a direct one. Pure.

Discord leaves the text out of every message that does not mention the bot and is not written to it directly, as long as
an application has not asked for the privileged intent for texts (topics/gateway, message content intent).
"""

from __future__ import annotations

import re

from adapters.discord.arrivals import Ignored, Said, Seen
from adapters.discord.inbound import place
from adapters.discord.people import identifier, sender
from adapters.payloads import Payload, mapping, string

WRITTEN = (0, 19)  # of messages: sent, or sent as a reply; all other types say that something has happened
_WHOLE_CODE = re.compile(r"(`+)([^`]+)\1")


def parse_message(payload: Payload, own: str, seen: Seen) -> Said | Ignored:
    """What this message says to the bot, whose account is `own`; `seen` is how what it mentions looked.

    In a channel of a server only what begins with the mention is meant for it: who replies to the bot mentions it too,
    and people talk about it. `BadPayload` where the message lacks something that Discord always sends.
    """
    if payload.get("webhook_id") is not None or mapping(payload, "author").get("bot"):
        return Ignored("no words of a person")
    if payload.get("type") not in WRITTEN:
        return Ignored("no words of anybody")
    who = sender(payload)
    given = string(payload, "content")
    text = _addressed(given, own)
    if text is None and who.guild:
        return Ignored("not for us")
    text = given.strip() if text is None else text
    if not given.strip():
        return Ignored("no words at all")
    number = identifier(payload.get("id"), "message")
    return Said(who, place(payload, who), f"discord:{number}", number, _plain(text), seen)


def _addressed(text: str, own: str) -> str | None:
    """What follows the mention of the bot, or several; None where it does not begin with one."""
    mention = re.compile(rf"\s*(?:<@!?{re.escape(own)}>[\s:,]*)+")
    found = mention.match(text)
    return text[found.end() :].strip() if found else None


def _plain(text: str) -> str:
    """What is written as code as a whole, as answers show what is to be typed, without the marks."""
    found = _WHOLE_CODE.fullmatch(text)
    return found[2].strip() if found else text
