"""The HTTP client under Twilio's SDK: where the credentials go, and where they do not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from urllib3.exceptions import HTTPError

from tests.support.scripted_app import Answer, ScriptedApp
from voice.twilio.transport import MAX_REDIRECTS, PooledHttpClient

CREDENTIALS = ("AC0", "secret")


@pytest.fixture
def server() -> Iterator[ScriptedApp]:
    """A web server that stands for Twilio and for the host of its media."""
    with ScriptedApp("token") as server:
        yield server


def moved_to(place: str, status: int = 302) -> Answer:
    """A redirect."""
    return Answer("", status=status, headers={"Location": place})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_credentials_do_not_travel_along_a_redirect(server, status):
    server.on("/recording", moved_to("/moved", status))
    server.on("/moved", moved_to("/media"))
    server.on("/media", Answer("RIFF", content_type="audio/wav"))
    response = PooledHttpClient().open(server.url("/recording"), {"Range": "bytes=0-9"}, CREDENTIALS)
    assert (response.status, response.read()) == (200, b"RIFF")
    assert server.visit("/recording").headers["authorization"].startswith("Basic ")
    for path in ("/moved", "/media"):
        assert "authorization" not in server.visit(path).headers
        assert server.visit(path).headers["range"] == "bytes=0-9"


@pytest.mark.parametrize("scheme", ["http:", ""])
def test_a_redirect_to_another_origin_is_not_followed(server, scheme):
    with ScriptedApp("token") as other:
        other.on("/media", Answer("of another service"))
        server.on("/recording", moved_to("/moved"))
        server.on("/moved", moved_to(scheme + other.url("/media").removeprefix("http:")))
        with pytest.raises(HTTPError, match="another host"):
            PooledHttpClient().open(server.url("/recording"), {}, CREDENTIALS)
        assert other.visits == []


def test_redirects_without_an_end_are_given_up(server):
    server.on("/loop", moved_to("/loop"))
    with pytest.raises(HTTPError, match="redirects"):
        PooledHttpClient().open(server.url("/loop"), {}, CREDENTIALS)
    assert len(server.visits) == MAX_REDIRECTS


def test_a_request_of_the_sdk_follows_no_redirect(server):
    server.on("/calls", moved_to("/elsewhere"))
    response = PooledHttpClient().request("post", server.url("/calls"), data={"Url": "x"}, auth=CREDENTIALS)
    assert (response.status_code, [visit.path for visit in server.visits]) == (302, ["/calls"])


def test_a_request_carries_its_query_its_form_and_the_credentials(server):
    server.on("/calls", Answer("{}", status=201, content_type="application/json"))
    client = PooledHttpClient()
    response = client.request(
        "post", server.url("/calls?a=1"), params={"b": "2 3", "c": None}, data={"To": "+1", "Events": ["x", "y"]},
        headers={"Content-Type": "application/x-www-form-urlencoded"}, auth=CREDENTIALS,
    )  # fmt: skip
    visit = server.visit("/calls")
    assert (response.status_code, response.text) == (201, "{}")
    assert (visit.method, visit.target) == ("POST", "/calls?a=1&b=2+3")
    assert visit.params == {"To": "+1", "Events": "y"}
    assert visit.headers["authorization"] == "Basic QUMwOnNlY3JldA=="
