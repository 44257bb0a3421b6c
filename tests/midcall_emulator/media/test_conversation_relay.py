"""ConversationRelay: text and prompts, interruptions, and what the action receives."""

from __future__ import annotations

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator, Phone
from tests.support.call_log import heard, warning_codes
from tests.support.scripted_app import ScriptedApp
from tests.support.socket_app import Connection, SocketApp

NUMBER = "+14155550100"


def open_session(
    twilio: Emulator, app: ScriptedApp, sockets: SocketApp, attributes: str = "", inside: str = ""
) -> tuple[Phone, Connection]:
    noun = f'<ConversationRelay url="{sockets.url("/relay")}" {attributes}>{inside}</ConversationRelay>'
    app.on("/start", f'<Connect action="/a">{noun}</Connect>')
    app.on("/a", "<Say>Action</Say>")
    phone = twilio.dial(NUMBER)
    twilio.settle()
    socket = sockets.connection()
    socket.wait_for("setup")
    return phone, socket


def send_text(socket: Connection, text: str, **more: object) -> None:
    words = text.split(" ")
    for word in words[:-1]:
        socket.send(type="text", token=f"{word} ", last=False)
    socket.send(type="text", token=words[-1], last=True, **more)


def test_a_session_exchanges_prompts_text_keys_and_ends_with_handoff_data(
    twilio: Emulator, app: ScriptedApp, sockets: SocketApp
) -> None:
    phone, socket = open_session(
        twilio,
        app,
        sockets,
        'welcomeGreeting="Hello!" voice="v" language="en-GB" dtmfDetection="true"',
        '<Language code="de-DE"/><Parameter name="who" value="Ann"/>',
    )
    setup = socket.messages[0]
    assert (setup["callSid"], setup["from"], setup["to"]) == (phone.sid, "+14155559999", NUMBER)
    assert (setup["direction"], setup["customParameters"]) == ("inbound", {"who": "Ann"})
    assert setup["sessionId"].startswith("VX")
    assert phone.heard[0]["voice"] == "v"
    twilio.advance(1)
    phone.speak("I want sales", seconds=2)
    twilio.advance(1.9)
    assert socket.all("prompt") == []
    twilio.advance(0.1)
    assert socket.wait_for("prompt") == {
        "type": "prompt", "voicePrompt": "I want sales", "lang": "en-GB", "last": True,
    }  # fmt: skip
    send_text(socket, "One moment please")
    phone.hears("One moment please")
    twilio.advance(5)
    phone.press("12")
    assert socket.wait_for("dtmf", 2) == {"type": "dtmf", "digit": "2"}
    socket.send(type="sendDigits", digits="9w1")
    socket.send(type="language", ttsLanguage="de-DE", transcriptionLanguage="de-DE")
    socket.send(type="play", source="http://x.test/a.mp3")
    phone.hears("a.mp3")
    twilio.advance(10)
    phone.speak("ja", seconds=1)
    twilio.advance(1)
    assert socket.wait_for("prompt", 2)["lang"] == "de-DE"
    socket.send(type="end", handoffData='{"to":"sales"}')
    phone.hears("Action")
    socket.wait_closed()
    params = app.visit("/a").params
    assert (params["SessionStatus"], params["HandoffData"]) == ("ended", '{"to":"sales"}')
    assert (params["SessionId"], params["SessionDuration"]) == (setup["sessionId"], "19")
    assert heard(phone)[:5] == [
        "say(Hello!)", "say(One moment please)", "dtmf(9w1)", "play(/a.mp3)", "say(Action)",
    ]  # fmt: skip
    assert socket.all("interrupt") == []


def test_caller_speech_interrupts_the_agent(twilio: Emulator, app: ScriptedApp, sockets: SocketApp) -> None:
    phone, socket = open_session(twilio, app, sockets)
    send_text(socket, "Life is a complex set of things")
    send_text(socket, "and so on")
    phone.hears("complex")
    twilio.advance(1)
    phone.speak("Stop", seconds=1)
    interrupt = socket.wait_for("interrupt")
    assert interrupt["utteranceUntilInterrupt"] == "Life is a compl"
    assert interrupt["durationUntilInterruptMs"] == "1000"
    twilio.advance(60)
    assert socket.wait_for("prompt")["voicePrompt"] == "Stop"
    assert heard(phone) == ["say(Life is a complex set of things)"]


