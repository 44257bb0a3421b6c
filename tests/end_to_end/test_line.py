"""What runs beside a call (streams, transcriptions, SIPREC), messages, and the time limit: seen from all ends."""

from __future__ import annotations

import json

import pytest

from tests.support.parties import confirmed, refused, words
from tests.support.socket_app import SocketApp


@pytest.fixture
def sockets(stack):
    """A WebSocket server that somebody runs; each handshake must have been rightly signed."""
    with SocketApp(stack.environment["TWILIO_AUTH_TOKEN"]) as app:
        stack.twilio.switches(stream_frame_seconds=0)
        yield app
        assert app.bad_signatures == []


def happened(story, command):
    """What the callbacks told of what a command began, in order."""
    return [
        event["details"]["happened"]
        for event in story["events"]
        if event["kind"] == "webhook.fork" and event["command_id"] == command["id"]
    ]


def over(stack, phone, command):
    """The story once the end was told of what a command began."""
    return stack.admin.wait_for(
        phone, lambda story: any(word.endswith("-stopped") for word in happened(story, command))
    )


def test_a_stream_hears_the_call_until_it_is_stopped(stack, sockets):
    phone = stack.dial()
    heard = words(phone)
    start = stack.admin.command(
        phone, "stream_start", url=sockets.url("/ear"), name="ear", parameters={"who": "ann", "why": "test"}
    )
    told = sockets.connection().wait_for("start")["start"]
    assert (told["callSid"], told["customParameters"]) == (phone.sid, {"who": "ann", "why": "test"})
    confirmed(stack, phone, start)
    stop = stack.admin.command(phone, "stream_stop")
    assert (stop["state"], stop["message"]) == ("confirmed", "ear")
    sockets.connection().wait_closed()
    assert sockets.connection().kinds() == ["connected", "start", "stop"]
    story = over(stack, phone, start)
    assert happened(story, start) == ["stream-started", "stream-stopped"]
    assert words(phone) == heard
    assert (phone.status, story["call"]["scene"]) == ("in-progress", "menu")


def test_a_stream_survives_a_redirect_and_moves_no_place(stack, sockets):
    phone = stack.dial()
    start = stack.admin.command(phone, "stream_start", url=sockets.url("/ear"))
    confirmed(stack, phone, start)
    phone.press("2").hears("We are open")
    assert stack.admin.story(phone)["call"]["scene"] == "opening_hours"
    stack.admin.command(phone, "redirect", scene="announcement", params={"text": "Elsewhere."})
    phone.hears("Elsewhere.").hangup()
    sockets.connection().wait_closed()
    assert happened(over(stack, phone, start), start) == ["stream-started", "stream-stopped"]


def test_which_stream_is_meant(stack, sockets):
    phone = stack.dial()
    path = f"/calls/{phone.sid}/stream_stop"
    assert refused(stack.admin.post(path)).startswith("Midcall started no stream on this call.")
    first = stack.admin.command(phone, "stream_start", url=sockets.url("/one"))
    stack.admin.command(phone, "stream_start", url=sockets.url("/two"), name="two")
    several = f"Several are running. Enter one of these names: stream-{first['id']}, two."
    assert refused(stack.admin.post(path)) == several
    again = stack.admin.post(f"/calls/{phone.sid}/stream_start", {"url": sockets.url("/two"), "name": "two"})
    assert refused(again) == "A stream named two is running. Choose another name."
    assert (
        refused(stack.admin.post(path, {"name": "three"}))
        == "There is no stream named three on this call. Check the name."
    )
    assert stack.admin.command(phone, "stream_stop", name="two")["state"] == "confirmed"
    assert stack.admin.command(phone, "stream_stop")["message"] == f"stream-{first['id']}"
    assert refused(stack.admin.post(path)).startswith("Midcall started no stream on this call.")


def test_a_stream_that_cannot_be_connected_is_told_with_twilio_s_words(stack, sockets):
    phone = stack.dial()
    start = stack.admin.command(phone, "stream_start", url=sockets.url("/refuse"))
    story = stack.admin.wait_for(phone, lambda story: story["commands"][0]["finished_at"] is not None)
    command = story["commands"][0]
    assert (command["state"], happened(story, start)) == ("unconfirmed", ["stream-error"])
    assert command["message"].startswith("Twilio reported: ")
    assert refused(stack.admin.post(f"/calls/{phone.sid}/stream_stop")).startswith(
        "Midcall started no stream"
    )


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/x", "wss://203.0.113.9/x", "wss://ann:pw@127.0.0.1/x", "wss:///x", "wss://a b"]
)
def test_a_stream_to_a_stranger_or_nowhere_is_refused(stack, url):
    answer = stack.admin.post(f"/calls/{'CA' + '0' * 32}/stream_start", {"url": url})
    assert (answer.status_code, answer.json()["error"]["fields"][0]["field"]) == (422, "url")


