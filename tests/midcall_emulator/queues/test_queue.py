"""Enqueue, Leave, and Queue inside Dial: waiting, dequeuing, and how both parties continue."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator, Phone
from tests.support.call_log import heard, warning_codes
from tests.support.scripted_app import Answer, ScriptedApp

NUMBER = "+14155550100"
NEW = "<Response><Say>New</Say></Response>"
LINE = '<Enqueue action="/left">line</Enqueue><Say>Out</Say>'
TAKE = '<Dial action="/done"><Queue>line</Queue></Dial><Say>Out</Say>'


def start_call(twilio: Emulator, app: ScriptedApp, document: str, seconds: float = 0) -> Phone:
    app.on("/start", document)
    phone = twilio.dial(NUMBER)
    twilio.advance(seconds)
    return phone


def requests_to(app: ScriptedApp, path: str) -> list[dict[str, str]]:
    return [visit.params for visit in app.visits if visit.path == path]


def test_a_dial_queue_connects_the_first_waiting_caller(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/left", "<Say>How was it?</Say>")
    ann, ben = start_call(twilio, app, LINE, 5), start_call(twilio, app, LINE, 7)
    assert (heard(ann), ann.status) == (["music"], "in-progress")
    agent = start_call(twilio, app, TAKE, 10)
    assert (heard(ann), heard(agent)) == (["music", f"bridge({agent.sid})"], [f"bridge({ann.sid})"])
    assert (heard(ben), agent.legs) == (["music"], [])
    assert requests_to(app, "/left") == []
    agent.press("1").hangup()
    ann.hears("How was it?")
    [left] = requests_to(app, "/left")
    assert (left["QueueResult"], left["QueueTime"], left["CallSid"]) == ("bridged", "12", ann.sid)
    assert (left["CallStatus"], left["QueueSid"][:2], heard(ann)[2]) == ("in-progress", "QU", "dtmf(1)")
    assert ben.status == "in-progress"


def test_the_dial_action_reports_the_dequeued_call(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/done", "<Say>Next</Say>")
    ann = start_call(twilio, app, LINE, 4)
    agent = start_call(twilio, app, TAKE, 6)
    ann.hangup()
    agent.hears("Next")
    twilio.settle()
    [done], [left] = requests_to(app, "/done"), requests_to(app, "/left")
    assert (done["DialCallStatus"], done["DialCallSid"], done["DialBridged"]) == (
        "completed",
        ann.sid,
        "true",
    )
    assert (done["DialCallDuration"], done["QueueTime"], done["QueueResult"]) == ("6", "4", "bridged")
    assert (left["QueueResult"], left["CallStatus"]) == ("bridged", "completed")


def test_dial_waits_at_an_empty_queue(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    client.queues.create("line")
    agent = start_call(twilio, app, TAKE, 20)
    ann = start_call(twilio, app, LINE)
    assert heard(agent) == ["ringback", f"bridge({ann.sid})"]
    assert heard(ann) == [f"bridge({agent.sid})"]


def test_dial_times_out_at_an_empty_queue(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    client.queues.create("line")
    agent = start_call(twilio, app, TAKE.replace("<Dial", '<Dial timeout="10"'), 9)
    assert agent.status == "in-progress"
    twilio.advance(1)
    [done] = requests_to(app, "/done")
    assert (done["DialCallStatus"], done["DialBridged"], agent.status) == ("no-answer", "false", "completed")


def test_dialing_an_unknown_queue_fails(twilio: Emulator, app: ScriptedApp) -> None:
    start_call(twilio, app, TAKE)
    [done] = requests_to(app, "/done")
    assert (done["DialCallStatus"], done["QueueResult"]) == ("failed", "error")


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


def test_redirecting_the_dequeued_caller_ends_the_dial(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    ann = start_call(twilio, app, LINE, 2)
    agent = start_call(twilio, app, TAKE, 2)
    client.calls(ann.sid).update(twiml=NEW)
    ann.hears("New")
    twilio.settle()
    assert requests_to(app, "/left")[0]["QueueResult"] == "redirected-from-bridged"
    [done] = requests_to(app, "/done")
    assert (done["DialCallStatus"], "DialCallDuration" in done) == ("completed", False)
    assert agent.status == "completed"


def test_redirecting_the_agent_continues_the_dequeued_caller(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    app.on("/left", "<Say>Alone</Say>")
    ann = start_call(twilio, app, LINE, 2)
    agent = start_call(twilio, app, TAKE, 3)
    client.calls(agent.sid).update(twiml=NEW)
    agent.hears("New")
    ann.hears("Alone")
    assert requests_to(app, "/done")[0]["DialCallDuration"] == "3"
    assert requests_to(app, "/left")[0]["QueueResult"] == "bridged"


def test_the_caller_hears_the_queue_url_before_the_bridge(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/w", '<Say>Your turn</Say><Pause length="3"/>')
    ann = start_call(twilio, app, LINE, 5)
    agent = start_call(twilio, app, '<Dial><Queue url="/w">line</Queue></Dial>', 2)
    assert (heard(ann), heard(agent)) == (["music", "say(Your turn)", "silence(3)"], [])
    params = app.visit("/w").params
    assert (params["CallSid"], params["DequeingCallSid"], params["QueueTime"]) == (ann.sid, agent.sid, "5")
    twilio.advance(3)
    assert heard(agent) == [f"bridge({ann.sid})"]


def test_a_redirect_before_the_bridge_reports_bridging_in_process(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    app.on("/w", '<Pause length="10"/>')
    ann = start_call(twilio, app, LINE, 1)
    start_call(twilio, app, '<Dial><Queue url="/w">line</Queue></Dial>', 2)
    client.calls(ann.sid).update(twiml=NEW)
    ann.hears("New")
    twilio.settle()
    assert [left["QueueResult"] for left in requests_to(app, "/left")] == ["bridging-in-process"]


def test_a_hangup_before_the_bridge_passes_the_agent_to_the_next_caller(
    twilio: Emulator, app: ScriptedApp
) -> None:
    app.on("/w", '<Pause length="10"/>')
    ann, ben = start_call(twilio, app, LINE, 1), start_call(twilio, app, LINE, 1)
    agent = start_call(twilio, app, '<Dial><Queue url="/w">line</Queue></Dial>', 2)
    ann.hangup()
    twilio.settle()
    assert (heard(ben), requests_to(app, "/left")[0]["QueueResult"]) == (["music", "silence(10)"], "hangup")
    agent.hangup()
    twilio.settle()
    assert heard(ben) == ["music", "silence(10)", "music"]
    other = start_call(twilio, app, TAKE)
    assert heard(other) == [f"bridge({ben.sid})"]


@pytest.mark.parametrize("how", ["star", "time"])
def test_star_or_time_limit_ends_the_bridge(twilio: Emulator, app: ScriptedApp, how: str) -> None:
    ann = start_call(twilio, app, '<Enqueue>line</Enqueue><Say>Out</Say><Pause length="60"/>', 1)
    agent = start_call(twilio, app, TAKE.replace("<Dial", '<Dial hangupOnStar="true" timeLimit="10"'), 5)
    agent.press("*") if how == "star" else twilio.advance(5)
    ann.hears("Out")
    twilio.settle()
    assert requests_to(app, "/done")[0]["DialCallDuration"] == ("5" if how == "star" else "10")
    assert (ann.status, ann.call["bridged_to"]) == ("in-progress", None)


def test_a_workflow_acts_as_a_queue_with_a_warning(twilio: Emulator, app: ScriptedApp) -> None:
    document = '<Enqueue workflowSid="WW1"><Task priority="1">{"a": 1}</Task></Enqueue>'
    ann = start_call(twilio, app, document, 1)
    assert (heard(ann), warning_codes(ann)) == (["music"], [12200])


def test_dial_record_records_the_bridge(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann = start_call(twilio, app, LINE, 3)
    agent = start_call(twilio, app, TAKE.replace("<Dial", '<Dial record="record-from-answer"'), 8)
    ann.hangup()
    twilio.settle()
    [recording] = client.calls(agent.sid).recordings.list()
    assert (recording.duration, recording.source) == ("8", "DialVerb")
    assert str(recording.sid) in requests_to(app, "/done")[0]["RecordingUrl"]
