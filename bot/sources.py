"""The words for sources, as moderators type them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from bot.words import Word, near

SOURCE_WORDS = {
    "microphone": "microphone", "mic": "microphone", "mike": "microphone", "camera": "camera", "cam": "camera",
    "video": "camera", "screen": "screen", "screenshare": "screen", "screen_share": "screen",
    "screen-share": "screen", "all": "all", "everything": "all", "chat": "chat", "data": "chat",
}  # fmt: skip
LIKE = 0.78  # how near a word has to be to one of these, of more than four letters, to have been meant as it
_SEPARATORS = ",+/&"
_JOINING = (*_SEPARATORS, "and")
_BETWEEN = re.compile(rf"[{_SEPARATORS}]")
_AROUND = ".;:!?…()[]*'’`"


def bare(word: Word) -> str:
    """The word for comparison with keywords, without the punctuation around it; "" when it was quoted as a whole."""
    return word.plain.strip(_AROUND + _SEPARATORS)


def sources_of(words: Iterable[str]) -> list[str]:
    """The sources of which these are words; what is none stays as it is."""
    return [SOURCE_WORDS.get(word, word) for word in words if word]


def split_sources(text: str) -> list[str]:
    """The sources of a whole text (`mic, camera`, `mic+cam`, `mic and cam`); what is none stays as it is."""
    words = _BETWEEN.sub(" ", text.casefold()).split()
    return sources_of(word for word in words if word != "and")


def read_sources(words: Sequence[Word], choices: Collection[str]) -> tuple[list[str], int]:
    """The sources at the beginning (`mic`, `mic, camera`, `mic+cam`, `mic and cam`), and how many words they are."""
    names: list[str] = []
    taken = at = 0
    while at < len(words) and (found := _sources_in(words[at], choices)):
        names += found
        taken = at = at + 1
        joined = words[taken - 1].plain.endswith(tuple(_SEPARATORS))
        if at < len(words) and words[at].plain in _JOINING:
            joined, at = True, at + 1
        if not joined:
            break
    return names, taken


def _sources_in(word: Word, choices: Collection[str]) -> list[str]:
    """The sources that the word is, which may be several (`mic,cam`); [] where a part of it is none."""
    parts = [part.strip(_AROUND) for part in _BETWEEN.split(word.plain)]
    names = sources_of(parts)
    return names if all(name in choices for name in names) else []


def meant_sources(word: Word, choices: Collection[str]) -> tuple[str, ...]:
    """What a word that looks like a misspelt source may have been meant as; () for none."""
    known = [word for word, source in SOURCE_WORDS.items() if source in choices and len(word) > 4]
    for name in sources_of(part.strip(_AROUND) for part in _BETWEEN.split(word.plain)):
        if name not in choices and len(name) > 3 and (meant := near(name, known, LIKE)):
            return tuple(dict.fromkeys(SOURCE_WORDS[word] for word in meant))
    return ()
