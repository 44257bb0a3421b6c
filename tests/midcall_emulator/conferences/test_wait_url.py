"""What a caller hears before the conference starts."""

from __future__ import annotations

from typing import Any

import pytest

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, warning_codes
from tests.support.conference_calls import conference_document, join
from tests.support.scripted_app import Answer, ScriptedApp


def test_a_wait_document_plays_once_and_repeats_with_an_empty_redirect(
    twilio: Emulator, app: ScriptedApp
) -> None:
    twilio.switches(conference_request_parameters="call")
    app.on("/wait", "<Say>Please wait</Say><Play>/m.mp3</Play>")
    ann = join(twilio, app, conference_document('beep="false" waitUrl="/wait" waitMethod="GET"'), 60)
    assert heard(ann) == ["say(Please wait)", "play(/m.mp3)"]
    assert app.visit("/wait").params["CallSid"] == ann.sid
    app.on("/wait", '<Pause length="20"/><Redirect/>')
    bob = join(
        twilio, app, conference_document('beep="false" waitUrl="/wait"').replace("sales<", "other<"), 50
    )
    assert heard(bob) == ["silence(20)"] * 3
    assert app.paths().count("GET /wait") == 1
    assert app.paths().count("POST /wait") == 3


def test_a_wait_request_has_no_parameters(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.switches(conference_request_parameters="none")
    app.on("/wait", "<Say>Please wait</Say>")
    ann = join(twilio, app, conference_document('beep="false" waitUrl="/wait?name=sales"'))
    assert (heard(ann), app.visit("/wait").params) == (["say(Please wait)"], {"name": "sales"})


def test_the_conference_start_interrupts_the_wait_document(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/wait", '<Say loop="0">Wait</Say>')
    ann = join(twilio, app, conference_document('beep="false" waitUrl="/wait"'), 0.7)
    bob = join(twilio, app, conference_document('beep="false" waitUrl=""'), 60)
    assert heard(ann) == ["say(Wait)", "say(Wait)", f"bridge({bob.sid})"]
    assert heard(bob) == [f"bridge({ann.sid})"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [("<Gather/>", 13238), ("<Dial>+15005550006</Dial>", 13238), (Answer(status=500), 11200)],
)
def test_an_invalid_wait_document_ends_the_call_with_an_apology(
    twilio: Emulator, app: ScriptedApp, answer: Any, code: int
) -> None:
    app.on("/wait", answer)
    ann = join(twilio, app, conference_document('waitUrl="/wait"'), 10)
    assert (heard(ann), warning_codes(ann), ann.status) == (["apology"], [code], "completed")


def test_a_failed_wait_url_is_silence_if_the_switch_says_so(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.switches(failed_wait_url="silence")
    app.on("/wait", Answer(status=500))
    ann = join(twilio, app, conference_document('waitUrl="/wait"'), 10)
    assert (heard(ann), warning_codes(ann), ann.status) == ([], [11200], "in-progress")
