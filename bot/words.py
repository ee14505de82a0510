"""Words as people type them, on desks and on phones: quotes, dashes, folding, and what is safe to show.

Every word keeps its place in the line, so that text arguments can be taken verbatim.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

QUOTES = '"“”„‟«»＂'
DASHES = "-‐‑‒–—―−－"
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
_ISOLATES = frozenset("\u2068\u2069")  # what `isolated` itself puts around a name
_NO_DIRECTION = dict.fromkeys(map(ord, _BIDI_CONTROLS))
_FLAG = re.compile(rf"^[{DASHES}]{{1,2}}(?=[^\W\d_])")
_OPENS_AFTER = "=:,"
LONGEST_TYPED = 100  # characters of what was typed that an answer repeats
_CLOSING = re.compile(rf"[{QUOTES}](?=\s|,|$)")  # a quote closes with white space, a comma or nothing behind it
_APOSTROPHES = str.maketrans(dict.fromkeys("‘’‛ʼ＇`´", "'") | dict.fromkeys("“”„‟＂", '"'))
MOST_WORDS = 2000
LONGEST_GUESS = 80


def counted(number: int, one: str, many: str, *, none: str = "0") -> str:
    """`1 room`, `3 rooms`: of each thing that is counted in a sentence; `none` is the word for no number of them."""
    return f"{number or none} {one if number == 1 else many}"


@dataclass(frozen=True, slots=True)
class Word:
    """`text` is what counts (quotes removed), `start` and `end` its place in the line."""

    text: str
    start: int
    end: int
    quoted: bool = False

    @property
    def plain(self) -> str:
        """The word for comparison with keywords: width and case folded; "" when it was quoted as a whole."""
        return "" if self.quoted else unicodedata.normalize("NFKC", self.text).casefold()

    @property
    def flag(self) -> str:
        """`--dry-run` for that word in any dash that phones make of it; "" when it is none."""
        if self.quoted or not _FLAG.match(self.text):
            return ""
        return "--" + "".join("-" if c in DASHES else c for c in self.text.lstrip(DASHES)).casefold()


def split(line: str) -> list[Word]:
    """The words of the line. Double quotes of any make group words; apostrophes never do.

    A quote opens only at the beginning of a word or after `=`, `:` or `,`, and only where a closing one follows.
    Of a very long line the end is one word: its arguments are text, which is taken from the line itself.
    """
    words: list[Word] = []
    at, closing = 0, [found.start() for found in _CLOSING.finditer(line)]
    while at < len(line):
        if line[at].isspace():
            at += 1
            continue
        if len(words) == MOST_WORDS:
            words.append(Word(line[at:], at, len(line)))
            break
        word = _word_at(line, at, closing)
        words.append(word)
        at = word.end
    return words


def _word_at(line: str, start: int, closing: Sequence[int]) -> Word:
    at, pieces = start, []
    quoted_whole = False
    while at < len(line) and not line[at].isspace():
        opens = line[at] in QUOTES and (at == start or line[at - 1] in _OPENS_AFTER)
        close = _next(closing, at) if opens else -1
        if close > 0:
            pieces.append(line[at + 1 : close])
            quoted_whole = at == start
            at = close + 1
        else:
            pieces.append(line[at])
            quoted_whole = False
            at += 1
    return Word("".join(pieces), start, at, quoted_whole)


def _next(places: Sequence[int], after: int) -> int:
    found = bisect_right(places, after)
    return places[found] if found < len(places) else -1


def fold(text: str) -> str:
    """For comparing names: width, case, accents, the make of quotes, invisible marks and runs of white space do not
    count."""
    if text.isascii():
        return " ".join(text.replace("`", "'").casefold().split())
    decomposed = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", bare).casefold().split())


def visible(text: str) -> str:
    """Without every mark that shows nothing: of direction, of joining, of no width."""
    return text if text.isascii() else "".join(c for c in text if unicodedata.category(c) != "Cf")


_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and symbols whose glyph is empty


def is_blank(text: str) -> bool:
    """Whether nothing of it is seen: white space, controls, marks of no width or without a letter, empty glyphs."""
    return all(c.isspace() or c in _BLANKS or unicodedata.category(c) in ("Cc", "Cf", "Mn", "Me") for c in text)


def display(name: str, identity: str) -> str:
    """How somebody is called: by the name, or by the identity where no name is to be seen."""
    return identity if is_blank(name) else name


def undirected(text: str) -> str:
    """Without the marks of direction that come along when a name is copied from an answer."""
    return text.translate(_NO_DIRECTION)


def near(word: str, known: Iterable[str], floor: float = 0.72, most: int = 5) -> tuple[str, ...]:
    """Those of the known words that could have been meant, the likeliest first."""
    folded = fold(word[:LONGEST_GUESS])
    scored = []
    for candidate in known:
        other = fold(candidate)
        score = SequenceMatcher(None, folded, other).ratio()
        if folded and other.startswith(folded):
            score = max(score, 0.9)
        if score >= floor:
            scored.append((-score, candidate))
    return tuple(candidate for _, candidate in sorted(scored)[:most])


_RTL_OR_CONTROL = frozenset({"R", "AL", "AN", "RLE", "LRE", "RLO", "LRO", "RLI", "LRI", "FSI", "PDF", "PDI"})


def isolated(name: str) -> str:
    """A name that cannot disturb the text around it: one line, no controls, right-to-left kept within itself."""
    if name.isascii() and name.isprintable():  # by far the commonest, many times in each answer
        return name
    shown = "".join(_visible(c) for c in name)
    if any(unicodedata.bidirectional(c) in _RTL_OR_CONTROL for c in shown):
        return f"\u2068{shown}\u2069"
    return shown


def _visible(char: str) -> str:
    if char in _BIDI_CONTROLS:
        return ""
    category = unicodedata.category(char)
    if category in ("Cc", "Zl", "Zp", "Cs"):
        return "\N{REPLACEMENT CHARACTER}" if category == "Cs" else " "
    return char


def told(name: str, most: int = LONGEST_TYPED) -> str:
    """Somebody's or something's name as it stands in a sentence: what was chosen or typed cannot forge one."""
    return isolated(shortened(name, most))


def in_room(room: str) -> str:
    """The room as a part of a line that is typed: `in:standup`, `in:"the big hall"`."""
    return f'in:"{room}"' if any(char.isspace() for char in room) else f"in:{room}"


def on_its_line(text: str) -> str:
    """Usher's own words, where nothing that slipped in may begin another line or turn the direction of the rest."""
    if text.isprintable():
        return text
    return "".join(c if c in _ISOLATES else _visible(c) for c in text)


def one_line(text: str) -> str:
    """The text with every kind of line break and control character made a space."""
    return " ".join("".join(_visible(c) for c in text).split())


def shortened(text: str, most: int) -> str:
    """At most that many characters; what was cut is shown as an ellipsis."""
    return text if len(text) <= most else text[: most - 1] + "…"


def ending(identity: str, most: int = 12) -> str:
    """The end of an identity: what tells two people of one name apart."""
    return identity if len(identity) <= most else "…" + identity[-most:]
