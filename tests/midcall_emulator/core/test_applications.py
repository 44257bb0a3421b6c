"""TwiML applications: create, update, and use by numbers and calls."""

from __future__ import annotations

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.scripted_app import Answer, ScriptedApp

NUMBER = "+14155550100"
ANN = "+15005550006"


def test_an_application_is_created_updated_listed_and_deleted(twilio: Emulator, client: Client) -> None:
    made = client.applications.create(
        friendly_name="Desk", voice_url="http://127.0.0.1:9/a", voice_method="GET"
    )
    assert (made.friendly_name, made.voice_url, made.voice_method) == ("Desk", "http://127.0.0.1:9/a", "GET")
    client.applications.create(friendly_name="Other")
    client.applications(made.sid).update(status_callback="http://127.0.0.1:9/s")
    [found] = client.applications.list(friendly_name="Desk")
    assert (found.sid, found.status_callback) == (made.sid, "http://127.0.0.1:9/s")
    assert len(client.applications.list()) == 2
    assert client.applications(made.sid).delete()
    with pytest.raises(TwilioRestException) as error:
        client.applications(made.sid).fetch()
    assert error.value.code == 20404
    with pytest.raises(TwilioRestException):
        client.applications.create(voice_url="nowhere")


def test_a_number_uses_the_urls_of_its_application(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    desk = client.applications.create(
        voice_url=app.url("/desk"), voice_fallback_url=app.url("/fb"), status_callback=app.url("/desk-status")
    )
    number = client.incoming_phone_numbers.list()[0]
    assert number.update(voice_application_sid=desk.sid).voice_application_sid == desk.sid
    app.on("/desk", Answer(status=500))
    twilio.dial(NUMBER)
    twilio.settle()
    assert app.paths(status=True) == ["POST /desk", "POST /fb", "POST /desk-status"]
    client.applications(desk.sid).delete()
    twilio.dial(NUMBER)
    twilio.settle()
    assert app.paths()[-1] == "POST /start"
    assert app.visit("/desk").params["ApplicationSid"] == desk.sid
    assert "ApplicationSid" not in app.visit("/start").params
    with pytest.raises(TwilioRestException) as error:
        number.update(voice_application_sid="AP0")
    assert error.value.code == 21218


def test_an_outgoing_call_uses_the_urls_of_its_application(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    desk = client.applications.create(voice_url=app.url("/desk"), status_callback=app.url("/desk-status"))
    client.calls.create(to=ANN, from_=NUMBER, application_sid=desk.sid, status_callback=app.url("/ignored"))
    twilio.advance(5)
    assert app.paths(status=True) == ["POST /desk", "POST /desk-status"]
    assert {visit.params.get("ApplicationSid") for visit in app.visits} == {desk.sid}
    with pytest.raises(TwilioRestException) as error:
        client.calls.create(to=ANN, from_=NUMBER, application_sid="AP0")
    assert (error.value.status, error.value.code) == (400, 21218)
