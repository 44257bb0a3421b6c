"""Webhooks that are dropped, doubled, shuffled, late or forged."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator, Phone
from tests.support.call_log import heard, warning_codes
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
HOLD = '<Say>Hi</Say><Pause length="600"/>'
EVENTS = ["initiated", "ringing", "answered", "completed"]


def add_fault(twilio: Emulator, do: str, match: object, **more: object) -> None:
    twilio.faults([{"on": "webhook", "match": match, "do": do, **more}])


def callback_order(twilio: Emulator, app: ScriptedApp, client: Client) -> list[str]:
    """Place a call that is answered and ends; return the order of its callbacks."""
    app.on("/out", HOLD)
    call = client.calls.create(
        to="+15005550006",
        from_=NUMBER,
        url=app.url("/out"),
        status_callback=app.url("/status"),
        status_callback_event=EVENTS,
    )
    twilio.advance(5)
    twilio.phone(call.sid).hangup()
    twilio.settle()
    return sequence_numbers(app)


def sequence_numbers(app: ScriptedApp) -> list[str]:
    return [visit.params["SequenceNumber"] for visit in app.visits if visit.path == "/status"]


def test_a_dropped_document_request_is_an_error(twilio: Emulator, app: ScriptedApp) -> None:
    add_fault(twilio, "drop", "/start")
    phone = twilio.dial(NUMBER)
    twilio.advance(10)
    assert (warning_codes(phone), heard(phone), app.paths()) == ([11200], ["apology"], [])
    assert "never arrived" in phone.requests[0]["error"]


def test_a_dropped_request_is_retried_if_the_url_allows_it(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    twilio.number(NUMBER, voice_url=app.url("/start#rp=rt"))
    app.on("/start", HOLD)
    add_fault(twilio, "drop", "/start")
    twilio.dial(NUMBER).hears("Hi")
    assert app.paths() == ["POST /start"]


def test_dropped_callbacks_never_arrive(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    add_fault(twilio, "drop", {"params": {"CallbackSource": "call-progress-events"}}, times=2)
    assert callback_order(twilio, app, client) == ["2", "3"]


def test_a_doubled_document_request_uses_the_first_response(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", HOLD, "<Say>Again</Say>")
    add_fault(twilio, "double", "/start")
    phone = twilio.dial(NUMBER).hears("Hi")
    twilio.advance(5)
    one, other = app.visits
    assert (one.params, one.headers) == (other.params, other.headers)
    assert ([item["discarded"] for item in phone.requests], heard(phone)[0]) == ([False, True], "say(Hi)")


def test_a_doubled_callback_may_arrive_later(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    add_fault(twilio, "double", "/status", value=30)
    assert callback_order(twilio, app, client) == ["0", "1", "2", "3"]
    twilio.advance(24)
    assert len(sequence_numbers(app)) == 4
    twilio.advance(1)
    assert sequence_numbers(app) == ["0", "1", "2", "3", "0"]


@pytest.mark.parametrize(("times", "order"), [(1, ["1", "0", "2", "3"]), (-1, ["1", "0", "3", "2"])])
def test_shuffled_callbacks_arrive_out_of_order(
    twilio: Emulator, app: ScriptedApp, client: Client, times: int, order: list[str]
) -> None:
    add_fault(twilio, "shuffle", "/status", times=times)
    assert callback_order(twilio, app, client) == order


def test_a_shuffled_request_arrives_after_the_next_one(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", HOLD)
    add_fault(twilio, "shuffle", "/start")
    first, second = twilio.dial(NUMBER), twilio.dial(NUMBER)
    second.hears("Hi")
    first.hears("Hi")
    assert [visit.params["CallSid"] for visit in app.visits] == [second.sid, first.sid]


def test_a_shuffled_request_without_successor_arrives_after_its_delay(
    twilio: Emulator, app: ScriptedApp
) -> None:
    app.on("/start", HOLD)
    add_fault(twilio, "shuffle", "/start", value=7)
    assert seconds_until_hi(twilio, twilio.dial(NUMBER)) == 7


def test_new_faults_release_held_requests(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", HOLD)
    add_fault(twilio, "shuffle", "/start", value=7)
    phone = twilio.dial(NUMBER)
    twilio.settle()
    assert app.paths() == []
    twilio.faults([])
    assert seconds_until_hi(twilio, phone) == 0


def test_a_late_document_is_heard_after_its_delay(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", HOLD)
    add_fault(twilio, "late", "/start", value=12)
    assert seconds_until_hi(twilio, twilio.dial(NUMBER)) == 12


def test_a_late_callback_delays_nothing_else(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    add_fault(twilio, "late", {"params": {"SequenceNumber": "1"}}, value=100)
    assert callback_order(twilio, app, client) == ["0", "2", "3"]
    twilio.advance(100)
    assert sequence_numbers(app) == ["0", "2", "3", "1"]


def test_a_forged_request_has_an_invalid_signature(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", HOLD)
    add_fault(twilio, "forge", "/start")
    phone = twilio.dial(NUMBER).hears("Hi")
    twilio.dial(NUMBER).hears("Hi")
    assert app.bad_signatures == [app.url("/start")]
    assert app.visits[0].headers["x-twilio-signature"] == phone.requests[0]["signature"]
    app.bad_signatures.clear()


def seconds_until_hi(twilio: Emulator, phone: Phone) -> float:
    before = twilio.clock()["seconds"]
    phone.hears("Hi", within=60)
    return round(twilio.clock()["seconds"] - before, 1)
