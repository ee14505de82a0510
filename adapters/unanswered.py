"""Why nobody answered, in words that are fit to be shown: an error's own may hold a proxy's login."""

from __future__ import annotations

import aiohttp

_WHY: tuple[tuple[type[BaseException], str], ...] = (
    (aiohttp.ClientProxyConnectionError, "the proxy was not reached"),
    (aiohttp.ClientHttpProxyError, "the proxy refused"),
    (aiohttp.ClientConnectorCertificateError, "the certificate is not trusted"),
    (aiohttp.ClientConnectorSSLError, "it did not speak TLS"),
    (aiohttp.ClientConnectorDNSError, "the host name was not found"),
    (aiohttp.ClientConnectorError, "nothing listens there"),
    (TimeoutError, "it took too long"),
)

TOO_OFTEN = "it limits how often it may be asked"


def why_unanswered(failure: BaseException) -> str:
    """What stood in the way of an answer."""
    return next((words for kind, words in _WHY if isinstance(failure, kind)), "the connection broke")


def unanswered(address: str, setting: str, why: str) -> str:
    """What to do about an address that did not answer, in a sentence; `setting` names it."""
    return f"{address} did not answer ({why}). Check {setting}, USHER_PROXY, USHER_CA_FILE."