def test_what_is_said_stands_in_the_story(stack):
    phone = stack.dial()
    start = stack.admin.command(phone, "transcription_start", track="inbound_track", language="en-GB")
    confirmed(stack, phone, start)
    phone.speak("I would like to return my toaster", seconds=1)
    stack.admin.wait_for(phone, lambda story: "transcription-content" in happened(story, start))
    assert stack.admin.command(phone, "transcription_stop")["state"] == "confirmed"
    story = over(stack, phone, start)
    assert happened(story, start) == [f"transcription-{word}" for word in ("started", "content", "stopped")]
    [content] = [e["details"]["twilio"] for e in story["events"] if "Final" in e["details"].get("twilio", {})]
    assert json.loads(content["TranscriptionData"])["transcript"] == "I would like to return my toaster"
    assert content["LanguageCode"] == "en-GB"
    stop = stack.admin.post(f"/calls/{phone.sid}/transcription_stop")
    assert refused(stop).startswith("Midcall started no transcription on this call.")


def test_siprec_from_start_to_stop(stack):
    phone = stack.dial()
    start = stack.admin.command(phone, "siprec_start", connector="Recorder", name="vault")
    confirmed(stack, phone, start)
    assert stack.admin.command(phone, "siprec_stop")["message"] == "vault"
    assert happened(over(stack, phone, start), start) == ["siprec-started", "siprec-stopped"]
    assert refused(stack.admin.post(f"/calls/{phone.sid}/siprec_stop")).startswith(
        "Midcall started no siprec"
    )
    answer = stack.admin.post(f"/calls/{phone.sid}/siprec_start", {})
    assert answer.json()["error"]["fields"][0]["field"] == "connector"


def test_a_message_arrives_once(stack):
    phone = stack.dial()
    body, key = {"content": {"show": "form", "number": 7}}, f"message to {phone.sid}"
    path = f"/calls/{phone.sid}/message"
    answers = [stack.admin.post(path, body, key=key).json() for _ in range(2)]
    assert [answer["state"] for answer in answers] == ["confirmed", "confirmed"]
    assert [json.loads(i["content"]) for i in phone.heard if i["kind"] == "message"] == [body["content"]]
    assert answers[0]["message"].startswith("message KX")
    for wrong in ({}, {"content": "text"}, {"content": {}}):
        assert stack.admin.post(path, wrong).status_code == 422


def on_a_manual_clock(stack):
    """A caller in the menu; time only moves when it is told to."""
    stack.twilio.clock(mode="manual")
    phone = stack.twilio.dial("+14155550100")
    stack.twilio.advance(5)
    stack.admin.wait_for(phone, lambda story: story["call"]["answered_at"] is not None)
    return phone


def test_twilio_ends_the_call_at_its_limit(stack):
    phone = on_a_manual_clock(stack)
    command = stack.admin.command(phone, "time_limit", seconds=30)
    assert (command["state"], command["finished_at"]) == ("accepted", None)
    confirmed(stack, phone, command)
    stack.twilio.advance(24)
    assert phone.status == "in-progress"
    stack.admin.command(phone, "time_limit", seconds=40)
    stack.twilio.advance(10)
    assert phone.status == "in-progress"
    stack.twilio.advance(2)
    assert phone.status == "completed"
    story = stack.admin.wait_for(phone, lambda story: not story["call"]["live"])
    assert story["call"]["duration_seconds"] == 40


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("stream_start", {"url": "wss://127.0.0.1/ear"}),
        ("stream_stop", {"name": "ear"}),
        ("transcription_start", {}),
        ("transcription_stop", {"name": "notes"}),
        ("siprec_start", {"connector": "Recorder"}),
        ("siprec_stop", {"name": "vault"}),
        ("message", {"content": {"a": 1}}),
        ("time_limit", {"seconds": 60}),
    ],
)
def test_the_caller_hangs_up_while_it_is_on_its_way(stack, name, arguments):
    """The registry still takes the call for live: what counts is Twilio's answer."""
    phone = stack.dial()
    lost = {"on": "webhook", "match": "/voice/status", "times": -1, "do": "reset"}
    stack.twilio.faults([lost])
    phone.hangup().waits_for(status="completed")
    message = refused(stack.admin.post(f"/calls/{phone.sid}/{name}", arguments))
    assert message == "The call has ended." or message.startswith("There is no ")
