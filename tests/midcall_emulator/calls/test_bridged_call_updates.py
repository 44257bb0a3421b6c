"""Updates of calls that dial or are bridged: the effects on parent and leg."""

from __future__ import annotations

from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard
from tests.support.emulator_calls import start_call
from tests.support.scripted_app import Answer, ScriptedApp

ANN = "+15005550006"
NEW = "<Response><Say>New</Say></Response>"


def test_redirecting_a_bridged_parent_requests_the_dial_action_before_the_new_url(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    app.on("/done", "<Say>Discarded</Say>")
    app.on("/new", '<Say>New</Say><Pause length="60"/>')
    phone = start_call(twilio, app, f'<Dial action="/done">{ANN}</Dial><Say>Never</Say>', 15)
    [leg] = phone.legs
    client.calls(phone.sid).update(url=app.url("/new"))
    phone.hears("New")
    assert leg.status == "completed"
    assert app.paths() == ["POST /start", "POST /done", "POST /new"]
    params = app.visit("/done").params
    assert (params["DialCallStatus"], params["DialCallDuration"]) == ("completed", "13")
    twilio.advance(5)
    assert heard(phone)[2:] == ["say(New)", "silence(60)"]
    assert [item["discarded"] for item in phone.requests] == [False, True, False]


def test_a_slow_dial_action_does_not_delay_the_new_url(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    twilio.switches(dial_action_lead_seconds=0.05)
    app.on("/done", Answer(wait=True))
    app.on("/new", '<Say>New</Say><Pause length="60"/>')
    phone = start_call(twilio, app, f'<Dial action="/done">{ANN}</Dial>', 15)
    client.calls(phone.sid).update(url=app.url("/new"))
    phone.hears("New")


def test_redirecting_a_dialing_parent_cancels_its_leg(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    twilio.people(ANN, "manual")
    phone = start_call(twilio, app, f"<Dial>{ANN}</Dial>", 15)
    client.calls(phone.sid).update(twiml=NEW)
    phone.hears("New")
    assert phone.legs[0].status == "canceled"


def test_redirecting_the_leg_ends_the_dial_of_its_parent(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    app.on("/done", '<Say>Alone</Say><Pause length="60"/>')
    app.on("/leg", '<Say>Over here</Say><Pause length="60"/>')
    phone = start_call(twilio, app, f'<Dial action="/done">{ANN}</Dial>', 15)
    [leg] = phone.legs
    client.calls(leg.sid).update(url=app.url("/leg"))
    leg.hears("Over here")
    phone.hears("Alone")
    assert "DialCallDuration" not in app.visit("/done").params
    assert app.visit("/leg").params["CallSid"] == leg.sid
    assert (phone.status, leg.status) == ("in-progress", "in-progress")


def test_ending_the_parent_ends_the_leg_and_ending_the_leg_ends_the_dial(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    phone = start_call(twilio, app, f"<Dial>{ANN}</Dial>", 15)
    client.calls(phone.sid).update(status="completed")
    assert (phone.status, phone.legs[0].status) == ("completed", "completed")
    other = start_call(twilio, app, f"<Dial>{ANN}</Dial><Say>Alone</Say>", 15)
    client.calls(other.legs[0].sid).update(status="completed")
    other.hears("Alone")