@pytest.mark.parametrize(
    ("attributes", "prompts"),
    [('interruptible="none"', 0), ('interruptible="none" reportInputDuringAgentSpeech="speech"', 1)],
)
def test_uninterruptible_speech_is_heard_to_the_end(
    twilio: Emulator, app: ScriptedApp, sockets: SocketApp, attributes: str, prompts: int
) -> None:
    phone, socket = open_session(twilio, app, sockets, attributes)
    send_text(socket, "You have to hear all of this")
    send_text(socket, "and this")
    phone.hears("all of this")
    phone.speak("Stop", seconds=1)
    twilio.advance(10)
    send_text(socket, "the end")
    phone.hears("the end")
    assert len(heard(phone)) == 3
    assert (len(socket.all("prompt")), socket.all("interrupt")) == (prompts, [])


def test_preemptible_text_is_replaced_by_the_next_text(
    twilio: Emulator, app: ScriptedApp, sockets: SocketApp
) -> None:
    phone, socket = open_session(twilio, app, sockets)
    send_text(socket, "Let me think about that for a while", preemptible=True)
    send_text(socket, "Yes")
    phone.hears("Yes")
    assert [item["at"] for item in phone.heard] == [0, 0]


def test_partial_prompts_are_sent_while_the_caller_talks(
    twilio: Emulator, app: ScriptedApp, sockets: SocketApp
) -> None:
    phone, socket = open_session(twilio, app, sockets, 'partialPrompts="true"')
    phone.speak("one two three", seconds=2)
    twilio.advance(1)
    assert (socket.wait_for("prompt")["voicePrompt"], socket.all("prompt")[0]["last"]) == ("one two", False)
    twilio.advance(1)
    assert socket.wait_for("prompt", 2)["last"] is True


def test_an_invalid_message_is_answered_with_an_error(
    twilio: Emulator, app: ScriptedApp, sockets: SocketApp
) -> None:
    phone, socket = open_session(twilio, app, sockets)
    socket.send(foo="bar")
    assert socket.wait_for("error")["description"] == 'Invalid message received: {"foo": "bar"}'
    socket.send(type="text")
    socket.wait_for("error", 2)
    assert (warning_codes(phone), phone.status) == ([64107, 64107], "in-progress")


def test_a_hangup_completes_the_session(twilio: Emulator, app: ScriptedApp, sockets: SocketApp) -> None:
    phone, socket = open_session(twilio, app, sockets)
    twilio.advance(5)
    phone.hangup()
    socket.wait_closed()
    twilio.settle()
    params = app.visit("/a").params
    assert (params["SessionStatus"], params["CallStatus"], params["SessionDuration"]) == (
        "completed", "completed", "5",
    )  # fmt: skip
    assert "Action" not in str(phone.heard)


def test_a_socket_closed_by_the_app_fails_the_session(
    twilio: Emulator, app: ScriptedApp, sockets: SocketApp
) -> None:
    phone, socket = open_session(twilio, app, sockets)
    socket.close()
    phone.hears("Action")
    params = app.visit("/a").params
    assert (params["SessionStatus"], params["ErrorCode"]) == ("failed", "64105")


def test_a_refused_handshake_fails_the_session(
    twilio: Emulator, app: ScriptedApp, sockets: SocketApp
) -> None:
    noun = f'<ConversationRelay url="{sockets.url("/refuse")}"/>'
    app.on("/start", f'<Connect action="/a">{noun}</Connect>')
    twilio.dial(NUMBER).waits_for(requests="/a")
    params = app.visit("/a").params
    assert (params["SessionStatus"], params["ErrorCode"]) == ("failed", "64102")


def test_a_call_update_ends_the_session(
    twilio: Emulator, app: ScriptedApp, client: Client, sockets: SocketApp
) -> None:
    phone, socket = open_session(twilio, app, sockets)
    with pytest.raises(TwilioRestException) as error:
        client.calls(phone.sid).recordings.create()
    assert error.value.code == 21220
    client.calls(phone.sid).update(twiml="<Response><Say>New</Say><Pause length='9'/></Response>")
    phone.hears("New")
    socket.wait_closed()
    assert app.paths() == ["POST /start"]
    assert client.calls(phone.sid).recordings.create().status == "in-progress"


def test_an_invalid_socket_url_is_a_warning(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Connect><ConversationRelay url='x'/></Connect><Say>On</Say>")
    phone = twilio.dial(NUMBER).hears("On")
    assert 64101 in warning_codes(phone)
