"""Streams of Connect: audio from the app, marks, and what ends them."""

from __future__ import annotations

import base64

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator, Phone
from tests.support.call_log import heard, warning_codes
from tests.support.emulator_calls import start_call
from tests.support.scripted_app import ScriptedApp
from tests.support.socket_app import Connection, SocketApp

NEW = "<Response><Say>New</Say><Pause length='60'/></Response>"
SECOND = base64.b64encode(b"\x7f" * 8000).decode()


def connect_stream(
    twilio: Emulator, app: ScriptedApp, sockets: SocketApp, more: str = "", noun: str = ""
) -> tuple[Phone, Connection]:
    verbs = f'<Connect {more}><Stream url="{sockets.url("/talk")}" {noun}/></Connect><Say>After</Say>'
    phone = start_call(twilio, app, verbs)
    socket = sockets.connection()
    socket.wait_for("start")
    return phone, socket


def test_an_app_plays_audio_sends_marks_and_clears(
    twilio: Emulator, app: ScriptedApp, sockets: SocketApp
) -> None:
    phone, socket = connect_stream(twilio, app, sockets)
    sid = socket.all("start")[0]["streamSid"]
    for _ in range(2):
        socket.send(event="media", streamSid=sid, media={"payload": SECOND})
    socket.send(event="mark", streamSid=sid, mark={"name": "played"})
    phone.hears("audio")
    twilio.advance(1.9)
    assert socket.all("mark") == []
    twilio.advance(0.1)
    assert socket.wait_for("mark")["mark"] == {"name": "played"}
    for _ in range(5):
        socket.send(event="media", streamSid=sid, media={"payload": SECOND})
    socket.send(event="mark", streamSid=sid, mark={"name": "cleared"})
    phone.hears("audio", times=2)
    socket.send(event="clear", streamSid=sid)
    assert socket.wait_for("mark", 2)["mark"] == {"name": "cleared"}
    assert [item["seconds"] for item in phone.heard] == [2, 0]
    phone.press("5")
    assert socket.wait_for("dtmf")["dtmf"] == {"track": "inbound_track", "digit": "5"}
    socket.send(event="nonsense", streamSid=sid)
    socket.send(event="media", streamSid=sid, media={})
    socket.send(event="media", streamSid="MZ1", media={"payload": SECOND})
    socket.send(event="mark", streamSid=sid, mark={"name": "last"})
    socket.wait_for("mark", 3)
    assert warning_codes(phone) == [31951] * 3


def test_closing_the_socket_ends_a_connect(twilio: Emulator, app: ScriptedApp, sockets: SocketApp) -> None:
    phone, socket = connect_stream(twilio, app, sockets, noun=f'statusCallback="{app.url("/cb")}"')
    twilio.advance(30)
    assert heard(phone) == []
    socket.close()
    phone.hears("After")
    twilio.settle()
    events = [visit.params["StreamEvent"] for visit in app.visits if visit.path == "/cb"]
    assert events == ["stream-started", "stream-stopped"]


def test_the_connect_action_replaces_the_document(
    twilio: Emulator, app: ScriptedApp, sockets: SocketApp
) -> None:
    app.on("/a", "<Say>Action</Say>")
    phone, socket = connect_stream(twilio, app, sockets, 'action="/a"')
    socket.close()
    phone.hears("Action")
    assert "After" not in str(phone.heard)


@pytest.mark.parametrize("asks", [False, True])
def test_a_call_update_closes_a_connected_stream(
    twilio: Emulator, app: ScriptedApp, client: Client, sockets: SocketApp, asks: bool
) -> None:
    twilio.switches(connect_action_on_redirect=asks)
    phone, socket = connect_stream(twilio, app, sockets, 'action="/a"')
    client.calls(phone.sid).update(twiml=NEW)
    socket.wait_for("stop")
    socket.wait_closed()
    phone.hears("New")
    assert ("POST /a" in app.paths(), "After" in str(phone.heard)) == (asks, False)


def test_the_end_of_the_call_closes_a_connected_stream(
    twilio: Emulator, app: ScriptedApp, sockets: SocketApp
) -> None:
    phone, socket = connect_stream(twilio, app, sockets, 'action="/a"')
    phone.hangup()
    socket.wait_for("stop")
    socket.wait_closed()
    twilio.settle()
    assert app.paths() == ["POST /start"]


def test_a_connected_stream_cannot_be_stopped_over_rest(
    twilio: Emulator, app: ScriptedApp, client: Client, sockets: SocketApp
) -> None:
    phone, socket = connect_stream(twilio, app, sockets, noun='name="ear"')
    with pytest.raises(TwilioRestException) as error:
        client.calls(phone.sid).streams("ear").update(status="stopped")
    assert (error.value.code, socket.is_closed) == (20404, False)


def test_frame_length_zero_sends_no_audio(twilio: Emulator, app: ScriptedApp, sockets: SocketApp) -> None:
    twilio.switches(stream_frame_seconds=0)
    phone, socket = connect_stream(twilio, app, sockets)
    twilio.advance(3600)
    phone.hangup()
    socket.wait_closed()
    assert socket.all("media") == []
