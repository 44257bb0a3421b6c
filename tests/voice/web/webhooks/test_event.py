"""The event that a webhook becomes: what is kept, what a secret scene hides, and what makes a repeat."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from freezegun import freeze_time

from voice.web.webhooks.event import LONGEST_KEY, OPEN_IN_SECRET, SECRET, dedupe_key, webhook_event
from voice.web.webhooks.form import Webhook

CALL, CONFERENCE, RECORDING = "CA" + "1" * 32, "CF" + "3" * 32, "RE" + "4" * 32


def webhook(signature: str = "signature", call_sid: str = CALL, **fields: str) -> Webhook:
    """A webhook about the call."""
    return Webhook.read({"CallSid": call_sid, **fields}.items(), signature)


def said(secret: bool = False, **fields: str) -> dict[str, str]:
    """The fields that the event of a webhook keeps."""
    return webhook_event(webhook(**fields), "webhook.scene", secret=secret).details["twilio"]


def test_the_fields_of_the_call_are_not_repeated_in_its_events():
    of_call = dict.fromkeys(
        ["AccountSid", "ApiVersion", "From", "To", "Direction", "ParentCallSid", "msg"], "x"
    )
    legacy = dict.fromkeys(["Caller", "Called", "CallerCity", "CalledZip"], "x")
    kept = {"CallStatus": "ringing", "FromCity": "BERLIN", "CallerName": "ANN", "NewField": "x"}
    assert said(**of_call, **legacy, **kept, Digits="") == kept


def test_a_long_value_is_cut():
    assert len(said(SpeechResult="x" * 5000)["SpeechResult"]) == 4096


def test_a_secret_scene_keeps_only_fields_that_are_known_to_be_harmless():
    typed = dict.fromkeys(
        ["Digits", "SpeechResult", "UnstableSpeechResult", "PaymentToken", "PaymentCardNumber", "TranscriptionText",
         "RecordingUrl", "FieldOfTomorrow", "digits"], "4711",
    )  # fmt: skip
    harmless = {"CallStatus": "in-progress", "FromCity": "BERLIN", "ToZip": "1", "ErrorCode": "11200"}
    assert said(secret=True, **typed, **harmless) == {**dict.fromkeys(typed, SECRET), **harmless}
    assert said(**typed, **harmless) == {**typed, **harmless}


@pytest.mark.parametrize("word", ["Digits", "Speech", "Payment", "Transcription", "Recording", "Text", "Url"])
def test_no_field_that_may_hold_a_secret_counts_as_harmless(word):
    assert [name for name in OPEN_IN_SECRET if word in name and name != "ErrorUrl"] == []


def test_the_event_names_its_command_and_the_details_that_are_known():
    event = webhook_event(webhook(), "webhook.scene", 7, scene="menu", error=None)
    assert (event.kind, event.source, event.call_sid, event.command_id) == (
        "webhook.scene",
        "twilio",
        CALL,
        7,
    )
    assert event.details == {"scene": "menu", "twilio": {}}
    status = webhook(**STATUS)
    assert webhook_event(status, "webhook.status").dedupe_key == dedupe_key(status, "webhook.status")


def test_an_event_is_open_unless_its_scene_is_secret_and_has_the_time_of_its_arrival():
    with freeze_time("2026-03-01T09:30:00Z"):
        event = webhook_event(webhook(Digits="1"), "webhook.scene")
    assert event.details == {"twilio": {"Digits": "1"}}
    assert event.at == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


LONGEST = LONGEST_KEY - len(f"status:{CALL}:ringing:")  # digits of a sequence number that are not shortened
STATUS = {"CallStatus": "ringing", "SequenceNumber": "1"}
MEETING = {"ConferenceSid": CONFERENCE, "SequenceNumber": "1"}
MEDIA = {"RecordingSid": RECORDING, "RecordingStatus": "completed"}


@pytest.mark.parametrize(
    ("kind", "fields", "other"),
    [
        ("webhook.status", STATUS, {"CallStatus": "in-progress"}),
        ("webhook.status", STATUS, {"SequenceNumber": "2"}),
        ("webhook.conference", MEETING, {"SequenceNumber": "2"}),
        ("webhook.conference", MEETING, {"ConferenceSid": "CF" + "5" * 32}),
        ("webhook.recording", MEDIA, {"RecordingStatus": "failed"}),
        ("webhook.recording", MEDIA, {"RecordingSid": "RE" + "5" * 32}),
    ],
)
def test_a_report_is_known_by_what_it_is_about(kind, fields, other):
    key = dedupe_key(webhook(**fields), kind)
    assert dedupe_key(webhook("another signature", **fields, Timestamp="later"), kind) == key
    assert dedupe_key(webhook(**{**fields, **other}), kind) != key


def test_the_status_of_another_call_is_no_repeat():
    first, second = webhook(**STATUS), webhook(call_sid="CA" + "2" * 32, **STATUS)
    assert dedupe_key(first, "webhook.status") != dedupe_key(second, "webhook.status")


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("webhook.incoming", STATUS),
        ("webhook.scene", {**STATUS, **MEETING, **MEDIA}),
        ("webhook.status", {"SequenceNumber": "1"}),
        ("webhook.conference", {"ConferenceSid": CONFERENCE}),
        ("webhook.recording", {"RecordingStatus": "completed"}),
    ],
)
def test_any_other_webhook_is_known_by_its_signature(kind, fields):
    key = dedupe_key(webhook(**fields), kind)
    assert key.startswith("signed:")
    assert dedupe_key(webhook(**fields, Timestamp="later"), kind) == key
    assert dedupe_key(webhook("another signature", **fields), kind) != key


def test_a_long_key_is_shortened_and_stays_distinct():
    keys = [
        dedupe_key(webhook(CallStatus="ringing", SequenceNumber="1" * length), "webhook.status")
        for length in (LONGEST - 1, LONGEST, LONGEST + 1, LONGEST + 2)
    ]
    assert len({*keys}) == 4
    assert [len(key) for key in keys[:2]] == [LONGEST_KEY - 1, LONGEST_KEY]
    assert [key.partition(":")[0] for key in keys] == ["status", "status", "sha256", "sha256"]
