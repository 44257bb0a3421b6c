"""Effects of a REST update or a hangup on each running verb, where the tests of that verb leave them out.

Sources: https://www.twilio.com/docs/voice/twiml/dial, /record, /enqueue. COVERAGE.md lists what Twilio does not
document.
"""

from __future__ import annotations

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, warning_codes
from tests.support.emulator_calls import start_call
from tests.support.scripted_app import Answer, ScriptedApp

NUMBER = "+14155550100"
ANN, BOB = "+15005550006", "+15005550007"
NEW = "<Response><Say>New</Say></Response>"


def test_a_dialing_parent_is_in_progress_while_its_leg_rings(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    twilio.people(ANN, "manual")
    phone = start_call(twilio, app, f"<Dial>{ANN}</Dial>", 5)
    shown = client.calls(phone.sid).fetch()
    assert (shown.status, client.calls(phone.legs[0].sid).fetch().status) == ("in-progress", "ringing")
    assert client.calls(phone.sid).update(status="canceled").status == "in-progress"
    assert phone.legs[0].status == "ringing"
    client.calls(phone.sid).update(status="completed")
    assert (phone.status, phone.legs[0].status) == ("completed", "canceled")


def test_canceling_a_ringing_leg_ends_the_dial(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    twilio.switches(cancel_dialed_leg="ends")
    twilio.people(ANN, "manual")
    app.on("/done", "<Say>Go on</Say>")
    phone = start_call(twilio, app, f'<Dial action="/done">{ANN}</Dial>', 5)
    assert client.calls(phone.legs[0].sid).update(status="canceled").status == "canceled"
    phone.hears("Go on")
    assert app.visit("/done").params["DialCallStatus"] == "canceled"


def test_canceled_has_no_effect_on_a_ringing_leg(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    twilio.people(ANN, "manual")
    phone = start_call(twilio, app, f"<Dial>{ANN}</Dial>", 5)
    assert client.calls(phone.legs[0].sid).update(status="canceled").status == "ringing"
    assert client.calls(phone.legs[0].sid).update(status="completed").status == "canceled"


def test_a_ringing_leg_cannot_be_redirected(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    twilio.people(ANN, "manual")
    phone = start_call(twilio, app, f"<Dial>{ANN}</Dial>", 5)
    with pytest.raises(Exception, match="Call is not in-progress"):
        client.calls(phone.legs[0].sid).update(twiml=NEW)


def test_redirecting_the_parent_during_a_whisper_ends_the_leg(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    app.on("/w", "<Say>A call for you</Say><Pause length='30'/>")
    app.on("/never", "<Say>Never</Say>")
    phone = start_call(twilio, app, f'<Dial action="/never"><Number url="/w">{ANN}</Number></Dial>', 5)
    leg = phone.legs[0]
    assert heard(leg)[:1] == ["say(A call for you)"]
    client.calls(phone.sid).update(twiml=NEW)
    twilio.advance(5)
    assert (heard(phone), leg.status) == (["ringback", "say(New)"], "completed")
    assert app.visit("/never").params["DialBridged"] == "false"


def test_redirecting_a_leg_during_its_whisper_ends_the_dial(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    app.on("/w", "<Say>A call for you</Say><Pause length='30'/>")
    app.on("/done", "<Say>Alone</Say>")
    phone = start_call(twilio, app, f'<Dial action="/done"><Number url="/w">{ANN}</Number></Dial>', 5)
    leg = phone.legs[0]
    client.calls(leg.sid).update(twiml=NEW)
    twilio.advance(5)
    assert heard(leg)[-1] == "say(New)"
    assert heard(phone) == ["ringback", "say(Alone)"]
    assert "DialCallDuration" not in app.visit("/done").params


def test_a_redirected_leg_survives_the_hangup_of_its_parent(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    phone = start_call(twilio, app, f"<Dial>{ANN}</Dial><Pause length='100'/>", 5)
    leg = phone.legs[0]
    client.calls(leg.sid).update(
        twiml="<Response><Play loop='0'>http://music.example.com/a.mp3</Play></Response>"
    )
    twilio.settle()
    phone.hangup()
    twilio.advance(10)
    assert (phone.status, leg.status, client.calls(leg.sid).fetch().parent_call_sid) == (
        "completed",
        "in-progress",
        phone.sid,
    )


@pytest.mark.parametrize("change", [{"status": "completed"}, {"twiml": NEW}])
def test_an_interrupted_record_reports_its_recording(
    twilio: Emulator, app: ScriptedApp, client: Client, change: dict[str, str]
) -> None:
    app.on("/start", '<Record action="/never" recordingStatusCallback="/recorded"/>')
    phone = twilio.dial(NUMBER).speak("hello", seconds=20)
    twilio.advance(7)
    client.calls(phone.sid).update(**change)
    twilio.advance(5)
    assert app.visit("/recorded").params["RecordingDuration"] == "7"
    asked = [visit.params for visit in app.visits if visit.path == "/never"]
    if "status" in change:
        [params] = asked
        assert (params["Digits"], params["CallStatus"], params["RecordingDuration"]) == (
            "hangup",
            "completed",
            "7",
        )
    else:
        assert (asked, heard(phone)) == ([], ["beep", "say(New)"])


@pytest.mark.parametrize("verb", ["Say", "Play", "Gather", "Pause"])
def test_ending_a_call_during_a_verb_without_action_request(
    twilio: Emulator, app: ScriptedApp, client: Client, verb: str
) -> None:
    documents = {
        "Say": '<Say loop="100">A</Say>',
        "Play": '<Play loop="0">m.mp3</Play>',
        "Gather": '<Gather action="/never" timeout="60"/>',
        "Pause": '<Say>A</Say><Pause length="60"/>',
    }
    app.on("/never", "<Say>Never</Say>")
    phone = start_call(twilio, app, documents[verb], 5)
    if verb == "Gather":
        phone.press("12")
    client.calls(phone.sid).update(status="completed")
    before = len(phone.heard)
    twilio.advance(60)
    assert (len(phone.heard), phone.status) == (before, "completed")
    assert [path for path in app.paths(status=True) if "m.mp3" not in path] == ["POST /start", "POST /status"]
    assert app.visit("/status").params["CallDuration"] == "5"


@pytest.mark.parametrize(
    "how", ["leg hangs up", "leg is ended", "caller hangs up", "caller is ended", "star"]
)
def test_the_dial_action_reports_every_way_a_bridge_ends(
    twilio: Emulator, app: ScriptedApp, client: Client, how: str
) -> None:
    app.on("/done", "<Say>Next</Say>")
    phone = start_call(twilio, app, f'<Dial action="/done" hangupOnStar="true">{ANN}</Dial>', 12)
    leg = phone.legs[0]
    steps = {
        "leg hangs up": leg.hangup,
        "leg is ended": lambda: client.calls(leg.sid).update(status="completed"),
        "caller hangs up": phone.hangup,
        "caller is ended": lambda: client.calls(phone.sid).update(status="completed"),
        "star": lambda: phone.press("*"),
    }
    steps[how]()
    twilio.advance(10)
    params = app.visit("/done").params
    assert (params["DialCallStatus"], params["DialCallSid"]) == ("completed", leg.sid)
    assert (params["DialCallDuration"], params["DialBridged"]) == ("10", "true")
    gone = how.startswith("caller")
    assert params["CallStatus"] == ("completed" if gone else "in-progress")
    assert (heard(phone)[-1] == "say(Next)", leg.status) == (not gone, "completed")


def test_a_whisper_request_carries_both_call_sids(twilio: Emulator, app: ScriptedApp) -> None:
    phone = start_call(twilio, app, f'<Dial><Number url="/w?x=1" method="GET">{ANN}</Number></Dial>', 5)
    params = app.visit("/w").params
    leg = phone.legs[0]
    assert (params["CallSid"], params["ParentCallSid"], params["x"]) == (leg.sid, phone.sid, "1")
    assert (params["Direction"], params["CallStatus"]) == ("outbound-dial", "in-progress")
    assert (params["To"], params["Called"]) == (ANN, ANN)


def test_a_failing_new_document_without_fallback_ends_in_an_apology(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    phone = start_call(twilio, app, '<Play loop="0">m.mp3</Play>', 5)
    app.on("/new", Answer(status=500))
    assert client.calls(phone.sid).update(url=app.url("/new")).status == "in-progress"
    twilio.advance(10)
    assert (warning_codes(phone), heard(phone)[-1], phone.status) == ([11200], "apology", "completed")


@pytest.mark.parametrize("twiml", ["Foobar", "<Reply/>", "<Response>"])
def test_unreadable_inline_twiml_ends_in_an_apology(
    twilio: Emulator, app: ScriptedApp, client: Client, twiml: str
) -> None:
    phone = start_call(twilio, app, '<Play loop="0">m.mp3</Play>', 5)
    assert client.calls(phone.sid).update(twiml=twiml).status == "in-progress"
    twilio.advance(10)
    assert warning_codes(phone)[0] in (12100, 12102)
    assert (heard(phone)[-1], phone.status) == ("apology", "completed")


def test_an_update_with_get_adds_parameters_to_the_query(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    phone = start_call(twilio, app, '<Play loop="0">m.mp3</Play>', 5)
    app.on("/new", "<Say>New</Say><Gather/>")
    client.calls(phone.sid).update(url=app.url("/new?a=b"), method="GET")
    phone.hears("New")
    assert app.paths()[-1] == "GET /new"
    params = app.visit("/new").params
    assert (params["a"], params["CallStatus"], params["Direction"]) == ("b", "in-progress", "inbound")
    assert not params.keys() & {"Digits", "DialCallStatus", "SequenceNumber", "Timestamp"}


def test_a_redirect_sends_no_status_callback(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    phone = start_call(twilio, app, '<Play loop="0">m.mp3</Play>', 5)
    client.calls(phone.sid).update(twiml=NEW)
    phone.hears("New")
    assert "POST /status" not in app.paths(status=True)
    twilio.advance(5)
    assert app.paths(status=True).count("POST /status") == 1


def test_an_outgoing_call_is_updated_like_an_incoming_one(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    call = client.calls.create(
        to=ANN,
        from_=NUMBER,
        twiml="<Response><Play loop='0'>http://music.example.com/a.mp3</Play></Response>",
        status_callback=app.url("/p"),
        status_callback_event=["answered", "completed"],
    )
    twilio.advance(10)
    phone = twilio.phone(str(call.sid))
    app.on("/new", "<Say>New</Say>")
    client.calls(call.sid).update(url=app.url("/new"), status_callback=app.url("/q"))
    phone.hears("New")
    twilio.advance(5)
    assert app.visit("/new").params["Direction"] == "outbound-api"
    assert app.paths() == ["POST /p", "POST /new", "POST /q"]
    numbers = [app.visit(path).params["SequenceNumber"] for path in ("/p", "/q")]
    assert (numbers, app.visit("/q").params["CallStatus"]) == (["0", "1"], "completed")
