"""What Slack shows outside of messages: the modal "Moderate", an answer in a modal, and the App Home. Pure.

Rooms and people are given; they travel as values that fit into Slack's options, never as something typed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from types import MappingProxyType

from adapters.slack import blocks, escape, limits
from adapters.slack.arrivals import Place, View
from adapters.slack.blocks import Block, Option
from adapters.slack.render import Message

MODERATE, ANSWER = "moderate", "answer"  # callback ids of views; `moderate` is the global shortcut's and a button's too
MODERATE_MESSAGE = "moderate_message"  # callback id of the message shortcut
ROOM, PERSON, ACTION, REASON = "room", "person", "action", "reason"  # block ids, and action ids of what is in them
LONGEST_REASON = 500
HOME_ROOMS = 90
MOST_NOTES = 5
_HASHED = "sha256:"


@dataclass(frozen=True, slots=True)
class Action:
    """A line of the modal: its label, and the command with the options that it stands for ("": what is typed below)."""

    key: str
    label: str
    command: str
    options: Mapping[str, str] = field(default_factory=dict)


ACTIONS = (
    Action("mute", "Mute", "mute"),
    Action("lock", "Keep muted", "mute", {"lock": "true"}),
    Action("unmute", "Give back what was taken", "unmute"),
    Action("promote", "Bring on stage", "promote"),
    Action("demote", "Move to audience", "demote"),
    Action("kick", "Remove", "kick"),
    Action("ban", "Keep out", "ban"),
    Action("quiet", "Quiet the whole room", "quiet"),
    Action("participants", "Show who is there", "participants"),
    Action("other", "Another command: typed below", ""),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a view carries for itself: the room that is chosen, and where its answer belongs."""

    room: str = ""
    channel: str = ""
    thread: str = ""

    def encode(self) -> str:
        text = json.dumps({name: value for name, value in asdict(self).items() if value})
        return text if len(text) <= limits.PRIVATE_METADATA else "{}"

    @classmethod
    def decode(cls, text: str) -> Kept:
        """What `encode` wrote; nothing for whatever else stands there."""
        try:
            given = json.loads(text or "{}")
        except ValueError:
            return cls()
        if not isinstance(given, dict):
            return cls()
        known = {name: given[name] for name in ("room", "channel", "thread") if isinstance(given.get(name), str)}
        return cls(**known)

    @classmethod
    def of(cls, view: View | None) -> Kept:
        """What that view carries; nothing where there is none."""
        return cls.decode(view.metadata) if view is not None else cls()

    def place(self, home: str) -> Place:
        """Where its answer belongs, in that organisation."""
        return Place(home, self.channel, self.thread)


def key_of(room: str) -> str:
    """A room's name as an option's value; the digest of one that is too long for it."""
    if room and escape.size(room) <= limits.OPTION_VALUE and not room.startswith(_HASHED):
        return room
    return _HASHED + digest_of(room)


def digest_of(room: str) -> str:
    """The mark of the person's input for that room."""
    return hashlib.sha256(room.encode("utf-8", "surrogatepass")).hexdigest()


def is_digest(key: str) -> bool:
    """Whether it takes the rooms' names to know which room this key is."""
    return key.startswith(_HASHED)


def room_of(key: str, rooms: Iterable[str]) -> str:
    """The room behind the key: itself, or of the rooms given the one with that digest ("" when it is gone)."""
    if not is_digest(key):
        return key
    return next((room for room in rooms if key_of(room) == key), "")


def moderate_view(
    rooms: Sequence[str],
    kept: Kept = Kept(),
    *,
    labels: Mapping[str, str] = MappingProxyType({}),
    notes: Sequence[str] = (),
    person: Option | None = None,
    action: str = "",
    reason: str = "",
) -> Block:
    """The modal: room, person, action, reason, as they were chosen before. Without a room it offers nothing.

    `labels` are the names of those rooms that are not to be shown as they are.
    The person's input has another id for each room: Slack keeps what was chosen in an input with the same one.
    """
    said = _notes(notes)
    if not rooms:
        return _modal("Moderate", [*said, blocks.section("No live room is in your scope.")], kept, MODERATE)
    key = key_of(kept.room) if kept.room else ""
    offered = [Option(labels.get(room, room), key_of(room)) for room in rooms]
    cut = len(rooms) - limits.OPTIONS
    shown = sorted(offered, key=lambda one: one.value != key) if cut > 0 else offered  # the chosen one is among them
    if cut > 0:
        said.append(blocks.context(f"{cut} more rooms do not fit: name them with in:ROOM in a command."))
    choose_room = blocks.select(shown, ROOM, "Room", key)
    choose_person = blocks.searched(PERSON, "Name or identity; open microphones first", person)
    inputs = [
        blocks.asked(ROOM, "Room", choose_room, dispatch=True),
        blocks.asked(f"{PERSON}:{digest_of(kept.room)}", "Person", choose_person, optional=True),
        blocks.asked(ACTION, "What to do", _radio(action)),
        blocks.asked(REASON, "Reason, or the other command", _reason(reason), optional=True),
    ]
    return {**_modal("Moderate", [*said, *inputs], kept, MODERATE), "submit": _title("Do it")}


