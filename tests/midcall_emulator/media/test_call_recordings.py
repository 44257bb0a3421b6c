"""Recordings of a whole call: started over REST, with the call, or by Dial; paused, stopped, and reported."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
import wave

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.emulator_calls import start_call
from tests.support.rest_requests import status_and_code
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
ANN = "+15005550006"
MUSIC = '<Play loop="0">/m.mp3</Play>'


def audible_seconds(url: str) -> list[bool]:
    """Return for each second of a recording whether it holds sound."""
    with urllib.request.urlopen(url + ".wav") as answer, wave.open(io.BytesIO(answer.read())) as sound:
        pieces = [sound.readframes(8000) for _ in range(sound.getnframes() // 8000)]
    return [set(piece) != {0x80} for piece in pieces]


def test_a_recording_started_over_rest_runs_until_the_call_ends(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    phone = start_call(twilio, app, MUSIC, 5)
    made = client.calls(phone.sid).recordings.create(
        recording_status_callback=app.url("/rec"),
        recording_status_callback_event=["in-progress completed"],
        recording_channels="dual",
        recording_track="inbound",
    )
    assert (made.status, made.source, made.channels, made.track, made.duration) == (
        "in-progress", "StartCallRecordingAPI", 1, "inbound", None,
    )  # fmt: skip
    twilio.advance(1)
    phone.speak("hello", seconds=2)
    twilio.advance(4)
    client.calls(phone.sid).update(twiml="<Response><Pause length='5'/></Response>")
    twilio.advance(10)
    assert phone.status == "completed"
    first, last = app.visit("/rec", 0).params, app.visit("/rec").params
    assert (first["RecordingStatus"], last["RecordingStatus"]) == ("in-progress", "completed")
    assert (last["RecordingDuration"], last["RecordingChannels"], last["RecordingTrack"]) == (
        "10",
        "1",
        "inbound",
    )
    assert (last["RecordingSid"], last["CallSid"], last["RecordingSource"]) == (
        made.sid, phone.sid, "StartCallRecordingAPI",
    )  # fmt: skip
    assert "RecordingDuration" not in first
    assert client.recordings(made.sid).fetch().status == "completed"
    assert audible_seconds(last["RecordingUrl"]) == [False, True, True] + [False] * 7
    assert "RecordingUrl" not in app.visit("/status").params


@pytest.mark.parametrize(
    ("behaviour", "sound"),
    [("skip", [True, False, False, True]), ("silence", [True] + [False] * 6 + [True])],
)
def test_a_pause_is_skipped_or_silent(
    twilio: Emulator, app: ScriptedApp, client: Client, behaviour: str, sound: list[bool]
) -> None:
    phone = start_call(twilio, app, MUSIC, 5)
    made = client.calls(phone.sid).recordings.create()
    current = client.calls(phone.sid).recordings("Twilio.CURRENT")
    phone.speak("hello", seconds=1)
    twilio.advance(2)
    assert current.update(status="paused", pause_behavior=behaviour).status == "paused"
    phone.speak("secret", seconds=3)
    twilio.advance(4)
    assert client.calls(phone.sid).recordings(made.sid).update(status="in-progress").status == "in-progress"
    twilio.advance(1)
    phone.speak("bye", seconds=1)
    twilio.advance(1)
    stopped = current.update(status="stopped")
    assert (stopped.status, stopped.duration) == ("stopped", str(len(sound)))
    twilio.advance(20)
    again = client.recordings(made.sid).fetch()
    assert (again.status, again.duration) == ("completed", str(len(sound)))
    assert audible_seconds(again.media_url) == sound


def test_a_second_recording_returns_the_first_or_is_refused(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    phone = start_call(twilio, app, MUSIC, 5)
    first, second = (client.calls(phone.sid).recordings.create() for _ in range(2))
    assert first.sid == second.sid
    assert len(client.calls(phone.sid).recordings.list()) == 1
    twilio.switches(second_recording="refuse")
    with pytest.raises(TwilioRestException) as error:
        client.calls(phone.sid).recordings.create()
    assert error.value.code == 16108


def test_recordings_are_filtered_by_date(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    phone = start_call(twilio, app, MUSIC, 5)
    made = client.calls(phone.sid).recordings.create()
    day = str(made.date_created.date())
    assert [item.sid for item in client.recordings.list(date_created=day)] == [made.sid]
    assert client.calls(phone.sid).recordings.list(date_created_before=day) == []
    assert len(client.recordings.list(date_created_after=day)) == 1


def test_ringing_and_ended_calls_cannot_be_recorded(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    app.on("/start", '<Pause length="30"/><Say>Hi</Say>')
    ringing = twilio.dial(NUMBER)
    ended = twilio.dial(NUMBER)
    ended.hangup()
    for phone in (ringing, ended):
        with pytest.raises(TwilioRestException) as error:
            client.calls(phone.sid).recordings.create()
        assert (error.value.status, error.value.code) == (400, 21220)
        assert "not eligible for recording" in error.value.msg


@pytest.mark.parametrize(("status", "code"), [("stopped", 20404), ("paused", 20404), ("deleted", 20404)])
def test_a_missing_or_stopped_recording_cannot_be_changed(
    twilio: Emulator, app: ScriptedApp, client: Client, status: str, code: int
) -> None:
    phone = start_call(twilio, app, MUSIC, 5)
    with pytest.raises(TwilioRestException) as error:
        client.calls(phone.sid).recordings("Twilio.CURRENT").update(status=status)
    assert error.value.code == code
    made = client.calls(phone.sid).recordings.create()
    client.calls(phone.sid).recordings(made.sid).update(status="stopped")
    with pytest.raises(TwilioRestException) as late:
        client.calls(phone.sid).recordings(made.sid).update(status=status)
    assert late.value.code == 21220


def test_record_true_records_an_outgoing_call(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    call = client.calls.create(
        to=ANN,
        from_=NUMBER,
        twiml="<Response><Pause length='7'/></Response>",
        record=True,
        recording_status_callback=app.url("/rec"),
        status_callback=app.url("/status"),
    )
    twilio.advance(10)
    callback, status = app.visit("/rec").params, app.visit("/status").params
    assert (callback["RecordingSource"], callback["RecordingDuration"]) == ("OutboundAPI", "7")
    assert (status["RecordingSid"], status["RecordingDuration"]) == (callback["RecordingSid"], "7")
    assert client.calls(call.sid).recordings.list()[0].source == "OutboundAPI"


@pytest.mark.parametrize(
    ("how", "seconds", "channels"),
    [("record-from-answer-dual", "5", "2"), ("record-from-ringing", "7", "1"), ("true", "5", "1")],
)
def test_dial_record_starts_at_answer_or_ringing(
    twilio: Emulator, app: ScriptedApp, how: str, seconds: str, channels: str
) -> None:
    app.on("/start", f'<Dial record="{how}" recordingStatusCallback="/rec" action="/a">{ANN}</Dial>')
    phone = twilio.dial(NUMBER)
    twilio.advance(4)
    phone.legs[0].speak("hello", seconds=1)
    twilio.advance(3)
    phone.legs[0].hangup()
    twilio.settle()
    callback = app.visit("/rec").params
    assert (callback["RecordingDuration"], callback["RecordingChannels"]) == (seconds, channels)
    assert (callback["CallSid"], callback["RecordingSource"]) == (phone.sid, "DialVerb")
    assert app.visit("/a").params["RecordingUrl"] == callback["RecordingUrl"]
    assert any(audible_seconds(callback["RecordingUrl"]))


def test_a_dual_recording_has_one_channel_per_party(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    app.on("/start", f'<Dial record="record-from-answer-dual">{ANN}</Dial>')
    phone = twilio.dial(NUMBER)
    twilio.advance(3)
    phone.speak("hello", seconds=1)
    twilio.advance(1)
    phone.legs[0].speak("hello you", seconds=2)
    twilio.advance(4)
    phone.hangup()
    [recording] = client.calls(phone.sid).recordings.list()
    address = f"{client.api.base_url}/2010-04-01/Accounts/{recording.account_sid}/Recordings/{recording.sid}"
    with (
        urllib.request.urlopen(address + ".wav?RequestedChannels=2") as answer,
        wave.open(io.BytesIO(answer.read())) as file,
    ):
        assert (file.getnchannels(), file.getnframes()) == (2, 6 * 8000)
        seconds = [file.readframes(8000) for _ in range(6)]
    sides = [[set(second[side::2]) != {0x80} for second in seconds] for side in (0, 1)]
    assert sides == [[False, True] + [False] * 4, [False, False, True, True, False, False]]
    assert audible_seconds(address) == [False, True, True, True, False, False]


def test_a_mono_recording_cannot_be_requested_with_two_channels(
    twilio: Emulator, app: ScriptedApp, client: Client, emulator_url: str
) -> None:
    phone = start_call(twilio, app, MUSIC, 5)
    made = client.calls(phone.sid).recordings.create()
    twilio.advance(2)
    phone.hangup()
    address = f"{emulator_url}/2010-04-01/Accounts/{made.account_sid}/Recordings/{made.sid}.wav"
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(address + "?RequestedChannels=2")
    assert (error.value.code, json.load(error.value)["code"]) == (400, 16113)


@pytest.mark.parametrize("owner", ["parent", "recorded"])
def test_a_recorded_leg_belongs_to_its_parent(
    twilio: Emulator, app: ScriptedApp, client: Client, owner: str
) -> None:
    twilio.switches(recording_owner=owner)
    phone = start_call(twilio, app, f"<Dial>{ANN}</Dial>", 5)
    parent, leg = client.calls(phone.sid), client.calls(phone.legs[0].sid)
    recording = leg.recordings.create(recording_status_callback=app.url("/rec"))
    of_owner, of_other = (parent, leg) if owner == "parent" else (leg, parent)
    listed = [[one.sid for one in call.recordings.list()] for call in (of_owner, of_other)]
    assert (recording.call_sid, listed) == (of_owner._solution["sid"], [[recording.sid], []])
    with pytest.raises(TwilioRestException) as error:
        of_other.recordings("Twilio.CURRENT").update(status="paused")
    assert status_and_code(error) == (404, 20404)
    assert of_owner.recordings(recording.sid).update(status="paused").status == "paused"
    assert leg.recordings.create().sid == recording.sid
    phone.hangup()
    twilio.settle()
    assert app.visit("/rec").params["CallSid"] == recording.call_sid


@pytest.mark.parametrize(("media", "channels"), [("as-created", 2), ("mono", 1)])
def test_media_have_as_many_channels_as_the_recording(
    twilio: Emulator, app: ScriptedApp, emulator_url: str, client: Client, media: str, channels: int
) -> None:
    twilio.switches(recording_media=media)
    phone = start_call(twilio, app, MUSIC, 1)
    recording = client.calls(phone.sid).recordings.create(recording_channels="dual")
    phone.hangup()
    path = f"{emulator_url}/2010-04-01/Accounts/{recording.account_sid}/Recordings/{recording.sid}.wav"
    with urllib.request.urlopen(path) as answer, wave.open(io.BytesIO(answer.read())) as file:
        assert file.getnchannels() == channels


@pytest.mark.parametrize(
    ("lists", "statuses"), [("documented", ["in-progress"]), ("any", ["in-progress", "completed"])]
)
@pytest.mark.parametrize("events", [["in-progress", "completed"], ["in-progress completed"]])
def test_the_events_of_a_recording_are_one_value(
    twilio: Emulator, app: ScriptedApp, client: Client, lists: str, statuses: list[str], events: list[str]
) -> None:
    twilio.switches(event_lists=lists)
    phone = start_call(twilio, app, MUSIC, 1)
    callback = {"recording_status_callback": app.url("/rec"), "recording_status_callback_event": events}
    client.calls(phone.sid).recordings.create(**callback)
    phone.hangup()
    twilio.settle()
    seen = [visit.params["RecordingStatus"] for visit in app.visits if visit.path == "/rec"]
    assert seen == (statuses if len(events) > 1 else ["in-progress", "completed"])
