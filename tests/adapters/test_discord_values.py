"""Each kind of setting of Discord: what is taken, and that a wrong one is answered with the rest of "NAME ..."."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from adapters.discord import values as v

FIRST, SECOND = "197038439483310086", "613425648685547541"


@pytest.mark.parametrize(
    ("parse", "given", "value"),
    [
        (v.token, " MTIz.GabcdE.a-long_random-text \n", "MTIz.GabcdE.a-long_random-text"),
        (v.token, " ", ""),
        (v.guilds, f" {FIRST}, {SECOND},{FIRST}", (FIRST, SECOND)),
        (v.guilds, "", ()),
        (v.channel, f" {FIRST} ", FIRST),
        (v.channel, " ", ""),
        (v.api_url, " https://discord.com/api/v10 ", "https://discord.com/api/v10"),
        (v.api_url, "http://127.0.0.1:4000/through/api/v10", "http://127.0.0.1:4000/through/api/v10"),
        (v.gateway_url, " wss://gateway.discord.gg ", "wss://gateway.discord.gg"),
        (v.gateway_url, "ws://[::1]:4000/gateway/", "ws://[::1]:4000/gateway/"),
        (v.gateway_url, " ", ""),
        (v.root, " /usher ", "usher"),
        (v.root, "", ""),
    ],
)
def test_what_is_well_formed_is_taken(parse: Callable[[str], object], given: str, value: object) -> None:
    assert parse(given) == value


API = "is no address of host and path that ends in /api/v10"
GATEWAY = "is no ws or wss address of host, port and path alone"


@pytest.mark.parametrize(
    ("parse", "given", "complaint"),
    [
        *((v.token, wrong, "is no bot token, which has three parts") for wrong in ("a", "a.b", "a.b.", "a.b.c.d")),
        *((v.token, wrong, "has white space or other marks") for wrong in ("Bot a.b.c", "é.b.c")),
        *((v.guilds, wrong, "is no server id; Copy Server ID") for wrong in ("my server", "200", f"{FIRST},x")),
        *((v.channel, wrong, "which is no channel id; Copy Channel ID") for wrong in ("#mods", "<#1>", "9" * 21)),
        *((v.api_url, wrong, API) for wrong in ("", "https://discord.com/api", "https://discord.com/api/v9")),
        *((v.api_url, wrong, API) for wrong in ("https://a/api/v10/", "https://a/api/v10?x=1", "https://u@a/api/v10")),
        (v.api_url, "discord.com/api/v10", "is no http or https address"),
        *((v.gateway_url, wrong, GATEWAY) for wrong in ("https://gateway.discord.gg", "discord.gg", "ws://[::1")),
        *((v.gateway_url, wrong, GATEWAY) for wrong in ("wss://", "wss://a:99999", "wss://a?v=10", "wss://u@a")),
        *((v.root, wrong, "a command is at most 32 small letters") for wrong in ("Usher", "a b", "x" * 33)),
    ],
)  # fmt: skip
def test_what_is_not_is_answered_with_what_is_wrong(parse: Callable[[str], object], given: str, complaint: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse(given)
    assert complaint in str(caught.value)
