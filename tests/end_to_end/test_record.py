"""Commands for recordings: Twilio's recording, its audio, the roles that may play it, and each refusal."""

from __future__ import annotations

import io
import wave

import requests

from tests.support.parties import connect_parties, refusal_message, requested_scenes, spoken_to


def recordings(stack, phone):
    return stack.admin.get(f"/calls/{phone.sid}/recordings").json()["recordings"]


def shown_recording(stack, phone, status="in-progress"):
    """The only recording of the call, once Twilio's list shows it with this status."""
    stack.wait_until(lambda: [one["status"] for one in recordings(stack, phone)] == [status])
    return recordings(stack, phone)[0]


def recording_events(story):
    """The statuses that the recording callbacks report, in order."""
    return [
        event["details"]["twilio"]["RecordingStatus"]
        for event in story["events"]
        if event["kind"] == "webhook.recording"
    ]


def wait_for_completion(stack, phone):
    """The story of the call, once a callback has reported that the recording is complete."""
    return stack.admin.wait_for(phone, lambda story: "completed" in recording_events(story))


def seconds_with_speech(sound):
    """For each second of a WAV file, whether it holds speech."""
    with wave.open(io.BytesIO(sound)) as file:
        frames = file.readframes(file.getnframes())
        rate = file.getframerate()
    return [set(frames[at : at + rate]) != {0x80} for at in range(0, len(frames), rate)]


def fetch_media(stack, recording, token=None, **headers):
    """Fetch the audio of a recording."""
    token = token or stack.environment["ADMIN_TOKEN"]
    headers = {"Authorization": f"Bearer {token}", **headers}
    return requests.get(stack.url + recording["media"], headers=headers, timeout=20)


def dial_on_manual_clock(stack):
    """A caller who has heard the greeting, on a clock that only the test advances."""
    stack.twilio.clock(mode="manual")
    phone = stack.twilio.dial("+14155550100")
    stack.twilio.advance(2)
    stack.admin.wait_for(phone, lambda story: story["call"]["scene"] is not None)
    return phone


def test_start_pause_resume_and_stop_shape_the_recording(stack):
    phone = dial_on_manual_clock(stack)
    scenes_before = requested_scenes(phone)
    start = stack.admin.command(phone, "record_start", channels="dual", track="inbound")
    recording = shown_recording(stack, phone)
    assert (start["state"], start["message"]) == ("confirmed", f"recording {recording['sid']}")
    assert (recording["status"], recording["channels"], recording["track"]) == ("in-progress", 1, "inbound")
    phone.speak("before the card number", seconds=3)
    stack.twilio.advance(3)
    assert stack.admin.command(phone, "record_pause")["state"] == "confirmed"
    shown_recording(stack, phone, "paused")
    phone.speak("four one one one", seconds=4)
    stack.twilio.advance(4)
    assert stack.admin.command(phone, "record_resume")["state"] == "confirmed"
    phone.speak("after it", seconds=2)
    stack.twilio.advance(2)
    assert stack.admin.command(phone, "record_stop")["state"] == "confirmed"
    stack.twilio.advance(5)
    assert sorted(recording_events(wait_for_completion(stack, phone))) == ["completed", "in-progress"]
    recording = shown_recording(stack, phone, "completed")
    assert (recording["status"], recording["duration"]) == ("completed", "9")
    assert seconds_with_speech(fetch_media(stack, recording).content) == [True] * 3 + [False] * 4 + [True] * 2
    scenes = [scene for scene in requested_scenes(phone) if scene != "recording"]
    assert scenes[: len(scenes_before)] == scenes_before


def test_a_skipped_pause_does_not_lengthen_the_recording(stack):
    phone = dial_on_manual_clock(stack)
    stack.admin.command(phone, "record_start")
    stack.twilio.advance(3)
    stack.admin.command(phone, "record_pause", behaviour="skip")
    stack.twilio.advance(10)
    stack.admin.command(phone, "record_resume")
    stack.twilio.advance(2)
    stack.admin.command(phone, "record_stop")
    stack.twilio.advance(5)
    wait_for_completion(stack, phone)
    assert recordings(stack, phone)[0]["duration"] == "5"


def test_a_recording_is_silent_and_survives_a_redirect(stack):
    phone = stack.dial()
    heard = spoken_to(phone)
    stack.admin.command(phone, "record_start")
    assert spoken_to(phone) == heard
    stack.admin.command(phone, "redirect", scene="announcement", params={"text": "Somewhere else."})
    phone.hears("Somewhere else.")
    shown_recording(stack, phone)
    phone.hangup()
    wait_for_completion(stack, phone)


def test_recording_a_leg_does_not_disturb_the_conversation(stack):
    phone, leg = connect_parties(stack)
    stack.admin.command(leg, "record_start")
    shown_recording(stack, phone)
    assert recordings(stack, leg) == []
    assert (phone.status, leg.status) == ("in-progress", "in-progress")
    assert phone.heard[-1]["kind"] == "bridge"


