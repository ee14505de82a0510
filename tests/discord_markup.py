"""What Discord makes of a text: its markdown written down apart from the code that escapes, to judge that by.

The rules are those of Discord's clients (a fork of simple-markdown), each tried where the text before it ends; where
they are not published they are taken wider here than they are. Whom a message calls is looked for by the server in the
text as it was sent, and so are invites: backslashes do not help there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_INSIDE = r"((?:\\[\s\S]|[^\\])+?)"
_LINE_RULES = {
    "quote": re.compile(r"\s*>{1,3}"),
    "heading": re.compile(r"\s*#{1,6}(?=\s|$)"),
    "subtext": re.compile(r"\s*-#"),
    "list": re.compile(r"\s*(?:[*+-]|\d+\.)(?=\s|$)"),
}
_RULES = {
    "escape": re.compile(r"\\([^0-9A-Za-z\s])"),
    "mention": re.compile(r"<@!?(\d+)>"),
    "role": re.compile(r"<@&(\d+)>"),
    "channel": re.compile(r"<#(\d+)>"),
    "command": re.compile(r"</([^:<>]+):\d+>"),
    "custom emoji": re.compile(r"<a?:(\w+):\d+>"),
    "time": re.compile(r"<t:(-?\d+)(?::[tTdDfFR])?>"),
    "guide": re.compile(r"<id:(\w+)>"),
    "hidden link": re.compile(r"<((?:https?|steam|mailto|tel):[^\s<>]+|[^\s<>]+@[^\s<>]+|\+[\d()\s-]+)>"),
    "link": re.compile(r"\[((?:\[[^\]]*\]|[^\[\]])*)\]\(\s*<?[^\s)]*"),
    "address": re.compile(r"((?:https?|steam|discord)://[^\s<]+)"),
    "emoji": re.compile(r":([^\s:]+):"),
    "code": re.compile(r"(?:`+)([\s\S]*?[^`])(?:`+)"),
    "strong": re.compile(rf"\*\*{_INSIDE}\*\*(?!\*)"),
    "underline": re.compile(rf"__{_INSIDE}__(?!_)"),
    "italics": re.compile(r"_((?:__|\\[\s\S]|[^\\_])+?)_\b|\*(?=\S)((?:\*\*|\\[\s\S]|[^*\\])+?)\*(?!\*)", re.ASCII),
    "strike": re.compile(rf"~~{_INSIDE}~~"),
    "spoiler": re.compile(r"\|\|([\s\S]+?)\|\|"),
}
_PLAIN = (
    "escape", "mention", "role", "channel", "command", "custom emoji", "time", "guide", "hidden link", "address",
    "code", "emoji",
)  # fmt: skip
"""What is inside these is not looked at again."""

_RAW = {
    "everybody is called": re.compile(r"@(?:everyone|here)", re.IGNORECASE),
    "somebody is called": re.compile(r"<@[!&]?\d+>"),
    "invite": re.compile(r"discord(?:app)?\.(?:gg|com|new|gift|me|li|io)\b", re.IGNORECASE),
    "address as sent": re.compile(r"(?:https?|steam|discord)://\S", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """`text` is what stands on the screen, `found` what is more than text: its kind, and what it is about."""

    text: str
    found: tuple[tuple[str, str], ...]

    @property
    def kinds(self) -> set[str]:
        return {kind for kind, _ in self.found}


def seen(sent: str) -> Seen:
    """What becomes of a text that is sent."""
    text, found = _parsed(sent, at_line_start=True)
    raw = [(kind, hit.group()) for kind, rule in _RAW.items() for hit in rule.finditer(sent)]
    return Seen(text, (*found, *raw))


def active(sent: str) -> list[tuple[str, str]]:
    """What Discord would take for more than text."""
    return list(seen(sent).found)


def _parsed(sent: str, *, at_line_start: bool) -> tuple[str, list[tuple[str, str]]]:
    shown: list[str] = []
    found: list[tuple[str, str]] = []
    at, fresh = 0, at_line_start
    while at < len(sent):
        if fresh and (hit := _first(_LINE_RULES, sent, at)):
            found.append((hit[0], hit[1].group()))
        fresh = sent[at] == "\n"
        hit = _first(_RULES, sent, at)
        if hit is None:
            shown.append(sent[at])
            at += 1
            continue
        kind, match = hit
        inside = next(group for group in match.groups() if group is not None)
        at = match.end()
        if kind != "escape":
            found.append((kind, inside))
        if kind not in _PLAIN:
            inside, below = _parsed(inside, at_line_start=False)
            found += below
        shown.append(f":{inside}:" if kind == "emoji" else inside)
    return "".join(shown), found


def _first(rules: dict[str, re.Pattern[str]], sent: str, at: int) -> tuple[str, re.Match[str]] | None:
    return next(((kind, hit) for kind, rule in rules.items() if (hit := rule.match(sent, at))), None)
