"""LiveKit's webhooks: whether one is genuine, and which room it is about. Pure.

A webhook carries no decision: it says that something happened in a room, and what is so there is looked up. So nothing
else of it is read, and one that is sent twice, late or out of order does no harm. Its form: livekit/protocol webhook/.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import warnings
from collections.abc import Mapping
from typing import Any

import jwt

from adapters.livekit.tokens import Credentials

LEEWAY_SECONDS = 60.0  # as LiveKit's own verifier gives it, both ways
_CHECKED_HERE: Any = {
    "require": ["exp", "iss", "sha256"],
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
}


class NotGenuine(Exception):
    """It was not signed with the key, or not now, or with another body."""


class Malformed(Exception):
    """It is genuine, and cannot be read all the same."""


def signed_digest(authorization: str, key: Credentials, at: float) -> bytes:
    """The digest of the body that was signed with this key; `NotGenuine`. It needs nothing of the body itself.

    `authorization` is the bare token, without "Bearer"; `at` are the seconds since the epoch.
    """
    claims = _claims(authorization, key)
    digest, begins, ends = claims["sha256"], claims.get("nbf", at), claims["exp"]
    if not isinstance(digest, str) or not all(isinstance(moment, int | float) for moment in (begins, ends)):
        raise NotGenuine
    if not begins - LEEWAY_SECONDS <= at <= ends + LEEWAY_SECONDS:
        raise NotGenuine
    return digest.encode(errors="replace")


def room_of(body: bytes, digest: bytes) -> str:
    """The name of the room that the webhook with this signed digest is about, "" where it names none.

    `NotGenuine` where it is the digest of another body, `Malformed` where the body cannot be read.
    """
    if not hmac.compare_digest(base64.b64encode(hashlib.sha256(body).digest()), digest):
        raise NotGenuine
    try:
        event = json.loads(body)
        room = (event.get("room") or {}).get("name") or ""
    except (ValueError, AttributeError, RecursionError):
        raise Malformed from None
    if not isinstance(room, str):
        raise Malformed
    return room


def _claims(token: str, key: Credentials) -> Mapping[str, Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a short key: the secret is the server's choice
            found: Mapping[str, Any] = jwt.decode(
                token, key.api_secret, algorithms=["HS256"], issuer=key.api_key, options=_CHECKED_HERE
            )
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise NotGenuine from None
    return found
