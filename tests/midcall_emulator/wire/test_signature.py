"""The signature: Twilio's published example, and the SDK's validator on what the emulator signs."""

from __future__ import annotations

import pytest
from twilio.request_validator import RequestValidator

from midcall_emulator.wire.signature import sign, signed_url
from midcall_emulator.wire.urls import add_query, encode_url

TOKEN = "12345"


def test_the_published_example_has_its_signature() -> None:
    params = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    url = "https://example.com/myapp.php?foo=1&bar=2"
    assert sign(TOKEN, url, params.items()) == "L/OH5YylLD5NRKLltdqwSvS0BnU="


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://user:pass@example.com:8443/a?b=c#rc=2", "https://example.com/a?b=c"),
        ("http://user:pass@example.com:8080/a", "http://example.com:8080/a"),
        ("http://[::1]:80/a", "http://[::1]:80/a"),
        ("https://[::1]:8443/a", "https://[::1]/a"),
    ],
)
def test_credentials_port_and_fragment_are_left_out_as_twilio_does(url: str, expected: str) -> None:
    assert signed_url(url) == expected


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:5000", "http://h/a b?c=é&d=%C3%A9", "https://h:8443/x?y=%27"]
)
def test_the_sdk_accepts_signatures_of_both_methods(url: str) -> None:
    validator = RequestValidator(TOKEN)
    params = {"B": "", "A": "é +&", "C": "x"}
    posted = encode_url(url)
    assert validator.validate(posted, params, sign(TOKEN, posted, params.items()))
    got = add_query(posted, list(params.items()))
    assert validator.validate(got, {}, sign(TOKEN, got))
    assert not validator.validate(got + "x", {}, sign(TOKEN, got))
