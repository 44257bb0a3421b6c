"""Queue inside Dial: the bridge of agent and caller, the whisper before it, and its end."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard
from tests.support.emulator_calls import start_call
from tests.support.scripted_app import ScriptedApp

NEW = "<Response><Say>New</Say></Response>"
LINE = '<Enqueue action="/left">line</Enqueue><Say>Out</Say>'
TAKE = '<Dial action="/done"><Queue>line</Queue></Dial><Say>Out</Say>'


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
    agent = start_call(twilio, app, TAKE.replace("<Dial", '<Dial timeout="10"'), 14)
    assert agent.status == "in-progress"
    twilio.advance(1)
    [done] = requests_to(app, "/done")
    assert (done["DialCallStatus"], done["DialBridged"], agent.status) == ("no-answer", "false", "completed")


def test_dialing_an_unknown_queue_fails(twilio: Emulator, app: ScriptedApp) -> None:
    start_call(twilio, app, TAKE)
    [done] = requests_to(app, "/done")
    assert (done["DialCallStatus"], done["QueueResult"]) == ("failed", "error")


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


def test_dial_record_records_the_bridge(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann = start_call(twilio, app, LINE, 3)
    agent = start_call(twilio, app, TAKE.replace("<Dial", '<Dial record="record-from-answer"'), 8)
    ann.hangup()
    twilio.settle()
    [recording] = client.calls(agent.sid).recordings.list()
    assert (recording.duration, recording.source) == ("8", "DialVerb")
    assert str(recording.sid) in requests_to(app, "/done")[0]["RecordingUrl"]
