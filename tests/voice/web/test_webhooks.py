"""Webhooks: every call is recorded, no status moves backward, and the caller always gets TwiML."""

from __future__ import annotations

import itertools
import sqlite3
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from twilio.twiml.voice_response import VoiceResponse

from tests.support.clients import NUMBER, PUBLIC_URL, Twilio, form, new_call_sid, settings
from tests.support.ports import free_port
from voice import create_app
from voice.registry import Registry
from voice.scenes import Params, Scene

SECRET_SCENE = Scene(lambda _visit, _params: VoiceResponse(), "PIN", Params, False, secret=True)


def heard(twiml: str) -> str:
    return " ".join(say.text or "" for say in ElementTree.fromstring(twiml).iter("Say"))


def kinds(registry: Registry, call_sid: str) -> list[str]:
    return [event.kind for event in registry.events.of_call(call_sid)]


def test_an_incoming_call_is_greeted_and_recorded(twilio, registry):
    call_sid = new_call_sid()
    answer = twilio.post("/voice/incoming", form(call_sid, CallStatus="ringing"))
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    assert "Welcome" in heard(answer.text)
    call = registry.calls.get(call_sid)
    assert (call.status, call.scene, call.to, call.direction, call.live) == (
        "ringing",
        "greeting",
        NUMBER,
        "inbound",
        True,
    )
    assert call.scene_url == f"{PUBLIC_URL}/voice/incoming"


@pytest.mark.parametrize(
    "path", ["/voice/incoming", "/voice/fallback", "/voice/status", "/voice/scenes/menu"]
)
def test_any_webhook_can_be_the_first_of_a_call(twilio, registry, path):
    call_sid = new_call_sid()
    assert twilio.post(path, form(call_sid)).status_code in (200, 204)
    assert registry.calls.get(call_sid).status == "in-progress"
    assert len(registry.events.of_call(call_sid)) == 1


@pytest.mark.parametrize(
    "path", ["/voice/incoming", "/voice/fallback", "/voice/status", "/voice/scenes/menu", "/voice/recording"]
)
@pytest.mark.parametrize("signature", [None, "", "bm90IHRoZSBvbmU=", "\u00e9"])
def test_a_webhook_without_a_valid_signature_is_refused(app, registry, path, signature):
    call_sid = new_call_sid()
    headers = {} if signature is None else {"X-Twilio-Signature": signature.encode("utf-8").decode("latin-1")}
    answer = app.test_client().post(path, data=form(call_sid), headers=headers)
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "bad_signature")
    assert registry.calls.get(call_sid) is None


def test_a_webhook_by_get_is_refused(app):
    assert app.test_client().get("/voice/incoming").status_code == 405


@pytest.mark.parametrize("order", list(itertools.permutations(["ringing", "in-progress", "completed"])))
def test_status_only_moves_forward(twilio, registry, order):
    call_sid = new_call_sid()
    for sequence, status in enumerate(order):
        assert twilio.status(call_sid, status, sequence).status_code == 204
    assert registry.calls.get(call_sid).status == "completed"
    assert len(registry.events.of_call(call_sid)) == 3


def test_the_first_end_of_a_call_is_final(twilio, registry):
    call_sid = new_call_sid()
    twilio.status(call_sid, "busy", 0)
    twilio.status(call_sid, "completed", 1, CallDuration=9)
    assert registry.calls.get(call_sid).status == "busy"


def test_the_end_has_the_time_of_twilios_callback(twilio, registry):
    call_sid = twilio.calls()
    twilio.status(call_sid, "completed", CallDuration=7, Timestamp="Sun, 01 Mar 2026 09:30:00 +0000")
    call = registry.calls.get(call_sid).as_json()
    assert (call["ended_at"], call["duration_seconds"], call["live"]) == (
        "2026-03-01T09:30:00.000Z",
        7,
        False,
    )
    assert call["answered_at"] == "2026-03-01T09:29:53.000Z"


