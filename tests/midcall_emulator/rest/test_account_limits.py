"""Limits of an account, set by switches: calls per second, requests, live calls, forks, connectors, API keys."""

from __future__ import annotations

import contextlib
import threading
import urllib.error
import urllib.request
from base64 import b64encode

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator
from midcall_emulator.server import Background
from midcall_emulator.settings import ACCOUNT, TOKEN, Settings
from tests.support.call_log import warning_codes
from tests.support.emulator_calls import start_call
from tests.support.rest_requests import BASE, rest_request, status_and_code
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
ANN = "+15005550006"


def test_calls_per_second_queues_calls(twilio: Emulator, client: Client) -> None:
    twilio.switches(calls_per_second=2)
    made = [client.calls.create(to=ANN, from_=NUMBER, twiml="<Response/>") for _ in range(3)]
    assert [call.queue_time for call in made] == ["0", "500", "1000"]
    twilio.settle()
    seen = [client.calls(call.sid).fetch().status for call in made]
    assert seen == ["ringing", "queued", "queued"]
    twilio.advance(0.5)
    assert [client.calls(call.sid).fetch().status for call in made] == ["ringing", "ringing", "queued"]
    twilio.advance(10)
    assert client.calls.create(to=ANN, from_=NUMBER, twiml="<Response/>").queue_time == "0"


def get_status(url: str) -> tuple[int, str | None]:
    headers = {"Authorization": "Basic " + b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, None
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Twilio-Concurrent-Requests"]


def get_without_answer(url: str) -> None:
    with contextlib.suppress(OSError):
        get_status(url)


def test_too_many_concurrent_requests_are_refused_with_429(
    twilio: Emulator, app: ScriptedApp, emulator_url: str
) -> None:
    twilio.switches(rest_requests_at_once=1)
    phone = twilio.dial(NUMBER)
    twilio.settle()
    twilio.faults([{"on": "rest", "match": "Slow=1", "do": "execute-then-hang", "value": 20}])
    url = f"{emulator_url}/2010-04-01/Accounts/{ACCOUNT}/Calls/{phone.sid}.json"
    assert get_status(url) == (200, None)
    threading.Thread(target=get_without_answer, args=[url + "?Slow=1"], daemon=True).start()
    answers = iter(lambda: get_status(url), None)
    assert next(answer for answer in answers if answer[0] != 200) == (429, "2")


def test_partial_results_are_posted_while_the_caller_talks(twilio: Emulator, app: ScriptedApp) -> None:
    attributes = 'input="speech" action="/a" partialResultCallback="/partial" speechTimeout="1"'
    app.on("/start", f"<Gather {attributes}/>")
    app.on("/partial", "<Say>Ignored</Say>")
    phone = twilio.dial(NUMBER).speak("I want sales please", seconds=2)
    twilio.advance(1)
    assert app.visit("/partial").params["UnstableSpeechResult"] == "I want"
    twilio.advance(1)
    assert app.visit("/partial").params["UnstableSpeechResult"] == "I want sales please"
    twilio.advance(1)
    partial = [visit.params for visit in app.visits if visit.path == "/partial"]
    assert [item["SequenceNumber"] for item in partial] == ["0", "1"]
    assert (app.visit("/a").params["SpeechResult"], phone.heard) == ("I want sales please", [])


def test_too_many_live_calls_are_refused(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    twilio.switches(calls_at_once=2)
    first = client.calls.create(to=ANN, from_=NUMBER, twiml="<Response><Pause length='60'/></Response>")
    client.calls.create(to=ANN, from_=NUMBER, twiml="<Response/>")
    for place in (client.calls, client.conferences("room").participants):
        more = {"twiml": "<Response/>"} if place is client.calls else {}
        with pytest.raises(TwilioRestException) as error:
            place.create(to=ANN, from_=NUMBER, **more)
        assert (error.value.status, error.value.code) == (400, 10004)
    client.calls(str(first.sid)).update(status="canceled")
    assert client.calls.create(to=ANN, from_=NUMBER, twiml="<Response/>").status == "queued"


WAIT = "<Say>Hi</Say><Pause length='60'/>"


def test_a_call_has_four_forks_over_rest(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    phone = start_call(twilio, app, WAIT, 1)
    call = client.calls(phone.sid)
    call.siprec.create(connector_name="Recorder", name="both")
    call.transcriptions.create(name="words")
    with pytest.raises(TwilioRestException, match="as many forked streams"):
        call.siprec.create(connector_name="Recorder", track="inbound_track")
    call.transcriptions("words").update(status="stopped")
    assert call.siprec.create(connector_name="Recorder", track="inbound_track").status == "in-progress"


def test_twiml_starts_no_fifth_fork(twilio: Emulator, app: ScriptedApp) -> None:
    nouns = (
        '<Siprec connectorName="Recorder"/><Transcription/><Siprec connectorName="Recorder" name="third"/>'
    )
    phone = start_call(twilio, app, f"<Start>{nouns}</Start>{WAIT}", 1)
    assert (warning_codes(phone), phone.status) == ([12200], "in-progress")


def test_a_switch_allows_any_number_of_forks(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    twilio.switches(forks_per_call=0)
    phone = start_call(twilio, app, WAIT, 1)
    made = [client.calls(phone.sid).siprec.create(connector_name="Recorder") for _ in range(5)]
    assert {session.status for session in made} == {"in-progress"}


@pytest.mark.parametrize(("connectors", "name"), [("vault", "vault"), ("*", "anything")])
def test_siprec_needs_a_connector_of_the_account(
    twilio: Emulator, app: ScriptedApp, client: Client, connectors: str, name: str
) -> None:
    twilio.switches(siprec_connectors="one two")
    phone = start_call(twilio, app, f'<Start><Siprec connectorName="{name}"/></Start>{WAIT}', 1)
    assert (warning_codes(phone), phone.status) == ([31940], "in-progress")
    with pytest.raises(TwilioRestException) as error:
        client.calls(phone.sid).siprec.create(connector_name=name)
    assert status_and_code(error) == (400, 31940)
    twilio.switches(siprec_connectors=connectors)
    assert client.calls(phone.sid).siprec.create(connector_name=name).status == "in-progress"


def test_a_restricted_api_key_is_refused_for_one_resource() -> None:
    key, secret = "SK" + "1" * 32, "secret"
    with Background(Settings(port=0, keys={key: secret})) as url:
        Emulator(url).switches(denied_to_keys="Recordings Queues")
        paths = ("Recordings", f"Calls/CA{'0' * 32}/Recordings", "Queues/QU1", "Calls")
        answers = {
            path: rest_request(f"{url}{BASE}/{path}.json", user=key, password=secret) for path in paths
        }
        assert [(status, body.get("code")) for status, body in answers.values()] == [(403, 70051)] * 3 + [
            (200, None)
        ]
        assert rest_request(f"{url}{BASE}/Recordings.json")[0] == 200
