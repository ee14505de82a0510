"""Nothing that anybody chose is markup in Discord; it stays readable, and can be copied back."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.discord.escape import bold, code, joined, lines, name, neutral
from adapters.shown import fitted, size
from bot.words import fold, isolated
from tests.discord_markup import active, seen
from tests.replies import HOSTILE

PIECES = (
    "@everyone", "@here", "<@1>", "<@!1>", "<@&1>", "<#1>", "<t:1:R>", "</mute:1>", "<:a:1>", "https://x.y",
    "discord.gg/x", "discordapp.com/invite/x", "[x](y)", "\n- ", "\n> ", "\n# ", "1. ", "-# ", "```", "**", "__", "~~",
    "||", ":a:", "\\",
)  # fmt: skip
ALPHABET = st.one_of(st.sampled_from("*_~`|:<>&@!#+-.()[]\\/ \n1ax9é\u202e\u200bא😀"), st.characters())
TEXTS = st.lists(st.one_of(ALPHABET, st.sampled_from(PIECES)), max_size=40).map("".join)
UNTOUCHED = str.maketrans({"＠": "@", "＜": "<"})


def meant(text: str) -> str:
    """A text with its twins taken for what they stand for."""
    return unicodedata.normalize("NFKC", text.translate(UNTOUCHED))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("*a*", "italics"),
        ("x _a b_", "italics"),
        ("TR_1 and x_", "italics"),
        ("**a**", "strong"),
        ("__a__", "underline"),
        ("~~a~~", "strike"),
        ("||a||", "spoiler"),
        ("`a`", "code"),
        ("``a``", "code"),
        ("```\na\n```", "code"),
        ("[a](https://x.y)", "link"),
        ("see https://x.y", "address"),
        ("<https://x.y>", "hidden link"),
        ("<a@x.y>", "hidden link"),
        ("discord.gg/abc", "invite"),
        (r"\<@1>", "somebody is called"),
        ("<@!1>", "mention"),
        ("<@&1>", "role"),
        ("<#1>", "channel"),
        ("<t:1:R>", "time"),
        ("</mute:1>", "command"),
        ("<a:b:1>", "custom emoji"),
        (":poop:", "emoji"),
        (r"\@everyone", "everybody is called"),
        ("> a", "quote"),
        ("a\n>>> b", "quote"),
        ("# a", "heading"),
        ("-# a", "subtext"),
        ("- a", "list"),
        (" 1. a", "list"),
    ],
)
def test_the_judge_of_these_tests_knows_markup(text: str, kind: str) -> None:
    assert kind in seen(text).kinds


@pytest.mark.parametrize("text", ["a", r"\*a\*", "user_1_2", "12 - 3", "a@b.c", r"\\", "a: b", "(x) #1", "-5"])
def test_the_judge_leaves_plain_text_alone(text: str) -> None:
    assert active(text) == []


@given(TEXTS)
@example("<@1>")
@example("\\<@1>")
@example("a\n- b")
@example(":a:b:")
@example("x_\n_y")
def test_no_markup_survives_and_nothing_is_lost(text: str) -> None:
    for form, original in (
        (neutral, text),
        (name, isolated(text)),
        (lines, "\n".join(map(isolated, text.split("\n")))),
    ):
        written = form(text)
        assert active(written) == []
        assert meant(seen(written).text) == meant(original)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_hostile_name_is_markup(text: str) -> None:
    assert active(name(text)) == []
    assert "\n" not in name(text)


@given(st.lists(TEXTS, max_size=6))
@example(["@every", "one"])
@example(["<", "@1>"])
@example(["<@", "1>"])
@example(["1", ". a"])
@example(["\n", "- a"])
@example(["discord", ".gg/a"])
@example([":po", "op:"])
@example(["https:", "//x.y"])
@example(["*", "*a**"])
def test_neighbours_make_no_markup_together(texts: list[str]) -> None:
    assert active(joined(map(neutral, texts))) == []


@given(TEXTS)
def test_a_name_in_bold_has_no_other_markup_and_is_bold_as_a_whole(text: str) -> None:
    written = bold(text)
    if written:
        assert [kind for kind, _ in active(joined([written]))] == ["strong"]
        assert meant(seen(written).text) == meant(isolated(text).strip())
    else:
        assert not isolated(text).strip()


@given(TEXTS)
def test_what_is_to_be_copied_is_code_or_plain_text_and_stands_there_to_the_letter(text: str) -> None:
    written = joined([code(text)])
    assert seen(written).kinds <= {"code"}
    assert meant(seen(written).text) == meant(isolated(text))
    assert "\n" not in written


@given(TEXTS, TEXTS)
@example("0_0", "_")
def test_our_own_markup_side_by_side_stays_what_it_is(one: str, other: str) -> None:
    assert seen(joined([bold(one), bold(other)])).kinds <= {"strong"}
    assert seen(joined([code(one), code(other), bold(one)])).kinds <= {"strong", "code"}
    assert seen(joined([name(one), " ", code(other), " ", name(one)])).kinds <= {"code"}


@pytest.mark.parametrize("text", ["a@example.com", "12 - 3", "a -> b", "C++", "50% (all)", "a & b", "in: b", "x #1"])
def test_what_discord_would_not_format_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text


@pytest.mark.parametrize(
    "text", [text for text in HOSTILE if "\n" not in text and "\x00" not in text and text.isascii()]
)
def test_a_name_that_is_copied_back_is_still_that_name(text: str) -> None:
    assert fold(seen(name(text)).text) == fold(text)


@given(TEXTS, st.integers(0, 60))
def test_what_is_cut_fits_is_the_beginning_and_ends_in_no_half_escape(text: str, room: int) -> None:
    for form in (lines, name):
        kept = fitted(text, room, form)
        written = form(kept)
        assert text.startswith(kept)
        assert size(written) <= room or not kept
        assert active(written) == []
        assert (len(written) - len(written.rstrip("\\"))) % 2 == 0


@pytest.mark.parametrize("piece", ["\n", ":a", "*", ">", " ", "@", "\u2068", "1", "discord.", "<@", "\n \u200b", "_"])
def test_a_long_text_is_worked_through_once(piece: str) -> None:
    """What would look at it again and again would not come back from this one."""
    text = piece * (1_000_000 // len(piece))
    assert len(text) <= len(neutral(text)) <= 2 * len(text)
    assert len(joined([text])) <= 2 * len(text)
