"""Webhooks that are lost, doubled, shuffled, late or forged."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator, Phone
from tests.support.listening import codes, heard
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
HOLD = '<Say>Hi</Say><Pause length="600"/>'
EVENTS = ["initiated", "ringing", "answered", "completed"]


def fault(twilio: Emulator, do: str, match: object, **more: object) -> None:
    twilio.faults([{"on": "webhook", "match": match, "do": do, **more}])


def one_call(twilio: Emulator, app: ScriptedApp, client: Client) -> list[str]:
    """Call somebody who answers and hangs up; return the order in which the app got the callbacks."""
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
    return numbers(app)


def numbers(app: ScriptedApp) -> list[str]:
    return [visit.params["SequenceNumber"] for visit in app.visits if visit.path == "/status"]


def test_a_document_that_is_lost(twilio: Emulator, app: ScriptedApp) -> None:
    fault(twilio, "drop", "/start")
    phone = twilio.dial(NUMBER)
    twilio.advance(10)
    assert (codes(phone), heard(phone), app.paths()) == ([11200], ["apology"], [])
    assert "never arrived" in phone.requests[0]["error"]


def test_what_is_lost_is_sent_again_if_the_url_says_so(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    twilio.number(NUMBER, voice_url=app.url("/start#rp=rt"))
    app.on("/start", HOLD)
    fault(twilio, "drop", "/start")
    twilio.dial(NUMBER).hears("Hi")
    assert app.paths() == ["POST /start"]


def test_callbacks_that_are_lost(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    fault(twilio, "drop", {"params": {"CallbackSource": "call-progress-events"}}, times=2)
    assert one_call(twilio, app, client) == ["2", "3"]


def test_a_document_that_is_asked_for_twice(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", HOLD, "<Say>Again</Say>")
    fault(twilio, "double", "/start")
    phone = twilio.dial(NUMBER).hears("Hi")
    twilio.advance(5)
    one, other = app.visits
    assert (one.params, one.headers) == (other.params, other.headers)
    assert ([item["discarded"] for item in phone.requests], heard(phone)[0]) == ([False, True], "say(Hi)")


def test_a_copy_that_comes_later(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    fault(twilio, "double", "/status", value=30)
    assert one_call(twilio, app, client) == ["0", "1", "2", "3"]
    twilio.advance(24)
    assert len(numbers(app)) == 4
    twilio.advance(1)
    assert numbers(app) == ["0", "1", "2", "3", "0"]


@pytest.mark.parametrize(("times", "order"), [(1, ["1", "0", "2", "3"]), (-1, ["1", "0", "3", "2"])])
def test_callbacks_out_of_order(
    twilio: Emulator, app: ScriptedApp, client: Client, times: int, order: list[str]
) -> None:
    fault(twilio, "shuffle", "/status", times=times)
    assert one_call(twilio, app, client) == order


def test_a_document_that_another_call_overtakes(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", HOLD)
    fault(twilio, "shuffle", "/start")
    first, second = twilio.dial(NUMBER), twilio.dial(NUMBER)
    second.hears("Hi")
    first.hears("Hi")
    assert [visit.params["CallSid"] for visit in app.visits] == [second.sid, first.sid]


def test_nothing_that_overtakes(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", HOLD)
    fault(twilio, "shuffle", "/start", value=7)
    assert seconds_until_hi(twilio, twilio.dial(NUMBER)) == 7


def test_new_rules_let_go_of_what_the_old_ones_held(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", HOLD)
    fault(twilio, "shuffle", "/start", value=7)
    phone = twilio.dial(NUMBER)
    twilio.settle()
    assert app.paths() == []
    twilio.faults([])
    assert seconds_until_hi(twilio, phone) == 0


def test_a_late_document(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", HOLD)
    fault(twilio, "late", "/start", value=12)
    assert seconds_until_hi(twilio, twilio.dial(NUMBER)) == 12


def test_a_late_callback_holds_up_nothing(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    fault(twilio, "late", {"params": {"SequenceNumber": "1"}}, value=100)
    assert one_call(twilio, app, client) == ["0", "2", "3"]
    twilio.advance(100)
    assert numbers(app) == ["0", "2", "3", "1"]


def test_a_forged_request(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", HOLD)
    fault(twilio, "forge", "/start")
    phone = twilio.dial(NUMBER).hears("Hi")
    twilio.dial(NUMBER).hears("Hi")
    assert app.wrongly_signed == [app.url("/start")]
    assert app.visits[0].headers["x-twilio-signature"] == phone.requests[0]["signature"]
    app.wrongly_signed.clear()


def seconds_until_hi(twilio: Emulator, phone: Phone) -> float:
    before = twilio.clock()["seconds"]
    phone.hears("Hi", within=60)
    return round(twilio.clock()["seconds"] - before, 1)
