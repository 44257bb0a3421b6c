"""``python -m midcall_emulator load``: scenarios, callers and the summary."""

from __future__ import annotations

import asyncio
import json
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from midcall_emulator.client import Emulator
from midcall_emulator.load.command import main, parser, scenario_from
from midcall_emulator.load.runner import due_times
from midcall_emulator.load.scenario import Scenario, ScenarioError
from midcall_emulator.load.statistics import Statistics, percentile
from tests.support.scripted_app import Answer, ScriptedApp

README = Path(__file__).parents[3] / "midcall_emulator" / "README.md"
MENU = '<Gather numDigits="1" action="/menu" timeout="99999"><Say>Press 1 for Sales</Say></Gather>'


@pytest.fixture
def menu(shared_app: ScriptedApp) -> ScriptedApp:
    """An app with a menu that answers a key and keeps the call open."""
    shared_app.clear()
    shared_app.on("/start", MENU)
    shared_app.on("/menu", '<Say>Sales</Say><Pause length="99999"/>')
    return shared_app


class Load:
    """Runs load tests; ``out`` is the output of the last one."""

    def __init__(self, app: ScriptedApp, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self._app, self._capsys, self._folder = app, capsys, folder
        self.out = ""

    def __call__(self, *options: str, toml: str = "", python: str = "", status: int = 0) -> Any:
        """Run, with a scenario in TOML or Python if given; return the summary as JSON, or the error output."""
        file = self._folder / ("callers.py" if python else "callers.toml")
        if toml or python:
            file.write_text(toml or python)
            options = (str(file), *options)
        code = main([*options, "--rate", "500", "--quiet", "--json", "--voice-url", self._app.url("/start")])
        self.out, err = self._capsys.readouterr()
        assert code == status, self.out + err
        return json.loads(self.out) if self.out else err


@pytest.fixture
def load(menu: ScriptedApp, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Load:
    """Load tests of the app with the menu."""
    return Load(menu, capsys, tmp_path)


def test_callers_without_a_file_press_one(load: Load, menu: ScriptedApp) -> None:
    summary = load("--callers", "5", "--speed", "5")
    assert summary["callers"] == {"wanted": 5, "dialled": 5, "done": 5}
    assert (summary["calls"], summary["most_live_calls"]) == ({"completed": 5}, 5)
    assert (summary["webhooks"]["total"], summary["webhooks_by_kind"]) == (10, {"twiml": 5, "action": 5})
    assert summary["answers"] == {"200": 10}
    assert summary["heard"] == {"say Press 1 for Sales": 5, "say Sales": 5, "silence": 5}
    assert 0 < summary["latency_ms"]["p50"] <= summary["latency_ms"]["max"]
    assert len({visit.params["From"] for visit in menu.visits}) == 5
    assert menu.bad_signatures == []


def test_a_toml_scenario_runs_its_kinds_of_callers(load: Load, menu: ScriptedApp) -> None:
    script = """
        callers = 8
        [[caller]]
        name = "keys"
        think = [1, 2]
        steps = [{ hears = "Press 1", within = 9999 }, { press = "1" }, { hears = "Sales", within = 9999 }]
        [[caller]]
        name = "talks"
        steps = [{ hears = "Press 1", within = 9999 }, { speak = "hello" }, { wait = [1, 2] }, { hangup = true }]
    """
    summary = load("--speed", "100", toml=script)
    keys = [visit.params["Digits"] for visit in menu.visits if visit.path == "/menu"]
    assert 0 < len(keys) < 8
    assert (set(keys), summary["callers"]["done"]) == ({"1"}, 8)
    assert summary["heard"]["say Sales"] == len(keys)


def test_a_python_scenario_runs_its_coroutine(load: Load, menu: ScriptedApp) -> None:
    script = """
callers = 3
async def call(caller):
    await caller.hears("Press 1", within=9999)
    await caller.press("4")
    await caller.hears("Sales", within=9999)
"""
    assert load("--speed", "100", python=script)["callers"]["done"] == 3
    assert menu.visit("/menu").params["Digits"] == "4"


def test_a_caller_who_does_not_hear_the_text_fails(load: Load) -> None:
    script = 'callers = 2\ncaller = [{name = "deaf", steps = [{hears = "Support", within = 1}]}]'
    summary = load("--speed", "10", toml=script, status=1)
    assert summary["callers"]["deaf: did not hear 'Support' within 1 s"] == 2
    assert summary["calls"] == {"completed": 2}


def test_an_app_error_fails_the_load_test(load: Load, menu: ScriptedApp) -> None:
    menu.on("/start", Answer("oh", status=500))
    summary = load("--callers", "2", "--speed", "100", status=1)
    assert (summary["answers"], summary["warnings"]) == (
        {"500": 2},
        {"11200 the app responded with status 500": 2},
    )
    assert list(summary["heard"]) == ["apology We are sorry, an application error has occurred. Goodbye."]


def test_a_caller_is_cut_off_when_the_app_hangs_up(load: Load, menu: ScriptedApp) -> None:
    menu.on("/start", "<Say>Bye</Say>")
    script = (
        'callers = 2\ncaller = [{steps = [{hears = "Bye", within = 9999}, {ends = 9999}, {press = "1"}]}]'
    )
    assert load("--speed", "10", toml=script)["callers"]["cut off"] == 2


def test_callers_use_a_running_emulator(load: Load, menu: ScriptedApp, twilio: Emulator) -> None:
    twilio.clock(mode="real", speed=5)
    menu.on("/menu", '<Dial timeout="99999">+15005550006</Dial>')
    summary = load("--callers", "3", "--emulator", twilio.base_url)
    assert (summary["calls"], summary["callers"]["done"]) == ({"completed": 3}, 3)
    assert {phone.call["from"] for phone in twilio.phones(to="+14155550100")} == {
        "+16460000000",
        "+16460000001",
        "+16460000002",
    }


def test_a_manual_clock_is_refused(load: Load, twilio: Emulator) -> None:
    assert "manual mode" in load("--emulator", twilio.base_url, status=1)


def test_the_summary_is_readable_text(menu: ScriptedApp, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--callers", "2", "--rate", "100", "--speed", "5", "--voice-url", menu.url("/start")]
    assert main(options) == 0
    out = capsys.readouterr().out
    lines = [re.sub(r"\d+\.\d+", "0.0", line) for line in out.splitlines()]
    assert lines[1:5] == [
        "callers   done 2",
        "calls     completed 2",
        "webhooks  4, 0.0 per second: twiml 2, action 2",
        "responses 200 4",
    ]
    assert "        2 x say Press 1 for Sales" in lines


@pytest.mark.parametrize(
    ("options", "script", "message"),
    [
        ([], "", "--voice-url"),
        (["--voice-url", "x"], "", "enter a URL"),
        (["--voice-url", "http://a/", "--callers", "0"], "", "above 0"),
        (["--voice-url", "http://a/", "--to", "x"], "", "--to x"),
        (["--voice-url", "http://a/", "--speed", "0"], "", "--speed 0"),
        (["--voice-url", "http://a/"], "callers = ", "callers.toml"),
        (["--voice-url", "http://a/"], "speed = 7", "unknown setting: speed"),
        (["--voice-url", "http://a/"], "callers = 'x'", "wrong type"),
        (["--voice-url", "http://a/"], "[[caller]]\nsteps = [{dance = 1}]", "a step is one of"),
        (["--voice-url", "http://a/"], "[[caller]]\nname = 'x'", "steps"),
    ],
)
def test_an_invalid_option_or_file_is_refused(
    options: list[str], script: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "callers.toml").write_text(script)
    with pytest.raises(SystemExit) as exit_:
        main([str(tmp_path / "callers.toml"), *options])
    assert exit_.value.code == 2
    assert message in capsys.readouterr().err


def test_options_override_the_file(tmp_path: Path) -> None:
    (tmp_path / "callers.py").write_text("callers, rate, voice_url = 7, 3, 'http://127.0.0.1:1/a'")
    scenario = scenario_from(parser().parse_args([str(tmp_path / "callers.py"), "--callers", "9"]))
    assert (scenario.callers, scenario.rate, scenario.kinds[0].name) == (9, 3, "default")
    with pytest.raises(ScenarioError):
        scenario_from(parser().parse_args([str(tmp_path / "missing.toml")]))


def test_arrivals_follow_the_rate() -> None:
    steady = Scenario(callers=4, rate=2)
    assert list(due_times(steady, random.Random(1))) == [0, 0.5, 1, 1.5]
    at_random = list(due_times(replace(steady, callers=4000, arrivals="random"), random.Random(1)))
    assert at_random == sorted(at_random)
    assert 1900 < at_random[-1] < 2100


@pytest.mark.parametrize(("percent", "value"), [(50, 50), (90, 90), (99, 99), (100, 100)])
def test_percentile_is_nearest_rank(percent: int, value: int) -> None:
    assert percentile([float(number) for number in range(1, 101)], percent) == value
    assert percentile([7.0], percent) == 7
    assert percentile([], percent) == 0


def test_a_webhook_without_a_response_fails_the_load_test() -> None:
    statistics = Statistics()
    assert statistics.is_success
    statistics.count("response", {"kind": "twiml", "status": None, "milliseconds": 1}, is_ours=True)
    assert not statistics.is_success


def test_the_scenarios_of_the_readme_run(load: Load, menu: ScriptedApp) -> None:
    text = README.read_text()
    [toml] = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    [python] = re.findall(r"```python\n# callers.py\n(.*?)```", text, re.DOTALL)
    menu.on("/start", MENU.replace("<Gather", '<Gather input="dtmf speech" speechTimeout="1"'))
    menu.on("/menu", "<Say>Sales</Say><Pause length='3'/>")
    summary = load("--speed", "5", "--callers", "6", toml=toml)
    assert summary["callers"]["dialled"] == sum(summary["calls"].values()) == 6
    assert asyncio.iscoroutinefunction(_call_of(python))


def _call_of(python: str) -> Any:
    names: dict[str, Any] = {}
    exec(python, names)
    return names["call"]
