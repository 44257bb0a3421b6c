"""Answers to GET that the emulator keeps, as a shared HTTP cache does (RFC 9111), by its own clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator, Phone
from midcall_emulator.core.call_record import RequestItem
from midcall_emulator.core.clock import Clock
from midcall_emulator.wire.caching import Cache
from midcall_emulator.wire.delivery import Reply
from tests.support.listening import codes, heard
from tests.support.scripted_app import Line, ScriptedApp

NUMBER = "+14155550100"
LOOP = '<Response><Say>Around</Say><Pause length="9"/><Redirect method="{}">/loop</Redirect></Response>'
HOUR = {"Cache-Control": "max-age=3600"}


def looping(twilio: Emulator, app: ScriptedApp, *lines: Line, method: str = "GET") -> Phone:
    """A caller who comes to ``/loop`` every ten seconds."""
    app.on("/start", f'<Redirect method="{method}">/loop</Redirect>')
    app.on("/loop", *lines)
    return twilio.dial(NUMBER)


def around(method: str = "GET", **headers: str) -> Line:
    return Line(
        LOOP.format(method), headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def visits(app: ScriptedApp, path: str = "/loop") -> list[Any]:
    return [visit for visit in app.visits if visit.path == path]


def later(seconds: int) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    "headers",
    [
        {"Cache_Control": "max-age=25"},
        {"Cache_Control": 'public, max-age="25"'},
        {"Cache_Control": "max-age=0, s-maxage=25"},
        {"Cache_Control": "MAX-AGE=35", "Age": "10"},
        {"Expires": 26, "Vary": "Accept-Encoding"},
    ],
)
def test_a_fresh_document_is_not_asked_for(
    twilio: Emulator, app: ScriptedApp, headers: dict[str, Any]
) -> None:
    if "Expires" in headers:
        headers = {**headers, "Expires": later(headers["Expires"])}
    phone = looping(twilio, app, around(**headers))
    twilio.advance(24)
    assert len(visits(app)) == 1
    assert heard(phone).count("say(Around)") == 3
    assert [request["method"] for request in phone.requests] == ["POST", "GET"]
    twilio.advance(10)
    assert len(visits(app)) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Cache_Control": "no-store, max-age=3600"},
        {"Cache_Control": "private, max-age=3600"},
        {"Cache_Control": 'private="Set-Cookie, Age", max-age=3600'},
        {"Cache_Control": "s-maxage=0, max-age=3600"},
        {"Cache_Control": "max-age=soon"},
        {"Expires": "0"},
        {"Expires": later(-60)},
        {"Cache_Control": "max-age=3600", "Vary": "Accept, Cookie"},
        {"Cache_Control": "max-age=3600", "Vary": "*"},
    ],
)
def test_what_is_asked_for_each_time(twilio: Emulator, app: ScriptedApp, headers: dict[str, str]) -> None:
    looping(twilio, app, around(**headers))
    twilio.advance(22)
    assert len(visits(app)) == 3
    assert [visit.headers.get("if-none-match") for visit in visits(app)] == [None] * 3


def test_an_answer_to_post_is_never_kept(twilio: Emulator, app: ScriptedApp) -> None:
    looping(twilio, app, around("POST", ETag='"1"', **HOUR), method="POST")
    twilio.advance(22)
    assert len(visits(app)) == 3
    assert {visit.headers.get("if-none-match") for visit in visits(app)} == {None}


@pytest.mark.parametrize(
    ("headers", "asks"),
    [
        ({"ETag": 'W/"1"'}, {"if-none-match": 'W/"1"'}),
        (
            {"Last_Modified": "Mon, 01 Jan 2024 00:00:00 GMT"},
            {"if-modified-since": "Mon, 01 Jan 2024 00:00:00 GMT"},
        ),
        ({"ETag": '"1"', "Cache_Control": "no-cache, max-age=3600"}, {"if-none-match": '"1"'}),
    ],
)
def test_a_stale_document_is_asked_about(
    twilio: Emulator, app: ScriptedApp, headers: dict[str, str], asks: dict[str, str]
) -> None:
    new = Line("<Response><Say>New</Say></Response>", headers={"ETag": '"2"'})
    not_modified = Line(b"", status=304, content_type=None)
    phone = looping(twilio, app, around(**headers), not_modified, not_modified, new)
    twilio.advance(22)
    assert [request["status"] for request in phone.requests] == [200, 200, 304, 304]
    assert [request["response"] for request in phone.requests[2:]] == ["", ""]
    assert asks.items() <= visits(app)[-1].headers.items()
    twilio.advance(20)
    assert (phone.requests[-1]["status"], heard(phone)[-1], codes(phone)) == (200, "say(New)", [])


def test_a_304_makes_fresh_again(twilio: Emulator, app: ScriptedApp) -> None:
    again = Line(b"", status=304, content_type=None, headers=HOUR)
    looping(twilio, app, around(ETag='"1"', Cache_Control="max-age=5"), again)
    twilio.advance(60)
    assert len(visits(app)) == 2


def test_an_error_is_not_covered_up(twilio: Emulator, app: ScriptedApp) -> None:
    phone = looping(twilio, app, around(ETag='"1"'), Line(status=500))
    twilio.advance(30)
    assert (codes(phone), phone.status) == ([11200], "completed")


def test_a_redirect_is_asked_for_each_time(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/there", LOOP.format("GET"))
    looping(twilio, app, Line(b"there", status=302, headers={"Location": "/there", **HOUR}))
    twilio.advance(22)
    assert len(visits(app)) == 3


def test_the_parameters_are_part_of_the_url(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    client.incoming_phone_numbers.list()[0].update(voice_url=app.url("/menu"), voice_method="GET")
    app.on("/menu", Line("<Response><Say>Menu</Say></Response>", headers=HOUR))
    for _ in range(2):
        twilio.dial(NUMBER)
        twilio.advance(5)
    assert len(visits(app, "/menu")) == 2


def test_a_file_is_kept_until_a_reset(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    app.on("/start", "<Play>/tune.mp3</Play>")
    app.on("/tune.mp3", Line(b"ID3", content_type="audio/mpeg", headers={"Cache-Control": "max-age=60"}))
    for wanted, seconds in ((1, 0), (1, 30), (2, 31)):
        twilio.advance(seconds)
        phone = twilio.dial(NUMBER)
        twilio.settle()
        assert (len(visits(app, "/tune.mp3")), heard(phone)) == (wanted, ["play(/tune.mp3)"])
    twilio.reset()
    twilio.clock(mode="manual")
    client.incoming_phone_numbers.list()[0].update(voice_url=app.url("/start"))
    twilio.dial(NUMBER)
    twilio.settle()
    assert len(visits(app, "/tune.mp3")) == 3


def cached(cache: Cache, url: str, headers: dict[str, str], method: str = "GET") -> bool:
    """Let the cache take an answer; return whether it has it afterwards."""
    item = RequestItem(0, "twiml", method, url, {}, "", "", conditions={} if method == "GET" else None)
    cache.take(item, Reply(url=url, status=200, body=b"<Response/>", headers=headers))
    return cache.fresh(url) is not None


def test_whose_answers_are_for_everybody() -> None:
    cache, url = Cache(Clock("manual")), "http://ann:secret@127.0.0.1/a"
    assert not cached(cache, url, HOUR)
    assert cached(cache, url, {"Cache-Control": "public, max-age=3600"})


def test_a_post_makes_the_kept_answer_invalid() -> None:
    cache, url = Cache(Clock("manual")), "http://127.0.0.1/a"
    assert cached(cache, url, HOUR)
    assert not cached(cache, url, HOUR, "POST")


def test_the_oldest_makes_room() -> None:
    cache = Cache(Clock("manual"), room=5000)
    urls = [f"http://127.0.0.1/{name}" for name in "abc"]
    assert [cached(cache, url, HOUR) for url in urls] == [True] * 3
    assert [cache.fresh(url) is not None for url in urls] == [False, True, True]
    assert not cached(Cache(Clock("manual"), room=10), urls[0], HOUR)
