"""Recording, Transcription and Siprec inside Start and over REST: their callbacks, and when they stop."""

from __future__ import annotations

import json

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import warning_codes
from tests.support.emulator_calls import start_call
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
WAIT = "<Pause length='60'/>"


def callbacks(app: ScriptedApp) -> list[dict[str, str]]:
    return [visit.params for visit in app.visits if visit.path == "/cb"]


def test_a_start_recording_runs_beside_the_following_verbs(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    noun = f'<Recording name="r" track="inbound" recordingStatusCallback="{app.url("/cb")}"/>'
    stop = '<Stop><Recording name="r"/></Stop>'
    phone = start_call(twilio, app, f"<Start>{noun}</Start><Pause length='7'/>{stop}<Pause length='5'/>")
    twilio.advance(8)
    [callback] = callbacks(app)
    assert (callback["RecordingSource"], callback["RecordingDuration"]) == ("StartCallRecordingTwiML", "7")
    assert (callback["RecordingChannels"], callback["RecordingTrack"]) == ("1", "inbound")
    assert client.calls(phone.sid).recordings.list()[0].sid == callback["RecordingSid"]


def test_recordings_of_different_sources_coexist(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    phone = start_call(twilio, app, f"<Start><Recording/></Start>{WAIT}")
    client.calls(phone.sid).recordings.create()
    phone.hangup()
    twilio.settle()
    sources = {item.source for item in client.calls(phone.sid).recordings.list()}
    assert sources == {"StartCallRecordingTwiML", "StartCallRecordingAPI"}


def test_a_relative_recording_callback_is_an_error(twilio: Emulator, app: ScriptedApp) -> None:
    phone = start_call(twilio, app, f'<Start><Recording recordingStatusCallback="/cb"/></Start>{WAIT}')
    phone.hangup()
    twilio.settle()
    assert (warning_codes(phone), callbacks(app)) == ([11200], [])


def test_both_tracks_are_transcribed_with_partial_results(twilio: Emulator, app: ScriptedApp) -> None:
    noun = f'<Transcription statusCallbackUrl="{app.url("/cb")}" languageCode="de-DE" partialResults="true"/>'
    phone = start_call(twilio, app, f"<Start>{noun}</Start>{WAIT}<Say>Thank you, goodbye.</Say>")
    phone.speak("I would like sales", seconds=2)
    twilio.advance(1)
    assert [item["TranscriptionEvent"] for item in callbacks(app)] == [
        "transcription-started", "transcription-content",
    ]  # fmt: skip
    half = callbacks(app)[1]
    assert (json.loads(half["TranscriptionData"]), half["Final"]) == ({"transcript": "I would"}, "false")
    twilio.advance(1)
    whole = callbacks(app)[2]
    assert json.loads(whole["TranscriptionData"]) == {"transcript": "I would like sales", "confidence": 0.9}
    assert (whole["Track"], whole["Final"], whole["LanguageCode"]) == ("inbound_track", "true", "de-DE")
    assert (whole["CallSid"], whole["TranscriptionSid"]) == (phone.sid, half["TranscriptionSid"])
    twilio.advance(60)
    last = callbacks(app)
    assert [item["SequenceId"] for item in last] == [str(number) for number in range(1, 7)]
    assert json.loads(last[-2]["TranscriptionData"])["transcript"] == "Thank you, goodbye."
    assert (last[-2]["Track"], last[-1]["TranscriptionEvent"]) == ("outbound_track", "transcription-stopped")


def test_a_transcription_reports_one_track_until_it_is_stopped(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    phone = start_call(twilio, app, f"<Say>Hi</Say>{WAIT}<Say>Ho</Say>{WAIT}")
    made = client.calls(phone.sid).transcriptions.create(
        status_callback_url=app.url("/cb"), track="inbound_track", name="t"
    )
    assert (made.status, made.name, made.sid[:2]) == ("in-progress", "t", "GT")
    twilio.advance(70)
    phone.speak("cut off", seconds=10)
    assert client.calls(phone.sid).transcriptions("t").update(status="stopped").status == "stopped"
    phone.speak("never", seconds=1)
    twilio.advance(5)
    events = [item["TranscriptionEvent"].removeprefix("transcription-") for item in callbacks(app)]
    assert events == ["started", "content", "stopped"]
    assert json.loads(callbacks(app)[1]["TranscriptionData"])["transcript"] == "cut off"


def test_both_parties_of_a_bridge_are_transcribed(twilio: Emulator, app: ScriptedApp) -> None:
    noun = f'<Transcription statusCallbackUrl="{app.url("/cb")}"/>'
    phone = start_call(twilio, app, f"<Start>{noun}</Start><Dial>+15005550006</Dial>")
    twilio.advance(3)
    phone.legs[0].speak("hello there", seconds=1)
    twilio.advance(1)
    said = callbacks(app)[-1]
    assert (said["Track"], json.loads(said["TranscriptionData"])["transcript"]) == (
        "outbound_track", "hello there",
    )  # fmt: skip


@pytest.mark.parametrize("way", ["twiml", "rest"])
def test_siprec_reports_start_and_stop(twilio: Emulator, app: ScriptedApp, client: Client, way: str) -> None:
    noun = f'<Siprec name="s" connectorName="Recorder" statusCallback="{app.url("/cb")}"/>'
    phone = start_call(twilio, app, (f"<Start>{noun}</Start>" if way == "twiml" else "<Say>Hi</Say>") + WAIT)
    if way == "rest":
        made = client.calls(phone.sid).siprec.create(
            name="s", connector_name="Recorder", status_callback=app.url("/cb")
        )
        assert made.sid.startswith("SR")
    client.calls(phone.sid).siprec("s").update(status="stopped")
    twilio.settle()
    assert [(item["SiprecEvent"], item["SiprecName"]) for item in callbacks(app)] == [
        ("siprec-started", "s"),
        ("siprec-stopped", "s"),
    ]


@pytest.mark.parametrize("what", ["siprec", "transcriptions", "streams"])
def test_nothing_starts_on_an_ended_call(
    twilio: Emulator, app: ScriptedApp, client: Client, what: str
) -> None:
    phone = start_call(twilio, app, "<Hangup/>")
    with pytest.raises(TwilioRestException) as error:
        getattr(client.calls(phone.sid), what).create(
            **{"streams": {"url": "wss://x.test/"}, "siprec": {"connector_name": "Recorder"}}.get(what, {})
        )
    assert (error.value.status, error.value.code) == (400, 21220)
