"""Requests for tests of the signature check."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from urllib.parse import urlencode

from tests.support.signing import signature
from voice.twilio.signature import Signatures, SignedRequest

FORM = "application/x-www-form-urlencoded; charset=utf-8"
JSON = "application/json"
TOKEN = "12345"
CALL = (("CallSid", "CA" + "1" * 32), ("From", "+14158675310"), ("Digits", "5"))
BODY = b'{"event":"caf\xc3\xa9"}'
HASH = sha256(BODY).hexdigest()


def request(
    target: str, params: Sequence[tuple[str, str]] = CALL, signed: str | None = "", *, method: str = "POST",
    content_type: str | None = FORM, body: bytes | None = None,
) -> SignedRequest:  # fmt: skip
    """A request that arrives; its body is the encoded form unless it is given."""
    form_body = urlencode(params).encode() if body is None else body
    return SignedRequest(method, target, content_type, form_body, tuple(params), signed)


def json_request(target: str, body: bytes = BODY, content_type: str | None = JSON) -> SignedRequest:
    """A request with a JSON body and a valid signature."""
    signed = signature("https://example.com" + target, token=TOKEN)
    return request(target, (), signed, content_type=content_type, body=body)


def accepts(public_url: str, tokens: Sequence[str], arrived: SignedRequest) -> bool:
    """Return whether the check for this public URL and these tokens accepts the request."""
    return Signatures(public_url, tokens).valid(arrived)
