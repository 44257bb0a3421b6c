"""The kit against the emulator: no difference as it is, and a difference for each switch that is flipped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from midcall_emulator.switches import Switches
from midcall_emulator.verify.catalogue import NOT_ASKED, scenarios
from midcall_emulator.verify.command import main

OTHER_VALUES = {"redirect_delay_seconds": 0.65}
"""Values of switches that are neither true nor false."""

FLIPS = [(name, scenario.name) for scenario in scenarios() for name in scenario.switches]


def rehearse(folder: Path, *options: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Run a rehearsal; return the exit status and the findings by scenario."""
    result = folder / "result.json"
    status = main(["--rehearse", "--saved", str(folder / "saved.json"), "--json", str(result), *options])
    findings = json.loads(result.read_text())["findings"]
    return status, {finding["scenario"]: finding for finding in findings}


def flipped(name: str) -> object:
    """Return another value of a switch than the default."""
    value = getattr(Switches(), name)
    return not value if isinstance(value, bool) else OTHER_VALUES[name]


@pytest.mark.slow
def test_the_emulator_does_what_its_switches_declare(tmp_path: Path) -> None:
    status, findings = rehearse(tmp_path)
    assert {name: item for name, item in findings.items() if item["verdict"] != "same"} == {}
    assert (status, len(findings)) == (0, len(scenarios()))
    assert not (tmp_path / "saved.json").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("switch", "scenario"), FLIPS)
def test_a_flipped_switch_is_noticed(tmp_path: Path, switch: str, scenario: str) -> None:
    value = json.dumps(flipped(switch))
    status, findings = rehearse(tmp_path, "--only", scenario, "--switch", f"{switch}={value}")
    assert (status, findings[scenario]["verdict"]) == (1, "differs")
    assert findings[scenario]["evidence"] != []


def test_every_switch_in_the_catalogue_exists() -> None:
    known = Switches().as_dict().keys()
    assert {*(name for name, _ in FLIPS), *NOT_ASKED} <= known
