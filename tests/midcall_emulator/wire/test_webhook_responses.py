"""Responses to a request for a document: valid and invalid TwiML, audio, text, redirects, and the errors they cause."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, warning_codes
from tests.support.emulator_calls import configure_number, run_call
from tests.support.scripted_app import Answer, ScriptedApp


@pytest.mark.parametrize(
    "body", ["<Response/>", "<?xml version='1.0'?><Response></Response>", "\n <Response/>"]
)
def test_an_empty_document_answers_and_ends_the_call(twilio: Emulator, app: ScriptedApp, body: str) -> None:
    app.on("/start", Answer(body))
    phone = run_call(twilio, 0)
    call = phone.call
    assert (call["status"], call["heard"], call["warnings"]) == ("completed", [], [])
    assert call["answered_at"] is not None


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (Answer("\n<?xml version='1.0'?><Response/>"), 12100),
        (Answer("Foobar"), 12100),
        (Answer(""), 12100),
        (Answer("<!DOCTYPE Response []><Response/>"), 12100),
        (Answer("<Response><Say>unclosed</Response>"), 12100),
        (Answer("<Reply><Say>no</Say></Reply>"), 12102),
        (Answer("{}", content_type="application/json"), 12300),
        (Answer("<Response/>", content_type=None), 11200),
        (Answer("<Response/>", status=500), 11200),
        (Answer("<Response/>", status=404), 11200),
        (Answer(drop=True), 11206),
        (Answer("<Response>" + " " * 65536 + "</Response>"), 11750),
    ],
)
def test_an_invalid_document_is_an_error_and_an_apology(
    twilio: Emulator, app: ScriptedApp, line: Answer, code: int
) -> None:
    app.on("/start", line)
    phone = run_call(twilio)
    assert warning_codes(phone) == [code]
    assert (heard(phone), phone.status, phone.call["duration_seconds"]) == (["apology"], "completed", 4)


def test_plain_text_is_said_unless_it_is_twiml(twilio: Emulator, app: ScriptedApp) -> None:
    app.on(
        "/start",
        Answer("hello", content_type="text/plain"),
        Answer("<Response><Say>A</Say></Response>", 200, "text/plain"),
    )
    assert heard(run_call(twilio)) == ["say(hello)"]
    assert heard(run_call(twilio)) == ["say(A)"]


def test_an_audio_response_is_played(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", Answer(b"ID3", content_type="audio/mpeg"))
    assert heard(run_call(twilio)) == ["play(/start)"]


def test_unknown_elements_and_attributes_are_warnings(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<say>no</say><Sya>no</Sya><!-- c --><Say tone="x">yes</Say><Sms>q</Sms>')
    phone = run_call(twilio)
    assert (heard(phone), warning_codes(phone)) == (["say(yes)"], [12200] * 4)


def test_misplaced_elements_are_warnings(twilio: Emulator, app: ScriptedApp) -> None:
    app.on(
        "/start", "<Pause><Say>no</Say></Pause><Say>Yes<break/></Say><Gather timeout='1'><Hangup/></Gather>"
    )
    phone = run_call(twilio)
    assert (heard(phone), warning_codes(phone)) == (["silence(1)", "say(Yes)"], [12200, 13320])


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (Answer("<?xml version='1.1'?><Response/>"), 12101),
        (Answer("", headers={"Transfer-Encoding": "chunked"}), 11770),
        (Answer("<response/>"), 12102),
        (Answer("<Response>" + "<Say>" * 5000 + "</Say>" * 5000 + "</Response>"), 12100),
        (Answer("<Response/><Response/>"), 12100),
        (Answer("<Response><Say>a & b</Say></Response>"), 12100),
        (Answer("<Response/>", content_type="text/xml; charset=nonsense"), 12100),
        (Answer("<Response/>", content_type="image/png"), 12300),
        (Answer("<Response/>", content_type="application/x-www-form-urlencoded"), 12300),
        (Answer("<Response/>", status=410), 11200),
        (Answer("<Response>" + " " * (65536 - 20) + "</Response>"), 11750),
    ],
)
def test_a_malformed_response_is_an_error_and_an_apology(
    twilio: Emulator, app: ScriptedApp, line: Answer, code: int
) -> None:
    app.on("/start", line)
    phone = run_call(twilio)
    assert (warning_codes(phone), heard(phone)) == ([code], ["apology"])
    assert phone.call["warnings"][0]["level"] == "error"


@pytest.mark.parametrize(
    ("line", "warnings"),
    [
        (Answer("<?xml version='1.0' encoding='UTF-8'?>\n<Response><Say>é</Say></Response>"), []),
        (Answer("\ufeff<?xml version='1.0'?><Response><Say>é</Say></Response>"), []),
        (
            Answer(
                "<?xml version='1.0' encoding='ISO-8859-1'?><Response><Say>é</Say></Response>".encode(
                    "latin-1"
                )
            ),
            [],
        ),
        (
            Answer(
                "<Response><Say>é</Say></Response>".encode("latin-1"), 200, "text/xml; charset=iso-8859-1"
            ),
            [],
        ),
        (Answer("  <Response><!-- one --><Say><!-- two --><![CDATA[é]]></Say><?php ?></Response>  "), []),
        (Answer("<Response><Say>&#233;</Say></Response>", content_type="application/xml"), []),
        (Answer("<Response><Say>\n  é \t</Say></Response>", content_type="text/html; charset=utf-8"), []),
        (Answer("<Response><Say>é</Say></Response>", status=201), []),
        (Answer("<Response><Say>é</Say></Response>" + " " * (65536 - 34)), []),
        (Answer("<Response><Say>é</Say> and so on</Response>"), [12200]),
        (Answer('<Response version="2"><Say>é</Say></Response>'), [12200]),
        (
            Answer(
                '<Response xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
                'xsi:noNamespaceSchemaLocation="twiml.xsd"><Say>é</Say></Response>'
            ),
            [],
        ),
    ],
)
def test_readable_documents_run(
    twilio: Emulator, app: ScriptedApp, line: Answer, warnings: list[int]
) -> None:
    app.on("/start", line)
    phone = run_call(twilio)
    assert (heard(phone), warning_codes(phone), phone.status) == (["say(é)"], warnings, "completed")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (Answer("", status=204), None),
        (Answer(""), None),
        (Answer("<Response/>"), None),
        (Answer("<Response><Say>Never heard</Say></Response>"), None),
        (Answer("ok", content_type="text/html"), 15003),
        (Answer("{}", content_type="application/json"), 15003),
        (Answer(status=404), 15003),
        (Answer(status=500), 15003),
        (Answer(drop=True), 15003),
    ],
)
def test_an_invalid_response_to_a_status_callback_is_a_warning(
    twilio: Emulator, app: ScriptedApp, line: Answer, code: int | None
) -> None:
    app.on("/start", "<Say>Hi</Say>")
    app.on("/status", line)
    phone = run_call(twilio)
    assert (warning_codes(phone), heard(phone)) == ([code] if code else [], ["say(Hi)"])
    assert all(item["level"] == "warning" for item in phone.call["warnings"])


def test_a_status_callback_timeout_is_a_warning(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    configure_number(client, status_callback=app.url("/status#rt=100"))
    app.on("/start", "<Say>Hi</Say>")
    app.on("/status", Answer(wait=True))
    assert warning_codes(run_call(twilio)) == [15002]