def test_a_repeat_gets_the_same_answer_and_is_recorded_once(twilio, registry):
    call_sid = new_call_sid()
    answers = [twilio.post("/voice/scenes/menu", form(call_sid), token="same") for _ in range(3)]
    assert len({answer.text for answer in answers}) == 1
    assert kinds(registry, call_sid) == ["webhook.scene"]
    statuses = [twilio.status(call_sid, "completed").status_code for _ in range(3)]
    assert statuses == [204, 204, 204]
    assert kinds(registry, call_sid) == ["webhook.scene", "webhook.status"]


def test_the_same_scene_twice_is_two_events(twilio, registry):
    """The document of the menu leads back to the menu, by the URL of another visit."""
    call_sid = new_call_sid()
    again = redirect_of(twilio.scene(call_sid, "menu"))
    last = redirect_of(twilio.scene(call_sid, again))
    twilio.scene(call_sid, last.replace("attempt=3", "attempt=2"))
    assert kinds(registry, call_sid) == ["webhook.scene"] * 3


def redirect_of(twiml: str) -> str:
    """The scene with its query to which a document redirects."""
    url = ElementTree.fromstring(twiml).find("Redirect").text
    assert url.startswith(f"{PUBLIC_URL}/voice/scenes/")
    return url.removeprefix(f"{PUBLIC_URL}/voice/scenes/")


REPLAYS = {
    "/voice/incoming": {"CallStatus": "ringing"},
    "/voice/scenes/menu": {},
    "/voice/scenes/choice?attempt=1": {"Digits": "1"},
    "/voice/fallback": {"ErrorUrl": f"{PUBLIC_URL}/voice/scenes/menu", "ErrorCode": "11200"},
    "/voice/status": {"CallStatus": "in-progress"},
    "/voice/recording": {"RecordingSid": "RE" + "1" * 32, "RecordingStatus": "completed"},
    "/voice/fork": {"StreamEvent": "stream-started", "StreamSid": "MZ" + "1" * 32},
    "/voice/conference": {"ConferenceSid": "CF" + "1" * 32, "StatusCallbackEvent": "participant-join"},
}


@pytest.mark.parametrize("path", REPLAYS)
def test_a_replay_with_another_idempotency_token_is_recorded_once_and_moves_nothing(twilio, registry, path):
    """The token is not signed, so a copy of a signed request can have any token, or none."""
    call_sid, other_place = new_call_sid(), "voicemail"
    fields = form(call_sid, **REPLAYS[path])
    first = twilio.post(path, fields)
    twilio.scene(call_sid, other_place)
    before = registry.calls.get(call_sid)
    for token in ("another", ""):
        replay = twilio.post(path, fields, token=token)
        assert (replay.status_code, replay.data) == (first.status_code, first.data)
    assert registry.calls.get(call_sid) == before
    assert before.scene == other_place
    assert len(registry.events.of_call(call_sid)) == 2


@pytest.mark.parametrize(
    "call_sid", ["", "CA123", "CA" + "g" * 32, "AC" + "0" * 32, "CA" + "0" * 33, "CA" + "\u0661" * 32]
)
def test_an_invalid_call_sid_is_refused(twilio, registry, call_sid):
    """A caller who waits for a document gets one anyway: see tests/voice/web/webhooks/test_debugger.py."""
    answer = twilio.post("/voice/status", form(call_sid))
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "malformed")
    assert registry.events.last_id() == 0


def test_invalid_fields_are_ignored(twilio, registry):
    call_sid = new_call_sid()
    strange = form(call_sid, CallStatus="meditating", From="\0anonymous", CallDuration="9" * 30, ParentCallSid="me",
                   Direction="x" * 500, Timestamp="yesterday", SpeechResult="\ud7ff\U0001f600 <Hangup/>")  # fmt: skip
    assert twilio.post("/voice/status", strange).status_code == 204
    call = registry.calls.get(call_sid)
    assert (call.status, call.from_, call.parent_call_sid) == ("queued", "anonymous", None)


