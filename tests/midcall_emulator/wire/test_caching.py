"""The cache for responses to GET: a shared HTTP cache (RFC 9111) that follows the emulator's clock."""

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
from midcall_emulator.wire.reply import Reply
from tests.support.call_log import heard, warning_codes
from tests.support.scripted_app import Answer, ScriptedApp

NUMBER = "+14155550100"
LOOP = '<Response><Say>Around</Say><Pause length="9"/><Redirect method="{}">/loop</Redirect></Response>'
HOUR = {"Cache-Control": "max-age=3600"}


def start_loop(twilio: Emulator, app: ScriptedApp, *lines: Answer, method: str = "GET") -> Phone:
    """Return a caller whose documents request ``/loop`` every ten seconds."""
    app.on("/start", f'<Redirect method="{method}">/loop</Redirect>')
    app.on("/loop", *lines)
    return twilio.dial(NUMBER)


def loop_answer(method: str = "GET", **headers: str) -> Answer:
    return Answer(
        LOOP.format(method), headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def visits_to(app: ScriptedApp, path: str = "/loop") -> list[Any]:
    return [visit for visit in app.visits if visit.path == path]


def http_date(seconds: int) -> str:
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
def test_a_fresh_document_is_not_requested(
    twilio: Emulator, app: ScriptedApp, headers: dict[str, Any]
) -> None:
    if "Expires" in headers:
        headers = {**headers, "Expires": http_date(headers["Expires"])}
    phone = start_loop(twilio, app, loop_answer(**headers))
    twilio.advance(24)
    assert len(visits_to(app)) == 1
    assert heard(phone).count("say(Around)") == 3
    assert [request["method"] for request in phone.requests] == ["POST", "GET"]
    twilio.advance(10)
    assert len(visits_to(app)) == 2


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
        {"Expires": http_date(-60)},
        {"Cache_Control": "max-age=3600", "Vary": "Accept, Cookie"},
        {"Cache_Control": "max-age=3600", "Vary": "*"},
    ],
)
def test_an_uncacheable_document_is_requested_each_time(
    twilio: Emulator, app: ScriptedApp, headers: dict[str, str]
) -> None:
    start_loop(twilio, app, loop_answer(**headers))
    twilio.advance(22)
    assert len(visits_to(app)) == 3
    assert [visit.headers.get("if-none-match") for visit in visits_to(app)] == [None] * 3


def test_a_response_to_post_is_never_stored(twilio: Emulator, app: ScriptedApp) -> None:
    start_loop(twilio, app, loop_answer("POST", ETag='"1"', **HOUR), method="POST")
    twilio.advance(22)
    assert len(visits_to(app)) == 3
    assert {visit.headers.get("if-none-match") for visit in visits_to(app)} == {None}


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
def test_a_stale_document_is_revalidated(
    twilio: Emulator, app: ScriptedApp, headers: dict[str, str], asks: dict[str, str]
) -> None:
    new = Answer("<Response><Say>New</Say></Response>", headers={"ETag": '"2"'})
    not_modified = Answer(b"", status=304, content_type=None)
    phone = start_loop(twilio, app, loop_answer(**headers), not_modified, not_modified, new)
    twilio.advance(22)
    assert [request["status"] for request in phone.requests] == [200, 200, 304, 304]
    assert [request["response"] for request in phone.requests[2:]] == ["", ""]
    assert asks.items() <= visits_to(app)[-1].headers.items()
    twilio.advance(20)
    assert (phone.requests[-1]["status"], heard(phone)[-1], warning_codes(phone)) == (200, "say(New)", [])


def test_a_304_refreshes_the_stored_document(twilio: Emulator, app: ScriptedApp) -> None:
    again = Answer(b"", status=304, content_type=None, headers=HOUR)
    start_loop(twilio, app, loop_answer(ETag='"1"', Cache_Control="max-age=5"), again)
    twilio.advance(60)
    assert len(visits_to(app)) == 2


def test_a_stored_document_does_not_hide_an_error(twilio: Emulator, app: ScriptedApp) -> None:
    phone = start_loop(twilio, app, loop_answer(ETag='"1"'), Answer(status=500))
    twilio.advance(30)
    assert (warning_codes(phone), phone.status) == ([11200], "completed")


def test_a_redirect_is_never_stored(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/there", LOOP.format("GET"))
    start_loop(twilio, app, Answer(b"there", status=302, headers={"Location": "/there", **HOUR}))
    twilio.advance(22)
    assert len(visits_to(app)) == 3


def test_the_parameters_are_part_of_the_cache_key(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    client.incoming_phone_numbers.list()[0].update(voice_url=app.url("/menu"), voice_method="GET")
    app.on("/menu", Answer("<Response><Say>Menu</Say></Response>", headers=HOUR))
    for _ in range(2):
        twilio.dial(NUMBER)
        twilio.advance(5)
    assert len(visits_to(app, "/menu")) == 2


def test_an_audio_file_is_stored_until_a_reset(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    app.on("/start", "<Play>/tune.mp3</Play>")
    app.on("/tune.mp3", Answer(b"ID3", content_type="audio/mpeg", headers={"Cache-Control": "max-age=60"}))
    for wanted, seconds in ((1, 0), (1, 30), (2, 31)):
        twilio.advance(seconds)
        phone = twilio.dial(NUMBER)
        twilio.settle()
        assert (len(visits_to(app, "/tune.mp3")), heard(phone)) == (wanted, ["play(/tune.mp3)"])
    twilio.reset()
    twilio.clock(mode="manual")
    client.incoming_phone_numbers.list()[0].update(voice_url=app.url("/start"))
    twilio.dial(NUMBER)
    twilio.settle()
    assert len(visits_to(app, "/tune.mp3")) == 3


def store(cache: Cache, url: str, headers: dict[str, str], method: str = "GET") -> bool:
    """Pass a response to the cache; return whether the cache holds it afterwards."""
    item = RequestItem(0, "twiml", method, url, {}, "", "", conditions={} if method == "GET" else None)
    cache.update(item, Reply(url=url, status=200, body=b"<Response/>", headers=headers))
    return cache.fresh(url) is not None


def test_a_response_to_credentials_is_stored_only_if_public() -> None:
    cache, url = Cache(Clock("manual")), "http://ann:secret@127.0.0.1/a"
    assert not store(cache, url, HOUR)
    assert store(cache, url, {"Cache-Control": "public, max-age=3600"})


def test_a_post_invalidates_the_stored_response() -> None:
    cache, url = Cache(Clock("manual")), "http://127.0.0.1/a"
    assert store(cache, url, HOUR)
    assert not store(cache, url, HOUR, "POST")


def test_the_oldest_response_is_evicted() -> None:
    cache = Cache(Clock("manual"), capacity=5000)
    urls = [f"http://127.0.0.1/{name}" for name in "abc"]
    assert [store(cache, url, HOUR) for url in urls] == [True] * 3
    assert [cache.fresh(url) is not None for url in urls] == [False, True, True]
    assert not store(Cache(Clock("manual"), capacity=10), urls[0], HOUR)
