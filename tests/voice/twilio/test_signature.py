"""The signature check accepts what Twilio signs, behind any proxy."""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import urlparse

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from tests.support.signed_requests import CALL, HASH, TOKEN, accepts, json_request, request
from tests.support.signing import Form, signature


def test_the_example_in_twilios_documentation_is_valid():
    # Source: https://www.twilio.com/docs/usage/security#explore-the-algorithm-yourself
    params = {"CallSid": "CA1234567890ABCDE", "Caller": "+14158675310", "Digits": "1234"}
    params |= {"From": "+14158675310", "To": "+18005551212"}
    arrived = request("/myapp.php?foo=1&bar=2", tuple(params.items()), "L/OH5YylLD5NRKLltdqwSvS0BnU=")
    assert accepts("https://example.com", ["12345"], arrived)


# PUBLIC_URL, the URL that Twilio was given, the request target that arrives
ADDRESSES = [
    ("https://example.com", "https://example.com/voice/incoming", "/voice/incoming"),
    ("https://example.com/", "https://example.com/voice/incoming", "/voice/incoming"),
    ("HTTPS://example.com", "https://example.com/voice/incoming", "/voice/incoming"),
    ("https://example.com", "https://example.com/voice/incoming", "http://10.0.0.7:8000/voice/incoming"),
    ("https://example.com", "https://example.com/voice/incoming", "http://evil:99999/voice/incoming"),
    ("http://example.com", "http://example.com/v", "/v"),
    ("http://example.com", "http://example.com:80/v", "/v"),
    ("http://example.com:80", "http://example.com/v", "/v"),
    ("http://localhost:8000", "http://localhost:8000/v", "/v"),
    ("http://localhost:8000", "http://localhost/v", "/v"),
    ("https://example.com:8443", "https://example.com/v", "/v"),
    ("https://example.com:8443", "https://example.com:8443/v", "/v"),
    ("https://example.com", "https://example.com:443/v", "/v"),
    ("https://example.com:443", "https://example.com/v", "/v"),
    ("https://example.com/ivr", "https://example.com/ivr/voice/status", "/voice/status"),
    ("https://example.com/ivr/", "https://example.com/ivr/voice/status", "/voice/status"),
    ("https://example.com/ivr", "https://example.com/ivr/voice/status", "/ivr/voice/status"),
    ("https://example.com/voice", "https://example.com/voice/voice/status", "/voice/status"),
    ("https://example.com/voice", "https://example.com/voice/status", "/voice/status"),
    ("https://example.com/X", "https://example.com/X/v", "/v"),
    ("https://example.com", "https://example.com/v?u=https://b/c", "http://10.0.0.7:8000/v?u=https://b/c"),
    ("https://example.com/a%20b", "https://example.com/a%20b/v", "/v"),
    (
        "https://example.com",
        "https://example.com/v?a=%27x%27&u=https%3A%2F%2Fb",
        "/v?a=%27x%27&u=https%3A%2F%2Fb",
    ),
    ("https://example.com", "https://example.com/v?a='x'&u=https://b", "/v?a='x'&u=https://b"),
    ("https://example.com", "https://example.com/v?n=J%C3%BCrg+M%20x", "/v?n=J%C3%BCrg+M%20x"),
    ("https://example.com", "https://example.com/v?n=Jürg", "/v?n=Jürg".encode().decode("latin-1")),
    ("https://example.com", "https://example.com/v?n=Jürg", "/v?n=Jürg"),
    ("https://example.com", "https://example.com/v%2Fw/%2e", "/v%2Fw/%2e"),
    ("https://example.com", "https://example.com//v//w", "//v//w"),
    ("https://example.com", "https://example.com/v/", "/v/"),
    ("https://example.com", "https://example.com/v", "/v?"),
    ("https://example.com", "https://example.com/v?", "/v?"),
    ("https://example.com", "https://example.com/v?a&b=&a=2", "/v?a&b=&a=2"),
    ("https://example.com", "https://example.com/v", "/v;"),
    ("https://user:pa%40ss@example.com", "https://example.com/v", "/v"),
    ("https://user:pass@example.com:8443", "https://example.com/v", "/v"),
    ("http://user:pass@example.com:8080", "http://example.com:8080/v", "/v"),
    ("https://[2001:db8::1]", "https://[2001:db8::1]/v", "/v"),
    ("https://[2001:db8::1]:8443", "https://[2001:db8::1]/v", "/v"),
    ("http://[::1]:8000", "http://[::1]:8000/v", "/v"),
    ("https://bücher.example", "https://bücher.example/v", "/v"),
]