def test_too_many_fields_and_too_large_bodies_are_refused(twilio):
    call_sid = new_call_sid()
    many = form(call_sid, **{f"Field{number}": "x" for number in range(1001)})
    assert twilio.post("/voice/status", many).status_code == 400
    assert twilio.post("/voice/status", form(call_sid, SpeechResult="x" * 200_000)).status_code == 413


def test_a_number_can_start_in_another_scene(database_url, tmp_path):
    given = settings(DATABASE_URL=database_url, SPOOL_DIR=str(tmp_path), NUMBERS="+14155550102=voicemail")
    app = create_app(given, dotenv=None)
    twilio = Twilio(app.test_client(), PUBLIC_URL)
    assert "leave a message" in heard(
        twilio.post("/voice/incoming", form(new_call_sid(), To="+14155550102")).text
    )
    assert "Welcome" in heard(twilio.post("/voice/incoming", form(new_call_sid())).text)
    app.extensions["midcall"].close()


def test_a_scene_that_raises_is_answered_with_an_apology_and_retried(twilio, registry):
    call_sid = new_call_sid()
    document = ElementTree.fromstring(twilio.scene(call_sid, "menu?attempt=seven"))
    again = document.find("Redirect").text
    assert [verb.tag for verb in document] == ["Say", "Pause", "Redirect"]
    assert again == f"{PUBLIC_URL}/voice/scenes/menu?attempt=seven&retry=1"
    assert registry.events.of_call(call_sid)[0].details["error"] == "ValidationError"
    last = ElementTree.fromstring(twilio.scene(call_sid, "menu?attempt=seven&retry=3"))
    assert [verb.tag for verb in last] == ["Say", "Hangup"]


def test_an_unknown_scene_leads_back_to_the_start(twilio):
    document = ElementTree.fromstring(twilio.scene(new_call_sid(), "gone"))
    assert document.find("Redirect").text == f"{PUBLIC_URL}/voice/incoming?retry=1"


def test_a_secret_scene_records_no_field_that_may_hold_what_the_caller_entered(twilio, registry):
    """An unknown scene may have been secret, so its webhooks are recorded as those of a secret scene."""
    call_sid = new_call_sid()
    entered = ("Digits", "SpeechResult", "PaymentToken", "PaymentCardNumber", "SecurityCode", "TranscriptionText",
               "RecordingUrl", "ANewFieldOfTwilio")  # fmt: skip
    harmless = {"CallStatus": "in-progress", "FromCity": "OAKLAND", "Result": "success"}
    twilio.scene(call_sid, "gone", **dict.fromkeys(entered, "4242"), **harmless)
    said = registry.events.of_call(call_sid)[0].details["twilio"]
    assert {name: said[name] for name in (*harmless, *entered)} == harmless | dict.fromkeys(
        entered, "(secret)"
    )
    assert "4242" not in str(registry.events.of_call(call_sid))


def test_the_fallback_retries_the_failed_url_three_times(twilio):
    failed = f"{PUBLIC_URL}/voice/scenes/menu?attempt=2"
    for retry in range(1, 4):
        document = twilio.post("/voice/fallback", form(new_call_sid(), ErrorCode=11200, ErrorUrl=failed)).text
        failed = ElementTree.fromstring(document).find("Redirect").text
        assert failed == f"{PUBLIC_URL}/voice/scenes/menu?attempt=2&retry={retry}"
    last = twilio.post("/voice/fallback", form(new_call_sid(), ErrorCode=11200, ErrorUrl=failed)).text
    assert ElementTree.fromstring(last).find("Hangup") is not None


def test_the_fallback_does_not_redirect_to_another_host(twilio):
    answer = twilio.post(
        "/voice/fallback", form(new_call_sid(), ErrorUrl="https://elsewhere.example/voice/x")
    )
    assert ElementTree.fromstring(answer.text).find("Redirect").text == f"{PUBLIC_URL}/voice/incoming?retry=1"


