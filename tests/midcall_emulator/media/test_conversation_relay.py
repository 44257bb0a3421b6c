"""ConversationRelay: words out, words in, interruptions, and what the action learns."""

from __future__ import annotations

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator, Phone
from tests.support.listening import codes, heard
from tests.support.scripted_app import ScriptedApp
from tests.support.socket_app import Connection, SocketApp

NUMBER = "+14155550100"


def talking(
    twilio: Emulator, app: ScriptedApp, sockets: SocketApp, attributes: str = "", inside: str = ""
) -> tuple[Phone, Connection]:
    noun = f'<ConversationRelay url="{sockets.url("/relay")}" {attributes}>{inside}</ConversationRelay>'
    app.on("/start", f'<Connect action="/a">{noun}</Connect>')
    app.on("/a", "<Say>Action</Say>")
    phone = twilio.dial(NUMBER)
    twilio.settle()
    wire = sockets.connection()
    wire.wait_for("setup")
    return phone, wire


def say(wire: Connection, text: str, **more: object) -> None:
    words = text.split(" ")
    for word in words[:-1]:
        wire.send(type="text", token=f"{word} ", last=False)
    wire.send(type="text", token=words[-1], last=True, **more)


def test_a_conversation(twilio: Emulator, app: ScriptedApp, sockets: SocketApp) -> None:
    phone, wire = talking(
        twilio,
        app,
        sockets,
        'welcomeGreeting="Hello!" voice="v" language="en-GB" dtmfDetection="true"',
        '<Language code="de-DE"/><Parameter name="who" value="Ann"/>',
    )
    setup = wire.messages[0]
    assert (setup["callSid"], setup["from"], setup["to"]) == (phone.sid, "+14155559999", NUMBER)
    assert (setup["direction"], setup["customParameters"]) == ("inbound", {"who": "Ann"})
    assert setup["sessionId"].startswith("VX")
    assert phone.heard[0]["voice"] == "v"
    twilio.advance(1)
    phone.speak("I want sales", seconds=2)
    twilio.advance(1.9)
    assert wire.all("prompt") == []
    twilio.advance(0.1)
    assert wire.wait_for("prompt") == {
        "type": "prompt", "voicePrompt": "I want sales", "lang": "en-GB", "last": True,
    }  # fmt: skip
    say(wire, "One moment please")
    phone.hears("One moment please")
    twilio.advance(5)
    phone.press("12")
    assert wire.wait_for("dtmf", 2) == {"type": "dtmf", "digit": "2"}
    wire.send(type="sendDigits", digits="9w1")
    wire.send(type="language", ttsLanguage="de-DE", transcriptionLanguage="de-DE")
    wire.send(type="play", source="http://x.test/a.mp3")
    phone.hears("a.mp3")
    twilio.advance(10)
    phone.speak("ja", seconds=1)
    twilio.advance(1)
    assert wire.wait_for("prompt", 2)["lang"] == "de-DE"
    wire.send(type="end", handoffData='{"to":"sales"}')
    phone.hears("Action")
    wire.wait_closed()
    params = app.visit("/a").params
    assert (params["SessionStatus"], params["HandoffData"]) == ("ended", '{"to":"sales"}')
    assert (params["SessionId"], params["SessionDuration"]) == (setup["sessionId"], "19")
    assert heard(phone)[:5] == [
        "say(Hello!)", "say(One moment please)", "dtmf(9w1)", "play(/a.mp3)", "say(Action)",
    ]  # fmt: skip
    assert wire.all("interrupt") == []


def test_the_caller_interrupts(twilio: Emulator, app: ScriptedApp, sockets: SocketApp) -> None:
    phone, wire = talking(twilio, app, sockets)
    say(wire, "Life is a complex set of things")
    say(wire, "and so on")
    phone.hears("complex")
    twilio.advance(1)
    phone.speak("Stop", seconds=1)
    interrupt = wire.wait_for("interrupt")
    assert interrupt["utteranceUntilInterrupt"] == "Life is a compl"
    assert interrupt["durationUntilInterruptMs"] == "1000"
    twilio.advance(60)
    assert wire.wait_for("prompt")["voicePrompt"] == "Stop"
    assert heard(phone) == ["say(Life is a complex set of things)"]


