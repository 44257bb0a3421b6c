"""Says whether a webhook was signed by Twilio.

The rules are Twilio's (https://www.twilio.com/docs/usage/security#validating-requests): base64 of the
HMAC-SHA1, under the account's auth token, of the URL that Twilio was given and, for a form POST, of every
name and value, sorted and glued together. This module is the only user of the SDK's `RequestValidator`.

A good signature means that somebody who has a token once signed this URL with these fields. It does not
say, and a route has to see to it itself:

* when, or how often: there is no time and no nonce in it, a copy is as good as the first. Deduplicate;
* where a name ends: "Ab=c" and "A=bc" sign alike, and fields can be passed off as part of the path or query
  (a signed POST re-cut as a GET). Match routes exactly, accept POST only, read known names strictly;
* how many times: equal values of one name are signed once. Read the first value, never count.

What it does prevent: no Host header, forwarding header or absolute request target has a say in the URL; a
body that the signature does not cover is refused; and as `X-Twilio-Webhooks-Signature-Settings` is not even
read, no request can choose its own algorithm or key.
"""

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
    """What of a request the signature speaks about.

    `target` is the raw request target: path and query as they came, still percent-encoded. `params` are the
    fields of the form body, in any order, blank ones included; without a form body there are none (a GET's
    query is part of its target). `body` may be left empty for a form that was parsed into `params`.
    """

    method: str
    target: str
    content_type: str | None
    body: bytes
    params: Fields
    signature: str | None


class Signatures:
    """Validates webhooks for one public address and any of several auth tokens (rotation)."""

    def __init__(self, public_url: str, auth_tokens: Sequence[str]) -> None:
        """Raise ValueError for an address that is not http(s)://host, a bad port, or no token."""
        tokens = [token for token in auth_tokens if token]
        if not tokens:
            raise ValueError("at least one auth token is needed to validate signatures")
        self._keys = [token.encode() for token in tokens]
        self._validators = [RequestValidator(token) for token in tokens]
        self._origins = _origins(public_url)
        self._prefix = urlsplit(public_url).path.rstrip("/")

    def valid(self, request: SignedRequest) -> bool:
        """Whether one of the tokens signed this request. Never raises: what cannot be checked is invalid."""
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
        return self._signed_directly(urls, fields, given) or self._sdk_says_so(urls, fields, given)

    def _signed_urls(self, target: str) -> list[str]:
        """Every URL that Twilio may have been given for this target, the likeliest first.

        A proxy may strip the prefix of PUBLIC_URL or leave it. What follows a stripped prefix can itself
        begin like the prefix, so a target that begins with it is read both ways.
        """
        paths = [self._prefix + target]
        if self._prefix and target.startswith(self._prefix + "/"):
            paths.insert(0, target)
        return [origin + path for path in paths for origin in self._origins]

    def _signed_directly(self, urls: Sequence[str], fields: Fields, signature: str) -> bool:
        """The check itself, done without the SDK, which computes two HMACs and reads each field twice.

        Sorting pairs sorts names, then values; code points sort like the bytes of their UTF-8.
        """
        given = signature.encode()
        tail = "".join(name + value for name, value in sorted(set(fields))).encode()
        messages = [url.encode() + tail for url in urls]
        return any(
            hmac.compare_digest(_signature(key, message), given) for key in self._keys for message in messages
        )

    def _sdk_says_so(self, urls: Sequence[str], fields: Fields, signature: str) -> bool:
        """Ask the SDK about URLs that it would rewrite before it signs them (one that ends in "?", say): only
        there can it differ."""
        rewritten = [url for url in urls if urlparse(url).geturl() not in urls]
        form = _Form(fields)
        return any(one.validate(url, form, signature) for url in rewritten for one in self._validators)


class _Form(dict[str, list[str]]):
    """Fields in the one shape that the SDK reads without an exception for each: a mapping with `getall`."""

    def __init__(self, fields: Fields) -> None:
        super().__init__()
        for name, value in fields:
            self.setdefault(name, []).append(value)

    def getall(self, name: str) -> list[str]:
        return self[name]


def _signature(key: bytes, message: bytes) -> bytes:
    return binascii.b2a_base64(hmac.digest(key, message, "sha1"), newline=False)


def _origins(public_url: str) -> list[str]:
    """Scheme, host and port as Twilio signs them, without userinfo: https drops a port, http keeps it
    (https://www.twilio.com/docs/usage/security#validating-requests). The opposite comes second: Twilio has
    been inconsistent about it, and its SDKs try both."""
    address = urlsplit(public_url)
    if address.scheme not in DEFAULT_PORTS or not address.hostname:
        raise ValueError("the public address must look like https://example.com")
    port = address.port or DEFAULT_PORTS[address.scheme]
    host = re.sub(r":\d*$", "", address.netloc.rpartition("@")[2])
    bare = f"{address.scheme}://{host}"
    return [f"{bare}:{port}", bare] if address.scheme == "http" and address.port else [bare, f"{bare}:{port}"]


def _path_and_query(target: str) -> str:
    """The target without the scheme and host of an absolute one (RFC 9112, 3.2.2), as the UTF-8 that Twilio
    signs: WSGI hands bytes over as Latin-1. Raises ValueError if no path is left."""
    path = target if target.startswith("/") else ABSOLUTE_FORM.sub("", target, count=1)
    if not path.startswith("/"):
        raise ValueError("a request target begins with a path")
    try:
        return path.encode("latin-1").decode()
    except UnicodeError:
        return path


def _is_form_post(request: SignedRequest) -> bool:
    media_type = (request.content_type or "").partition(";")[0].strip().lower()
    return request.method.upper() not in ("GET", "HEAD") and media_type == FORM


def _body_is_covered(request: SignedRequest) -> bool:
    """Whether the signature vouches for the body: through its fields, or its hash in the signed URL."""
    if request.params:
        return _is_form_post(request)
    claimed = parse_qs(request.target.partition("?")[2]).get("bodySHA256", [""])[0]
    return not request.body or hmac.compare_digest(sha256(request.body).hexdigest(), claimed)
