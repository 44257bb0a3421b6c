"""The verdict on an answer, and what of it is sent in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from midcall_emulator.verify.catalogue import scenarios
from midcall_emulator.verify.comparison import Finding
from midcall_emulator.verify.scenario import Value

ANY = replace(scenarios()[0], tolerance=0.3)


@pytest.mark.parametrize(
    ("twilio", "emulator", "verdict"),
    [
        (True, (True,), "same"),
        (False, (True,), "differs"),
        ("init", ("init",), "same"),
        ("not listed", ("init",), "differs"),
        (0.3, (0.0,), "same"),
        (0.31, (0.0,), "differs"),
        (4.69, (5.0,), "differs"),
        (166, (150, 400), "same"),
        (401, (150, 400), "differs"),
        (149, (150, 400), "differs"),
        (None, (True,), "no answer"),
    ],
)
def test_an_answer_is_compared_with_the_value_or_the_range(
    twilio: Value | None, emulator: tuple[Value, ...], verdict: str
) -> None:
    assert Finding(ANY, emulator, twilio).verdict == verdict


def test_what_is_sent_in_names_no_number_no_sid_and_no_address() -> None:
    note = (
        f"Twilio refused +14155550100 of AC{'0' * 32}, see https://me.ngrok.app/x: HTTP 400, error 21211: no"
    )
    finding = Finding(ANY, (True,), None, note, [f"1.00 s  REST GET /Calls/CA{'1' * 32}: 404"])
    sent = finding.as_dict()
    assert sent["note"] == "Twilio refused … of …, see … HTTP 400, error 21211: no"
    assert sent["evidence"] == ["1.00 s  REST GET /Calls/…: 404"]
