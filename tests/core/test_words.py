"""Words as people type them, and names as they may be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.words import Word, ending, fold, isolated, near, one_line, shortened, split


def texts(line: str) -> list[str]:
    return [word.text for word in split(line)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", []),
        ("  ", []),
        ("bob shouting", ["bob", "shouting"]),
        ('"Anna Berg" x', ["Anna Berg", "x"]),
        ("“Anna Berg” x", ["Anna Berg", "x"]),
        ("„Anna Berg“ «x y»", ["Anna Berg", "x y"]),
        ("o'brien don't 'em", ["o'brien", "don't", "'em"]),
        ('a"b c"', ['a"b', 'c"']),
        ('"never closed x', ['"never', "closed", "x"]),
        ('note="two words" b=1', ["note=two words", "b=1"]),
        ('in:"my room"', ["in:my room"]),
        ('"a","b c"', ["a,b c"]),
        ('""', [""]),
        ("a\tb\u3000c\nd", ["a", "b", "c", "d"]),
        ('5" 6"', ['5"', '6"']),
    ],
)
def test_double_quotes_of_any_make_group_words_and_apostrophes_never_do(line: str, words: list[str]) -> None:
    assert texts(line) == words


@given(st.text(max_size=60))
def test_every_word_keeps_its_place_in_the_line_and_nothing_else_is_lost(line: str) -> None:
    at = 0
    for word in split(line):
        assert line[at : word.start].strip() == ""
        assert word.start < word.end
        at = word.end
    assert line[at:].strip() == ""


@given(st.lists(st.text(st.characters(exclude_categories=["Z", "C"], exclude_characters='"“”„‟«»＂'), min_size=1)))
def test_words_without_quotes_split_at_white_space_alone(given_words: list[str]) -> None:
    assert texts(" ".join(given_words)) == [w for word in given_words for w in word.split()]


@given(st.text(st.characters(exclude_categories=["C"], exclude_characters='"“”„‟«»＂'), min_size=1))
def test_what_stands_in_quotes_is_one_word_as_it_is(text: str) -> None:
    (word,) = split(f'"{text}"')
    assert (word.text, word.quoted) == (text, True)


@pytest.mark.parametrize("typed", ["--dry-run", "—dry-run", "–dry—run", "-Dry-Run", "－－dry-run", "‐‐DRY‐RUN"])
def test_a_flag_is_one_in_any_dash_and_case(typed: str) -> None:
    assert Word(typed, 0, 1).flag == "--dry-run"


@pytest.mark.parametrize("typed", ["-2", "-", "--", "—", "dry-run", "---x", "-_x"])
def test_numbers_and_lonely_dashes_are_no_flags(typed: str) -> None:
    assert Word(typed, 0, 1).flag == ""


def test_what_is_quoted_is_neither_flag_nor_keyword() -> None:
    word = Word("--force", 0, 1, quoted=True)
    assert (word.flag, word.plain) == ("", "")
    assert Word("ＬＯＣＫ", 0, 1).plain == "lock"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoë", "ZOE"), ("ＡＢＣ", "abc"), ("Straße", "STRASSE"), ("a  b", " A B "), ("é", "e\u0301"),
        ("\u2068נועה\u2069", "נועה"), ("İstanbul", "istanbul"), ("ﬁsh", "FISH"),
    ],
)  # fmt: skip
def test_folding_forgets_case_accents_width_direction_and_runs_of_space(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_near_words_come_likeliest_first() -> None:
    assert near("mut", ["kick", "mute", "unmute"], 0.6)[0] == "mute"
    assert near("standp", ["backstage", "standup"], 0.6) == ("standup",)
    assert near("xyz", ["mute"]) == ()
    assert near("", ["mute"]) == ()
    assert len(near("a", [f"a{n}" for n in range(9)])) == 5


@given(st.text(max_size=40))
def test_a_shown_name_is_one_line_and_its_direction_ends_with_it(name: str) -> None:
    shown = isolated(name)
    assert len(shown.splitlines()) <= 1
    assert shown.count("\u2068") == shown.count("\u2069") <= 1
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\x00\x1b\r\n")


def test_names_from_right_to_left_are_isolated_and_others_are_not() -> None:
    assert isolated("נועה") == "\u2068נועה\u2069"
    assert isolated("Bob\u202e") == "Bob"
    assert isolated("a\nb") == "a b"
    assert isolated("\ud83d") == "\N{REPLACEMENT CHARACTER}"


def test_cutting_is_shown() -> None:
    assert shortened("abcdef", 4) == "abc…"
    assert shortened("abcd", 4) == "abcd"
    assert ending("x" * 20 + "abc", 3) == "…abc"
    assert ending("abc", 3) == "abc"
    assert one_line(" a\r\n\tb\u2028c ") == "a b c"
