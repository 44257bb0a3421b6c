"""X-Twilio-Signature: what it covers and how it is computed (https://www.twilio.com/docs/usage/security)."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit


@lru_cache(1024)
def signed_url(url: str) -> str:
    """Return ``url`` as it is signed: no userinfo, no fragment, and over HTTPS no port."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme == "https":
        host = _without_port(host)
    return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))


def sign(token: str, url: str, params: Iterable[tuple[str, str]] = ()) -> str:
    """Return the base64 HMAC-SHA1 of the URL followed by the sorted form parameters.

    ``params`` is empty for GET, whose parameters are in the URL already. Repeated names count once per value.
    """
    pairs = sorted(set(params))
    text = signed_url(url) + "".join([name + value for name, value in pairs])
    digest = hmac.digest(token.encode(), text.encode(), "sha1")
    return base64.b64encode(digest).decode()


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host
