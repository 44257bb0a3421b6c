"""The REST API of calls: create."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, warning_codes
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
ANN = "+15005550006"
EVENTS = ["initiated", "ringing", "answered", "completed"]


def test_an_outgoing_call_reports_every_status(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    app.on("/out", "<Say>Hello Ann</Say>")
    call = client.calls.create(
        to=ANN,
        from_=NUMBER,
        url=app.url("/out"),
        status_callback=app.url("/progress"),
        status_callback_event=EVENTS,
    )
    assert (call.status, call.direction, call.date_created) == ("queued", "outbound-api", None)
    twilio.advance(1)
    assert client.calls(call.sid).fetch().status == "ringing"
    assert app.paths() == ["POST /progress"] * 2
    twilio.advance(30)
    phone = twilio.phone(str(call.sid))
    assert heard(phone) == ["say(Hello Ann)"]
    assert app.visit("/out").params["CallStatus"] == "in-progress"
    visits = [visit.params for visit in app.visits if visit.path == "/progress"]
    assert [params["CallStatus"] for params in visits] == ["initiated", "ringing", "in-progress", "completed"]
    assert [params["SequenceNumber"] for params in visits] == ["0", "1", "2", "3"]
    ended = client.calls(call.sid).fetch()
    assert (ended.status, ended.duration) == ("completed", "1")
    assert isinstance(ended.end_time, datetime)


def test_send_digits_precede_inline_twiml(twilio: Emulator, client: Client) -> None:
    call = client.calls.create(
        to=ANN, from_=NUMBER, twiml="<Response><Say>Hi</Say></Response>", send_digits="1w2"
    )
    twilio.advance(10)
    assert heard(twilio.phone(str(call.sid))) == ["dtmf(1w2)", "say(Hi)"]


@pytest.mark.parametrize("behaviour", ["busy", "failed", "no-answer"])
def test_an_unanswered_outgoing_call_reports_its_status_once(
    twilio: Emulator, app: ScriptedApp, client: Client, behaviour: str
) -> None:
    twilio.people(ANN, behaviour)
    call = client.calls.create(
        to=ANN, from_=NUMBER, url=app.url("/out"), status_callback=app.url("/progress"), timeout=20
    )
    twilio.advance(20)
    shown = client.calls(call.sid).fetch()
    assert (shown.status, shown.duration, shown.end_time) == (behaviour, None, None)
    assert client.calls.list(end_time_after=datetime(2000, 1, 1, tzinfo=UTC)) == []
    assert app.paths() == ["POST /progress"]
    assert app.visit("/progress").params["CallStatus"] == behaviour
    assert app.visit("/progress").params["SequenceNumber"] == "0"


def test_a_url_overrides_twiml_with_a_warning(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    call = client.calls.create(
        to=ANN, from_=NUMBER, url=app.url("/out"), twiml="<Response><Say>Hi</Say></Response>"
    )
    twilio.advance(10)
    phone = twilio.phone(str(call.sid))
    assert (app.paths(), heard(phone), warning_codes(phone)) == (["POST /out"], [], [32019])


def test_events_joined_by_a_space_are_ignored_with_a_warning(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    call = client.calls.create(
        to=ANN,
        from_=NUMBER,
        url=app.url("/out"),
        status_callback=app.url("/p"),
        status_callback_event=["initiated ringing"],
    )
    twilio.advance(30)
    assert app.paths() == ["POST /out"]
    assert warning_codes(twilio.phone(str(call.sid))) == [21626]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": ""}, 21201),
        ({"from_": ""}, 21213),
        ({"to": "nonsense"}, 21211),
        ({"to": NUMBER}, 21211),
        ({"from_": "12"}, 21212),
        ({"from_": "+14155550199"}, 21210),
        ({"url": "/relative"}, 21205),
        ({"url": "ftp://x/y"}, 21205),
        ({"url": ""}, 21205),
        ({"method": "PUT"}, 21209),
        ({"send_digits": "x"}, 21206),
        ({"status_callback": "http://under_score/"}, 21609),
        ({"url": "", "twiml": "x" * 4001}, 32018),
        ({"from_": "client:ann"}, 21212),
        ({"fallback_url": "somewhere"}, 21205),
        ({"fallback_url": "http://x/", "fallback_method": "DELETE"}, 21209),
        ({"status_callback": "/status"}, 21609),
        ({"status_callback": "http://x/" + "a" * 4000}, 21609),
        ({"status_callback": "http://x/", "status_callback_method": "PUT"}, 21209),
        ({"send_digits": "1" * 33}, 21206),
        ({"timeout": "soon"}, 21208),
        ({"timeout": "0"}, 21208),
        ({"time_limit": "-1"}, 20001),
        ({"application_sid": "AP" + "0" * 32}, 21218),
        ({"application_sid": "nonsense"}, 21218),
        ({"record": "true", "recording_channels": "stereo"}, 20001),
        ({"record": "true", "recording_track": "middle"}, 20001),
    ],
)
def test_an_invalid_create_is_refused(
    twilio: Emulator, client: Client, changes: dict[str, str], code: int
) -> None:
    wanted = {"to": ANN, "from_": NUMBER, "url": "http://127.0.0.1:9/x"} | changes
    with pytest.raises(TwilioRestException) as error:
        client.calls.create(**wanted)
    assert (error.value.status, error.value.code) == (400, code)
    assert client.calls.list() == []


def test_a_client_may_call_a_client(twilio: Emulator, client: Client) -> None:
    call = client.calls.create(to="client:bob", from_="client:ann", twiml="<Response/>")
    assert (call.to, call._from) == ("client:bob", "client:ann")
