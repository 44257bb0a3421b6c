"""Media streams: the messages of the WebSocket in both directions, and what ends a stream."""

from __future__ import annotations

import base64

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, warning_codes
from tests.support.emulator_calls import start_call
from tests.support.scripted_app import ScriptedApp
from tests.support.socket_app import SocketApp

NEW = "<Response><Say>New</Say><Pause length='60'/></Response>"


def test_a_started_stream_sends_the_audio_of_both_tracks(
    twilio: Emulator, app: ScriptedApp, sockets: SocketApp
) -> None:
    noun = (
        f'<Stream name="ear" url="{sockets.url("/listen")}" track="both_tracks" statusCallback="{app.url("/cb")}">'
        '<Parameter name="who" value="Ann &amp; Bob"/></Stream>'
    )
    phone = start_call(twilio, app, f"<Start>{noun}</Start><Say>Hi</Say><Pause length='5'/>")
    socket = sockets.connection()
    start = socket.wait_for("start")
    assert socket.messages[0] == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    sid = start["streamSid"]
    assert (start["sequenceNumber"], start["start"]) == (
        "1",
        {
            "accountSid": phone.call["requests"][0]["params"]["AccountSid"],
            "streamSid": sid,
            "callSid": phone.sid,
            "tracks": ["inbound", "outbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {"who": "Ann & Bob"},
        },
    )
    assert socket.all("media") == []
    twilio.advance(0.1)
    socket.wait_for("media", 10)
    inbound = [item["media"] for item in socket.all("media") if item["media"]["track"] == "inbound"]
    assert [(item["chunk"], item["timestamp"]) for item in inbound] == [
        ("1", "20"), ("2", "40"), ("3", "60"), ("4", "80"), ("5", "100"),
    ]  # fmt: skip
    assert {base64.b64decode(item["payload"]) for item in inbound} == {b"\xff" * 160}
    phone.speak("hello", seconds=0.1).press("1")
    twilio.advance(0.02)
    assert set(base64.b64decode(socket.wait_for("media", 12)["media"]["payload"])) == {0xFF}
    assert set(base64.b64decode(socket.all("media")[-2]["media"]["payload"])) != {0xFF}
    twilio.advance(10)
    socket.wait_closed()
    assert socket.kinds() == ["connected", "start", "stop"]
    assert socket.all("stop")[0]["stop"]["callSid"] == phone.sid
    numbers = [int(item["sequenceNumber"]) for item in socket.messages[1:]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert heard(phone) == ["say(Hi)", "silence(5)"]
    events = [visit.params for visit in app.visits if visit.path == "/cb"]
    assert [(item["StreamEvent"], item["StreamName"], item["StreamSid"]) for item in events] == [
        ("stream-started", "ear", sid),
        ("stream-stopped", "ear", sid),
    ]
    assert sockets.bad_signatures == []


def test_a_document_that_ends_after_start_ends_the_call(
    twilio: Emulator, app: ScriptedApp, sockets: SocketApp
) -> None:
    phone = start_call(twilio, app, f'<Start><Stream url="{sockets.url("/listen")}"/></Start>')
    assert phone.status == "completed"


def test_a_started_stream_survives_an_update_and_stops_by_name(
    twilio: Emulator, app: ScriptedApp, client: Client, sockets: SocketApp
) -> None:
    noun = f'<Stream name="ear" url="{sockets.url("/listen")}"/>'
    phone = start_call(twilio, app, f"<Start>{noun}</Start><Pause length='60'/>")
    client.calls(phone.sid).update(twiml=NEW)
    phone.hears("New")
    twilio.advance(1)
    socket = sockets.connection()
    socket.wait_for("media", 50)
    assert not socket.is_closed
    stop = '<Response><Stop><Stream name="ear"/></Stop><Pause length="60"/></Response>'
    client.calls(phone.sid).update(twiml=stop)
    socket.wait_closed()
    assert (phone.status, warning_codes(phone)) == ("in-progress", [])


def test_a_lost_socket_does_not_end_the_call(twilio: Emulator, app: ScriptedApp, sockets: SocketApp) -> None:
    noun = f'<Stream url="{sockets.url("/listen")}" statusCallback="{app.url("/cb")}"/>'
    phone = start_call(twilio, app, f"<Start>{noun}</Start><Pause length='60'/>")
    sockets.connection().close()
    phone.waits_for(requests="/cb")
    twilio.advance(10)
    assert phone.status == "in-progress"


def test_a_stream_is_started_and_stopped_over_rest(
    twilio: Emulator, app: ScriptedApp, client: Client, sockets: SocketApp
) -> None:
    phone = start_call(twilio, app, "<Pause length='60'/><Say>Hi</Say><Pause length='60'/>")
    streams = client.calls(phone.sid).streams
    with pytest.raises(TwilioRestException) as early:
        streams.create(url=sockets.url("/listen"))
    assert early.value.code == 21220
    twilio.advance(61)
    made = streams.create(
        url=sockets.url("/listen"), name="ear", parameter1_name="who", parameter1_value="Ann"
    )
    assert (made.status, made.name, made.call_sid) == ("in-progress", "ear", phone.sid)
    socket = sockets.connection()
    assert socket.wait_for("start")["start"]["customParameters"] == {"who": "Ann"}
    for url, name, code in [("http://nowhere", "x", 21205), (sockets.url("/"), "ear", 20409)]:
        with pytest.raises(TwilioRestException) as error:
            streams.create(url=url, name=name)
        assert error.value.code == code
    assert streams("ear").update(status="stopped").status == "stopped"
    socket.wait_closed()
    with pytest.raises(TwilioRestException) as late:
        streams(made.sid).update(status="stopped")
    assert late.value.code == 20404


@pytest.mark.parametrize("verb", ["Start", "Connect"])
def test_a_refused_handshake_is_reported_as_a_stream_error(
    twilio: Emulator, app: ScriptedApp, sockets: SocketApp, verb: str
) -> None:
    noun = f'<Stream url="{sockets.url("/refuse")}" statusCallback="{app.url("/cb")}"/>'
    phone = start_call(twilio, app, f"<{verb}>{noun}</{verb}><Say>On</Say>")
    phone.hears("On")
    twilio.settle()
    assert (warning_codes(phone), app.visit("/cb").params["StreamEvent"]) == ([31920], "stream-error")


@pytest.mark.parametrize(
    ("verbs", "code"),
    [
        ('<Start><Stream url="http://127.0.0.1/"/></Start>', 31920),
        ('<Connect><Stream url=""/></Connect>', 31920),
        ("<Start><Telegraph/></Start>", 12200),
        (
            f'<Start><Stream url="ws://127.0.0.1:9/"><Parameter name="a" value="{"b" * 499}"/></Stream></Start>',
            12200,
        ),
        ("<Start>" + "<Transcription/>" * 5 + "</Start>", 12200),
        ('<Stop><Stream name="none"/></Stop>', 12200),
        ("<Connect><Room>x</Room></Connect>", 12200),
        ('<Connect><Stream url="ws://127.0.0.1:9/" track="both_tracks"/></Connect>', 31941),
    ],
)
def test_an_invalid_start_stop_or_connect_is_a_warning(
    twilio: Emulator, app: ScriptedApp, verbs: str, code: int
) -> None:
    phone = start_call(twilio, app, verbs + "<Say>On</Say>")
    assert (heard(phone), code in warning_codes(phone)) == (["say(On)"], True)
