"""The form of a webhook: which values are read, and what they say about the call."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from voice.errors import Malformed
from voice.web.webhooks.form import MAX_FIELDS, Webhook, parse_form, whole_number

CALL, OTHER, CONFERENCE = "CA" + "1" * 32, "CA" + "2" * 32, "CF" + "3" * 32


def webhook(**fields: str) -> Webhook:
    """A webhook about the call."""
    return Webhook.read({"CallSid": CALL, **fields}.items(), "signature")


def test_blank_values_and_their_order_are_kept():
    body = b"a=1&b=&a=2&c=%C3%A9+%2B"
    assert parse_form(body) == [("a", "1"), ("b", ""), ("a", "2"), ("c", "\u00e9 +")]
    assert parse_form(b"a=\xff") == [("a", "\ufffd")]
    assert parse_form(b"a=b=c&%41+=1&x%3D=%3D") == [("a", "b=c"), ("A ", "1"), ("x=", "=")]


def test_a_webhook_of_too_many_fields_is_refused():
    assert len(parse_form(b"&".join([b"a=1"] * MAX_FIELDS))) == MAX_FIELDS
    with pytest.raises(Malformed, match=f"more than {MAX_FIELDS} fields"):
        parse_form(b"&".join([b"a=1"] * (MAX_FIELDS + 1)))


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), ("9" * 18, int("9" * 18)), ("9" * 19, None), ("", None), ("-1", None), ("1.0", None),
     (" 1", None), ("\u0661", None), ("\u00b2", None), ("1e3", None)],
)  # fmt: skip
def test_a_whole_number_has_ascii_digits_only(text, number):
    assert whole_number(text) == number


def test_the_first_value_of_a_field_counts_and_nul_is_removed():
    found = Webhook.read([("CallSid", CALL), ("Digits", "1\0"), ("Digits", "2"), ("CallSid", OTHER)], "s")
    assert (found.call_sid, found.text("Digits"), found.signature) == (CALL, "1", "s")


@pytest.mark.parametrize("call_sid", ["", "CA1", CALL.lower(), CALL + "1", "CG" + "1" * 32, "CA" + "g" * 32])
def test_a_malformed_call_sid_counts_as_none(call_sid):
    found = Webhook.read([("CallSid", call_sid)], "s")
    assert (found.call_sid, found.facts(), dict(found.fields)) == (None, None, {})
    with pytest.raises(Malformed, match="CallSid is missing"):
        found.require_call()


def test_a_webhook_about_a_conference_may_have_no_call():
    found = Webhook.read([("ConferenceSid", CONFERENCE), ("CallSid", "")], "s")
    assert (found.call_sid, found.facts()) == (None, None)
    assert Webhook.read([("ConferenceSid", CONFERENCE)], "s").facts() is None
    found.require_conference()
    for fields in ([("ConferenceSid", CALL)], []):
        with pytest.raises(Malformed):
            Webhook.read(fields, "s").require_conference()


def test_a_text_is_cut_to_what_the_registry_keeps():
    found = webhook(SpeechResult="x" * 5000)
    assert len(found.text("SpeechResult")) == 4096
    assert found.text("SpeechResult", 3) == "xxx"
    assert found.text("Digits") == ""
    assert (webhook(SequenceNumber="12").number("SequenceNumber"), found.number("SequenceNumber")) == (12, 0)
    assert webhook(SequenceNumber="1234567890").number("SequenceNumber") == 123456789


def test_the_inputs_are_what_a_scene_depends_on():
    typed = {"Digits": "1", "SpeechResult": "yes", "DialCallStatus": "busy", "QueueResult": "hangup"}
    typed["RecordingDuration"] = "7"
    assert webhook(**typed, Confidence="0.9").inputs == typed
    assert webhook(Digits="", Confidence="0.9").inputs is None


def test_the_facts_are_what_the_webhook_states():
    facts = webhook(
        CallStatus="completed", From="+1", To="client:ann", Direction="inbound", ParentCallSid=OTHER,
        Timestamp="Sun, 01 Mar 2026 10:30:00 +0100", CallDuration="0",
    ).facts(scene="menu")  # fmt: skip
    assert (facts.call_sid, facts.status, facts.from_, facts.to) == (CALL, "completed", "+1", "client:ann")
    assert (facts.direction, facts.parent_call_sid, facts.duration_seconds) == ("inbound", OTHER, 0)
    assert (facts.ended_at, facts.scene) == (datetime(2026, 3, 1, 9, 30, tzinfo=UTC), "menu")


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ({"CallStatus": "dreaming"}, "status", None),
        ({"ParentCallSid": "CA1"}, "parent_call_sid", None),
        ({"From": ""}, "from_", None),
        ({"To": ""}, "to", None),
        ({"Direction": ""}, "direction", None),
        ({"Timestamp": "soon"}, "ended_at", None),
        ({"Timestamp": ""}, "ended_at", None),
        ({"CallDuration": ""}, "duration_seconds", None),
        ({"CallDuration": "long"}, "duration_seconds", 0),
        ({"CallDuration": "17"}, "duration_seconds", 17),
        ({"From": "1" * 300}, "from_", "1" * 255),
        ({"To": "1" * 300}, "to", "1" * 255),
        ({"Direction": "d" * 40}, "direction", "d" * 32),
    ],
)
def test_what_a_webhook_does_not_state_stays_open(fields: dict[str, str], name: str, value: Any):
    assert getattr(webhook(**fields).facts(), name) == value
