"""Updates of a live call over REST: what they interrupt, what they request, what is refused."""

from __future__ import annotations

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, warning_codes
from tests.support.emulator_calls import start_call
from tests.support.scripted_app import Answer, ScriptedApp

NUMBER = "+14155550100"
NEW = "<Response><Say>New</Say></Response>"
MUSIC = '<Play loop="0">/m.mp3</Play>'


def test_inline_twiml_replaces_the_running_document(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    phone = start_call(twilio, app, MUSIC, 15)
    assert client.calls(phone.sid).update(twiml=NEW).status == "in-progress"
    twilio.advance(60)
    assert heard(phone) == ["play(/m.mp3)"] * 2 + ["say(New)"]
    assert phone.heard[-1]["at"] == 15
    assert app.paths() == ["POST /start", "GET /m.mp3"]
    assert phone.status == "completed"


def test_the_new_url_receives_the_standard_parameters_only(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    app.on("/new", "<Say>New</Say>")
    phone = start_call(twilio, app, '<Gather action="/a" timeout="60"/>', 15).press("12")
    client.calls(phone.sid).update(url=app.url("/new"), method="POST")
    phone.hears("New")
    assert app.paths() == ["POST /start", "POST /new"]
    params = app.visit("/new").params
    assert (params["CallStatus"], params["Direction"], params["CallSid"]) == (
        "in-progress",
        "inbound",
        phone.sid,
    )
    assert "Digits" not in params


@pytest.mark.parametrize(
    "verbs",
    [
        '<Gather action="/a" timeout="60"/>',
        '<Pause length="60"/>',
        '<Say loop="0">Hi</Say>',
        '<Gather action="/a" timeout="60"><Say loop="0">Hi</Say></Gather>',
    ],
)
def test_an_update_interrupts_the_verb_without_requesting_its_action(
    twilio: Emulator, app: ScriptedApp, client: Client, verbs: str
) -> None:
    phone = start_call(twilio, app, "<Say>Hi</Say>" + verbs, 15).press("1")
    before = heard(phone)
    client.calls(phone.sid).update(twiml=NEW)
    twilio.advance(60)
    assert heard(phone) == [*before, "say(New)"]
    assert app.paths() == ["POST /start"]


def test_an_interrupted_record_keeps_its_recording(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    phone = start_call(twilio, app, '<Record timeout="60" action="/a" recordingStatusCallback="/rec"/>', 15)
    client.calls(phone.sid).update(twiml=NEW)
    twilio.advance(60)
    assert app.paths() == ["POST /start", "POST /rec"]
    assert app.visit("/rec").params["RecordingDuration"] == "15"
    assert client.calls(phone.sid).recordings.list()[0].duration == "15"


def test_the_last_of_two_updates_wins(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    phone = start_call(twilio, app, MUSIC, 15)
    app.on("/slow", Answer("<Response><Say>Slow</Say></Response>", wait=True))
    app.on("/fast", '<Say>Fast</Say><Pause length="60"/>')
    client.calls(phone.sid).update(url=app.url("/slow"))
    client.calls(phone.sid).update(url=app.url("/fast"))
    phone.hears("Fast")
    app.release.set()
    twilio.advance(10)
    assert "say(Slow)" not in heard(phone)
    [slow] = [item for item in phone.requests if item["url"].endswith("/slow")]
    assert (slow["status"], slow["discarded"]) == (200, True)


def test_a_late_response_to_the_interrupted_document_is_discarded(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    app.on("/a", Answer("<Response><Say>Late</Say></Response>", wait=True))
    phone = start_call(twilio, app, '<Gather action="/a" numDigits="1" timeout="60"/>', 15).press("1")
    client.calls(phone.sid).update(twiml="<Response><Say>New</Say><Pause length='30'/></Response>")
    phone.hears("New")
    app.release.set()
    twilio.advance(10)
    assert heard(phone) == ["say(New)", "silence(30)"]


def test_completed_ends_a_live_call_and_canceled_does_not(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    phone = start_call(twilio, app, MUSIC, 15)
    assert client.calls(phone.sid).update(status="canceled").status == "in-progress"
    ended = client.calls(phone.sid).update(status="completed")
    assert (ended.status, ended.duration) == ("completed", "15")
    twilio.settle()
    assert app.visit("/status").params["CallDuration"] == "15"


@pytest.mark.parametrize(
    "change",
    [
        {"twiml": NEW},
        {"url": "http://127.0.0.1:9/"},
        {"status": "completed"},
        {"status": "canceled"},
        {"time_limit": 60},
        {"status_callback": "http://127.0.0.1:9/"},
        {"fallback_url": "http://127.0.0.1:9/"},
    ],
)
def test_an_ended_call_cannot_be_updated(
    twilio: Emulator, app: ScriptedApp, client: Client, change: dict[str, str]
) -> None:
    phone = start_call(twilio, app, "<Hangup/>", 15)
    with pytest.raises(TwilioRestException) as error:
        client.calls(phone.sid).update(**change)
    assert (error.value.status, error.value.code) == (400, 21220)
    assert "Call is not in-progress. Cannot redirect." in error.value.msg
    assert phone.status == "completed"


def test_a_ringing_call_cannot_be_redirected(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    app.on("/start", '<Pause length="30"/><Say>Hi</Say>')
    phone = twilio.dial(NUMBER)
    with pytest.raises(TwilioRestException) as error:
        client.calls(phone.sid).update(twiml=NEW)
    assert error.value.code == 21220


def test_rest_status_may_lag_behind_the_answer(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    twilio.switches(rest_lag_ms=60_000)
    phone = start_call(twilio, app, MUSIC, 15)
    assert client.calls(phone.sid).fetch().status == "ringing"
    with pytest.raises(TwilioRestException) as error:
        client.calls(phone.sid).update(twiml=NEW)
    assert error.value.code == 21220
    twilio.switches(rest_lag_ms=0)
    client.calls(phone.sid).update(twiml=NEW)
    phone.hears("New")


@pytest.mark.parametrize(
    ("twiml", "code"),
    [
        ('<Gather action="/r" timeout="1"/>', 15004),
        ('<Gather timeout="1"/>', 11100),
        ("<Redirect>/r</Redirect>", 15004),
        ("<Redirect/>", 11100),
    ],
)
def test_relative_urls_in_inline_twiml_are_errors(
    twilio: Emulator, app: ScriptedApp, client: Client, twiml: str, code: int
) -> None:
    phone = start_call(twilio, app, MUSIC, 15)
    client.calls(phone.sid).update(twiml=f"<Response>{twiml}</Response>")
    if "Gather" in twiml:
        twilio.settle()
        phone.press("1")
    twilio.advance(30)
    assert (warning_codes(phone), heard(phone)[-1], phone.status) == ([code], "apology", "completed")


def test_a_failing_new_url_leads_to_the_fallback_of_the_update(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    phone = start_call(twilio, app, MUSIC, 15)
    app.on("/new", Answer(status=500))
    app.on("/fb", "<Say>Sorry</Say>")
    client.calls(phone.sid).update(url=app.url("/new"), fallback_url=app.url("/fb"))
    phone.hears("Sorry")
    assert app.visit("/fb").params["ErrorUrl"] == app.url("/new")


def test_an_update_changes_status_callback_and_time_limit(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    phone = start_call(twilio, app, MUSIC, 15)
    client.calls(phone.sid).update(status_callback=app.url("/other"), time_limit=60)
    twilio.advance(44.9)
    assert phone.status == "in-progress"
    twilio.advance(0.1)
    assert phone.status == "completed"
    assert app.visit("/other").params["CallDuration"] == "60"
    assert "POST /status" not in app.paths(status=True)
