"""What is offered while somebody types, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass

from bot import crowd, sight
from bot.model import Participant, Room
from bot.people import Moderator
from bot.words import counted, ending, told

LONGEST_NAME = 32  # characters of a name in a label: what tells people apart stands behind it


@dataclass(frozen=True, slots=True)
class SuggestedRoom:
    """`facts` are words for the eye: `12 people, 3 open microphones`; `masked` is the name without a number in it."""

    name: str
    facts: str
    masked: str = ""

    @property
    def label(self) -> str:
        """The name as this person may see it."""
        return self.masked or self.name


@dataclass(frozen=True, slots=True)
class SuggestedPerson:
    """`value` names exactly this person in a command, and so does `sid`; `group` is one of `crowd.GROUPS`."""

    label: str
    value: str
    group: str
    sid: str


@dataclass(frozen=True, slots=True)
class SuggestedTrack:
    """`value` is the track's sid, `word` what moderators call it (`microphone`)."""

    label: str
    value: str
    word: str


@dataclass(frozen=True, slots=True)
class SuggestedCase:
    label: str
    number: int


def facts_of(moderator: Moderator, room: Room, people: tuple[Participant, ...] | None) -> str:
    """The people whom this person may see, counted; LiveKit's own number where nobody has looked."""
    if people is None:
        return counted(room.num_participants, "person", "people", none="no")
    seen = sight.visible(moderator, room.name, people)
    audible = sum(bool(person.open_audio) for person in seen)
    there = counted(len(seen), "person", "people", none="no")
    return f"{there}, {counted(audible, 'open microphone', 'open microphones', none='no')}"


def who(person: Participant) -> str:
    """`Bob Stone (…7f3a2b)`; of somebody without a name the identity."""
    if person.display == person.identity:
        return told(ending(person.identity, LONGEST_NAME), LONGEST_NAME + 1)
    return f"{told(person.name, LONGEST_NAME)} ({told(ending(person.identity))})"


def label_of(person: Participant) -> str:
    devices = f", {crowd.devices(person)}" if person.tracks else ""
    return f"{who(person)}{devices}"
