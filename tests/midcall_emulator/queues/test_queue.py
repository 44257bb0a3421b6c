"""Enqueue, Leave, and Queue inside Dial: who waits, what they hear, who takes them, how they go on."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator, Phone
from tests.support.listening import codes, heard
from tests.support.scripted_app import Line, ScriptedApp

NUMBER = "+14155550100"
NEW = "<Response><Say>New</Say></Response>"
LINE = '<Enqueue action="/left">line</Enqueue><Say>Out</Say>'
TAKE = '<Dial action="/done"><Queue>line</Queue></Dial><Say>Out</Say>'


def calls(twilio: Emulator, app: ScriptedApp, document: str, seconds: float = 0) -> Phone:
    app.on("/start", document)
    phone = twilio.dial(NUMBER)
    twilio.advance(seconds)
    return phone


def asked(app: ScriptedApp, path: str) -> list[dict[str, str]]:
    return [visit.params for visit in app.visits if visit.path == path]


def test_waiting_and_being_taken(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/left", "<Say>How was it?</Say>")
    ann, ben = calls(twilio, app, LINE, 5), calls(twilio, app, LINE, 7)
    assert (heard(ann), ann.status) == (["music"], "in-progress")
    agent = calls(twilio, app, TAKE, 10)
    assert (heard(ann), heard(agent)) == (["music", f"bridge({agent.sid})"], [f"bridge({ann.sid})"])
    assert (heard(ben), agent.legs) == (["music"], [])
    assert asked(app, "/left") == []
    agent.press("1").hangup()
    ann.hears("How was it?")
    [left] = asked(app, "/left")
    assert (left["QueueResult"], left["QueueTime"], left["CallSid"]) == ("bridged", "12", ann.sid)
    assert (left["CallStatus"], left["QueueSid"][:2], heard(ann)[2]) == ("in-progress", "QU", "dtmf(1)")
    assert ben.status == "in-progress"


def test_what_the_one_who_takes_is_told(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/done", "<Say>Next</Say>")
    ann = calls(twilio, app, LINE, 4)
    agent = calls(twilio, app, TAKE, 6)
    ann.hangup()
    agent.hears("Next")
    twilio.settle()
    [done], [left] = asked(app, "/done"), asked(app, "/left")
    assert (done["DialCallStatus"], done["DialCallSid"], done["DialBridged"]) == (
        "completed",
        ann.sid,
        "true",
    )
    assert (done["DialCallDuration"], done["QueueTime"], done["QueueResult"]) == ("6", "4", "bridged")
    assert (left["QueueResult"], left["CallStatus"]) == ("bridged", "completed")


def test_an_empty_queue_is_waited_at(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    client.queues.create("line")
    agent = calls(twilio, app, TAKE, 20)
    ann = calls(twilio, app, LINE)
    assert heard(agent) == ["ringback", f"bridge({ann.sid})"]
    assert heard(ann) == [f"bridge({agent.sid})"]


def test_nobody_comes(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    client.queues.create("line")
    agent = calls(twilio, app, TAKE.replace("<Dial", '<Dial timeout="10"'), 9)
    assert agent.status == "in-progress"
    twilio.advance(1)
    [done] = asked(app, "/done")
    assert (done["DialCallStatus"], done["DialBridged"], agent.status) == ("no-answer", "false", "completed")


def test_a_queue_that_is_not_there(twilio: Emulator, app: ScriptedApp) -> None:
    calls(twilio, app, TAKE)
    [done] = asked(app, "/done")
    assert (done["DialCallStatus"], done["QueueResult"]) == ("failed", "error")


def test_the_wait_url_is_asked_again_and_again(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/wait", '<Say>Please wait</Say><Pause length="9"/>')
    first = calls(twilio, app, '<Enqueue waitUrl="/wait" maxQueueSize="7">line</Enqueue>', 4)
    second = calls(twilio, app, '<Enqueue waitUrl="/wait" waitUrlMethod="GET">line</Enqueue>', 20)
    assert heard(first)[:4] == ["say(Please wait)", "silence(9)"] * 2
    assert heard(second)[:2] == ["say(Please wait)", "silence(9)"]
    told = [visit for visit in app.visits if visit.path == "/wait" and visit.method == "POST"]
    assert [visit.params["QueueTime"] for visit in told] == ["0", "9", "19"]
    params = app.visit("/wait", 1).params
    assert (params["QueuePosition"], params["CurrentQueueSize"], params["MaxQueueSize"]) == ("2", "2", "7")
    assert (params["AvgQueueTime"], params["CallSid"]) == ("2", second.sid)
    assert "GET /wait" in app.paths()


def test_silence_while_waiting(twilio: Emulator, app: ScriptedApp) -> None:
    assert heard(calls(twilio, app, '<Enqueue waitUrl="">line</Enqueue>', 30)) == []


def test_keys_while_waiting_and_leaving(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/wait", '<Gather numDigits="1" action="/key"><Play loop="0">/m.mp3</Play></Gather>')
    app.on("/key", "<Say>You leave</Say><Leave/><Say>Never</Say>")
    ann = calls(twilio, app, '<Enqueue waitUrl="/wait" action="/left">line</Enqueue>', 15)
    app.on("/left", "<Say>Goodbye</Say>")
    ann.press("9").hears("You leave")
    twilio.advance(10)
    assert heard(ann) == ["play(/m.mp3)"] * 2 + ["say(You leave)", "say(Goodbye)"]
    [left], key = asked(app, "/left"), app.visit("/key").params
    assert (left["QueueResult"], left["QueueTime"]) == ("leave", "15")
    assert (key["Digits"], key["QueuePosition"]) == ("9", "1")


def test_without_an_action_the_next_verb_runs(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/wait", "<Pause/><Leave/>")
    ann = calls(twilio, app, '<Enqueue waitUrl="/wait">line</Enqueue><Say>Out</Say>', 5)
    assert heard(ann) == ["silence(1)", "say(Out)"]


def test_leave_outside_of_a_queue_does_nothing(twilio: Emulator, app: ScriptedApp) -> None:
    assert heard(calls(twilio, app, "<Leave/><Say>Here</Say>")) == ["say(Here)"]


def test_hanging_up_while_waiting(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/left", "<Say>Never</Say>")
    ann = calls(twilio, app, LINE, 3).hangup()
    twilio.settle()
    [left] = asked(app, "/left")
    assert (left["QueueResult"], left["QueueTime"], left["CallStatus"]) == ("hangup", "3", "completed")
    assert heard(ann) == ["music"]


def test_the_wait_url_may_hang_up_and_has_no_other_verbs(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/wait", "<Record/><Say>Closed</Say><Hangup/>")
    ann = calls(twilio, app, LINE.replace("<Enqueue", '<Enqueue waitUrl="/wait"'), 5)
    assert (heard(ann), codes(ann), ann.status) == (["say(Closed)"], [12200], "completed")
    assert asked(app, "/left")[0]["QueueResult"] == "hangup"


@pytest.mark.parametrize(("answer", "code"), [(Line(status=500), 11200), ("", 12400)])
def test_a_wait_url_that_cannot_be(twilio: Emulator, app: ScriptedApp, answer: Line | str, code: int) -> None:
    twilio.switches(max_documents_at_once=5)
    app.on("/wait", answer)
    ann = calls(twilio, app, '<Enqueue waitUrl="/wait">line</Enqueue>', 10)
    assert (heard(ann), codes(ann), ann.status) == (["apology"], [code], "completed")


@pytest.mark.parametrize("name", ["", "x" * 65])
def test_names_that_cannot_be(twilio: Emulator, app: ScriptedApp, name: str) -> None:
    ann = calls(twilio, app, f'<Enqueue action="/left">{name}</Enqueue>')
    assert asked(app, "/left")[0]["QueueResult"] == "error"
    agent = calls(twilio, app, f'<Dial action="/done"><Queue>{name}</Queue></Dial>')
    assert asked(app, "/done")[0]["DialCallStatus"] == "failed"
    assert (codes(ann), codes(agent)) == (([14205], [14213]) if name else ([14204], [14212]))


def test_a_full_queue(twilio: Emulator, app: ScriptedApp) -> None:
    calls(twilio, app, '<Enqueue maxQueueSize="1">line</Enqueue>')
    ann = calls(twilio, app, LINE)
    [left] = asked(app, "/left")
    assert (left["QueueResult"], codes(ann)) == ("queue-full", [14207])
    assert "QueueTime" not in left


def test_a_redirect_asks_twice(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    app.on("/left", "<Say>Never</Say>")
    app.on("/new", "<Say>New</Say>")
    ann = calls(twilio, app, LINE, 8)
    client.calls(ann.sid).update(url=app.url("/new"))
    ann.hears("New")
    [left] = asked(app, "/left")
    assert (left["QueueResult"], left["QueueTime"], left["CallStatus"]) == ("redirected", "8", "in-progress")
    assert app.paths() == ["POST /start", "POST /left", "POST /new"]
    assert heard(ann) == ["music", "say(New)"]


def test_a_redirect_of_one_who_was_taken(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann = calls(twilio, app, LINE, 2)
    agent = calls(twilio, app, TAKE, 2)
    client.calls(ann.sid).update(twiml=NEW)
    ann.hears("New")
    twilio.settle()
    assert asked(app, "/left")[0]["QueueResult"] == "redirected-from-bridged"
    [done] = asked(app, "/done")
    assert (done["DialCallStatus"], "DialCallDuration" in done) == ("completed", False)
    assert agent.status == "completed"


def test_a_redirect_of_the_one_who_took(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    app.on("/left", "<Say>Alone</Say>")
    ann = calls(twilio, app, LINE, 2)
    agent = calls(twilio, app, TAKE, 3)
    client.calls(agent.sid).update(twiml=NEW)
    agent.hears("New")
    ann.hears("Alone")
    assert asked(app, "/done")[0]["DialCallDuration"] == "3"
    assert asked(app, "/left")[0]["QueueResult"] == "bridged"


def test_a_whisper_before_the_bridge(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/w", '<Say>Your turn</Say><Pause length="3"/>')
    ann = calls(twilio, app, LINE, 5)
    agent = calls(twilio, app, '<Dial><Queue url="/w">line</Queue></Dial>', 2)
    assert (heard(ann), heard(agent)) == (["music", "say(Your turn)", "silence(3)"], [])
    params = app.visit("/w").params
    assert (params["CallSid"], params["DequeingCallSid"], params["QueueTime"]) == (ann.sid, agent.sid, "5")
    twilio.advance(3)
    assert heard(agent) == [f"bridge({ann.sid})"]


def test_a_redirect_during_the_whisper(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    app.on("/w", '<Pause length="10"/>')
    ann = calls(twilio, app, LINE, 1)
    calls(twilio, app, '<Dial><Queue url="/w">line</Queue></Dial>', 2)
    client.calls(ann.sid).update(twiml=NEW)
    ann.hears("New")
    twilio.settle()
    assert [left["QueueResult"] for left in asked(app, "/left")] == ["bridging-in-process"]


def test_who_hangs_up_during_the_whisper(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/w", '<Pause length="10"/>')
    ann, ben = calls(twilio, app, LINE, 1), calls(twilio, app, LINE, 1)
    agent = calls(twilio, app, '<Dial><Queue url="/w">line</Queue></Dial>', 2)
    ann.hangup()
    twilio.settle()
    assert (heard(ben), asked(app, "/left")[0]["QueueResult"]) == (["music", "silence(10)"], "hangup")
    agent.hangup()
    twilio.settle()
    assert heard(ben) == ["music", "silence(10)", "music"]
    other = calls(twilio, app, TAKE)
    assert heard(other) == [f"bridge({ben.sid})"]


@pytest.mark.parametrize("how", ["star", "time"])
def test_the_bridge_may_end_by_itself(twilio: Emulator, app: ScriptedApp, how: str) -> None:
    ann = calls(twilio, app, '<Enqueue>line</Enqueue><Say>Out</Say><Pause length="60"/>', 1)
    agent = calls(twilio, app, TAKE.replace("<Dial", '<Dial hangupOnStar="true" timeLimit="10"'), 5)
    agent.press("*") if how == "star" else twilio.advance(5)
    ann.hears("Out")
    twilio.settle()
    assert asked(app, "/done")[0]["DialCallDuration"] == ("5" if how == "star" else "10")
    assert (ann.status, ann.call["bridged_to"]) == ("in-progress", None)


def test_a_workflow_is_a_queue_with_a_warning(twilio: Emulator, app: ScriptedApp) -> None:
    document = '<Enqueue workflowSid="WW1"><Task priority="1">{"a": 1}</Task></Enqueue>'
    ann = calls(twilio, app, document, 1)
    assert (heard(ann), codes(ann)) == (["music"], [12200])


def test_the_bridge_is_recorded(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann = calls(twilio, app, LINE, 3)
    agent = calls(twilio, app, TAKE.replace("<Dial", '<Dial record="record-from-answer"'), 8)
    ann.hangup()
    twilio.settle()
    [recording] = client.calls(agent.sid).recordings.list()
    assert (recording.duration, recording.source) == ("8", "DialVerb")
    assert str(recording.sid) in asked(app, "/done")[0]["RecordingUrl"]
