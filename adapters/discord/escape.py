r"""Text of any origin, made harmless for Discord's markdown.

A backslash takes its meaning from any mark that formats, so it stands before each one that could act. Pings, and some
links, are looked for in the text as it was sent, backslashes or not: there `@` becomes its twin `＠`, which the core
reads as the original where somebody copies it. What cannot act stays as it is: `12 - 3`, `a@example.com`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.words import isolated

_TWINS = str.maketrans("@<", "＠＜")
_JOINER = "\u2060"  # shows nothing, and keeps two marks from being read as one
_FORMATS = re.compile(r"[\\*_~|`\[\]<]")  # within a word too: `a_1` opens what an underscore in our code would close
_COLON = re.compile(r":(?!\s)")  # `:emoji:` and `https://`; also at the end of a piece: who knows what comes next
_PING = re.compile(r"<@|[<@]$")  # `<@123>` pings behind a backslash too; it may begin in one piece and end in another
_EVERYBODY = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_INVITE = re.compile(r"(?<=discord|cordapp)\.(?=[a-z])", re.IGNORECASE)  # discord.gg/x is a link without https:// too
_INVISIBLE = r"[\x00-\x09\x0b-\x20\x7f-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u206f\u3000\ufeff]"
_LINE_START = re.compile(rf"^({_INVISIBLE}*)(?:([#>+-])|(\d+)([.)]))", re.MULTILINE)
_SPOILS_CODE = re.compile(r"`|<@|[<@\\]$|@(?:everyone|here)|discord(?:app)?\.|://", re.IGNORECASE)


def neutral(text: str) -> str:
    """Text that shows as it stands, wherever it is put; line breaks stay."""
    text = _PING.sub(lambda found: found.group().translate(_TWINS), text)
    return _calmed(_COLON.sub(r"\\:", _FORMATS.sub(r"\\\g<0>", text)))


def joined(pieces: Iterable[str]) -> str:
    """Neutral pieces and our own markup, one behind the other: what is none alone may be some beside its neighbour."""
    line = ""
    for piece in pieces:
        line += _JOINER + piece if piece and line[-1:] in ("*", "`") and piece[0] == line[-1] else piece
    return _calmed(line)


def _calmed(text: str) -> str:
    text = _INVITE.sub(r"\\.", _EVERYBODY.sub("＠", text))
    return _LINE_START.sub(lambda found: f"{found[1]}{found[3] or ''}\\{found[2] or found[4]}", text)


def lines(text: str) -> str:
    """Our own sentences, which may hold words of anybody: every line kept within itself."""
    return "\n".join(neutral(isolated(line)) for line in text.split("\n"))


def name(text: str) -> str:
    """What somebody chose as a name: one line."""
    return neutral(isolated(text))


def bold(text: str) -> str:
    """A name in bold; nothing for an empty one."""
    inside = neutral(isolated(text).strip())
    return f"**{inside}**" if inside else ""


def code(text: str) -> str:
    """Something to copy: in backticks, where no escape works; so without them where anything in it could act."""
    inside = isolated(text)
    return neutral(inside) if not inside.strip() or _SPOILS_CODE.search(inside) else f"`{inside}`"
