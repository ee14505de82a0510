"""What a Web API method is, and what all have in common: tokens, scopes, arguments. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.slack_stand_in.controls import Json
from tests.slack_stand_in.desk import Desk
from tests.slack_stand_in.errors import Refused

Args: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Method:
    """`arguments` are all that Slack documents. A form-only method drops a JSON body without a word, as Slack's do.

    `scope` is "" where none is needed, or where it depends on the channel (`need` asks for it then).
    """

    run: Callable[[Desk, Args], Json]
    arguments: str
    scope: str = ""
    form_only: bool = False
    app_token: bool = False


def need(desk: Desk, scope: str) -> None:
    """Refused when the token does not have this scope."""
    provided = desk.world.app.scopes
    if scope and scope not in provided:
        raise Refused("missing_scope", needed=scope, provided=",".join(sorted(provided)))


def required(args: Args, name: str) -> str:
    value = args.get(name)
    if value is None or value == "":
        raise Refused.missing(name)
    return str(value)


def is_true(value: object) -> bool:
    return value in (True, "true", "True", "1", 1)


class Tokens:
    """Which tokens are good. `revoked` maps a token to Slack's word for why it is not."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.revoked: dict[str, str] = {}

    def check(self, token: str, method: Method, name: str) -> None:
        """Refused when this token may not call the method at all."""
        app = self._desk.world.app
        if not token:
            raise Refused("not_authed")
        if token not in (app.bot_token, app.app_token):
            raise Refused("invalid_auth")
        if token in self.revoked:
            raise Refused(self.revoked[token])
        if name != "auth.test" and method.app_token != (token == app.app_token):
            raise Refused("not_allowed_token_type")
        if not method.app_token:
            need(self._desk, method.scope)
