"""Signatures as Twilio makes them are accepted behind any proxy; nothing else is, and nothing raises."""

from hashlib import sha256
from urllib.parse import urlencode, urlparse

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from tests.support.signing import Form, signature
from voice.twilio.signature import Signatures, SignedRequest

FORM = "application/x-www-form-urlencoded; charset=utf-8"
JSON = "application/json"
TOKEN = "12345"
CALL = (("CallSid", "CA" + "1" * 32), ("From", "+14158675310"), ("Digits", "5"))
BODY = b'{"event":"caf\xc3\xa9"}'
HASH = sha256(BODY).hexdigest()


def request(target, params=CALL, signed="", *, method="POST", content_type=FORM, body=None):
    form_body = urlencode(params).encode() if body is None else body
    return SignedRequest(method, target, content_type, form_body, tuple(params), signed)


def accepts(public_url, tokens, arrived):
    return Signatures(public_url, tokens).valid(arrived)


def test_the_documented_vector():
    # https://www.twilio.com/docs/usage/security#explore-the-algorithm-yourself
    params = {"CallSid": "CA1234567890ABCDE", "Caller": "+14158675310", "Digits": "1234"}
    params |= {"From": "+14158675310", "To": "+18005551212"}
    arrived = request("/myapp.php?foo=1&bar=2", tuple(params.items()), "L/OH5YylLD5NRKLltdqwSvS0BnU=")
    assert accepts("https://example.com", ["12345"], arrived)


# what the app is told its address is | what Twilio was given | what arrived as the request target
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
def test_the_url_is_the_public_one_with_the_raw_target(public_url, given, target):
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
    "new fields": [("CallToken", "{}"), ("NobodyKnowsThis", "1")],
    "long": [("SpeechResult", "word " * 4000)],
}


@pytest.mark.parametrize("fields", FORMS.values(), ids=FORMS.keys())
def test_every_form_that_twilio_may_send(fields):
    signed = signature("https://example.com/v", fields, TOKEN)
    assert accepts("https://example.com", [TOKEN], request("/v", fields, signed))
    assert accepts("https://example.com", [TOKEN], request("/v", fields[::-1], signed))
    assert not accepts("https://example.com", [TOKEN], request("/v", [*fields, ("x", "y")], signed))


def test_a_form_may_come_without_its_bytes_or_a_charset():
    signed = signature("https://example.com/v", CALL, TOKEN)
    bare = request("/v", CALL, signed, content_type="Application/X-WWW-Form-Urlencoded", body=b"")
    assert accepts("https://example.com", [TOKEN], bare)


def json_request(target, body=BODY, content_type=JSON, **signed_as):
    url = "https://example.com" + target
    return request(target, (), signature(url, **signed_as, token=TOKEN), content_type=content_type, body=body)


def test_json_is_vouched_for_by_the_hash_in_the_signed_url():
    assert accepts("https://example.com", [TOKEN], json_request(f"/v?bodySHA256={HASH}"))
    assert accepts("https://example.com", [TOKEN], json_request(f"/v?a=1&bodySHA256={HASH}&b"))
    empty = sha256(b"").hexdigest()
    assert accepts("https://example.com", [TOKEN], json_request(f"/v?bodySHA256={empty}", body=b""))


UNCOVERED = {
    "another body": json_request(f"/v?bodySHA256={HASH}", body=BODY + b" "),
    "no hash": json_request("/v"),
    "blank hash": json_request("/v?bodySHA256="),
    "foreign hash": json_request("/v?bodySHA256=%C3%A9"),
    "second hash": json_request(f"/v?bodySHA256=0&bodySHA256={HASH}"),
    "a type of its own": json_request("/v", content_type="text/plain"),
    "no type": json_request("/v", content_type=None),
    "a form without fields": json_request("/v", body=b"&&&", content_type=FORM),
    "fields that are not a form": request(
        "/v", CALL, signature("https://example.com/v", CALL, TOKEN), content_type=JSON
    ),
    "fields in a GET": request("/v", CALL, signature("https://example.com/v", (), TOKEN), method="GET"),
    "signed fields in a GET": request(
        "/v", CALL, signature("https://example.com/v", CALL, TOKEN), method="GET"
    ),
}


@pytest.mark.parametrize("arrived", UNCOVERED.values(), ids=UNCOVERED.keys())
def test_a_body_that_the_signature_does_not_cover_is_refused(arrived):
    assert not accepts("https://example.com", [TOKEN], arrived)


