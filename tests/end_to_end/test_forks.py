"""Forks (streams, transcriptions, SIPREC sessions), app messages and the time limit, seen from all sides."""

from __future__ import annotations

import json

import pytest

from tests.support.parties import refusal_message, spoken_to, wait_for_confirmation
from tests.support.socket_app import SocketApp
from voice.commands.message import UNSEEN


@pytest.fixture
def sockets(stack):
    """A WebSocket server that checks the signature of each handshake."""
    with SocketApp(stack.environment["TWILIO_AUTH_TOKEN"]) as app:
        stack.twilio.switches(stream_frame_seconds=0)
        yield app
        assert app.bad_signatures == []


def fork_events(story, command):
    """The events that the callbacks report for the fork of a command, in order."""
    return [
        event["details"]["happened"]
        for event in story["events"]
        if event["kind"] == "webhook.fork" and event["command_id"] == command["id"]
    ]


def wait_for_end(stack, phone, command):
    """The story of the call, once a callback has reported the end of the fork."""
    return stack.admin.wait_for(
        phone, lambda story: any(word.endswith("-stopped") for word in fork_events(story, command))
    )


def test_a_stream_receives_the_call_until_it_is_stopped(stack, sockets):
    phone = stack.dial()
    heard = spoken_to(phone)
    start = stack.admin.command(
        phone, "stream_start", url=sockets.url("/ear"), name="ear", parameters={"who": "ann", "why": "test"}
    )
    started = sockets.connection().wait_for("start")["start"]
    assert (started["callSid"], started["customParameters"]) == (phone.sid, {"who": "ann", "why": "test"})
    wait_for_confirmation(stack, phone, start)
    stop = stack.admin.command(phone, "stream_stop")
    assert (stop["state"], stop["message"]) == ("confirmed", "ear")
    sockets.connection().wait_closed()
    assert sockets.connection().kinds() == ["connected", "start", "stop"]
    story = wait_for_end(stack, phone, start)
    assert fork_events(story, start) == ["stream-started", "stream-stopped"]
    assert spoken_to(phone) == heard
    assert (phone.status, story["call"]["scene"]) == ("in-progress", "menu")


def test_a_stream_survives_a_redirect_and_keeps_the_place_of_the_call(stack, sockets):
    phone = stack.dial()
    start = stack.admin.command(phone, "stream_start", url=sockets.url("/ear"))
    wait_for_confirmation(stack, phone, start)
    phone.press("2").hears("We are open")
    assert stack.admin.story(phone)["call"]["scene"] == "opening_hours"
    stack.admin.command(phone, "redirect", scene="announcement", params={"text": "Elsewhere."})
    phone.hears("Elsewhere.").hangup()
    sockets.connection().wait_closed()
    assert fork_events(wait_for_end(stack, phone, start), start) == ["stream-started", "stream-stopped"]


def test_stream_stop_needs_a_name_unless_one_stream_runs(stack, sockets):
    phone = stack.dial()
    path = f"/calls/{phone.sid}/stream_stop"
    assert refusal_message(stack.admin.post(path)).startswith("Midcall started no stream on this call.")
    first = stack.admin.command(phone, "stream_start", url=sockets.url("/one"))
    stack.admin.command(phone, "stream_start", url=sockets.url("/two"), name="two")
    several = f"Several are running. Enter one of these names: stream-{first['id']}, two."
    assert refusal_message(stack.admin.post(path)) == several
    again = stack.admin.post(f"/calls/{phone.sid}/stream_start", {"url": sockets.url("/two"), "name": "two"})
    assert refusal_message(again) == "A stream named two is running. Choose another name."
    assert (
        refusal_message(stack.admin.post(path, {"name": "three"}))
        == "There is no stream named three on this call. Check the name."
    )
    assert stack.admin.command(phone, "stream_stop", name="two")["state"] == "confirmed"
    assert stack.admin.command(phone, "stream_stop")["message"] == f"stream-{first['id']}"
    assert refusal_message(stack.admin.post(path)).startswith("Midcall started no stream on this call.")


def test_a_stream_that_cannot_connect_shows_the_error_of_twilio(stack, sockets):
    phone = stack.dial()
    start = stack.admin.command(phone, "stream_start", url=sockets.url("/refuse"))
    story = stack.admin.wait_for(phone, lambda story: story["commands"][0]["finished_at"] is not None)
    command = story["commands"][0]
    assert (command["state"], fork_events(story, start)) == ("unconfirmed", ["stream-error"])
    assert command["message"].startswith("Twilio reported: ")
    assert refusal_message(stack.admin.post(f"/calls/{phone.sid}/stream_stop")).startswith(
        "Midcall started no stream"
    )


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/x", "wss://203.0.113.9/x", "wss://ann:pw@127.0.0.1/x", "wss:///x", "wss://a b"]
)
def test_a_stream_to_a_host_that_is_not_allowed_is_refused(stack, url):
    answer = stack.admin.post(f"/calls/{'CA' + '0' * 32}/stream_start", {"url": url})
    assert (answer.status_code, answer.json()["error"]["fields"][0]["field"]) == (422, "url")


