"""Each way in which LiveKit can say no is one clear sentence, and never repeats a secret."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from adapters.livekit.errors import MAX_MESSAGE, Answer, clean, read_answer, refusal
from bot.errors import NotFound, Rejected, RoomError, Unavailable, Unsupported

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJrZXkifQ.c2lnbmF0dXJlLW9mLXRva2Vu"


def twirp(status: int, code: str, message: str = "said", method: str = "UpdateParticipant") -> RoomError:
    return refusal(Answer(status, json.dumps({"code": code, "msg": message}).encode()), method, NOW)


def plain(status: int, body: bytes = b"<html>oops</html>", date: str = "") -> RoomError:
    return refusal(Answer(status, body, date), "UpdateParticipant", NOW)


@pytest.mark.parametrize(
    ("status", "code", "certain"),
    [
        (400, "invalid_argument", True),
        (400, "malformed", True),
        (400, "out_of_range", True),
        (403, "permission_denied", True),
        (404, "bad_route", True),
        (409, "already_exists", True),
        (412, "failed_precondition", True),
        (409, "aborted", False),
        (500, "internal", False),
        (500, "unknown", False),
        (500, "dataloss", False),
    ],
)
def test_a_refusal_keeps_its_code_and_says_whether_nothing_was_done(status: int, code: str, certain: bool) -> None:
    error = twirp(status, code)
    assert isinstance(error, Rejected)
    assert (error.code, error.certain) == (code, certain)


def test_the_code_counts_and_not_the_status() -> None:
    assert isinstance(twirp(500, "not_found"), NotFound)


def test_a_code_that_nobody_knows_is_an_uncertain_rejection() -> None:
    error = twirp(400, "novel")
    assert isinstance(error, Rejected)
    assert (error.code, error.certain) == ("rejected", False)


@pytest.mark.parametrize("code", ["unavailable", "deadline_exceeded", "canceled"])
def test_no_answer_within_livekit_may_have_been_done(code: str) -> None:
    error = twirp(503, code, "twirp error unknown: no response from servers", "MutePublishedTrack")
    assert isinstance(error, Unavailable)
    assert (error.code, error.sent) == (code, True)


def test_a_rate_limit_did_nothing() -> None:
    for error in (twirp(429, "resource_exhausted"), plain(429)):
        assert isinstance(error, Unavailable)
        assert (error.code, error.sent) == ("resource_exhausted", False)
        assert "minute" in error.user_text


def test_only_a_move_reads_the_message() -> None:
    message = "twirp error unknown: not implemented"
    assert isinstance(twirp(500, "unknown", message, "MoveParticipant"), Unsupported)
    assert isinstance(twirp(500, "unknown", message, "RemoveParticipant"), Rejected)
    assert isinstance(twirp(501, "unimplemented", "whatever"), Unsupported)
    assert isinstance(plain(501), Unsupported)


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (301, Rejected, "redirect"),
        (400, Rejected, "malformed"),
        (401, Rejected, "unauthenticated"),
        (403, Rejected, "permission_denied"),
        (404, Rejected, "bad_route"),
        (405, Rejected, "bad_route"),
        (407, Unavailable, "proxy"),
        (408, Unavailable, "deadline_exceeded"),
        (413, Rejected, "too_large"),
        (418, Rejected, "bad_answer"),
        (204, Rejected, "bad_answer"),
        (500, Rejected, "internal"),
        (502, Unavailable, "unavailable"),
        (503, Unavailable, "unavailable"),
        (504, Unavailable, "unavailable"),
        (599, Rejected, "bad_answer"),
    ],
)
@pytest.mark.parametrize(
    "body", [b"<html>SECRET-BODY</html>", b"SECRET-BODY", b'{"msg": "SECRET-BODY', b"\xff\xfe", b"[]"]
)
def test_bodies_that_are_not_twirps_are_judged_by_status_and_never_shown(
    status: int, kind: type[RoomError], code: str, body: bytes
) -> None:
    error = plain(status, body)
    assert (type(error), error.code) == (kind, code)
    assert "SECRET-BODY" not in error.user_text
    assert error.user_text.endswith(".")


@pytest.mark.parametrize(
    "body", [b"", b"<html></html>", b'{"rooms": [', b"[]", b"null", b"\xff", b"[" * 100_000], ids=lambda body: body[:9]
)
def test_a_200_that_cannot_be_read_may_have_been_done(body: bytes) -> None:
    with pytest.raises(Unavailable) as failure:
        read_answer(Answer(200, body), "UpdateParticipant", NOW)
    assert (failure.value.code, failure.value.sent) == ("bad_answer", True)


def test_a_200_with_an_object_is_the_answer() -> None:
    assert read_answer(Answer(200, b'{"a": 1}'), "ListRooms", NOW) == {"a": 1}


def test_a_refused_key_says_that_nothing_was_changed_and_what_to_check() -> None:
    body = f"invalid token: {TOKEN}, error: bad signature".encode()
    for error in (plain(401, body), twirp(401, "unauthenticated", f"permissions denied {TOKEN}")):
        assert isinstance(error, Rejected)
        assert error.certain
        assert error.user_text.startswith("LiveKit refused Usher's key, nothing was changed.")
        assert "LIVEKIT_API_SECRET" in error.user_text
        assert TOKEN.split(".")[1] not in error.user_text


@pytest.mark.parametrize(("seconds", "words"), [(-90, "90 s ahead"), (3600, "60 min behind")])
def test_a_refused_key_with_a_skewed_clock_names_the_clock(seconds: int, words: str) -> None:
    error = plain(401, date=format_datetime(NOW + timedelta(seconds=seconds), usegmt=True))
    assert f"clock is {words}" in error.user_text


@pytest.mark.parametrize("date", ["", "yesterday", format_datetime(NOW + timedelta(seconds=59), usegmt=True)])
def test_a_clock_within_the_leeway_is_not_blamed(date: str) -> None:
    assert "clock" not in plain(401, date=date).user_text


def test_the_servers_words_are_shown_without_their_prefix() -> None:
    error = twirp(412, "failed_precondition", "twirp error unknown: remote unmute not enabled")
    assert error.user_text == "LiveKit refused (“remote unmute not enabled”)."


def test_the_servers_words_are_cleaned() -> None:
    said = clean(f"a\x1b[31m\nb\u202e Bearer abc.def {TOKEN} the-secret theKEY", ("theKEY", "the-secret", ""))
    assert said.startswith("a [31m b")
    assert not any(secret in said for secret in (TOKEN, "abc.def", "the-secret", "theKEY", "\u202e", "\x1b", "\n"))
    assert len(clean("x " * 1000)) <= MAX_MESSAGE


def test_a_message_that_is_no_text_is_not_shown() -> None:
    error = refusal(Answer(400, b'{"code": "invalid_argument", "msg": {"a": 1}}'), "UpdateParticipant", NOW)
    assert error.code == "malformed"
