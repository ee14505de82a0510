"""Tokens: the least grant, always an end, reused while fresh, and a key that can be read again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jwt
import pytest

from adapters.livekit.tokens import (
    CACHE_SIZE,
    Credentials,
    Tokens,
    delete_grant,
    keys_file,
    list_grant,
    parse_keys,
    room_grant,
    secret_file,
)
from bot.errors import Rejected
from tests.clocks import ManualClock

KEY = Credentials("APIkey", "a-secret-of-at-least-thirty-two-letters")


def claims(token: str, secret: str = KEY.api_secret) -> dict[str, Any]:
    return dict(jwt.decode(token, secret, algorithms=["HS256"], options={"verify_exp": False, "verify_nbf": False}))


@pytest.mark.parametrize(
    ("grant", "video"),
    [
        (list_grant(), {"roomList": True}),
        (delete_grant(), {"roomCreate": True}),
        (room_grant("r"), {"roomAdmin": True, "room": "r"}),
        (room_grant("r", "q"), {"roomAdmin": True, "room": "r", "destinationRoom": "q"}),
    ],
)
def test_a_token_grants_nothing_beyond_its_call(grant: Any, video: dict[str, object]) -> None:
    held = claims(Tokens(KEY, ManualClock().now).token(grant))
    assert held["video"] == video
    assert held["iss"] == "APIkey"
    assert set(held) == {"iss", "nbf", "exp", "video"}


def test_a_token_ends_within_ten_minutes() -> None:
    clock = ManualClock()
    held = claims(Tokens(KEY, clock.now).token(list_grant()))
    assert 0 < held["exp"] - clock.now().timestamp() <= 600


def test_a_token_is_reused_while_fresh_and_never_near_its_end() -> None:
    clock = ManualClock()
    tokens = Tokens(KEY, clock.now)
    first = tokens.token(list_grant())
    clock.advance(299)
    assert tokens.token(list_grant()) == first
    clock.advance(1)
    assert tokens.token(list_grant()) != first


def test_a_clock_that_was_set_back_gets_a_new_token() -> None:
    clock = ManualClock()
    tokens = Tokens(KEY, clock.now)
    first = tokens.token(list_grant())
    clock.advance(-3600)
    assert tokens.token(list_grant()) != first


def test_the_cache_is_bounded() -> None:
    tokens = Tokens(KEY, ManualClock().now)
    for number in range(CACHE_SIZE + 10):
        tokens.token(room_grant(f"r{number}"))
    assert len(tokens._cache) == CACHE_SIZE


def test_secrets_stay_out_of_repr() -> None:
    assert KEY.api_secret not in repr(KEY)


def test_a_key_that_was_changed_is_noticed_and_used(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("first-secret-of-at-least-thirty-two-letters\n")
    tokens = Tokens(secret_file("APIkey", file), ManualClock().now)
    tokens.token(list_grant())
    assert not tokens.reread()
    file.write_text("second-secret-of-at-least-thirty-two-letters\n")
    assert tokens.reread()
    assert claims(tokens.token(list_grant()), "second-secret-of-at-least-thirty-two-letters")


def test_a_fixed_key_is_not_read_again() -> None:
    assert not Tokens(KEY, ManualClock().now).reread()


@pytest.mark.parametrize("content", [None, "", "  \n"])
def test_a_key_file_that_cannot_be_read_is_one_clear_sentence(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "keys"
    if content is not None:
        file.write_text(content)
    for source in (keys_file(file), secret_file("APIkey", file)):
        tokens = Tokens(source, ManualClock().now)
        with pytest.raises(Rejected, match="key file cannot be read, nothing was changed") as refused:
            tokens.token(list_grant())
        assert refused.value.code == "unauthenticated"
        assert str(file) not in refused.value.user_text


def test_a_keys_file_gives_the_named_key_or_the_first(tmp_path: Path) -> None:
    file = tmp_path / "keys.yaml"
    file.write_text('# keys\n\nfirst: one # the old one\n"second": "two"\nnonsense\n')
    assert parse_keys(file.read_text()) == {"first": "one", "second": "two"}
    assert keys_file(file)() == Credentials("first", "one")
    assert keys_file(file, "second")() == Credentials("second", "two")
    with pytest.raises(ValueError, match="no such key"):
        keys_file(file, "third")()


def test_the_short_secret_of_a_server_in_dev_mode_signs_without_a_warning() -> None:
    assert Tokens(Credentials("devkey", "secret"), ManualClock().now).token(list_grant())


def test_a_secret_that_is_no_key_is_one_clear_sentence() -> None:
    pem = "-----BEGIN PUBLIC KEY-----\nMCo=\n-----END PUBLIC KEY-----"
    with pytest.raises(Rejected, match="Check LIVEKIT_API_SECRET") as refused:
        Tokens(Credentials("APIkey", pem), ManualClock().now).token(list_grant())
    assert "MCo" not in refused.value.user_text
