"""LiveKit's size limits, checked before anything is sent.

Source: livekit/livekit pkg/config/config.go, `DefaultConfig.Limit` (since v1.13.2).
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.errors import BadArgument

METADATA_BYTES = 512 * 1024
ATTRIBUTES_BYTES = 64 * 1024
NAME_BYTES = 256


def check_size(what: str, text: str, most: int) -> None:
    """`BadArgument` when the text is longer than LiveKit takes, or empty where LiveKit cannot clear it."""
    size = _size(what, text)
    if size == 0:
        raise BadArgument(f"LiveKit cannot clear a {what}: an empty one means 'unchanged' there. Nothing was done.")
    if size > most:
        raise BadArgument(f"The {what} is {size} bytes long; LiveKit takes at most {most}. Nothing was done.")


def check_attributes(attributes: Mapping[str, str]) -> None:
    """`BadArgument` when keys and values together are longer than LiveKit takes in one request."""
    size = sum(_size("attribute", text) for pair in attributes.items() for text in pair)
    if size > ATTRIBUTES_BYTES:
        raise BadArgument(
            f"The attributes are {size} bytes long; LiveKit takes at most {ATTRIBUTES_BYTES}. Nothing was done."
        )


def _size(what: str, text: str) -> int:
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        raise BadArgument(f"The {what} holds half a character, which LiveKit cannot take. Nothing was done.") from None
