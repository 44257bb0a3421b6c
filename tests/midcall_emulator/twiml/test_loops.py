"""Loops of documents that take no virtual time are stopped."""

from __future__ import annotations

import pytest

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, warning_codes
from tests.support.emulator_calls import run_call
from tests.support.scripted_app import ScriptedApp


def test_a_redirect_loop_without_delay_is_stopped(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.switches(max_documents_at_once=10)
    app.on("/start", "<Redirect>/start</Redirect>")
    phone = run_call(twilio)
    assert len(app.paths()) == 10
    assert (heard(phone), phone.status) == (["apology"], "completed")


@pytest.mark.parametrize(
    "verb",
    [
        '<Dial action="/start">no number</Dial>',
        '<Dial action="/start"><Queue>none</Queue></Dial>',
        '<Dial action="/start"><Conference/></Dial>',
        '<Dial action="/start"><Conference participantLabel="a/b">x</Conference></Dial>',
        '<Enqueue action="/start"/>',
        '<Connect action="/start"><Stream url="ws://127.0.0.1:9/"/></Connect>',
        "<Redirect>/start</Redirect>",
    ],
)
def test_a_verb_loop_without_delay_is_stopped(twilio: Emulator, app: ScriptedApp, verb: str) -> None:
    twilio.switches(max_documents_at_once=5)
    app.on("/start", verb)
    phone = run_call(twilio)
    assert (app.paths().count("POST /start"), warning_codes(phone)[-1], heard(phone)[-1]) == (
        5,
        12400,
        "apology",
    )
