"""Validation of webhook signatures.

The rules are Twilio's (https://www.twilio.com/docs/usage/security#validating-requests). The signature is the base64
of an HMAC-SHA1 under the account's auth token. It covers the URL that Twilio was given and, for a form POST, the
sorted and concatenated names and values. This module is the only user of the SDK's `RequestValidator`.

A valid signature means that the holder of a token once signed this URL with these fields. It does not say the
following, so a route takes care of it:

* When, or how often: a signature has no time and no nonce, so a copy is as good as the original. Deduplicate.
* Where a name ends: "Ab=c" and "A=bc" sign alike, and fields can pass as part of the path or query (a signed POST
  that is cut anew into a GET). Match routes exactly, accept POST only, read known names strictly.
* How many times: equal values of one name are signed once. Read the first value, never count.

It does prevent the following: a Host header, a forwarding header or an absolute request target cannot influence the
URL. A body that the signature does not cover is refused. `X-Twilio-Webhooks-Signature-Settings` is not read, so no
request can choose its own algorithm or key.
"""

from __future__ import annotations

import binascii
import hmac
import re
from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import parse_qs, urlparse, urlsplit

from twilio.request_validator import RequestValidator

FORM = "application/x-www-form-urlencoded"
DEFAULT_PORTS = {"http": 80, "https": 443}
ABSOLUTE_FORM = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")

Fields = Sequence[tuple[str, str]]


class SignedRequest(NamedTuple):
    """The parts of a request that a signature covers.

    `target` is the raw request target: path and query as received, still percent-encoded. `params` are the fields of
    the form body in any order, blank ones included. A request without a form body has none: a GET's query is part of
    its target. `body` may stay empty for a form that is parsed into `params`.
    """

    method: str
    target: str
    content_type: str | None
    body: bytes
    params: Fields
    signature: str | None


class Signatures:
    """Validates webhooks for one public URL. Several auth tokens are accepted, for rotation."""

    def __init__(self, public_url: str, auth_tokens: Sequence[str]) -> None:
        """Raise ValueError if the URL is not http(s)://host, its port is bad, or there is no token."""
        tokens = [token for token in auth_tokens if token]
        if not tokens:
            raise ValueError("at least one auth token is needed to validate signatures")
        self._keys = [token.encode() for token in tokens]
        self._validators = [RequestValidator(token) for token in tokens]
        self._origins = _origins(public_url)
        self._prefix = urlsplit(public_url).path.rstrip("/")

    def valid(self, request: SignedRequest) -> bool:
        """Return whether one of the tokens signed this request. A request that cannot be checked is invalid."""
        try:
            return self._valid(request)
        except (TypeError, ValueError):
            return False

    def _valid(self, request: SignedRequest) -> bool:
        if not request.signature or not _body_is_covered(request):
            return False
        urls = self._signed_urls(_path_and_query(request.target))
        fields = request.params if _is_form_post(request) else ()
        given = request.signature
        return self._is_signed(urls, fields, given) or self._is_valid_by_sdk(urls, fields, given)

    def _signed_urls(self, target: str) -> list[str]:
        """All URLs that Twilio may have signed for this target, the likeliest first.

        A proxy may strip the prefix of PUBLIC_URL or keep it. The path after a stripped prefix can itself begin with
        the prefix, so a target that begins with it is read both ways.
        """
        paths = [self._prefix + target]
        if self._prefix and target.startswith(self._prefix + "/"):
            paths.insert(0, target)
        return [origin + path for path in paths for origin in self._origins]

    def _is_signed(self, urls: Sequence[str], fields: Fields, signature: str) -> bool:
        """Check without the SDK, which computes two HMACs and reads each field twice.

        Sorting pairs sorts names, then values. Code points sort like the bytes of their UTF-8.
        """
        given = signature.encode()
        tail = "".join(name + value for name, value in sorted(set(fields))).encode()
        messages = [url.encode() + tail for url in urls]
        return any(
            hmac.compare_digest(_signature(key, message), given) for key in self._keys for message in messages
        )

    def _is_valid_by_sdk(self, urls: Sequence[str], fields: Fields, signature: str) -> bool:
        """Ask the SDK about URLs that it rewrites before it signs them, such as one that ends in "?".

        Only for these can its answer differ.
        """
        rewritten = [url for url in urls if urlparse(url).geturl() not in urls]
        form = _Form(fields)
        return any(one.validate(url, form, signature) for url in rewritten for one in self._validators)


class _Form(dict[str, list[str]]):
    """Fields as a mapping with `getall`, the only form that the SDK reads without an exception for each field."""

    def __init__(self, fields: Fields) -> None:
        super().__init__()
        for name, value in fields:
            self.setdefault(name, []).append(value)

    def getall(self, name: str) -> list[str]:
        return self[name]


def _signature(key: bytes, message: bytes) -> bytes:
    return binascii.b2a_base64(hmac.digest(key, message, "sha1"), newline=False)


def _origins(public_url: str) -> list[str]:
    """Scheme, host and port as Twilio signs them, without userinfo.

    Twilio drops the port of https and keeps the port of http
    (https://www.twilio.com/docs/usage/security#validating-requests). The opposite form comes second: Twilio has been
    inconsistent about it, and its SDKs try both.
    """
    address = urlsplit(public_url)
    if address.scheme not in DEFAULT_PORTS or not address.hostname:
        raise ValueError("the public URL must look like https://example.com")
    port = address.port or DEFAULT_PORTS[address.scheme]
    host = re.sub(r":\d*$", "", address.netloc.rpartition("@")[2])
    bare = f"{address.scheme}://{host}"
    return [f"{bare}:{port}", bare] if address.scheme == "http" and address.port else [bare, f"{bare}:{port}"]


def _path_and_query(target: str) -> str:
    """The target as the UTF-8 that Twilio signs, without the scheme and host of an absolute form (RFC 9112, 3.2.2).

    WSGI passes bytes as Latin-1. Raises ValueError if no path is left.
    """
    path = target if target.startswith("/") else ABSOLUTE_FORM.sub("", target, count=1)
    if not path.startswith("/"):
        raise ValueError("a request target must begin with a path")
    try:
        return path.encode("latin-1").decode()
    except UnicodeError:
        return path


def _is_form_post(request: SignedRequest) -> bool:
    media_type = (request.content_type or "").partition(";")[0].strip().lower()
    return request.method.upper() not in ("GET", "HEAD") and media_type == FORM


def _body_is_covered(request: SignedRequest) -> bool:
    """Return whether the signature covers the body, by its fields or by its hash in the signed URL."""
    if request.params:
        return _is_form_post(request)
    claimed = parse_qs(request.target.partition("?")[2]).get("bodySHA256", [""])[0]
    return not request.body or hmac.compare_digest(sha256(request.body).hexdigest(), claimed)
