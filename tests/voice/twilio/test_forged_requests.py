"""The signature check refuses every request that the signature does not cover, and never raises."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from tests.support.signed_requests import BODY, CALL, FORM, HASH, JSON, TOKEN, accepts, json_request, request
from tests.support.signing import Form, signature
from voice.twilio.signature import Signatures, SignedRequest

UNCOVERED = {
    "another body": json_request(f"/v?bodySHA256={HASH}", body=BODY + b" "),
    "no hash": json_request("/v"),
    "blank hash": json_request("/v?bodySHA256="),
    "foreign hash": json_request("/v?bodySHA256=%C3%A9"),
    "second hash": json_request(f"/v?bodySHA256=0&bodySHA256={HASH}"),
    "another content type": json_request("/v", content_type="text/plain"),
    "no content type": json_request("/v", content_type=None),
    "a form without fields": json_request("/v", body=b"&&&", content_type=FORM),
    "fields that are not a form": request(
        "/v", CALL, signature("https://example.com/v", CALL, TOKEN), content_type=JSON
    ),
    "fields in a GET": request("/v", CALL, signature("https://example.com/v", (), TOKEN), method="GET"),
    "signed fields in a HEAD": request(
        "/v", CALL, signature("https://example.com/v", CALL, TOKEN), method="HEAD"
    ),
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
    "an added slash": ("/v/?a=1", CALL, GOOD),
    "another query": ("/v?a=2", CALL, GOOD),
    "no query": ("/v", CALL, GOOD),
    "a decoded query": ("/v?a='", CALL, signature("https://example.com/v?a=%27", CALL, TOKEN)),
    "a fragment": ("/v?a=1", CALL, signature("https://example.com/v?a=1#rc=2", CALL, TOKEN)),
    "a missing field": ("/v?a=1", CALL[1:], GOOD),
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
def test_forged_and_malformed_requests_are_refused(target, fields, signed):
    assert not accepts("https://example.com", [TOKEN, ""], request(target, fields, signed, body=b"x=y"))


def test_a_path_outside_the_prefix_is_refused():
    foreign = request("/other/v", CALL, signature("https://example.com/other/v", CALL, TOKEN))
    assert not accepts("https://example.com/ivr", [TOKEN], foreign)
    lookalike = request("/ivrs/v", CALL, signature("https://example.com/ivrs/v", CALL, TOKEN))
    assert not accepts("https://example.com/ivr", [TOKEN], lookalike)


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
def test_a_check_without_a_token_or_a_valid_public_url_cannot_be_built(public_url, tokens):
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
def test_arbitrary_input_is_refused_without_an_error(arrived):
    assert accepts("https://example.com/ivr", [TOKEN], arrived) is False
