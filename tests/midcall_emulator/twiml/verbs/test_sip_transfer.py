"""A dialed SIP phone refers the caller to another party: referUrl with and without answerOnBridge."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator, EmulatorError, Phone
from tests.support.call_log import heard, warning_codes
from tests.support.scripted_app import Answer, ScriptedApp

NUMBER = "+14155550100"
AGENT, OTHER = "sip:agent@example.com", "sip:other@example.com"
TARGET = f"<{OTHER}?User-to-User=1%3Bencoding%3Dhex>"
ON_BRIDGE = 'answerOnBridge="true" '


def connect_agent(
    twilio: Emulator, app: ScriptedApp, dial: str = "", refer: str = 'referUrl="/refer"', to: str = AGENT
) -> tuple[Phone, Phone]:
    """Return a caller and an agent's phone that are connected."""
    noun = f"<Sip>{to}</Sip>" if to.startswith("sip") else f"<Number>{to}</Number>"
    app.on("/start", f'<Dial action="/done" {dial} {refer}>{noun}</Dial><Say>Never</Say>')
    app.on("/refer", f"<Dial><Sip>{OTHER}</Sip></Dial>")
    app.on("/done", "<Say>Done</Say>")
    phone = twilio.dial(NUMBER)
    twilio.advance(5)
    [agent] = phone.legs
    return phone, agent


def refer_caller(twilio: Emulator, agent: Phone, seconds: float = 5) -> None:
    agent.refer(TARGET)
    twilio.advance(seconds)


def test_the_refer_url_takes_the_caller_over(twilio: Emulator, app: ScriptedApp) -> None:
    phone, agent = connect_agent(twilio, app)
    refer_caller(twilio, agent)
    visit = app.visit("/refer")
    assert visit.params["ReferTransferTarget"] == TARGET
    assert (visit.method, visit.params["CallSid"], visit.params["CallStatus"]) == (
        "POST",
        phone.sid,
        "in-progress",
    )
    other = phone.legs[1]
    assert (agent.status, other.status, other.call["to"]) == ("completed", "in-progress", OTHER)
    assert heard(phone) == ["ringback", f"bridge({agent.sid})", "ringback", f"bridge({other.sid})"]
    other.hangup()
    twilio.advance(5)
    assert (app.paths(), phone.status) == (["POST /start", "POST /refer"], "completed")
    assert [item["kind"] for item in phone.requests] == ["twiml", "refer", "status"]


def test_refer_method_get_is_used(twilio: Emulator, app: ScriptedApp) -> None:
    _, agent = connect_agent(twilio, app, refer='referUrl="/refer" referMethod="GET"')
    refer_caller(twilio, agent)
    assert app.visit("/refer").method == "GET"


def test_the_refer_document_may_hold_any_verbs(twilio: Emulator, app: ScriptedApp) -> None:
    phone, agent = connect_agent(twilio, app)
    app.on("/refer", "<Say>One moment</Say><Redirect>/next</Redirect>")
    app.on("/next", "<Say>Next</Say>")
    refer_caller(twilio, agent)
    assert (heard(phone)[2:], phone.status) == (["say(One moment)", "say(Next)"], "completed")