@pytest.mark.parametrize(
    "failed", ["/voice/scenes/pin", "/voice/scenes/pin?retry=1", "/voice/scenes/no_longer_there"]
)
def test_the_fallback_of_a_secret_or_unknown_scene_drops_what_the_caller_keyed(
    app, twilio, registry, monkeypatch, failed
):
    with_pin = {**app.extensions["midcall"].scenes, "pin": SECRET_SCENE}
    services = replace(app.extensions["midcall"], scenes=with_pin)
    monkeypatch.setitem(app.extensions, "midcall", services)
    assert "4711" not in recorded_fallback(twilio, registry, f"{PUBLIC_URL}{failed}")


def test_the_fallback_of_any_other_scene_keeps_what_the_caller_keyed(twilio, registry):
    for failed in (f"{PUBLIC_URL}/voice/scenes/menu", f"{PUBLIC_URL}/voice/incoming", ""):
        assert "4711" in recorded_fallback(twilio, registry, failed), failed


def recorded_fallback(twilio: Twilio, registry: Registry, failed: str) -> str:
    """What is recorded of a fallback: its event, and the call."""
    call_sid = new_call_sid()
    typed = {"Digits": "4711", "SpeechResult": "the 4711"}
    assert twilio.post("/voice/fallback", form(call_sid, ErrorUrl=failed, **typed)).status_code == 200
    (event,) = registry.events.of_call(call_sid)
    return f"{event} {registry.calls.get(call_sid)}"


def test_a_recording_is_recorded_once(twilio, registry):
    call_sid = twilio.calls()
    for _ in range(2):
        fields = form(
            call_sid, RecordingSid="RE" + "0" * 32, RecordingStatus="completed", RecordingUrl="http://x/r"
        )
        assert twilio.post("/voice/recording", fields).status_code == 204
    assert kinds(registry, call_sid) == ["webhook.incoming", "webhook.recording"]


def test_without_the_database_callers_are_served_and_events_are_kept(registry, tmp_path):
    unreachable = f"postgresql+psycopg://midcall@127.0.0.1:{free_port()}/midcall"
    app = create_app(settings(DATABASE_URL=unreachable, SPOOL_DIR=str(tmp_path / "spool")), dotenv=None)
    twilio, spool = Twilio(app.test_client(), PUBLIC_URL), app.extensions["midcall"].recorder.spool
    call_sid = twilio.calls()
    assert "press 1" in heard(twilio.scene(call_sid, "menu"))
    assert twilio.status(call_sid, "completed").status_code == 204
    assert app.test_client().get("/readyz").json["status"] == "degraded"
    while spool.waiting:
        spool.drain(registry.events.record)
    assert kinds(registry, call_sid) == ["webhook.incoming", "webhook.scene", "webhook.status"]
    assert registry.calls.get(call_sid).status == "completed"


def test_without_the_database_a_dial_that_ended_goes_on(tmp_path):
    """Whether an operator is moving the call cannot be read. A caller who waited for that would wait for ever."""
    unreachable = f"postgresql+psycopg://midcall@127.0.0.1:{free_port()}/midcall"
    app = create_app(settings(DATABASE_URL=unreachable, SPOOL_DIR=str(tmp_path / "spool")), dotenv=None)
    twilio = Twilio(app.test_client(), PUBLIC_URL)
    assert "line is busy" in heard(twilio.scene(new_call_sid(), "transfer_outcome", DialCallStatus="busy"))


def test_a_locked_sqlite_file_does_not_delay_callers(sqlite_url, tmp_path):
    app = create_app(settings(DATABASE_URL=sqlite_url, SPOOL_DIR=str(tmp_path / "spool")), dotenv=None)
    twilio, services = Twilio(app.test_client(), PUBLIC_URL), app.extensions["midcall"]
    other = sqlite3.connect(services.registry.database.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    call_sids = [twilio.calls() for _ in range(3)]
    assert services.recorder.spool.waiting
    other.execute("COMMIT")
    other.close()
    while services.recorder.spool.waiting:
        services.recorder.spool.drain(services.registry.events.record)
    assert all(kinds(services.registry, call_sid) == ["webhook.incoming"] for call_sid in call_sids)
    services.close()
