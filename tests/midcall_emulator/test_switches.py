"""Each switch changes the behavior it names; switches that other tests set are not repeated here."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator, EmulatorError
from midcall_emulator.switches import Switches, values_of
from tests.support.call_log import heard, heard_times, warning_codes
from tests.support.emulator_calls import only_leg, start_call
from tests.support.scripted_app import Answer, ScriptedApp

NUMBER = "+14155550100"
ANN = "+15005550006"
NEW = "<Response><Say>New</Say></Response>"


def test_every_switch_is_set_in_some_test() -> None:
    tests = "".join(file.read_text() for file in Path(__file__).parent.rglob("test_*.py"))
    assert [name for name in Switches().as_dict() if f"{name}=" not in tests] == []


def test_a_named_set_gives_every_switch_its_value_of_the_set(twilio: Emulator) -> None:
    twilio.switches(queue_seconds=9, set="slow")
    assert twilio.switches() == values_of("slow") | {"queue_seconds": 9}
    assert twilio.switches(set="strict") == values_of("strict")


def test_an_unknown_set_is_refused_and_changes_no_switch(twilio: Emulator) -> None:
    before = twilio.switches()
    with pytest.raises(EmulatorError, match="strict, slow, lenient"):
        twilio.switches(set="fast", queue_seconds=9)
    with pytest.raises(EmulatorError, match="unknown switch"):
        twilio.switches(set="slow", no_such_switch=1)
    assert twilio.switches() == before


def test_strict_is_the_default() -> None:
    assert Switches().as_dict() == values_of("strict")


def test_redirect_delay_postpones_the_new_document(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    twilio.switches(redirect_delay_seconds=0.65)
    phone = start_call(twilio, app, '<Pause/><Play loop="0">/m.mp3</Play>', 5)
    client.calls(phone.sid).update(twiml=NEW)
    twilio.advance(5)
    assert heard_times(phone)[-1] == 4.65


@pytest.mark.parametrize(("keeps", "sounds"), [(True, "say(Sorry)"), (False, "apology")])
def test_previous_fallback_after_update_keeps_the_fallback_url(
    twilio: Emulator, app: ScriptedApp, client: Client, keeps: bool, sounds: str
) -> None:
    twilio.switches(previous_fallback_after_update=keeps)
    client.incoming_phone_numbers.list()[0].update(voice_fallback_url=app.url("/fb"))
    app.on("/fb", "<Say>Sorry</Say>")
    app.on("/new", Answer(status=500))
    phone = start_call(twilio, app, "<Say>Hi</Say><Pause length='60'/>")
    client.calls(phone.sid).update(url=app.url("/new"))
    twilio.advance(10)
    assert heard(phone)[-1] == sounds


def test_gather_action_on_interrupt_requests_the_action(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    twilio.switches(gather_action_on_interrupt=True)
    app.on("/a", "<Say>Thrown away</Say>")
    phone = start_call(twilio, app, '<Gather action="/a"/>').press("12")
    client.calls(phone.sid).update(twiml=NEW)
    twilio.advance(10)
    assert app.visit("/a").params["Digits"] == "12"
    assert heard(phone) == ["say(New)"]


def test_record_action_on_interrupt_requests_the_action(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    twilio.switches(record_action_on_interrupt=True)
    phone = start_call(twilio, app, '<Record action="/a"/>', 3)
    client.calls(phone.sid).update(twiml=NEW)
    twilio.advance(10)
    assert (app.visit("/a").params["RecordingDuration"], heard(phone)) == ("3", ["beep", "say(New)"])


def test_recording_delay_postpones_the_recording_callback(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.switches(recording_delay_seconds=30)
    phone = start_call(twilio, app, '<Record action="/a" recordingStatusCallback="/rec"/>').speak("a", 1)
    twilio.advance(3)
    phone.press("1")
    twilio.advance(29)
    assert "POST /rec" not in app.paths()
    twilio.advance(1)
    assert "POST /rec" in app.paths()


def test_dial_action_on_hangup_may_be_disabled(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.switches(dial_action_on_hangup=False)
    start_call(twilio, app, f'<Dial action="/a">{ANN}</Dial>', 5).hangup()
    twilio.advance(5)
    assert app.paths() == ["POST /start"]


@pytest.mark.parametrize("asks", [True, False])
def test_dial_action_when_ringing_may_be_disabled(
    twilio: Emulator, app: ScriptedApp, client: Client, asks: bool
) -> None:
    twilio.switches(dial_action_when_ringing=asks)
    twilio.people(ANN, "manual")
    phone = start_call(twilio, app, f'<Dial action="/a">{ANN}</Dial>', 5)
    client.calls(phone.sid).update(twiml=NEW)
    twilio.advance(5)
    assert ("POST /a" in app.paths(), heard(phone)[-1]) == (asks, "say(New)")


def test_gather_action_on_hangup_requests_the_action(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.switches(gather_action_on_hangup=True)
    start_call(twilio, app, '<Gather action="/a"/>').press("12").hangup()
    twilio.settle()
    assert (app.visit("/a").params["Digits"], app.visit("/a").params["CallStatus"]) == ("12", "completed")


@pytest.mark.parametrize("sent", [True, False])
def test_empty_digits_sent_decides_whether_digits_is_present(
    twilio: Emulator, app: ScriptedApp, sent: bool
) -> None:
    twilio.switches(empty_digits_sent=sent)
    start_call(twilio, app, '<Gather action="/a" actionOnEmptyResult="true"/>', 5)
    assert ("Digits" in app.visit("/a").params) == sent


def test_cancel_by_completed_sets_the_final_status(twilio: Emulator, client: Client) -> None:
    twilio.switches(cancel_by_completed="completed", answer_after_seconds=9)
    call = client.calls.create(to=ANN, from_=NUMBER, twiml=NEW)
    twilio.advance(8)
    assert client.calls(call.sid).update(status="completed").status == "completed"


def test_update_url_and_twiml_may_prefer_the_url(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    twilio.switches(update_url_and_twiml="url-wins")
    phone = start_call(twilio, app, "<Say>Hi</Say><Pause length='60'/>")
    client.calls(phone.sid).update(url=app.url("/new"), twiml=NEW)
    phone.waits_for(status="completed")
    assert (app.paths(), heard(phone)) == (["POST /start", "POST /new"], ["say(Hi)"])


def test_play_strict_content_type_refuses_other_content(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.switches(play_strict_content_type=True)
    phone = start_call(twilio, app, "<Play>/page</Play><Say>Hi</Say>")
    assert (heard(phone), warning_codes(phone)) == (["say(Hi)"], [13420])


def test_assume_remote_media_false_fetches_remote_audio(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.switches(assume_remote_media=False)
    phone = start_call(
        twilio, app, "<Play>http://nowhere.invalid/a.mp3#ct=100&amp;tt=200&amp;rc=0</Play><Say>Hi</Say>"
    )
    assert (heard(phone), warning_codes(phone)) == (["say(Hi)"], [13420])


def test_durations_of_say_and_play_follow_their_switches(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.switches(say_characters_per_second=1, play_default_seconds=3, play_loop_cap=2)
    phone = start_call(twilio, app, '<Say>Hello</Say><Play loop="0">/m.mp3</Play><Say>Bye</Say>', 60)
    assert heard_times(phone) == [0, 5, 8, 11]


@pytest.mark.parametrize(("confidence", "sent"), [("0.42", "0.42"), ("", None)])
def test_speech_confidence_and_auto_timeout_follow_their_switches(
    twilio: Emulator, app: ScriptedApp, confidence: str, sent: str | None
) -> None:
    twilio.switches(speech_confidence=confidence, speech_auto_seconds=3)
    start_call(twilio, app, '<Gather input="speech" action="/a" speechTimeout="auto"/>').speak("yes", 1)
    twilio.advance(3.9)
    assert app.paths() == ["POST /start"]
    twilio.advance(0.1)
    assert app.visit("/a").params.get("Confidence") == sent


def test_max_requests_kept_limits_the_log(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.switches(max_requests_kept=5)
    phone = start_call(twilio, app, '<Say loop="0">Hi</Say>', 60)
    assert len(phone.heard) == 5


@pytest.mark.parametrize(("keeps", "connections"), [(True, 1), (False, 3)])
def test_keep_connections_reuses_a_connection(twilio: Emulator, keeps: bool, connections: int) -> None:
    used: set[int] = set()

    class App(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            used.add(self.client_address[1])
            self.rfile.read(int(self.headers["Content-Length"]))
            verbs = {"/": "<Redirect>/1</Redirect>", "/1": "<Redirect>/2</Redirect>"}.get(self.path, "")
            answer = f"<Response>{verbs}</Response>".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    twilio.switches(keep_connections=keeps)
    with ThreadingHTTPServer(("127.0.0.1", 0), App) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        twilio.number(NUMBER, voice_url=f"http://127.0.0.1:{server.server_port}/")
        twilio.dial(NUMBER).waits_for(status="completed")
        twilio.reset()
        server.shutdown()
    assert len(used) == connections


def test_events_appear_some_time_after_the_end(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    twilio.switches(events_after_seconds=900)
    phone = start_call(twilio, app, "<Say>Hi</Say>", 10)
    twilio.advance(880)
    assert (phone.status, client.calls(phone.sid).events.list()) == ("completed", [])
    twilio.advance(20)
    assert client.calls(phone.sid).events.list() != []


def test_notifications_appear_late(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    twilio.switches(notifications_after_seconds=5)
    phone = start_call(twilio, app, "<Nonsense/>", 4)
    assert client.calls(phone.sid).notifications.list() == []
    twilio.advance(1)
    assert [item.error_code for item in client.calls(phone.sid).notifications.list()] == ["12200"]


@pytest.mark.parametrize(
    ("bounds", "seconds", "is_taken"),
    [
        ((60, 14400), 59, False),
        ((60, 14400), 14401, False),
        ((1, 14400), 59, True),
        ((60, 86400), 86400, True),
    ],
)
def test_time_limits_have_bounds(
    twilio: Emulator, app: ScriptedApp, client: Client, bounds: tuple[int, int], seconds: int, is_taken: bool
) -> None:
    twilio.switches(least_call_seconds=bounds[0], most_call_seconds=bounds[1])
    phone = start_call(twilio, app, "<Pause length='9'/>", 1)
    with (
        nullcontext()
        if is_taken
        else pytest.raises(TwilioRestException, match=f"invalid parameter: {seconds}")
    ):
        client.calls(phone.sid).update(time_limit=seconds)


def test_the_sooner_redirected_caller_takes_a_redirected_leg_along(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    twilio.switches(leg_leaves_dial_least_ms=200, leg_leaves_dial_most_ms=200)
    phone = start_call(twilio, app, f"<Dial>{ANN}</Dial>", 10)
    leg = only_leg(phone)
    client.calls(leg.sid).update(twiml="<Response><Pause length='60'/></Response>")
    twilio.advance(0.1)
    client.calls(phone.sid).update(twiml=NEW)
    twilio.advance(5)
    assert (leg.status, heard(phone)[-1]) == ("completed", "say(New)")


def test_a_redirected_leg_goes_on_once_it_has_left_the_dial(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    twilio.switches(leg_leaves_dial_least_ms=200, leg_leaves_dial_most_ms=200)
    app.on("/a", "<Say>Action</Say>")
    phone = start_call(twilio, app, f'<Dial action="/a">{ANN}</Dial>', 10)
    leg = only_leg(phone)
    client.calls(leg.sid).update(twiml="<Response><Pause length='60'/></Response>")
    twilio.advance(0.1)
    assert "POST /a" not in app.paths()
    twilio.advance(5)
    assert (leg.status, heard(phone)[-1]) == ("in-progress", "say(Action)")


def test_callbacks_are_late_doubled_and_in_any_order(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    def sequence(seed: int) -> list[str]:
        twilio.switches(callback_delay_seconds=2, seed=seed)
        seen = len(app.visits)
        events = ["initiated", "ringing", "answered", "completed"]
        client.calls.create(
            ANN,
            NUMBER,
            twiml=NEW,
            status_callback=app.url("/status"),
            status_callback_event=events,
            status_callback_method="POST",
        )
        twilio.advance(30)
        return [visit.params["SequenceNumber"] for visit in app.visits[seen:] if visit.path == "/status"]

    sequences = [sequence(seed) for seed in range(4)]
    assert all(set(numbers) == {"0", "1", "2", "3"} for numbers in sequences)
    assert any(numbers != sorted(numbers) for numbers in sequences)
    assert any(len(numbers) > 4 for numbers in sequences)
    assert sequence(2) == sequences[2]