@pytest.mark.parametrize(("public_url", "given", "target"), ADDRESSES)
def test_the_signed_url_is_public_url_with_the_raw_target(public_url, given, target):
    assert accepts(public_url, [TOKEN], request(target, CALL, signature(given, CALL, TOKEN)))
    assert accepts(public_url, [TOKEN], request(target, (), signature(given, (), TOKEN), method="GET"))
    other = signature(given, CALL, "another token")
    assert not accepts(public_url, [TOKEN], request(target, CALL, other))


FORMS = {
    "no field": [],
    "blank values": [("Digits", ""), ("SpeechResult", "")],
    "blank name": [("", "x")],
    "repeated name": [("Media", "b"), ("Media", "a")],
    "repeated value": [("Media", "a"), ("Media", "a")],
    "byte order": [("a", "1"), ("B", "2"), ("_", "3"), ("A", "4")],
    "unicode": [("SpeechResult", "Straße 東京 😀"), ("Ä", "ö")],
    "beyond the BMP sorts last": [("m", "\U0001f600"), ("m", "\uffee")],
    "spaces and line ends": [("SpeechResult", "  a \r\n b\t")],
    "reserved characters": [("u", "https://a/b?c=d&e=f#g"), ("+", "%2B+")],
    "new fields": [("CallToken", "{}"), ("FieldOfTomorrow", "1")],
    "long": [("SpeechResult", "word " * 4000)],
}


@pytest.mark.parametrize("fields", FORMS.values(), ids=FORMS.keys())
def test_every_form_that_twilio_can_send_is_accepted(fields):
    signed = signature("https://example.com/v", fields, TOKEN)
    assert accepts("https://example.com", [TOKEN], request("/v", fields, signed))
    assert accepts("https://example.com", [TOKEN], request("/v", fields[::-1], signed))
    assert not accepts("https://example.com", [TOKEN], request("/v", [*fields, ("x", "y")], signed))


def test_a_form_is_accepted_without_a_charset_and_after_its_body_was_read():
    signed = signature("https://example.com/v", CALL, TOKEN)
    bare = request("/v", CALL, signed, content_type="Application/X-WWW-Form-Urlencoded", body=b"")
    assert accepts("https://example.com", [TOKEN], bare)


def test_a_json_body_is_accepted_if_the_signed_url_holds_its_hash():
    assert accepts("https://example.com", [TOKEN], json_request(f"/v?bodySHA256={HASH}"))
    assert accepts("https://example.com", [TOKEN], json_request(f"/v?a=1&bodySHA256={HASH}&b"))
    assert accepts("https://example.com", [TOKEN], json_request(f"/v?bodySHA256={HASH}&a=what?"))
    empty = sha256(b"").hexdigest()
    assert accepts("https://example.com", [TOKEN], json_request(f"/v?bodySHA256={empty}", body=b""))


def test_each_of_several_tokens_validates():
    for token in ("first", "second", "third €"):
        signed = request("/v", CALL, signature("https://example.com/v", CALL, token))
        assert accepts("https://example.com", ["first", "second", "third €"], signed)
        assert not accepts("https://example.com", ["fourth"], signed)


sendable = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
few_names = st.sampled_from(["a", "A", "b", "ab", ""])
queries = st.text("abAB01=&%?;:/'+~é", max_size=12)


@settings(deadline=None)
@given(
    origin=st.sampled_from(["https://h.example", "http://h.example:8000", "https://h.example:8443"]),
    target=st.builds("/{}?{}".format, st.text("vw/;", max_size=4), queries),
    fields=st.lists(st.tuples(few_names | sendable, sendable), max_size=6),
    signed_as=st.sampled_from([str, lambda url: urlparse(url).geturl(), lambda url: url + "x"]),
)
def test_every_signature_that_the_sdk_accepts_is_accepted(origin, target, fields, signed_as):
    signed = signature(signed_as(origin + target), fields, TOKEN)
    sdk = RequestValidator(TOKEN).validate(origin + target, Form(fields), signed)
    ours = accepts(origin, [TOKEN], request(target, fields, signed, body=b""))
    assert ours is (sdk or signed_as is str)
