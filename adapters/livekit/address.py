"""`LIVEKIT_URL` as people write it, turned into the base of the RPC addresses."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

_SCHEMES = {"ws": "http", "wss": "https", "http": "http", "https": "https"}


@dataclass(frozen=True, slots=True)
class Address:
    """`base` is `http(s)://host[:port][/prefix]` without a final slash; `host` without the port."""

    base: str
    host: str

    @property
    def cloud(self) -> bool:
        """Whether this is LiveKit Cloud."""
        return self.host.endswith(".livekit.cloud")


def parse_address(url: str) -> Address:
    """ValueError, with a sentence for whoever wrote the setting, when it cannot be LiveKit's address."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(_complaint("is not an address")) from None
    if parts.scheme.lower() not in _SCHEMES:
        raise ValueError(_complaint("must begin with wss://, https://, ws:// or http://"))
    if not host:
        raise ValueError(_complaint("names no host"))
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError(_complaint("must hold nothing but host, port and path"))
    name = f"[{host}]" if ":" in host else host
    authority = name if port is None else f"{name}:{port}"
    return Address(f"{_SCHEMES[parts.scheme.lower()]}://{authority}{parts.path.rstrip('/')}", host)


def _complaint(what: str) -> str:
    return f"LIVEKIT_URL {what}; it should look like wss://example.livekit.cloud or http://localhost:7880."
