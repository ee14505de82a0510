"""What a person typed, as they typed it: Slack's forms for mentions, links and entities undone, and nothing else.

Smart quotes and dashes are left alone: the core reads them, and a text argument has to stay verbatim.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from adapters.line import Mentions, TypedLine
from adapters.slack.people import group_subject, subject
from bot.command import Command, Kind

_FORM = re.compile(r"<([^<>|\s][^<>|]*)(?:\|([^<>]*))?>")
_ACCOUNT = re.compile(r"@([A-Z0-9]+)")
_GROUP = re.compile(r"!subteam\^([A-Z0-9]+)")
_EVERYBODY = re.compile(r"!(channel|here|everyone|group)")
_CHANNEL = re.compile(r"#[A-Z0-9]+")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+", re.DOTALL)
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))  # this order: `&amp;lt;` is `&lt;`, and not `<`


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads lines for the commands given. `identity_of` is the identity that an account has in rooms, if settings say;
    `meant` makes the core's words of those that begin as a command is called in Slack.

    A mention is an account where an account is asked for: as the argument of `/moderator`, or behind a key (`by:`); and
    what `adapters.line` says where a participant is. Anywhere else (a reason, a text) it is what was seen: `@ann`.
    """

    home: str
    commands: Mapping[str, Command] = field(default_factory=dict)
    identity_of: Callable[[str], str | None] = lambda _: None
    meant: Callable[[str], str] = str

    def line(self, text: str) -> str:
        """The line for the core."""
        line = TypedLine.read(text, self.commands, self.meant)
        mentions = Mentions(_FORM, _kept, self._identity)
        return line.read_as(
            mentions, lambda words, at: _undone(words, lambda found: self._form(found, line.asks(at + found.start())))
        )

    def _identity(self, found: re.Match[str]) -> str | None:
        account = _ACCOUNT.fullmatch(found[1])
        return self.identity_of(account[1]) if account else None

    def _form(self, found: re.Match[str], asked: Kind | None) -> str:
        account, group = _ACCOUNT.fullmatch(found[1]), _GROUP.fullmatch(found[1])
        if asked in (Kind.SUBJECT, Kind.KEYED) and (account or group):
            return subject(self.home, account[1]) if account else group_subject(self.home, group[1] if group else "")
        return plain_form(found)


def _kept(found: re.Match[str]) -> str:
    """A mention of an account, a group, a channel or all people, without its label; "" for another form."""
    mentions = (_ACCOUNT, _GROUP, _EVERYBODY, _CHANNEL)
    return f"<{found[1]}>" if any(one.fullmatch(found[1]) for one in mentions) else ""


def plain_form(found: re.Match[str]) -> str:
    """What stood on the screen for one of Slack's forms."""
    inside, label = found[1], found[2]
    if account := _ACCOUNT.fullmatch(inside):
        return f"@{label or account[1]}"
    if group := _GROUP.fullmatch(inside):
        return f"@{(label or group[1]).removeprefix('@')}"
    if everybody := _EVERYBODY.fullmatch(inside):
        return f"@{everybody[1]}"
    if inside.startswith("#"):
        return f"#{label or inside[1:]}"
    if inside.startswith("!") or (_ADDRESS.fullmatch(inside) and label):
        return label or inside[1:]
    if _ADDRESS.fullmatch(inside):
        return inside.removeprefix("mailto:").removeprefix("tel:")
    return found[0]


def undone(text: str) -> str:
    """A text as it was seen."""
    return _undone(text, plain_form)


def _undone(text: str, form: Callable[[re.Match[str]], str]) -> str:
    pieces, at = [], 0
    for found in _FORM.finditer(text):
        pieces += [_entities(text[at : found.start()]), _entities(form(found))]
        at = found.end()
    return "".join([*pieces, _entities(text[at:])])


def _entities(text: str) -> str:
    for entity, char in _ENTITIES:
        text = text.replace(entity, char)
    return text


def without_mention(text: str, bots: Collection[str]) -> str:
    """What is said to the bot: what follows its mention, else what stands before it."""
    if not bots:
        return text
    mention = re.compile(rf"<@(?:{'|'.join(sorted(map(re.escape, bots)))})(?:\|[^<>]*)?>[:,]?")
    found = list(mention.finditer(text))
    if not found:
        return text
    start, end = found[0].end(), len(text)
    for one in found[1:]:  # phones put a mention into a thread by themselves, and people type another
        if text[start : one.start()].strip():
            break
        start = one.end()
    for one in reversed(found):
        if one.start() < start or text[one.end() : end].strip():
            break
        end = one.start()
    behind = text[start:].lstrip() if end == len(text) else text[start:end].strip()
    return behind or text[: found[0].start()].strip()
