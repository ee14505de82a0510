"""The words for sources, as moderators type them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from bot.words import Word, near

SOURCE_WORDS = {
    "microphone": "microphone", "mic": "microphone", "mike": "microphone", "camera": "camera", "cam": "camera",
    "video": "camera", "screen": "screen", "screenshare": "screen", "screen_share": "screen",
    "screen-share": "screen", "all": "all", "everything": "all", "chat": "chat", "data": "chat",
}  # fmt: skip
LIKE = 0.78  # how near a word has to be to one of these, of more than four letters, to have been meant as it


def sources_of(words: Iterable[str]) -> list[str]:
    """The sources of which these are words; what is none stays as it is."""
    return [SOURCE_WORDS.get(word, word) for word in words if word]


def read_sources(words: Sequence[Word]) -> tuple[list[str], int]:
    """The comma-joined sources at the beginning (`mic, camera`), whether they are any or not, and how many words."""
    joined, taken = words[0].plain, 1
    while joined.endswith(",") and taken < len(words):
        joined += words[taken].plain
        taken += 1
    return sources_of(joined.split(",")), taken


def meant_sources(names: Iterable[str], choices: Collection[str]) -> tuple[str, ...]:
    """What the first of these names that looks like a misspelt source may have been meant as; () for none."""
    known = [word for word, source in SOURCE_WORDS.items() if source in choices and len(word) > 4]
    for name in names:
        if name not in choices and len(name) > 3 and (meant := near(name, known, LIKE)):
            return tuple(dict.fromkeys(SOURCE_WORDS[word] for word in meant))
    return ()
