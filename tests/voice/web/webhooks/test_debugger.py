"""Twilio's debugger webhook: an error is recorded once, and shown at its call and at the command it belongs to."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.support.clients import ACCOUNT, PUBLIC_URL, form
from voice.events import now

SENTENCE = "Twilio could not read the TwiML. Check that the document is well-formed XML."


def report(call_sid=None, code="12100", level="Error", url=None, sid="NO" + "1" * 32, at=None, **more):
    """The form of Twilio's debugger webhook."""
    payload = {
        "resource_sid": call_sid or "MZ" + "0" * 32,
        "service_sid": None,
        "error_code": code,
        "more_info": {"Msg": "Document parse failure at /x?Digits=1234", "LogLevel": "ERROR", **more},
        "webhook": {
            "type": "application/json",
            "request": {"url": url or "", "method": "POST", "parameters": {}},
        },
    }
    return {
        "Sid": sid,
        "AccountSid": ACCOUNT,
        "Timestamp": (at or now()).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Level": level,
        "PayloadType": "application/json",
        "Payload": json.dumps(payload),
    }


def send(twilio, fields):
    assert twilio.post("/voice/debugger", fields).status_code == 204


def accepted(registry, call_sid, proof="none"):
    record = registry.commands.request("twiml", {}, "ann", call_sid, None, "", proof).record
    return registry.commands.settle(record, "accepted", "Twilio accepted the document.", final=False)


def test_an_error_is_shown_at_its_call_and_unsettles_the_command_before_it(twilio, registry, admin):
    call_sid = twilio.calls()
    command = accepted(registry, call_sid)
    for _ in range(2):
        send(twilio, report(call_sid, url=f"{PUBLIC_URL}/voice/scenes/menu?Digits=1234"))
    story = admin.get(f"/calls/{call_sid}").json
    [event] = [event for event in story["events"] if event["kind"] == "webhook.debugger"]
    assert event["command_id"] == command.id
    assert event["details"] == {
        "level": "error",
        "twilio_code": 12100,
        "message": SENTENCE,
        "url": f"{PUBLIC_URL}/voice/scenes/menu",
        "failed": SENTENCE,
    }
    [shown] = story["commands"]
    assert (shown["state"], shown["twilio_code"], shown["message"]) == (
        "unconfirmed",
        12100,
        f"Twilio reported: {SENTENCE}",
    )


def test_the_failed_url_names_the_command(twilio, registry):
    call_sid = twilio.calls()
    first, second = accepted(registry, call_sid, "visit"), accepted(registry, call_sid, "visit")
    send(twilio, report(call_sid, url=f"{PUBLIC_URL}/voice/scenes/menu?command={first.id}"))
    assert registry.commands.get(first.id).state == "unconfirmed"
    assert registry.commands.get(second.id).state == "accepted"


def test_a_confirmed_command_shows_a_later_error_and_stays_confirmed(twilio, registry):
    call_sid = twilio.calls()
    command = accepted(registry, call_sid, "visit")
    twilio.scene(call_sid, f"menu?command={command.id}")
    send(twilio, report(call_sid))
    shown = registry.commands.get(command.id)
    assert (shown.state, shown.twilio_code, shown.message) == (
        "confirmed",
        12100,
        f"Twilio reported: {SENTENCE}",
    )


@pytest.mark.parametrize(
    "fields",
    [{"level": "Warning"}, {"at": now() - timedelta(hours=1)}, {"at": now() + timedelta(hours=1)}],
    ids=["a warning", "an older error", "an error long after it"],
)
def test_what_does_not_belong_to_a_command_does_not_unsettle_it(twilio, registry, fields):
    call_sid = twilio.calls()
    command = accepted(registry, call_sid)
    send(twilio, report(call_sid, **fields))
    assert registry.commands.get(command.id).state == "accepted"
    assert registry.events.of_call(call_sid)[-1].kind == "webhook.debugger"


def test_an_error_names_another_call_only_by_its_own_sid(twilio, registry):
    command = accepted(registry, twilio.calls())
    other = twilio.calls()
    send(twilio, report(other, url=f"{PUBLIC_URL}/voice/scenes/menu?command={command.id}"))
    assert registry.commands.get(command.id).state == "accepted"


def test_a_code_without_a_sentence_shows_twilios_words_without_queries(twilio, registry):
    call_sid = twilio.calls()
    send(twilio, report(call_sid, code="99999"))
    assert registry.events.of_call(call_sid)[-1].details["message"] == "Document parse failure at /x"


@pytest.mark.parametrize(
    "change",
    [{"Payload": "{"}, {"Payload": "[" * 30_000}, {"Payload": "null"}, {"Payload": '{"more_info":3}'},
     {"Timestamp": "soon"}, {"Timestamp": "0001-01-01T00:00:00+14:00"}, {"Level": ""}, {"Sid": ""}],
    ids=lambda change: str(change)[:40],
)  # fmt: skip
def test_a_report_that_cannot_be_read_is_recorded_anyway(twilio, registry, change):
    send(twilio, report() | change)
    assert registry.events.after(0)[-1].kind == "webhook.debugger"


def test_a_report_without_a_valid_signature_is_refused(app, registry):
    answer = app.test_client().post("/voice/debugger", data=report())
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "bad_signature")
    assert registry.events.after(0) == []


def test_a_signed_request_for_a_document_gets_twiml_without_a_call(twilio, registry):
    """Twilio does not document the fields of requests for wait, hold and announcement documents."""
    for call_sid in ("", "CA1"):
        for path in (
            "/voice/scenes/hold_music",
            "/voice/scenes/room_left",
            "/voice/incoming",
            "/voice/fallback",
        ):
            answer = twilio.post(path, {"AccountSid": ACCOUNT, "CallSid": call_sid})
            assert (answer.status_code, answer.mimetype) == (200, "text/xml"), (path, call_sid)
    assert {event.call_sid for event in registry.events.after(0)} == {None}


@pytest.mark.parametrize("path", ["/voice/status", "/voice/recording", "/voice/fork", "/voice/conference"])
def test_a_callback_without_a_call_is_malformed(twilio, registry, path):
    fields = {name: value for name, value in form("CA1").items() if name != "ConferenceSid"}
    answer = twilio.post(path, fields)
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "malformed")
    assert registry.events.after(0) == []