def answer_view(message: Message, kept: Kept = Kept(), title: str = "Usher") -> Block:
    """An answer with its buttons, shown in a modal."""
    return _modal(title, list(message.blocks), kept, ANSWER)


def notice_view(text: str, kept: Kept = Kept(), title: str = "Usher") -> Block:
    """A sentence in a modal: while something is looked up, or when it cannot be."""
    return _modal(title, _notes([text]), kept, ANSWER)


def home_view(
    rooms: Sequence[tuple[str, str]],
    *,
    account: str,
    labels: Mapping[str, str] = MappingProxyType({}),
    notes: Sequence[str] = (),
) -> Block:
    """The App Home: each room with what is said of it and its button; and the button to the modal."""
    found = [blocks.header("Your rooms"), *_notes(notes)]
    for number, (room, facts) in enumerate(rooms[:HOME_ROOMS]):
        name = labels.get(room, room)
        line = ": ".join(filter(None, [escape.bold(_cut(name)) or "-", escape.lines(_cut(facts))]))
        found.append(blocks.section(line, blocks.button("Open", f"{ROOM}:{number}", key_of(room))))
    if not rooms and not notes:
        found.append(blocks.section("No live room is in your scope."))
    if len(rooms) > HOME_ROOMS:
        found.append(blocks.context(f"{len(rooms) - HOME_ROOMS} more rooms are live."))
    if rooms:
        found.append(blocks.actions([blocks.button("Moderate", MODERATE, MODERATE)]))
    return {"type": "home", "blocks": [*found, blocks.context(f"You are {escape.code(account)}")]}


def suggested(groups: Sequence[tuple[str, Sequence[Option]]]) -> Block:
    """The answer to a search: options under the label of their group. What does not fit, a label says."""
    left, total = limits.OPTIONS, sum(len(options) for _, options in groups)
    found: list[Block] = []
    for label, options in groups[: limits.OPTION_GROUPS]:
        kept = [blocks.option(one) for one in options[:left]]
        left -= len(kept)
        if kept:
            found.append({"label": blocks.plain_text(label, limits.GROUP_LABEL), "options": kept})
    if total > limits.OPTIONS:
        label = f"{limits.OPTIONS} of {total}: type more of the name"
        found[0]["label"] = blocks.plain_text(label, limits.GROUP_LABEL)
    return {"option_groups": found} if found else {"options": []}


def _notes(notes: Sequence[str]) -> list[Block]:
    """Sentences; of a very long one the beginning, with a mark that it goes on."""
    found = []
    for note in filter(str.strip, notes[:MOST_NOTES]):
        kept = escape.fitted(note, limits.SECTION_TEXT - 1, escape.lines)
        found.append(blocks.section(escape.lines(kept) + ("…" if kept != note else "")))
    return found


def _cut(text: str) -> str:
    return escape.shown(text, 500)


def _radio(chosen: str) -> Block:
    entries = [blocks.option(Option(action.label, action.key)) for action in ACTIONS]
    initial = next((entry for entry in entries if entry["value"] == chosen), entries[0])
    return {"type": "radio_buttons", "action_id": ACTION, "options": entries, "initial_option": initial}


def _reason(given: str) -> Block:
    block: Block = {
        "type": "plain_text_input",
        "action_id": REASON,
        "max_length": LONGEST_REASON,
        "placeholder": blocks.plain_text("for 10m too loud; or for example: history bob", limits.PLACEHOLDER),
    }
    return {**block, "initial_value": given} if given else block


def _modal(title: str, body: list[Block], kept: Kept, callback: str) -> Block:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": _title(title),
        "close": _title("Close"),
        "blocks": body[: limits.VIEW_BLOCKS],
        "private_metadata": kept.encode(),
    }


def _title(text: str) -> Block:
    return blocks.plain_text(text, limits.VIEW_TITLE)
