"""The allow-list of URLs: whole host names, the port of the setting, and no look-alikes."""

from __future__ import annotations

import pytest

from tests.support.clients import settings
from voice.config import Config, load
from voice.control.allowed_urls import check_media_url, check_socket_url, check_url, host_problem
from voice.errors import ArgumentsRefused, SettingInvalid

ALLOWED = "partner.example,media.example:8443"


@pytest.fixture
def config() -> Config:
    """Settings with an allow-list. Twilio's own API is used."""
    return load(
        settings(ALLOWED_REDIRECT_HOSTS=ALLOWED, TWILIO_API_URL="", TWILIO_AUTH_TOKEN="0123456789abcdef"),
        dotenv=None,
    )


def problems(error: pytest.ExceptionInfo[ArgumentsRefused]) -> list[tuple[str, str]]:
    """The refused fields with their messages."""
    return [(one["field"], one["message"]) for one in error.value.fields]


@pytest.mark.parametrize(
    "url",
    [
        "https://calls.example.com/voice/x",
        "https://partner.example",
        "https://PARTNER.example/a?b#c",
        "https://partner.example/X",
        "https://media.example:8443/x",
    ],
)
def test_whole_host_names_of_the_list_are_allowed(config, url):
    check_url(config, url)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://evilpartner.example/", "evilpartner.example"),
        ("https://evil.partner.example/", "evil.partner.example"),
        ("https://partner.example.evil.example/", "partner.example.evil.example"),
        ("https://partner.exampl/", "partner.exampl"),
        ("https://example/", "example"),
        ("https://evilcalls.example.com/", "evilcalls.example.com"),
        ("https://calls.example.com:8443/", "calls.example.com:8443"),
        ("https://media.example/", "media.example"),
        ("https://media.example:9443/", "media.example:9443"),
        ("https://evil.example/?https://partner.example/", "evil.example"),
        ("https://evil.example#partner.example", "evil.example"),
    ],
)
def test_a_host_that_resembles_one_of_the_list_is_refused(config, url, host):
    with pytest.raises(ArgumentsRefused) as refused:
        check_url(config, url, "fallback_url")
    (field, message) = problems(refused)[0]
    assert (field, f"host {host} to ALLOWED_REDIRECT_HOSTS" in message) == ("fallback_url", True)


PERMITTED = {
    "partner.example": ("https://partner.example/", "https://partner.example:443/", "wss://partner.example/"),
    "partner.example:8443": ("https://partner.example:8443/", "wss://partner.example:8443/"),
    "http://partner.example": (
        "http://partner.example/",
        "http://partner.example:80/",
        "ws://partner.example/",
    ),
    "http://partner.example:8080": ("http://partner.example:8080/",),
    "https://stream.example:*": ("https://stream.example/", "wss://stream.example:22/"),
    "127.0.0.1": ("http://127.0.0.1:8001/", "https://127.0.0.1/"),
    "[::1]:8001": ("http://[::1]:8001/",),
}
ALL_PERMITTED = {url for urls in PERMITTED.values() for url in urls} | {
    "http://partner.example:443/", "https://partner.example:80/", "ws://partner.example/", "http://[::1]/",
    "http://stream.example/", "http://stream.example:443/",
}  # fmt: skip


@pytest.mark.parametrize("entry", PERMITTED)
def test_an_entry_permits_https_on_443_unless_it_names_a_scheme_or_a_port(entry):
    config = load(settings(ALLOWED_REDIRECT_HOSTS=entry), dotenv=None)
    assert {url for url in ALL_PERMITTED if host_problem(config, url) is None} == set(PERMITTED[entry])


def test_the_public_url_is_allowed_with_its_own_scheme_only():
    config = load(settings(PUBLIC_URL="https://calls.example.com/ivr"), dotenv=None)
    allowed = ("https://calls.example.com/x", "https://calls.example.com:443/x", "wss://calls.example.com/x")
    assert [host_problem(config, url) for url in allowed] == [None] * 3
    assert "http://calls.example.com to ALLOWED" in (host_problem(config, "http://calls.example.com/x") or "")


@pytest.mark.parametrize(
    "entry",
    [
        "ftp://partner.example",
        "partner.example/path",
        "a@partner.example",
        "partner.example:x",
        "http://",
        "h:*1",
    ],
)
def test_a_malformed_entry_of_the_allow_list_stops_the_start(entry):
    with pytest.raises(SettingInvalid, match="ALLOWED_REDIRECT_HOSTS"):
        load(settings(ALLOWED_REDIRECT_HOSTS=entry), dotenv=None)


MALFORMED = {
    "https://user@partner.example/": "user name",
    "https://partner.example@evil.example/": "user name",
    "https://partner.example/a b": "Remove spaces",
    "https://partner.example/\x7f": "Remove spaces",
    "https:\\\\partner.example": "Remove spaces",
    "https://partner.example\n": "Remove spaces",
    "ftp://partner.example/": "starts with http:// or https://",
    "//partner.example/": "starts with http:// or https://",
    "https://": "starts with http:// or https://",
    "https://partner.example:port/": "like https://www.example.com/call",
    "https://[partner.example/": "like https://www.example.com/call",
    "": "starts with http:// or https://",
}


@pytest.mark.parametrize("url", MALFORMED)
def test_a_malformed_url_is_refused_with_what_is_wrong(config, url):
    for check in (lambda: check_url(config, url), lambda: check_media_url(url)):
        with pytest.raises(ArgumentsRefused) as refused:
            check()
        ((field, message),) = problems(refused)
        assert (field, MALFORMED[url] in message) == ("url", True), message


def test_media_may_be_on_any_host():
    check_media_url("https://anywhere.example/sound.mp3")
    check_media_url("http://anywhere.example/sound.mp3")


def test_a_socket_needs_tls_unless_the_emulator_is_used(config):
    check_socket_url(config, "wss://partner.example/stream")
    emulated = load(
        settings(ALLOWED_REDIRECT_HOSTS=ALLOWED, TWILIO_API_URL="http://127.0.0.1:9"), dotenv=None
    )
    check_socket_url(emulated, "ws://partner.example/stream")
    check_socket_url(emulated, "wss://partner.example/stream")
    for url in ("ws://partner.example/stream", "https://partner.example/", "wss://evil.example/"):
        with pytest.raises(ArgumentsRefused) as refused:
            check_socket_url(config, url)
        assert problems(refused)[0][0] == "url"
    with pytest.raises(ArgumentsRefused):
        check_socket_url(emulated, "wss://evil.example/")
