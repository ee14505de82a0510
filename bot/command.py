"""A command as a value: its name, its typed arguments, what it needs and what it does.

Everything that a surface must know of a command (parser, completion, help, documentation, confirmation) is derived
from its declaration; a command never sends, it returns a `Reply`.
"""

from __future__ import annotations

import keyword
import typing
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from bot.model import Participant
from bot.people import ChatUser, Role
from bot.words import display, fold

if TYPE_CHECKING:
    from bot.context import Context
    from bot.reply import Reply


class Effect(StrEnum):
    READ = "read"
    WRITE = "write"
    DESTRUCTIVE = "destructive"  # always asked about first


class Kind(StrEnum):
    """How an argument is read from words."""

    WHO = "who"  # one participant of the room
    PEOPLE = "people"  # several, behind a keyword
    ROOM = "room"  # the room in which the command acts
    DESTINATION = "destination"  # another room
    ROOM_OR_GLOB = "room or glob"
    GLOBS = "rooms"  # globs, comma-joined, written `in:...`
    SOURCES = "sources"
    FLAG = "flag"  # a bare word that stands for itself
    CHOICE = "choice"  # one of a few words
    DURATION = "duration"  # `for 10m`, `until 18:00`
    PAIRS = "pairs"  # key=value ...
    FILTER = "filter"  # words up to the end
    KEYED = "keyed"  # one word behind its name (`moderator:alice`); `keyword` is another name for it
    TEXT = "text"  # verbatim to the end of the line
    REASON = "reason"  # verbatim to the end of the line, may be left out
    NUMBER = "number"
    PAGE = "page"
    ROLE = "role"
    SUBJECT = "subject"  # a chat account or group
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Param:
    """One argument. `choices` are the words that it takes, `keyword` the word that introduces it."""

    kind: Kind
    description: str
    required: bool = False
    choices: tuple[str, ...] = ()
    keyword: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class NoArguments:
    """The arguments of a command that takes none."""


@dataclass(frozen=True, slots=True)
class Target:
    """Exactly one session of one person. `participant` is the latest look (None: gone, or not looked yet).

    For the eye (`bot.called`): `shared` says that the name could be somebody else's too, and `was` is what they were
    called when the question was asked, or the list shown, where they are called something else since.
    """

    room: str
    identity: str
    sid: str
    name: str = ""
    participant: Participant | None = None
    shared: bool = False
    was: str = ""

    @property
    def display(self) -> str:
        return display(self.name, self.identity)

    def now(self, person: Participant) -> Target:
        """The same person as they are now."""
        renamed = self.display if fold(self.display) != fold(person.display) else self.was
        return replace(self, sid=person.sid, name=person.name, participant=person, was=renamed)


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command as it arrived: a line of text, or a command with its options.

    `event_key` is unique for the chat event; it is claimed with the first row that is written, so a redelivered
    event acts once. `room` is the room chosen beforehand (`--room`, a room button), weaker than what the words say.
    `menus` says that the surface can show menus: behind a line, or as a list to pick from.
    """

    user: ChatUser
    channel: str
    text: str
    event_key: str = ""
    room: str = ""
    options: Mapping[str, str] | None = None
    menus: bool = False


@dataclass(frozen=True, slots=True)
class BoundInvocation:
    """A command with everything resolved: this is what a confirmation or a button holds, never the words.

    `values` are the arguments in JSON-able form, the target and the room aside. `confirmed` says that the person
    has been asked and said yes.
    """

    command: str
    room: str = ""
    target: Target | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    typed: str = ""
    reason: str = ""
    force: bool = False
    dry_run: bool = False
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Again:
    """A button that runs words, or a command with its options, again in a given room (used where no target can be
    bound yet, and for pages)."""

    text: str
    room: str = ""
    options: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """The "no" of a question."""


Press: TypeAlias = BoundInvocation | Again | Nothing
Check: TypeAlias = "Callable[[Context, Any], None]"
Run: TypeAlias = "Callable[[Context, Any], Coroutine[Any, Any, Reply]]"


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    `arguments` is a frozen dataclass whose fields are `Annotated[type, Param(...)]`. `role` is the default of what
    it needs (a setting may change it). `in_room` says that it acts in exactly one room; `question` is how the
    confirmation names what happens ("Remove {who} from {room}?"), `confirm` the label of its yes. `takes_gone`
    accepts someone who has left, `takes_ended` a room that is not live, `takes_unseen` an identity that nobody has
    seen; with `any_session` it is about the person in whatever session they are. `removes` says that the person is
    gone from the room afterwards, which agents and callers are protected from too. `calms` says that it can only make
    a room quieter. `asks` says that it asks by itself, each time, with what it would do. `check` refuses arguments
    before anything is asked or done.
    """

    name: str
    summary: str
    arguments: type
    role: Role
    effect: Effect
    run: Run
    in_room: bool = True
    question: str = ""
    confirm: str = "Yes"
    takes_gone: bool = False
    takes_ended: bool = False
    takes_unseen: bool = False
    any_session: bool = False
    removes: bool = False
    calms: bool = False
    asks: bool = False
    check: Check | None = None
    details: str = ""
    examples: tuple[str, ...] = ()

    @property
    def params(self) -> tuple[Param, ...]:
        return _params(self.arguments)

    def param(self, kind: Kind) -> Param | None:
        return next((param for param in self.params if param.kind is kind), None)

    @property
    def usage(self) -> str:
        """`/mute who [sources] [lock] [reason]`."""
        return " ".join(
            [f"/{self.name}", *(_usage_word(param) for param in self.params if param.kind is not Kind.PAGE)]
        )

    @property
    def writes(self) -> bool:
        return self.effect is not Effect.READ

    @property
    def takes_flags(self) -> bool:
        """Whether it heeds --dry-run and --force: writes in a room do, and what is about a case alone."""
        about_a_case = self.param(Kind.NUMBER) is not None and self.param(Kind.TEXT) is None
        return self.writes and (self.in_room or about_a_case)


def _usage_word(param: Param) -> str:
    word = "key=value ..." if param.kind is Kind.PAIRS else param.name
    if param.kind is Kind.PEOPLE:
        word = f"{param.keyword} who ..."
    elif param.kind is Kind.GLOBS:
        word = "in:rooms"
    elif param.kind is Kind.KEYED:
        word = f"{param.name}:..."
    elif param.kind is Kind.DURATION:
        word = "for time"
    elif param.kind is Kind.CHOICE:
        word = "|".join(param.choices)
    return word if param.required else f"[{word}]"


_CACHE: dict[type, tuple[Param, ...]] = {}


def _params(arguments: type) -> tuple[Param, ...]:
    if arguments not in _CACHE:
        hints = typing.get_type_hints(arguments, include_extras=True)
        found = []
        for one in fields(arguments):
            declared = next(m for m in hints[one.name].__metadata__ if isinstance(m, Param))
            named = declared.name or one.name.rstrip("_").replace("_", "-")
            found.append(
                Param(declared.kind, declared.description, declared.required, declared.choices, declared.keyword, named)
            )
        _CACHE[arguments] = tuple(found)
    return _CACHE[arguments]


def field_of(param: Param) -> str:
    """The dataclass field behind a parameter's name (`except` and `in` are keywords in Python: `except_`)."""
    name = param.name.replace("-", "_")
    return name + "_" if keyword.iskeyword(name) else name
