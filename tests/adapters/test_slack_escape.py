"""Nothing that anybody chose is markup in Slack; it stays readable, and can be copied back."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.slack.escape import bold, code, fitted, joined, lines, name, neutral, shown, size
from bot.words import fold
from tests.replies import HOSTILE

ALPHABET = st.one_of(st.sampled_from("*_~`:<>&@! \n|#ax1é\u202eא😀"), st.characters())
TEXTS = st.text(ALPHABET, max_size=80)

ENTITY = re.compile(r"&(?:amp|lt|gt);")
FORMATTED = re.compile(r"(?:^|(?<=[^A-Za-z0-9]))([*_~])(?=\S).*?(?<=\S)\1(?![A-Za-z0-9])", re.MULTILINE)
EMOJI = re.compile(r":[\w+'’-]{1,100}:")
QUOTE = re.compile(r"^[\s\u2068]*&gt;", re.MULTILINE)
EVERYBODY = re.compile(r"@(channel|here|everyone|group)\b", re.IGNORECASE)


def active(mrkdwn: str) -> list[str]:
    """What Slack would take for more than text."""
    bare = ENTITY.sub("", mrkdwn)
    found = [char for char in "<>&`" if char in bare]
    return found + [form.pattern for form in (FORMATTED, EMOJI, QUOTE, EVERYBODY) if form.search(mrkdwn)]


@pytest.mark.parametrize(
    "text", ["*a*", "x _a b_", "`a`", "<@U1>", "&", ":poop:", "&gt; a", "a @Here", "~a~!", "(*a*)"]
)
def test_the_judge_of_these_tests_knows_markup(text: str) -> None:
    assert active(text) != []


@given(TEXTS)
@example("*a*")
@example("a\n>b")
@example(":a:b:")
def test_no_markup_survives(text: str) -> None:
    assert active(neutral(text)) == []
    assert active(lines(text)) == []
    assert active(name(text)) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_no_hostile_name_is_markup(text: str) -> None:
    assert active(name(text)) == []
    assert "\n" not in name(text)


@given(TEXTS)
def test_a_name_in_bold_has_no_other_markup_and_is_bold_as_a_whole(text: str) -> None:
    written = bold(text)
    assert written.count("*") in (0, 2)
    assert active(written.strip("*")) == []
    assert written == "" or re.fullmatch(r"\*\S(.*\S)?\*", written, re.DOTALL)


@given(TEXTS)
def test_what_is_to_be_copied_stays_within_its_backticks(text: str) -> None:
    written = code(text)
    assert written.count("`") in (0, 2)
    assert not set(ENTITY.sub("", written)) & set("<>&")
    assert "\n" not in written


@pytest.mark.parametrize(
    "text", ["user_1_2", "sip_+15550100", "a*b", "12:30", "alice@example.com", "a -> b", "C++ & C", "PA_x7~y"]
)
def test_what_slack_would_not_format_stays_as_it_is(text: str) -> None:
    assert neutral(text).replace("&amp;", "&").replace("&gt;", ">") == text


@pytest.mark.parametrize(
    "text", [text for text in HOSTILE if "\n" not in text and "\x00" not in text and text.isascii()]
)
def test_a_name_that_is_copied_back_is_still_that_name(text: str) -> None:
    seen = name(text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert fold(seen) == fold(text)


@given(TEXTS, st.integers(-5, 60))
def test_what_is_cut_fits_and_is_the_beginning(text: str, room: int) -> None:
    for form in (lines, name):
        kept = fitted(text, room, form)
        assert text.startswith(kept)
        assert size(form(kept)) <= max(room, 0) or not kept


def test_what_fits_is_not_cut() -> None:
    assert fitted("a&b", 7, neutral) == "a&b"
    assert fitted("a&b", 6, neutral) == "a&"


@given(TEXTS, st.integers(1, 80))
def test_plain_text_is_never_empty_nor_too_long(text: str, most: int) -> None:
    assert len(shown(text, most + 3)) > 0
    assert size(shown(text, most + 3)) <= most + 3


def test_the_length_counts_what_is_beyond_the_first_plane_twice() -> None:
    assert size("a😀") == 3


@pytest.mark.parametrize("piece", ["\n", ":a", "*", ">", " ", "@", "\u2068", "a:"])
def test_a_long_text_takes_no_long_time(piece: str) -> None:
    before = time.process_time()
    neutral(piece * (100_000 // len(piece)))
    joined([piece * (100_000 // len(piece))])
    assert time.process_time() - before < 2
