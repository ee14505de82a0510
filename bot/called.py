"""How somebody is called where others read it: by the name, with the identity beside it wherever that could mislead.

People choose their names themselves, and change them. A name alone stands only where nobody else there is called
anything like it, and where it is the one that was asked about.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.command import Target
from bot.reply import Name, Spans, say
from bot.words import display, ending, fold, told

LOOKED_AT = 40  # characters of a name that are read for certain: labels cut what is longer
LONGEST_LABEL = 32


class Names:
    """Which names are whose, among these people (identity, name): who can be taken for somebody else."""

    def __init__(self, people: Iterable[tuple[str, str]]) -> None:
        self._whose: dict[str, set[str]] = {}
        for identity, name in people:
            for spelled in (identity, name):
                self._whose.setdefault(_looks(spelled), set()).add(identity)

    def shared(self, identity: str, name: str) -> bool:
        """Whether somebody else is called what looks like this name, or it is written as if it ended in an identity."""
        shown = display(name, identity)
        others = self._whose.get(_looks(shown), set()) - {identity}
        return shown != identity and (bool(others) or shown.rstrip().endswith(")"))

    def told(self, identity: str, name: str) -> Spans:
        """The name, and the identity where it is shared."""
        return with_identity(name, identity) if self.shared(identity, name) else (Name(display(name, identity)),)


def called(target: Target) -> Spans:
    """`Bob Stone`; `Anna (…anna-2)` where somebody else could be meant; `Omar (omar, called Hana now)`."""
    name, end = Name(target.display), Name(ending(target.identity))
    if target.was and target.was != target.identity:
        return say(Name(target.was), " (", end, ", called ", name, " now)")
    if target.was:
        return say(end, " (called ", name, " now)")
    return with_identity(target.name, target.identity) if target.shared else (name,)


def called_text(target: Target) -> str:
    """The same as a part of a sentence that is plain text."""
    return "".join(told(span.text) if isinstance(span, Name) else span.text for span in called(target))  # type: ignore[union-attr]


def with_identity(name: str, identity: str) -> Spans:
    """Name and, behind it, the end of the identity where it says more."""
    shown = display(name, identity)
    return (Name(identity),) if shown == identity else say(Name(shown), " (", Name(ending(identity)), ")")


def label(name: str, identity: str, names: Names) -> str:
    """A name on a button or in a list to pick from, where no more than that is seen."""
    shown = display(name, identity)
    return f"{told(shown, LONGEST_LABEL)} ({told(ending(identity))})" if names.shared(identity, name) else shown


def _looks(name: str) -> str:
    return fold(name)[:LOOKED_AT]
