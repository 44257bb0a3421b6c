"""The REST API of calls through Twilio's SDK: create, update, list, delete, and errors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator
from midcall_emulator.settings import ACCOUNT
from tests.support.call_log import heard, warning_codes
from tests.support.rest_requests import BASE, rest_request
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
ANN = "+15005550006"
FIELDS = {
    "sid", "account_sid", "parent_call_sid", "group_sid", "trunk_sid", "phone_number_sid", "to", "to_formatted",
    "from", "from_formatted", "forwarded_from", "caller_name", "direction", "answered_by", "status", "date_created",
    "date_updated", "start_time", "end_time", "duration", "price", "price_unit", "queue_time", "api_version", "uri",
    "subresource_uris",
}  # fmt: skip
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


def test_canceling_a_queued_call_sends_no_callback(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    twilio.switches(queue_seconds=5)
    call = client.calls.create(
        to=ANN, from_=NUMBER, url=app.url("/out"), status_callback=app.url("/progress")
    )
    assert client.calls(call.sid).update(status="canceled").status == "canceled"
    twilio.advance(30)
    assert app.paths() == []


@pytest.mark.parametrize("status", ["canceled", "completed"])
def test_ending_a_ringing_call_cancels_it(
    twilio: Emulator, app: ScriptedApp, client: Client, status: Any
) -> None:
    call = client.calls.create(
        to=ANN, from_=NUMBER, url=app.url("/out"), status_callback=app.url("/progress")
    )
    twilio.advance(1)
    assert client.calls(call.sid).update(status=status).status == "canceled"
    twilio.advance(30)
    assert app.paths() == ["POST /progress"]
    assert app.visit("/progress").params["CallStatus"] == "canceled"


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


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"url": "no"}, 21205),
        ({"twiml": "x" * 4001}, 32018),
        ({"url": "http://127.0.0.1:9/", "method": "PATCH"}, 21209),
        ({"url": "http://127.0.0.1:9/", "twiml": "<Response/>"}, 32019),
        ({"status": "paused"}, 20001),
        ({"status": "in-progress"}, 20001),
        ({"status": "Completed"}, 20001),
        ({"url": "/relative"}, 21205),
        ({"url": "https://"}, 21205),
        ({"time_limit": "soon"}, 20001),
        ({"time_limit": "0"}, 20001),
        ({"time_limit": "9" * 5000}, 20001),
        ({"fallback_url": "/fb", "url": "http://127.0.0.1:9/"}, 21205),
        ({"status_callback": "http://a_b/", "url": "http://127.0.0.1:9/"}, 21609),
        ({"status": "completed", "method": "PUT", "url": "http://127.0.0.1:9/"}, 21209),
    ],
)
def test_an_invalid_update_is_refused_and_changes_nothing(
    twilio: Emulator, app: ScriptedApp, client: Client, changes: dict[str, Any], code: int
) -> None:
    app.on("/start", '<Pause length="1"/><Say>Hi</Say><Pause length="100"/>')
    phone = twilio.dial(NUMBER)
    twilio.advance(5)
    with pytest.raises(TwilioRestException) as error:
        client.calls(phone.sid).update(**changes)
    assert (error.value.status, error.value.code) == (400, code)
    assert (phone.status, phone.call["verb"]) == ("in-progress", "Pause")


def test_a_call_has_every_field(twilio: Emulator, app: ScriptedApp, emulator_url: str) -> None:
    phone = twilio.dial(NUMBER, from_="+14158675309")
    twilio.settle()
    status, call = rest_request(f"{emulator_url}{BASE}/Calls/{phone.sid}.json")
    assert (status, call.keys()) == (200, FIELDS)
    assert call["from_formatted"] == "(415) 867-5309"
    assert call["uri"] == f"{BASE}/Calls/{phone.sid}.json"
    assert call["date_created"].endswith(" +0000")
    assert (call["price_unit"], call["api_version"], call["queue_time"]) == ("USD", "2010-04-01", "0")
    assert call["subresource_uris"]["recordings"] == f"{BASE}/Calls/{phone.sid}/Recordings.json"


def test_unknown_paths_wrong_methods_and_wrong_tokens_are_refused(
    twilio: Emulator, emulator_url: str
) -> None:
    missing = f"{BASE}/Calls/CA{'0' * 32}.json"
    status, body = rest_request(emulator_url + missing)
    assert (status, body["code"], body["status"]) == (404, 20404, 404)
    assert body["message"] == f"The requested resource {missing} was not found"
    assert rest_request(emulator_url + missing, "PUT", b"")[1]["code"] == 20004
    assert rest_request(emulator_url + missing, "PUT", b"")[0] == 405
    assert rest_request(f"{emulator_url}{BASE}/Nothing.json")[1]["code"] == 20404
    status, body = rest_request(emulator_url + missing, password="wrong")
    assert (status, body["code"], body["message"]) == (401, 20003, "Authenticate")
    assert body["more_info"] == "https://www.twilio.com/docs/errors/20003"
    other = missing.replace(ACCOUNT, "AC" + "1" * 32)
    assert rest_request(emulator_url + other)[1]["code"] == 20404


def test_a_call_is_deletable_one_minute_after_its_end(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    app.on("/start", "<Say>Hi</Say>")
    phone = twilio.dial(NUMBER).hears("Hi")
    with pytest.raises(TwilioRestException) as error:
        client.calls(phone.sid).delete()
    assert error.value.code == 20009
    phone.hangup()
    twilio.advance(59)
    with pytest.raises(TwilioRestException) as error:
        client.calls(phone.sid).delete()
    assert error.value.code == 20009
    twilio.advance(1)
    assert client.calls(phone.sid).delete()
    with pytest.raises(TwilioRestException) as error:
        client.calls(phone.sid).fetch()
    assert error.value.code == 20404


def test_a_switch_makes_an_ended_call_deletable_at_once(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    twilio.switches(finalising_seconds=0)
    app.on("/start", "<Say>Hi</Say>")
    phone = twilio.dial(NUMBER).hears("Hi")
    with pytest.raises(TwilioRestException):
        client.calls(phone.sid).delete()
    phone.hangup()
    assert client.calls(phone.sid).delete()


def test_calls_are_filtered_by_status_numbers_and_times(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    app.on("/start", f"<Dial>{ANN}</Dial>")
    phone = twilio.dial(NUMBER, from_="+15005550001")
    twilio.advance(5)
    app.on("/start", "<Hangup/>")
    ended = twilio.dial(NUMBER, from_="+15005550002")
    twilio.settle()
    leg = phone.legs[0]
    sids = {"phone": phone.sid, "leg": leg.sid, "ended": ended.sid}

    def found(**filters: Any) -> set[str]:
        listed = {call.sid for call in client.calls.list(**filters)}
        return {name for name, sid in sids.items() if sid in listed}

    today = datetime.now(UTC).date()
    assert found() == {"phone", "leg", "ended"}
    assert found(status="completed") == {"ended"}
    assert found(status="in-progress") == {"phone", "leg"}
    assert found(to=ANN) == {"leg"}
    assert found(from_="+15005550002") == {"ended"}
    assert found(parent_call_sid=phone.sid) == {"leg"}
    assert found(start_time_after=today - timedelta(days=1)) == {"phone", "leg", "ended"}
    assert found(start_time_before=today - timedelta(days=1)) == set()
    assert found(start_time_after=today + timedelta(days=2)) == set()
    assert found(end_time_after=datetime.now(UTC) - timedelta(hours=1)) == {"ended"}
    assert found(end_time_before=datetime.now(UTC) + timedelta(hours=1)) == {"ended"}


def test_pages_link_to_each_other(
    twilio: Emulator, app: ScriptedApp, client: Client, emulator_url: str
) -> None:
    sids = [twilio.dial(NUMBER).sid for _ in range(5)]
    twilio.settle()
    assert [call.sid for call in client.calls.list(page_size=2)] == sids[::-1]
    _, page = rest_request(f"{emulator_url}{BASE}/Calls.json?PageSize=2&To=%2B14155550100")
    assert (page["page"], page["page_size"], page["start"], page["end"]) == (0, 2, 0, 1)
    assert page["previous_page_uri"] is None
    assert f"PageToken=PA{sids[3]}" in page["next_page_uri"]
    assert "To=%2B14155550100" in page["next_page_uri"]
    _, second = rest_request(emulator_url + page["next_page_uri"])
    assert [call["sid"] for call in second["calls"]] == [sids[2], sids[1]]
    _, first = rest_request(emulator_url + second["previous_page_uri"])
    assert [call["sid"] for call in first["calls"]] == [sids[4], sids[3]]
    _, third = rest_request(emulator_url + second["next_page_uri"])
    assert (len(third["calls"]), third["next_page_uri"]) == (1, None)


def test_notifications_and_events_are_listed(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    app.on("/start", "<Nonsense/><Redirect/>")
    phone = twilio.dial(NUMBER)
    twilio.advance(10)
    found = client.calls(phone.sid).notifications.list()
    assert [(item.error_code, item.log) for item in found] == [("11100", "0"), ("12200", "1")]
    assert [item.error_code for item in client.calls(phone.sid).notifications.list(log=1)] == ["12200"]
    single = client.calls(phone.sid).notifications(found[0].sid).fetch()
    assert "ErrorCode=11100" in str(single.message_text)
    requests = [event.request["url"] for event in client.calls(phone.sid).events.list()]
    assert requests == [app.url("/start"), app.url("/status")]


def test_numbers_are_updated_bought_and_released(twilio: Emulator, client: Client) -> None:
    [number] = client.incoming_phone_numbers.list(phone_number=NUMBER)
    assert number.update(voice_url="http://127.0.0.1:9/v", voice_method="GET").voice_method == "GET"
    assert client.incoming_phone_numbers(number.sid).fetch().voice_url == "http://127.0.0.1:9/v"
    with pytest.raises(TwilioRestException) as error:
        number.update(voice_url="nonsense")
    assert error.value.code == 21502
    made = client.incoming_phone_numbers.create(phone_number="+14155550123", voice_url="http://127.0.0.1:9/w")
    assert made.friendly_name == "(415) 555-0123"
    assert len(client.incoming_phone_numbers.list()) == 2
    with pytest.raises(TwilioRestException) as error:
        client.incoming_phone_numbers.create(phone_number="+14155550123")
    assert error.value.code == 21422
    assert made.delete()
    assert client.incoming_phone_numbers.list(phone_number="+14155550123") == []
    twilio.reset()
    assert client.incoming_phone_numbers(number.sid).fetch().voice_url is None


@pytest.mark.parametrize(("length", "status"), [(4000, 200), (4001, 400)])
def test_inline_twiml_has_at_most_4000_characters(
    twilio: Emulator, app: ScriptedApp, client: Client, emulator_url: str, length: int, status: int
) -> None:
    app.on("/start", '<Play loop="0">m.mp3</Play>')
    phone = twilio.dial(NUMBER)
    twilio.advance(1)
    text = "<Response><Say>New</Say></Response>"
    form = urlencode({"Twiml": text + " " * (length - len(text))}).encode()
    answer = rest_request(f"{emulator_url}{BASE}/Calls/{phone.sid}.json", "POST", form)
    assert (answer[0], answer[1].get("code")) == (status, None if status == 200 else 32018)


def test_an_update_without_known_parameters_changes_nothing(
    twilio: Emulator, app: ScriptedApp, client: Client, emulator_url: str
) -> None:
    app.on("/start", '<Play loop="0">m.mp3</Play>')
    phone = twilio.dial(NUMBER)
    twilio.advance(1)
    address = f"{emulator_url}{BASE}/Calls/{phone.sid}.json"
    for form in (b"", b"Unknown=1", b"url=http%3A%2F%2Fx%2F&status=completed"):  # names are case-sensitive
        status, body = rest_request(address, "POST", form)
        assert (status, body["status"]) == (200, "in-progress")
    assert (phone.call["verb"], warning_codes(phone)) == ("Play", [])


def test_status_overrides_twiml_in_an_update(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    app.on("/start", '<Play loop="0">m.mp3</Play>')
    phone = twilio.dial(NUMBER)
    twilio.advance(1)
    shown = client.calls(phone.sid).update(status="completed", twiml="<Response><Say>No</Say></Response>")
    twilio.advance(5)
    assert (shown.status, phone.status, heard(phone)) == ("completed", "completed", ["play(/m.mp3)"])


def test_a_client_may_call_a_client(twilio: Emulator, client: Client) -> None:
    call = client.calls.create(to="client:bob", from_="client:ann", twiml="<Response/>")
    assert (call.to, call._from) == ("client:bob", "client:ann")


def test_notifications_are_filtered_by_date(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    app.on("/start", "<Nothing/>")
    phone = twilio.dial(NUMBER)
    twilio.settle()
    notifications, today = client.calls(phone.sid).notifications, datetime.now(UTC).date()
    assert len(notifications.list(message_date=today)) == 1
    assert len(notifications.list(message_date_after=today)) == 1
    assert notifications.list(message_date_before=today) == []
    assert notifications.list(message_date=today - timedelta(days=2)) == []
