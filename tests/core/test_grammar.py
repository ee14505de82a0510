"""The words behind the target, read into a command's arguments."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.command import BoundInvocation
from bot.doubtful import Doubt
from bot.errors import BadArgument
from bot.grammar import read
from bot.press import arguments
from bot.reading import Reading
from bot.words import split
from tests.house import REGISTRY, TYPED


def reading(line: str, start: int = 0) -> Reading:
    """Of a whole line; `start` words behind the command's name are the target's."""
    name, _, text = line.partition(" ")
    return read(REGISTRY[name], text, split(text), start, TYPED)


def values(line: str, start: int = 1) -> dict[str, Any]:
    return reading(line, start).values


def test_sources_flags_and_scope_count_in_any_order_up_to_the_reason() -> None:
    for line in (
        "mute bob mic lock in:r too loud",
        "mute bob in:r lock mic too loud",
        "mute bob lock in:r mic too loud",
    ):
        found = reading(line, 1)
        assert found.values == {"what": ["microphone"], "lock": True, "reason": "too loud"}
        assert (found.room, found.reason) == ("r", "too loud")


@pytest.mark.parametrize("word", ["lock", "camera", "in:r", "--force", "--dry-run"])
def test_behind_the_first_word_of_the_reason_they_are_the_reason(word: str) -> None:
    found = reading(f"mute bob shouting {word}", 1)
    assert found.values == {"reason": f"shouting {word}"}
    assert (found.room, found.force, found.dry_run) == ("", False, False)


def test_quoted_modifiers_are_the_reason() -> None:
    assert values('mute bob "lock" him') == {"reason": '"lock" him'}


@pytest.mark.parametrize(
    ("typed", "sources"),
    [
        ("mic", ["microphone"]), ("mic,cam", ["camera", "microphone"]), ("screen, mic", ["microphone", "screen"]),
        ("ALL", ["all"]), ("screen-share", ["screen"]), ("data", ["chat"]), ("everything", ["all"]),
        ("mic,mic", ["microphone"]), ("mic,", ["microphone"]), ("mic+cam", ["camera", "microphone"]),
        ("mic/cam", ["camera", "microphone"]), ("mic&cam", ["camera", "microphone"]),
        ("mic + cam", ["camera", "microphone"]), ("mic and cam", ["camera", "microphone"]),
        ("mic, cam and screen", ["camera", "microphone", "screen"]), ("mic , cam", ["camera", "microphone"]),
        ("(camera)", ["camera"]), ("camera!", ["camera"]), ("'mic'", ["microphone"]),
    ],
)  # fmt: skip
def test_sources_have_the_names_that_moderators_use(typed: str, sources: list[str]) -> None:
    assert values(f"mute bob {typed}") == {"what": sources}


@pytest.mark.parametrize(
    ("typed", "values_"),
    [
        ("camera, please", {"what": ["camera"], "reason": "please"}),
        ("mic, lock", {"what": ["microphone"], "lock": True}),
        ("mic+cam lock", {"what": ["camera", "microphone"], "lock": True}),
        ("lock, mic", {"what": ["microphone"], "lock": True}),
        ("lock! enough", {"lock": True, "reason": "enough"}),
        ("mic and shouting", {"what": ["microphone"], "reason": "and shouting"}),
    ],
)
def test_punctuation_behind_sources_and_flags_changes_nothing(typed: str, values_: dict[str, Any]) -> None:
    assert values(f"mute bob {typed}") == values_


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mic,banana", "microphone banana"), ("camera's on", "camera s"), ("video;again", "camera again"),
        ("lock-him out", "lock him"), ("lok", "lock"), ("locked", "lock"), ("mic cam", ", cam"),
        ("mic, cam screen please", ", screen"),
    ],
)  # fmt: skip
def test_a_source_or_a_flag_is_never_silently_the_reason(typed: str, meant: str) -> None:
    found = reading(f"mute bob {typed}", 1)
    assert found.doubt == Doubt((meant,))


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("mute bob 10m shouting", Doubt(("for 10m",), 1, timed=True)),
        ("mute bob lock 1 h 30 min shouting", Doubt(("for 1 h 30 min",), 4, timed=True)),
        ("demote bob 15 min, late", Doubt(("for 15 min,",), 2, timed=True)),
        ("demote bob an hour late", Doubt(("for an hour",), 2, timed=True)),
        ("promote bob mic 18:00 his turn", Doubt(("until 18:00",), 1, timed=True)),
        ("mute bob 6 pm", Doubt(("until 6 pm",), 2, timed=True)),
        ("kick bob 10m", None),
        ("mute bob for 10m 5m more", None),
        ("mute bob 3 reasons", None),
        ("demote bob ever so loud", None),
        ('mute bob "10m" away', None),
        ("mute bob 10ms of noise", None),
    ],
)
def test_a_time_without_for_is_in_doubt_where_the_command_takes_one(line: str, meant: Doubt | None) -> None:
    assert reading(line, 1).doubt == meant


@pytest.mark.parametrize("time", ["10", "10 minuets", "1.5h", "10-15 min", "5s", "2y", "25:00", "2030-01-02"])
def test_what_can_only_be_meant_as_a_time_is_refused_without_for_too(time: str) -> None:
    with pytest.raises(BadArgument, match="In quotes it is the reason"):
        reading(f"mute bob lock {time}", 1)
    assert values(f'mute bob lock "{time}"') == {"lock": True, "reason": f'"{time}"'}


@pytest.mark.parametrize(("typed", "meant"), [("microfone", "microphone"), ("camra", "camera"), ("screan", "screen")])
def test_a_near_miss_of_a_source_is_in_doubt(typed: str, meant: str) -> None:
    found = reading(f"mute bob {typed} loud", 1)
    assert found.doubt == Doubt((meant,))
    assert found.reason == f"{typed} loud"


@pytest.mark.parametrize("typed", ["shouting", "spamming", "again", "mute", "he", "loudly"])
def test_an_ordinary_reason_is_not_in_doubt(typed: str) -> None:
    assert not reading(f"mute bob {typed}", 1).doubt


def test_promote_knows_no_chat() -> None:
    assert values("promote bob chat away") == {"reason": "chat away"}


@given(st.text(st.characters(exclude_categories=["C"], exclude_characters="-‐‑‒–—―−－"), min_size=1, max_size=40))
def test_a_text_is_verbatim_to_the_end_of_the_line(text: str) -> None:
    if not text.strip() or text.split()[0].lower().startswith("in:") or text != text.lstrip():
        return
    assert values(f"metadata bob {text}") == {"text": text}


@given(st.text(st.characters(exclude_categories=["C"]), max_size=60))
def test_reading_ends_in_a_reading_or_a_sentence(text: str) -> None:
    for name in ("mute", "metadata", "quiet", "history", "attribute", "moderator", "participants", "case", "reason"):
        words = split(text)
        for start in range(min(2, len(words) + 1)):
            with suppress(BadArgument):
                found = read(REGISTRY[name], text, words, start, TYPED)
                arguments(REGISTRY[name], BoundInvocation(name, values=found.values))


def test_pairs_take_quoted_values_and_end_at_the_reason() -> None:
    assert values('attribute bob a=1 b="x y" c= why not=this') == {
        "pairs": [["a", "1"], ["b", "x y"], ["c", ""]],
        "reason": "why not=this",
    }
    assert values("attribute bob a==b") == {"pairs": [["a", "=b"]]}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("history", {}),
        ("history 2", {"page": 2}),
        ("history bob 2", {"who": "bob", "page": 2}),
        ("history by:me kind:mute 3", {"moderator": "me", "kind": "mute", "page": 3}),
        ("history anna berg in:r", {"who": "anna berg", "room": "r"}),
        ("rooms stand 2", {"filter": "stand", "page": 2}),
        ("participants standup muted 2", {"room": "standup", "filter": "muted", "page": 2}),
        ("undo", {}),
        ("undo #12", {"n": 12}),
        ("undo in:r", {"room": "r"}),
        ("case １２", {"n": 12}),
        ("help /Mute", {"command": "mute"}),
        ("use a-*", {"room": "a-*"}),
        ("moderator console:x ADMIN in:a,b-*", {"who": "console:x", "role": "admin", "in": ["a", "b-*"]}),
        ("quiet standup too loud", {"room": "standup", "reason": "too loud"}),
        ("quiet except anna, bob", {"except": ["anna,", "bob"]}),
        ("reason 12 was --force warned", {"n": 12, "text": "was --force warned"}),
        ("room-metadata", {}),
    ],
)
def test_each_kind_of_argument_is_read(line: str, found: dict[str, Any]) -> None:
    assert reading(line).values == found


def test_flags_count_among_the_exceptions() -> None:
    found = reading("quiet except anna --dry-run bob in:r")
    assert (found.values["except"], found.dry_run, found.room) == (["anna", "bob"], True, "r")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("case", "n is missing"),
        ("case x", "do not know what 'x'"),
        ("undo 1 2", "do not know"),
        ("rooms --force", "There is no --force here"),
        ("moderator console:x king", "is not a role"),
        ("whoami now", "do not know"),
        ("quiet --drryrun", "Did you mean --dry-run?"),
    ],
)
def test_what_does_not_fit_is_said_with_the_usage(line: str, said: str) -> None:
    with pytest.raises(BadArgument) as caught:
        reading(line)
    assert said in caught.value.user_text
    assert said.startswith(("in:",)) or "/" in caught.value.user_text or "roles are" in caught.value.user_text
