"""The kit against the emulator: no difference as it is, and a difference for each switch that is flipped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from midcall_emulator.switches import Switches, undecided
from midcall_emulator.verify.catalogue import NOT_ASKED, scenarios
from midcall_emulator.verify.command import main

OTHER_VALUES: dict[str, dict[str, object]] = {
    "announcement_fail": {"announcement_fail": "any"},
    "cancel_by_completed": {"cancel_by_completed": "completed"},
    "cancel_dialed_leg": {"cancel_dialed_leg": "ends"},
    "conference_first_sequence_number": {"conference_first_sequence_number": 0},
    "conference_request_parameters": {"conference_request_parameters": "call"},
    "conference_waiting_status": {"conference_waiting_status": "in-progress"},
    "dial_action_lead_seconds": {"dial_action_lead_seconds": 0.05},
    "dial_timeout_extra_seconds": {"dial_timeout_extra_seconds": 0},
    "empty_redirect": {"empty_redirect": "loop"},
    "event_lists": {"event_lists": "any"},
    "failed_wait_url": {"failed_wait_url": "silence"},
    "idempotency_token": {"idempotency_token": "all"},
    "least_call_seconds": {"least_call_seconds": 1},
    "leg_leaves_dial_least_ms": {"leg_leaves_dial_least_ms": 300, "leg_leaves_dial_most_ms": 300},
    "leg_leaves_dial_most_ms": {"leg_leaves_dial_least_ms": 400, "leg_leaves_dial_most_ms": 600},
    "notifications_after_seconds": {"notifications_after_seconds": 5},
    "recording_delay_seconds": {"recording_delay_seconds": 30},
    "recording_owner": {"recording_owner": "recorded"},
    "redirect_delay_seconds": {"redirect_delay_seconds": 0.65},
    "rest_end_of_conference": {"rest_end_of_conference": "continue"},
    "rest_lag_ms": {"rest_lag_ms": 2000},
    "second_recording": {"second_recording": "refuse"},
    "silent_recording": {"silent_recording": "keep"},
    "update_url_and_twiml": {"update_url_and_twiml": "url-wins"},
    "waiting_participants": {"waiting_participants": "shown"},
}
"""Other values of the switches that are neither true nor false, with the switches that go with them."""

FLIPS = [(name, scenario.name) for scenario in scenarios() for name in scenario.switches]
IN_EVERY_RUN = ("dial_action_on_hangup", "least_call_seconds", "redirect_delay_seconds")


def rehearse(folder: Path, *options: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Run a rehearsal; return the exit status and the findings by scenario."""
    result = folder / "result.json"
    status = main(["--rehearse", "--saved", str(folder / "saved.json"), "--json", str(result), *options])
    findings = json.loads(result.read_text())["findings"]
    return status, {finding["scenario"]: finding for finding in findings}


def flipped(name: str) -> list[str]:
    """Return the options that give a switch another value than the default."""
    value = getattr(Switches(), name)
    values = {name: not value} if isinstance(value, bool) else OTHER_VALUES[name]
    return [f"--switch={switch}={json.dumps(value)}" for switch, value in values.items()]


@pytest.mark.slow
def test_the_emulator_does_what_its_switches_declare(tmp_path: Path) -> None:
    status, findings = rehearse(tmp_path)
    assert {name: item for name, item in findings.items() if item["verdict"] != "same"} == {}
    assert (status, len(findings)) == (0, len(scenarios()))
    assert not (tmp_path / "saved.json").exists()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_answers_come_from_a_slow_twilio_as_well(tmp_path: Path) -> None:
    """The set `slow` has late and doubled callbacks, and REST that lags."""
    _, findings = rehearse(tmp_path, "--switches", "slow")
    other = {name for name, item in findings.items() if item["verdict"] != "same"}
    assert other <= {
        "dial_action_lead_seconds",  # the manual clock stands still while the action is held
        "recording_delay_seconds",  # all callbacks are late
        "redirect_of_both_legs",  # the leg has not left its Dial: no switch says that, but the time of two
    }
    assert [name for name, item in findings.items() if item["verdict"] == "no answer"] == []


@pytest.mark.parametrize(
    ("switch", "scenario"),
    [
        pytest.param(*flip, marks=[] if flip[0] in IN_EVERY_RUN else pytest.mark.slow, id=flip[0])
        for flip in FLIPS
    ],
)
def test_a_flipped_switch_is_noticed(tmp_path: Path, switch: str, scenario: str) -> None:
    status, findings = rehearse(tmp_path, "--only", scenario, *flipped(switch))
    assert (status, findings[scenario]["verdict"]) == (1, "differs")
    assert findings[scenario]["evidence"] != []


def test_every_undecided_switch_has_a_scenario_or_a_reason() -> None:
    asked = {name for name, _ in FLIPS}
    assert [name for name in undecided() if name not in asked | NOT_ASKED.keys()] == []
    assert asked & NOT_ASKED.keys() == set()
    assert asked | NOT_ASKED.keys() <= Switches().as_dict().keys()


def test_a_scenario_has_a_switch_or_the_answer_of_the_emulator() -> None:
    assert [item.name for item in scenarios() if bool(item.switches) == (item.emulator is not None)] == []