def test_the_recording_of_a_leg_is_paused_and_stopped_from_both_legs(stack):
    """Twilio lists the recording of two connected legs under the parent."""
    phone, leg = connect_parties(stack)
    stack.admin.command(leg, "record_start")
    for one, name in ((leg, "record_pause"), (phone, "record_resume"), (leg, "record_stop")):
        assert stack.admin.command(one, name)["state"] == "confirmed", name
    stopped = {"stopped", "processing", "completed"}
    stack.wait_until(lambda: {one["status"] for one in recordings(stack, phone)} <= stopped)
    assert len(recordings(stack, phone)) == 1


def test_each_refusal_says_what_to_do(stack):
    phone = dial_on_manual_clock(stack)
    path = f"/calls/{phone.sid}/record_"
    for name in ("pause", "resume", "stop"):
        assert (
            refusal_message(stack.admin.post(path + name))
            == "The call is not being recorded. Start a recording first."
        )
    stack.admin.command(phone, "record_start")
    assert refusal_message(stack.admin.post(path + "start")) == "The call is already being recorded."
    assert refusal_message(stack.admin.post(path + "resume")) == "The recording is not paused."
    stack.admin.command(phone, "record_pause")
    shown_recording(stack, phone, "paused")
    assert refusal_message(stack.admin.post(path + "pause")) == "The recording is already paused."
    assert len(recordings(stack, phone)) == 1
    wrong = stack.admin.post(path + "start", {"channels": "three"})
    assert (wrong.status_code, wrong.json()["error"]["fields"][0]["field"]) == (422, "channels")


def test_a_voicemail_cannot_be_paused(stack):
    phone = stack.dial().press("3").hears("after the tone")
    stack.wait_until(lambda: any(item["kind"] == "beep" for item in phone.heard))
    assert (
        refusal_message(stack.admin.post(f"/calls/{phone.sid}/record_pause"))
        == "The call is not being recorded. Start a recording first."
    )


def test_a_ringing_call_cannot_be_recorded(stack):
    stack.twilio.people("+14155550123", "manual")
    body = {"to": "+14155550123", "from": "+14155550100", "scene": "menu"}
    phone = stack.twilio.phone(stack.admin.post("/calls", body).json()["call_sid"])
    phone.waits_for(status="ringing")
    message = refusal_message(stack.admin.post(f"/calls/{phone.sid}/record_start"))
    assert message.startswith("The call is ringing. ")
    assert "The call is ringing" in message


def test_record_start_waits_for_an_api_that_lags_behind_the_answer(stack):
    stack.twilio.switches(rest_lag_ms=1500)
    phone = stack.twilio.dial("+14155550100").hears("Welcome")
    assert stack.admin.command(phone, "record_start")["state"] == "confirmed"


def test_a_hang_up_settles_a_stop_that_twilio_failed(stack):
    phone = stack.dial()
    fault = {"on": "rest", "match": {"method": "POST", "path": "/Recordings"}, "times": 1}
    stack.twilio.faults([{**fault, "do": "delay", "value": 0.5}])
    stack.admin.command(phone, "record_start")
    stack.twilio.faults([{**fault, "do": "status", "value": 500}])
    assert stack.admin.post(f"/calls/{phone.sid}/record_stop").status_code == 502
    phone.hangup()
    story = stack.admin.wait_for(phone, lambda story: all(c["finished_at"] for c in story["commands"]))
    assert [command["state"] for command in story["commands"]] == ["confirmed", "unconfirmed"]
    wait_for_completion(stack, phone)
    for name in ("start", "pause", "resume", "stop"):
        assert refusal_message(stack.admin.post(f"/calls/{phone.sid}/record_{name}")) == "The call has ended."


def test_operators_can_play_a_recording_and_parts_of_it(stack):
    phone = dial_on_manual_clock(stack)
    stack.admin.command(phone, "record_start")
    recording = shown_recording(stack, phone)
    assert fetch_media(stack, recording).status_code == 404
    stack.twilio.advance(3)
    phone.hangup()
    stack.twilio.advance(5)
    wait_for_completion(stack, phone)
    whole = fetch_media(stack, recording)
    assert (whole.status_code, whole.headers["Content-Type"]) == (200, "audio/x-wav")
    assert (len(whole.content), whole.headers["Accept-Ranges"]) == (44 + 3 * 8000, "bytes")
    part = fetch_media(stack, recording, Range="bytes=44-8043")
    assert (part.status_code, part.content) == (206, whole.content[44:8044])
    assert part.headers["Content-Range"] == f"bytes 44-8043/{len(whole.content)}"
    assert fetch_media(stack, recording, Range="bytes=99999999-").status_code == 416
    viewer = stack.flask("tokens", "make", f"viewer of {phone.sid}", "--role", "viewer").stdout.split()[-1]
    assert fetch_media(stack, recording, token=viewer).status_code == 403
    assert requests.get(stack.url + recording["media"], timeout=20).status_code == 401
    nothing = {"media": f"/admin/recordings/RE{'0' * 32}/media"}
    assert fetch_media(stack, nothing).json()["error"]["code"] == "not_found"