def test_the_agent_leaves_even_if_the_new_party_is_busy(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.people(OTHER, "busy")
    phone, agent = connect_agent(twilio, app)
    refer_caller(twilio, agent)
    assert (agent.status, phone.status, heard(phone)[-1]) == ("completed", "completed", "ringback")


def test_the_agent_leaves_even_if_the_app_fails(twilio: Emulator, app: ScriptedApp) -> None:
    phone, agent = connect_agent(twilio, app)
    app.on("/refer", Answer(status=500))
    refer_caller(twilio, agent)
    assert (agent.status, warning_codes(phone), heard(phone)[-1]) == ("completed", [11200], "apology")


def test_with_answer_on_bridge_the_agent_stays_until_the_new_party_answers(
    twilio: Emulator, app: ScriptedApp
) -> None:
    phone, agent = connect_agent(twilio, app, ON_BRIDGE)
    refer_caller(twilio, agent, 1)
    assert (agent.status, phone.legs[1].status) == ("in-progress", "ringing")
    twilio.advance(2)
    assert (agent.status, phone.legs[1].status) == ("completed", "in-progress")
    phone.press("5")
    assert heard(phone.legs[1])[-1] == "dtmf(5)"
    phone.legs[1].hangup()
    twilio.advance(5)
    assert (phone.status, app.paths()) == ("completed", ["POST /start", "POST /refer"])


@pytest.mark.parametrize("answer", ["busy", "action", "500"])
def test_with_answer_on_bridge_a_failed_transfer_restores_the_bridge(
    twilio: Emulator, app: ScriptedApp, answer: str
) -> None:
    twilio.people(OTHER, "busy")
    phone, agent = connect_agent(twilio, app, ON_BRIDGE)
    app.on("/tried", "<Say>They are busy</Say>")
    if answer == "action":
        app.on("/refer", f'<Dial action="/tried"><Sip>{OTHER}</Sip></Dial>')
    if answer == "500":
        app.on("/refer", Answer(status=500))
    refer_caller(twilio, agent)
    assert (agent.status, heard(phone)[-1]) == ("in-progress", f"bridge({agent.sid})")
    assert ("say(They are busy)" in heard(phone), warning_codes(phone)) == (
        answer == "action",
        [11200] if answer == "500" else [],
    )
    twilio.people(OTHER, "answer")
    app.on("/refer", f"<Dial><Sip>{OTHER}</Sip></Dial>")
    agent.hangup()
    twilio.settle()
    assert (app.visit("/done").params["DialCallStatus"], heard(phone)[-1]) == ("completed", "say(Done)")


def test_with_answer_on_bridge_a_hangup_verb_ends_the_call(twilio: Emulator, app: ScriptedApp) -> None:
    phone, agent = connect_agent(twilio, app, ON_BRIDGE)
    app.on("/refer", "<Say>Sorry</Say><Hangup/>")
    refer_caller(twilio, agent)
    assert (phone.status, agent.status, heard(phone)[-1]) == ("completed", "completed", "say(Sorry)")


def test_a_hangup_of_the_caller_during_the_transfer_ends_every_leg(
    twilio: Emulator, app: ScriptedApp
) -> None:
    twilio.people(OTHER, "manual")
    phone, agent = connect_agent(twilio, app, ON_BRIDGE)
    refer_caller(twilio, agent, 1)
    phone.hangup()
    twilio.advance(5)
    assert [leg.status for leg in phone.legs] == ["completed", "canceled"]
    assert "POST /done" not in app.paths()


def test_a_hangup_of_the_agent_during_a_failed_transfer_ends_the_call(
    twilio: Emulator, app: ScriptedApp
) -> None:
    twilio.people(OTHER, "busy", 3)
    phone, agent = connect_agent(twilio, app, ON_BRIDGE)
    refer_caller(twilio, agent, 1)
    agent.hangup()
    twilio.advance(5)
    assert (phone.status, heard(phone)[-1]) == ("completed", "ringback")


def test_redirecting_the_agent_during_a_failed_transfer_ends_the_callers_call(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    twilio.people(OTHER, "busy", 3)
    phone, agent = connect_agent(twilio, app, ON_BRIDGE)
    refer_caller(twilio, agent, 1)
    client.calls(agent.sid).update(twiml='<Response><Say>Elsewhere</Say><Pause length="60"/></Response>')
    twilio.advance(5)
    assert (phone.status, heard(phone)[-1]) == ("completed", "ringback")
    assert (agent.status, heard(agent)[1:]) == ("in-progress", ["say(Elsewhere)", "silence(60)"])


def test_a_transfer_to_an_application_releases_the_agent(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    desk = client.applications.create(voice_url=app.url("/desk"))
    app.on("/desk", "<Say>Desk</Say>")
    phone, agent = connect_agent(twilio, app, ON_BRIDGE)
    app.on("/refer", f"<Dial><Application>{desk.sid}</Application></Dial>")
    refer_caller(twilio, agent, 0)
    assert (agent.status, heard(phone)[-1]) == ("completed", "say(Desk)")


def test_without_refer_url_the_bridge_continues_with_a_warning(twilio: Emulator, app: ScriptedApp) -> None:
    phone, agent = connect_agent(twilio, app, refer="")
    refer_caller(twilio, agent)
    assert (warning_codes(phone), agent.status, app.paths()) == ([13802], "in-progress", ["POST /start"])


def test_only_a_dialed_sip_phone_may_refer(twilio: Emulator, app: ScriptedApp) -> None:
    phone, agent = connect_agent(twilio, app, to="+15005550006")
    for who, target, status in ((agent, OTHER, 409), (phone, OTHER, 409), (agent, "x" * 257, 400)):
        with pytest.raises(EmulatorError) as error:
            who.refer(target)
        assert error.value.status == status