GOOD = signature("https://example.com/v?a=1", CALL, TOKEN)
FORGED = {
    "another host": ("/v?a=1", CALL, signature("https://evil.example/v?a=1", CALL, TOKEN)),
    "another scheme": ("/v?a=1", CALL, signature("http://example.com/v?a=1", CALL, TOKEN)),
    "another port": ("/v?a=1", CALL, signature("https://example.com:8443/v?a=1", CALL, TOKEN)),
    "another path": ("/w?a=1", CALL, GOOD),
    "a slash more": ("/v/?a=1", CALL, GOOD),
    "another query": ("/v?a=2", CALL, GOOD),
    "no query": ("/v", CALL, GOOD),
    "a decoded query": ("/v?a='", CALL, signature("https://example.com/v?a=%27", CALL, TOKEN)),
    "a fragment": ("/v?a=1", CALL, signature("https://example.com/v?a=1#rc=2", CALL, TOKEN)),
    "a field less": ("/v?a=1", CALL[1:], GOOD),
    "another value": ("/v?a=1", (*CALL[:-1], ("Digits", "6")), GOOD),
    "a trimmed value": ("/v", [("a", "x")], signature("https://example.com/v", [("a", " x")], TOKEN)),
    "a second value": ("/v?a=1", (*CALL, ("Digits", "6")), GOOD),
    "letter case": ("/v?a=1", CALL, GOOD.swapcase()),
    "cut short": ("/v?a=1", CALL, GOOD[:-1]),
    "longer": ("/v?a=1", CALL, GOOD + "="),
    "twice": ("/v?a=1", CALL, f"{GOOD}, {GOOD}"),
    "missing": ("/v?a=1", CALL, None),
    "empty": ("/v?a=1", CALL, ""),
    "garbage": ("/v?a=1", CALL, "\x00%%%"),
    "not ASCII": ("/v?a=1", CALL, "é" * 28),
    "surrogates": ("/v?a=1", CALL, "\udc80" * 28),
    "very long": ("/v?a=1", CALL, "A" * 65536),
    "a target without a path": ("*", CALL, signature("https://example.com*", CALL, TOKEN)),
    "a target that moves the port": (":99999/v", CALL, signature("https://example.com:99999/v", CALL, TOKEN)),
    "a target that moves the host": ("@evil/v", CALL, signature("https://example.com@evil/v", CALL, TOKEN)),
    "an empty target": ("", CALL, signature("https://example.com", CALL, TOKEN)),
    "surrogates in the target": ("/v\udc80", CALL, GOOD),
    "surrogates in a field": ("/v?a=1", [("a", "\ud800")], GOOD),
    "a half-open IPv6 literal": ("http://[::1/v?a=1", CALL, "x"),
    "a newer algorithm": (
        "/v",
        CALL,
        RequestValidator(TOKEN).compute_signature("https://example.com/v", Form(CALL), "HMAC_SHA256"),
    ),
    "an empty token": ("/v?a=1", CALL, signature("https://example.com/v?a=1", CALL, "")),
}


@pytest.mark.parametrize(("target", "fields", "signed"), FORGED.values(), ids=FORGED.keys())
def test_forged_and_absurd_requests_are_refused(target, fields, signed):
    assert not accepts("https://example.com", [TOKEN, ""], request(target, fields, signed, body=b"x=y"))


def test_a_path_outside_the_prefix_is_not_ours():
    foreign = request("/other/v", CALL, signature("https://example.com/other/v", CALL, TOKEN))
    assert not accepts("https://example.com/ivr", [TOKEN], foreign)
    lookalike = request("/ivrs/v", CALL, signature("https://example.com/ivrs/v", CALL, TOKEN))
    assert not accepts("https://example.com/ivr", [TOKEN], lookalike)


def test_any_of_several_tokens_validates():
    for token in ("first", "second", "third €"):
        signed = request("/v", CALL, signature("https://example.com/v", CALL, token))
        assert accepts("https://example.com", ["first", "second", "third €"], signed)
        assert not accepts("https://example.com", ["fourth"], signed)


@pytest.mark.parametrize(
    ("public_url", "tokens"),
    [
        ("example.com", [TOKEN]),
        ("ftp://example.com", [TOKEN]),
        ("https://", [TOKEN]),
        ("https://example.com:99999", [TOKEN]),
        ("https://example.com", []),
        ("https://example.com", [""]),
    ],
)
def test_it_cannot_be_built_to_accept_everything(public_url, tokens):
    with pytest.raises(ValueError):
        Signatures(public_url, tokens)


any_text = st.text(st.characters(), max_size=40)
fields_of_any_kind = st.lists(st.tuples(any_text, any_text), max_size=6)


@settings(deadline=None)
@given(
    st.builds(
        SignedRequest,
        method=st.sampled_from(["GET", "POST", "PUT", ""]) | any_text,
        target=any_text | any_text.map("/".__add__) | any_text.map("http://".__add__),
        content_type=st.sampled_from([FORM, JSON, None]) | any_text,
        body=st.binary(max_size=40),
        params=fields_of_any_kind,
        signature=st.none() | any_text,
    )
)
@example(SignedRequest("POST", "/v", JSON, BODY, (), "x"))
@example(SignedRequest("POST", "http://h:99999/v", FORM, b"", (("a", "b"),), "x"))
def test_nothing_makes_it_raise_or_pass(arrived):
    assert accepts("https://example.com/ivr", [TOKEN], arrived) is False


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
def test_it_accepts_whatever_the_sdk_accepts(origin, target, fields, signed_as):
    signed = signature(signed_as(origin + target), fields, TOKEN)
    sdk = RequestValidator(TOKEN).validate(origin + target, Form(fields), signed)
    ours = accepts(origin, [TOKEN], request(target, fields, signed, body=b""))
    assert ours is (sdk or signed_as is str)