@pytest.mark.parametrize(
    ("attributes", "prompts"),
    [('interruptible="none"', 0), ('interruptible="none" reportInputDuringAgentSpeech="speech"', 1)],
)
def test_what_may_not_be_interrupted(
    twilio: Emulator, app: ScriptedApp, sockets: SocketApp, attributes: str, prompts: int
) -> None:
    phone, wire = talking(twilio, app, sockets, attributes)
    say(wire, "You have to hear all of this")
    say(wire, "and this")
    phone.hears("all of this")
    phone.speak("Stop", seconds=1)
    twilio.advance(10)
    say(wire, "the end")
    phone.hears("the end")
    assert len(heard(phone)) == 3
    assert (len(wire.all("prompt")), wire.all("interrupt")) == (prompts, [])


def test_words_may_make_way_for_words(twilio: Emulator, app: ScriptedApp, sockets: SocketApp) -> None:
    phone, wire = talking(twilio, app, sockets)
    say(wire, "Let me think about that for a while", preemptible=True)
    say(wire, "Yes")
    phone.hears("Yes")
    assert [item["at"] for item in phone.heard] == [0, 0]


def test_partial_prompts(twilio: Emulator, app: ScriptedApp, sockets: SocketApp) -> None:
    phone, wire = talking(twilio, app, sockets, 'partialPrompts="true"')
    phone.speak("one two three", seconds=2)
    twilio.advance(1)
    assert (wire.wait_for("prompt")["voicePrompt"], wire.all("prompt")[0]["last"]) == ("one two", False)
    twilio.advance(1)
    assert wire.wait_for("prompt", 2)["last"] is True


def test_a_message_that_makes_no_sense(twilio: Emulator, app: ScriptedApp, sockets: SocketApp) -> None:
    phone, wire = talking(twilio, app, sockets)
    wire.send(foo="bar")
    assert wire.wait_for("error")["description"] == 'Invalid message received: {"foo": "bar"}'
    wire.send(type="text")
    wire.wait_for("error", 2)
    assert (codes(phone), phone.status) == ([64107, 64107], "in-progress")


def test_the_caller_hangs_up(twilio: Emulator, app: ScriptedApp, sockets: SocketApp) -> None:
    phone, wire = talking(twilio, app, sockets)
    twilio.advance(5)
    phone.hangup()
    wire.wait_closed()
    twilio.settle()
    params = app.visit("/a").params
    assert (params["SessionStatus"], params["CallStatus"], params["SessionDuration"]) == (
        "completed", "completed", "5",
    )  # fmt: skip
    assert "Action" not in str(phone.heard)


def test_the_app_goes_away(twilio: Emulator, app: ScriptedApp, sockets: SocketApp) -> None:
    phone, wire = talking(twilio, app, sockets)
    wire.close()
    phone.hears("Action")
    params = app.visit("/a").params
    assert (params["SessionStatus"], params["ErrorCode"]) == ("failed", "64105")


def test_the_app_refuses(twilio: Emulator, app: ScriptedApp, sockets: SocketApp) -> None:
    noun = f'<ConversationRelay url="{sockets.url("/refuse")}"/>'
    app.on("/start", f'<Connect action="/a">{noun}</Connect>')
    twilio.dial(NUMBER).waits_for(requests="/a")
    params = app.visit("/a").params
    assert (params["SessionStatus"], params["ErrorCode"]) == ("failed", "64102")


def test_an_update_takes_the_call_away(
    twilio: Emulator, app: ScriptedApp, client: Client, sockets: SocketApp
) -> None:
    phone, wire = talking(twilio, app, sockets)
    with pytest.raises(TwilioRestException) as error:
        client.calls(phone.sid).recordings.create()
    assert error.value.code == 21220
    client.calls(phone.sid).update(twiml="<Response><Say>New</Say><Pause length='9'/></Response>")
    phone.hears("New")
    wire.wait_closed()
    assert app.paths() == ["POST /start"]
    assert client.calls(phone.sid).recordings.create().status == "in-progress"


def test_a_session_without_a_socket_is_a_warning(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Connect><ConversationRelay url='x'/></Connect><Say>On</Say>")
    phone = twilio.dial(NUMBER).hears("On")
    assert 64101 in codes(phone)
