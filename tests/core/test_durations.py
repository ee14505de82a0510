"""Times before a reason: what counts as one, what is a reason after all, and how they are said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.durations import LONGEST, SHORTEST, length_words, parse_duration
from bot.errors import BadArgument
from bot.lasting import Calendar, Lasting, as_words, lasting_words, parse_lasting, split_duration
from bot.moments import moment_words

NOW = datetime(2026, 3, 4, 15, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=n) for n in (1, 60, 3600, 86400))


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("10m", 10 * MINUTE),
        ("10M", 10 * MINUTE),
        ("10 min", 10 * MINUTE),
        ("90 s", 90 * SECOND),
        ("90sec", 90 * SECOND),
        ("2h", 2 * HOUR),
        ("2 hrs", 2 * HOUR),
        ("2 d", 2 * DAY),
        ("1w", 7 * DAY),
        ("1h30m", 90 * MINUTE),
        ("1h 30m", 90 * MINUTE),
        ("1 hour and 30 minutes", 90 * MINUTE),
        ("1 hour, 30 minutes", 90 * MINUTE),
        ("2d 3h 4m 5s", 2 * DAY + 3 * HOUR + 4 * MINUTE + 5 * SECOND),
        ("an hour", HOUR),
        ("a week", 7 * DAY),
        ("one day", DAY),
        ("１０ｍ", 10 * MINUTE),
        ("10\u00a0m", 10 * MINUTE),
        ("365d", 365 * DAY),
        ("10s", 10 * SECOND),
    ],
)
def test_a_length_of_time_is_read_as_people_write_it(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no length of time"),
        ("soon", "no length of time"),
        ("10m 5m", "no length of time"),
        ("30m1h", "no length of time"),
        ("10m of peace", "no length of time"),
        ('"10m"', "no length of time"),
        ("-5m", "no length of time"),
        ("1.5h", "no length of time"),
        ("10-15 min", "no length of time"),
        ("ten minutes", "no length of time"),
        ("half an hour", "no length of time"),
        ("10m and", "no length of time"),
        ("and 10m", "no length of time"),
        ("10", "10 what?"),
        ("10 minuets", "Did you mean minutes?"),
        ("10huors", "Did you mean hours?"),
        ("2y", "in days: at most 365 d"),
        ("2 months", "in days: at most 365 d"),
        ("ever", "Nothing lasts for ever"),
        ("9s", "too short: at least 10 s"),
        ("0m", "too short"),
        ("366d", "too long: at most 365 d"),
        ("52w 2d", "too long"),
        ("9" * 5000 + "d", "too long"),
        ("999999999w", "too long"),
    ],
)
def test_what_is_no_length_of_time_is_refused_with_what_it_should_look_like(text: str, says: str) -> None:
    with pytest.raises(BadArgument, match=says.replace("?", r"\?")):
        parse_duration(text)


@given(st.integers(0, 300), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59), st.sampled_from(["", " "]))
def test_every_length_that_is_written_out_is_read_again(
    days: int, hours: int, minutes: int, left: int, gap: str
) -> None:
    parts = ((days, "d"), (hours, "h"), (minutes, "m"), (left, "s"))
    text = gap.join(f"{number}{gap}{unit}" for number, unit in parts if number)
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=left)
    if length >= SHORTEST:
        assert parse_duration(text) == length
        assert split_duration(f"for {text} being rude", Calendar(NOW, UTC)) == (Lasting(length), "being rude")


@given(st.integers(10, 47 * 3600))
def test_what_an_answer_says_of_a_length_below_an_hour_can_be_typed(seconds: int) -> None:
    length = timedelta(seconds=seconds)
    said = parse_duration(length_words(length))
    assert said <= length < said + (MINUTE if length >= HOUR else SECOND)


@given(st.text(max_size=40) | st.text("for until 0123456789mhdsw:.apnd ", max_size=40))
def test_any_text_is_a_time_with_a_rest_or_all_of_it_a_reason(text: str) -> None:
    for begun in (text, f"for {text}", f"until {text}"):
        try:
            lasting, rest = split_duration(begun, Calendar(NOW, BERLIN))
        except BadArgument:
            continue
        if lasting is None:
            assert rest == begun
        else:
            assert begun.rstrip().endswith(rest)
            assert SHORTEST <= lasting.ends(NOW) - NOW <= LONGEST
            assert Lasting.decode(lasting.encode()) == lasting


@pytest.mark.parametrize(
    ("text", "length", "rest"),
    [
        ("for 10m shouting", 10 * MINUTE, "shouting"),
        ("For 10 min  being  rude ", 10 * MINUTE, "being  rude"),
        ("for 10m", 10 * MINUTE, ""),
        ("for 10m, he shouts", 10 * MINUTE, "he shouts"),
        ("for 1h 30 times warned", HOUR, "30 times warned"),
        ("for 1h and shouting", HOUR, "and shouting"),
        ("for 10m for being rude", 10 * MINUTE, "for being rude"),
        ("for 5 minutes late again", 5 * MINUTE, "late again"),
        ("for an hour of spam", HOUR, "of spam"),
    ],
)
def test_a_length_stands_before_the_reason(text: str, length: timedelta, rest: str) -> None:
    assert split_duration(text, Calendar(NOW, UTC)) == (Lasting(length), rest)


@pytest.mark.parametrize(
    "text",
    [
        "", "for", "until", "shouting", "for being rude", "for 3 reasons", "for 1st offence", "for a second time",
        "for 4chan links", "for 24/7 spam", "for 2 seasons", "10m shouting", '"for" 10m', "for the 10m dash",
        "until it is over", "until 3 people had left", "untilled 18:00", "for 10-year-olds", "for -5m",
        "for good reason",
    ],
)  # fmt: skip
def test_what_only_begins_like_a_time_is_a_reason(text: str) -> None:
    assert split_duration(text, Calendar(NOW, UTC)) == (None, text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("for 10", "10 what?"),
        ("for 10 minuets shouting", "Did you mean minutes?"),
        ("for 3s spam", "too short"),
        ("for 2y", "in days"),
        ("for ever", "Nothing lasts for ever"),
        ("until 25:00", "'25:00' is no time of day"),
        ("until 18:60 spam", "no time of day"),
        ("until 0pm", "no time of day"),
        ("until 13 pm", "no time of day"),
        ("until 18", "'18' is no time of day"),
        ("until 10m", "'10m' is no time of day"),
        ("until tomorrow", "time of day is missing"),
        ("until tomorrow evening", "'evening' is no time of day"),
        ("until 2026-02-30 18:00", "2026-02-30 is no date"),
        ("until 2026-03-04 12:00", "has passed"),
        ("until today 12:00", "has passed"),
        ("until 2027-03-05 12:00", "too long"),
    ],
)
def test_what_can_only_be_meant_as_a_time_is_not_taken_for_a_reason(text: str, says: str) -> None:
    with pytest.raises(BadArgument, match=says.replace("?", r"\?")):
        split_duration(text, Calendar(NOW, UTC))


@pytest.mark.parametrize(
    ("text", "zone", "until", "rest"),
    [
        ("until 18:00 spam", UTC, NOW.replace(hour=18, minute=0), "spam"),
        ("until 18:00", BERLIN, NOW.replace(hour=17, minute=0), ""),
        ("until 18.00, spam", UTC, NOW.replace(hour=18, minute=0), "spam"),
        ("until 6pm", UTC, NOW.replace(hour=18, minute=0), ""),
        ("until 6 pm spam", UTC, NOW.replace(hour=18, minute=0), "spam"),
        ("until 6:15pm", UTC, NOW.replace(hour=18, minute=15), ""),
        ("until 12am", UTC, datetime(2026, 3, 5, tzinfo=UTC), ""),
        ("until 12pm", UTC, datetime(2026, 3, 5, 12, tzinfo=UTC), ""),
        ("until 9:00", UTC, datetime(2026, 3, 5, 9, tzinfo=UTC), ""),
        ("until 15:30", UTC, datetime(2026, 3, 5, 15, 30, tzinfo=UTC), ""),
        ("until today 23:00", UTC, NOW.replace(hour=23, minute=0), ""),
        ("until tomorrow 18:00 spam", UTC, datetime(2026, 3, 5, 18, tzinfo=UTC), "spam"),
        ("until 2026-12-24 18:00", BERLIN, datetime(2026, 12, 24, 17, tzinfo=UTC), ""),
    ],
)
def test_a_moment_is_the_next_one_of_that_name_in_the_zone(
    text: str, zone: ZoneInfo, until: datetime, rest: str
) -> None:
    assert split_duration(text, Calendar(NOW, zone)) == (Lasting(until), rest)


@pytest.mark.parametrize(
    ("now", "clock", "until"),
    [
        (datetime(2026, 10, 25, 0, 0, tzinfo=UTC), "02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, 0, 45, tzinfo=UTC), "02:30", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, 1, 45, tzinfo=UTC), "02:30", datetime(2026, 10, 26, 1, 30, tzinfo=UTC)),
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "02:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_time_that_comes_twice_is_the_next_and_one_that_is_left_out_comes_an_hour_later(
    now: datetime, clock: str, until: datetime
) -> None:
    assert split_duration(f"until {clock}", Calendar(now, BERLIN)) == (Lasting(until), "")


def test_a_length_begins_when_the_thing_is_done_and_a_moment_may_have_passed_by_then() -> None:
    later = NOW + 5 * MINUTE
    assert Lasting(10 * MINUTE).ends(later) == later + 10 * MINUTE
    assert Lasting(NOW + HOUR).ends(later) == NOW + HOUR
    with pytest.raises(BadArgument, match="passed"):
        Lasting(NOW + MINUTE).ends(later)
    with pytest.raises(BadArgument, match="too short"):
        Lasting(later + 9 * SECOND).ends(later)


@pytest.mark.parametrize("lasting", [Lasting(90 * SECOND), Lasting(365 * DAY), Lasting(NOW)])
def test_a_time_is_kept_as_a_text_until_it_begins(lasting: Lasting) -> None:
    assert Lasting.decode(lasting.encode()) == lasting


@pytest.mark.parametrize("text", ["", "10m", "-5", "soon"])
def test_no_other_text_is_a_kept_time(text: str) -> None:
    with pytest.raises(ValueError):
        Lasting.decode(text)


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(), "0 s"),
        (-HOUR, "0 s"),
        (90 * SECOND, "1 min 30 s"),
        (10 * MINUTE, "10 min"),
        (90 * MINUTE, "1 h 30 min"),
        (24 * HOUR, "24 h"),
        (47 * HOUR, "47 h"),
        (48 * HOUR, "2 d"),
        (49 * HOUR + MINUTE, "2 d 1 h"),
        (365 * DAY, "365 d"),
        (DAY - SECOND / 4, "24 h"),
    ],
)
def test_a_length_is_said_in_its_two_largest_parts(length: timedelta, said: str) -> None:
    assert length_words(length) == said


def test_an_end_is_said_with_its_length_and_with_its_day_where_that_is_not_clear() -> None:
    assert lasting_words(NOW + DAY, NOW, UTC) == "for 24 h, until 15:30 UTC"
    assert lasting_words(NOW + 10 * MINUTE, NOW, BERLIN) == "for 10 min, until 16:40 CET"
    assert lasting_words(NOW + 2 * DAY, NOW, UTC) == "for 2 d, until 6 Mar 2026 15:30 UTC"
    assert lasting_words(None, NOW, UTC) == "until it is ended"
    assert moment_words(NOW - MINUTE, NOW, UTC) == "15:29 UTC"


@pytest.mark.parametrize(
    ("text", "words", "time"),
    [
        ("10m", "for 10m", 10 * MINUTE),
        (" for 10 min ", "for 10 min", 10 * MINUTE),
        ("an hour", "for an hour", HOUR),
        ("18:00", "until 18:00", datetime(2026, 3, 4, 18, 0, tzinfo=UTC)),
        ("Until tomorrow 9:00", "Until tomorrow 9:00", datetime(2026, 3, 5, 9, 0, tzinfo=UTC)),
    ],
)
def test_a_time_by_itself_is_read_with_or_without_its_first_word(
    text: str, words: str, time: timedelta | datetime
) -> None:
    assert as_words(text) == words
    assert parse_lasting(text, Calendar(NOW, UTC)) == Lasting(time)


@pytest.mark.parametrize("text", ["", "10", "soon", "for being rude", "10m shouting", "5s", "until", "17:65"])
def test_what_is_no_time_by_itself_is_refused(text: str) -> None:
    as_words(text)
    with pytest.raises(BadArgument):
        parse_lasting(text, Calendar(NOW, UTC))
