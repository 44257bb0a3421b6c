"""Enqueue, Leave, and Queue inside Dial: waiting, dequeuing, and how both parties continue."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, warning_codes
from tests.support.emulator_calls import start_call
from tests.support.scripted_app import Answer, ScriptedApp

LINE = '<Enqueue action="/left">line</Enqueue><Say>Out</Say>'


def requests_to(app: ScriptedApp, path: str) -> list[dict[str, str]]:
    return [visit.params for visit in app.visits if visit.path == path]


def test_the_wait_url_is_requested_repeatedly_with_queue_parameters(
    twilio: Emulator, app: ScriptedApp
) -> None:
    app.on("/wait", '<Say>Please wait</Say><Pause length="9"/>')
    first = start_call(twilio, app, '<Enqueue waitUrl="/wait" maxQueueSize="7">line</Enqueue>', 4)
    second = start_call(twilio, app, '<Enqueue waitUrl="/wait" waitUrlMethod="GET">line</Enqueue>', 20)
    assert heard(first)[:4] == ["say(Please wait)", "silence(9)"] * 2
    assert heard(second)[:2] == ["say(Please wait)", "silence(9)"]
    visits = [visit for visit in app.visits if visit.path == "/wait" and visit.method == "POST"]
    assert [visit.params["QueueTime"] for visit in visits] == ["0", "9", "19"]
    params = app.visit("/wait", 1).params
    assert (params["QueuePosition"], params["CurrentQueueSize"], params["MaxQueueSize"]) == ("2", "2", "7")
    assert (params["AvgQueueTime"], params["CallSid"]) == ("2", second.sid)
    assert "GET /wait" in app.paths()


def test_an_empty_wait_url_is_silence(twilio: Emulator, app: ScriptedApp) -> None:
    assert heard(start_call(twilio, app, '<Enqueue waitUrl="">line</Enqueue>', 30)) == []


def test_gather_and_leave_work_while_waiting(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/wait", '<Gather numDigits="1" action="/key"><Play loop="0">/m.mp3</Play></Gather>')
    app.on("/key", "<Say>You leave</Say><Leave/><Say>Never</Say>")
    ann = start_call(twilio, app, '<Enqueue waitUrl="/wait" action="/left">line</Enqueue>', 15)
    app.on("/left", "<Say>Goodbye</Say>")
    ann.press("9").hears("You leave")
    twilio.advance(10)
    assert heard(ann) == ["play(/m.mp3)"] * 2 + ["say(You leave)", "say(Goodbye)"]
    [left], key = requests_to(app, "/left"), app.visit("/key").params
    assert (left["QueueResult"], left["QueueTime"]) == ("leave", "15")
    assert (key["Digits"], key["QueuePosition"]) == ("9", "1")


def test_leaving_without_action_runs_the_next_verb(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/wait", "<Pause/><Leave/>")
    ann = start_call(twilio, app, '<Enqueue waitUrl="/wait">line</Enqueue><Say>Out</Say>', 5)
    assert heard(ann) == ["silence(1)", "say(Out)"]


def test_leave_outside_of_a_queue_does_nothing(twilio: Emulator, app: ScriptedApp) -> None:
    assert heard(start_call(twilio, app, "<Leave/><Say>Here</Say>")) == ["say(Here)"]


def test_a_hangup_while_waiting_is_reported_to_the_action(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/left", "<Say>Never</Say>")
    ann = start_call(twilio, app, LINE, 3).hangup()
    twilio.settle()
    [left] = requests_to(app, "/left")
    assert (left["QueueResult"], left["QueueTime"], left["CallStatus"]) == ("hangup", "3", "completed")
    assert heard(ann) == ["music"]


def test_a_wait_document_may_hang_up_and_warns_of_other_verbs(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/wait", "<Record/><Say>Closed</Say><Hangup/>")
    ann = start_call(twilio, app, LINE.replace("<Enqueue", '<Enqueue waitUrl="/wait"'), 5)
    assert (heard(ann), warning_codes(ann), ann.status) == (["say(Closed)"], [12200], "completed")
    assert requests_to(app, "/left")[0]["QueueResult"] == "hangup"


@pytest.mark.parametrize(("answer", "code"), [(Answer(status=500), 11200), ("", 12400)])
def test_a_failing_or_empty_wait_url_ends_the_call_with_an_apology(
    twilio: Emulator, app: ScriptedApp, answer: Answer | str, code: int
) -> None:
    twilio.switches(max_documents_at_once=5)
    app.on("/wait", answer)
    ann = start_call(twilio, app, '<Enqueue waitUrl="/wait">line</Enqueue>', 10)
    assert (heard(ann), warning_codes(ann), ann.status) == (["apology"], [code], "completed")


@pytest.mark.parametrize("name", ["", "x" * 65])
def test_invalid_queue_names_are_errors(twilio: Emulator, app: ScriptedApp, name: str) -> None:
    ann = start_call(twilio, app, f'<Enqueue action="/left">{name}</Enqueue>')
    assert requests_to(app, "/left")[0]["QueueResult"] == "error"
    agent = start_call(twilio, app, f'<Dial action="/done"><Queue>{name}</Queue></Dial>')
    assert requests_to(app, "/done")[0]["DialCallStatus"] == "failed"
    assert (warning_codes(ann), warning_codes(agent)) == (([14205], [14213]) if name else ([14204], [14212]))


def test_a_full_queue_reports_queue_full(twilio: Emulator, app: ScriptedApp) -> None:
    start_call(twilio, app, '<Enqueue maxQueueSize="1">line</Enqueue>')
    ann = start_call(twilio, app, LINE)
    [left] = requests_to(app, "/left")
    assert (left["QueueResult"], warning_codes(ann)) == ("queue-full", [14207])
    assert "QueueTime" not in left


def test_a_redirect_while_waiting_requests_action_and_new_url(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    app.on("/left", "<Say>Never</Say>")
    app.on("/new", "<Say>New</Say>")
    ann = start_call(twilio, app, LINE, 8)
    client.calls(ann.sid).update(url=app.url("/new"))
    ann.hears("New")
    [left] = requests_to(app, "/left")
    assert (left["QueueResult"], left["QueueTime"], left["CallStatus"]) == ("redirected", "8", "in-progress")
    assert app.paths() == ["POST /start", "POST /left", "POST /new"]
    assert heard(ann) == ["music", "say(New)"]


def test_a_workflow_acts_as_a_queue_with_a_warning(twilio: Emulator, app: ScriptedApp) -> None:
    document = '<Enqueue workflowSid="WW1"><Task priority="1">{"a": 1}</Task></Enqueue>'
    ann = start_call(twilio, app, document, 1)
    assert (heard(ann), warning_codes(ann)) == (["music"], [12200])