def test_a_transcription_is_in_the_events_of_the_call(stack):
    phone = stack.dial()
    start = stack.admin.command(phone, "transcription_start", track="inbound_track", language="en-GB")
    wait_for_confirmation(stack, phone, start)
    phone.speak("I would like to return my toaster", seconds=1)
    stack.admin.wait_for(phone, lambda story: "transcription-content" in fork_events(story, start))
    assert stack.admin.command(phone, "transcription_stop")["state"] == "confirmed"
    story = wait_for_end(stack, phone, start)
    assert fork_events(story, start) == [
        f"transcription-{word}" for word in ("started", "content", "stopped")
    ]
    [content] = [e["details"]["twilio"] for e in story["events"] if "Final" in e["details"].get("twilio", {})]
    assert json.loads(content["TranscriptionData"])["transcript"] == "I would like to return my toaster"
    assert content["LanguageCode"] == "en-GB"
    stop = stack.admin.post(f"/calls/{phone.sid}/transcription_stop")
    assert refusal_message(stop).startswith("Midcall started no transcription on this call.")


def test_a_siprec_session_starts_and_stops(stack):
    phone = stack.dial()
    start = stack.admin.command(phone, "siprec_start", connector="Recorder", name="vault")
    wait_for_confirmation(stack, phone, start)
    assert stack.admin.command(phone, "siprec_stop")["message"] == "vault"
    assert fork_events(wait_for_end(stack, phone, start), start) == ["siprec-started", "siprec-stopped"]
    assert refusal_message(stack.admin.post(f"/calls/{phone.sid}/siprec_stop")).startswith(
        "Midcall started no siprec"
    )
    answer = stack.admin.post(f"/calls/{phone.sid}/siprec_start", {})
    assert answer.json()["error"]["fields"][0]["field"] == "connector"


def test_a_message_with_the_same_key_arrives_once(stack):
    phone = stack.dial(from_="client:ann")
    body, key = {"content": {"show": "form", "number": 7}}, f"message to {phone.sid}"
    path = f"/calls/{phone.sid}/message"
    answers = [stack.admin.post(path, body, key=key).json() for _ in range(2)]
    assert [answer["state"] for answer in answers] == ["accepted", "accepted"]
    assert [json.loads(i["content"]) for i in phone.heard if i["kind"] == "message"] == [body["content"]]
    assert answers[0]["message"].startswith(f"{UNSEEN} (message KX")
    for wrong in ({}, {"content": "text"}, {"content": {}}, {"content": {"long": "x" * 10_000}}):
        assert stack.admin.post(path, wrong).status_code == 422


def test_a_message_to_a_telephone_is_refused(stack):
    phone = stack.dial()
    message = refusal_message(stack.admin.post(f"/calls/{phone.sid}/message", {"content": {"a": 1}}))
    assert message.startswith("This call is on a telephone.")
    assert not [item for item in phone.heard if item["kind"] == "message"]


def dial_on_manual_clock(stack):
    """A caller in the menu, on a clock that only the test advances."""
    stack.twilio.clock(mode="manual")
    phone = stack.twilio.dial("+14155550100")
    stack.twilio.advance(5)
    stack.admin.wait_for(phone, lambda story: story["call"]["answered_at"] is not None)
    return phone


def test_twilio_ends_the_call_at_its_limit(stack):
    phone = dial_on_manual_clock(stack)
    stack.admin.command(
        phone, "twiml", twiml="<Response><Pause length='300'/></Response>"
    )  # the menu ends sooner
    command = stack.admin.command(phone, "time_limit", seconds=60)
    assert (command["state"], command["finished_at"]) == ("accepted", None)
    stack.twilio.advance(54)
    assert phone.status == "in-progress"
    stack.admin.command(phone, "time_limit", seconds=70)
    stack.twilio.advance(10)
    assert phone.status == "in-progress"
    stack.twilio.advance(2)
    assert phone.status == "completed"
    story = stack.admin.wait_for(phone, lambda story: not story["call"]["live"])
    assert story["call"]["duration_seconds"] == 70


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("stream_start", {"url": "wss://127.0.0.1/ear"}),
        ("stream_stop", {"name": "ear"}),
        ("transcription_start", {}),
        ("transcription_stop", {"name": "notes"}),
        ("siprec_start", {"connector": "Recorder"}),
        ("siprec_stop", {"name": "vault"}),
        ("time_limit", {"seconds": 60}),
    ],
)
def test_a_hang_up_that_no_webhook_reports_refuses_the_command(stack, name, arguments):
    """The call is still live for the registry, so Twilio's answer decides."""
    phone = stack.dial()
    lost = {"on": "webhook", "match": "/voice/status", "times": -1, "do": "reset"}
    stack.twilio.faults([lost])
    phone.hangup().waits_for(status="completed")
    message = refusal_message(stack.admin.post(f"/calls/{phone.sid}/{name}", arguments))
    assert message == "The call has ended." or message.startswith("There is no ")
