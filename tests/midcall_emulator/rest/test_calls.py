"""The REST API of calls: fields, list, delete, and errors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator
from midcall_emulator.settings import ACCOUNT
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
