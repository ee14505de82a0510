"""Webhooks as livekit-server signs them (livekit/protocol webhook/), and such as it never would."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

import jwt

from adapters.livekit.tokens import Credentials
from tests.livekit_server import CREDENTIALS


def event(room: str = "standup", kind: str = "participant_joined") -> bytes:
    """The body of one."""
    about = {"sid": "RM_1", "name": room}
    return json.dumps({"event": kind, "room": about, "participant": {"identity": "bob"}, "id": "EV_1"}).encode()


def token(body: bytes, at: float, key: Credentials = CREDENTIALS, **claims: Any) -> str:
    """What stands in its Authorization; `claims` replace those that belong there, None takes one away."""
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    signed = {"iss": key.api_key, "nbf": int(at), "exp": int(at) + 300, "sha256": digest, **claims}
    return jwt.encode({name: value for name, value in signed.items() if value is not None}, key.api_secret, "HS256")


def headers(body: bytes, at: float, key: Credentials = CREDENTIALS, **claims: Any) -> Mapping[str, str]:
    return {"Authorization": token(body, at, key, **claims), "Content-Type": "application/webhook+json"}
