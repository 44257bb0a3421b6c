"""``python -m midcall_emulator load``: many callers, what they do, and what is said about it afterwards."""

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
from midcall_emulator.load.runner import _due_times
from midcall_emulator.load.scenario import Scenario, Unreadable
from midcall_emulator.load.statistics import Figures, percentile
from tests.support.scripted_app import Line, ScriptedApp

README = Path(__file__).parents[3] / "midcall_emulator" / "README.md"
MENU = '<Gather numDigits="1" action="/menu" timeout="99999"><Say>Press 1 for Sales</Say></Gather>'


@pytest.fixture
def menu(shared_app: ScriptedApp) -> ScriptedApp:
    """An app with a menu, that says something after a key and stays on the line."""
    shared_app.clear()
    shared_app.on("/start", MENU)
    shared_app.on("/menu", '<Say>Sales</Say><Pause length="99999"/>')
    return shared_app


class Load:
    """Runs loads; ``out`` is what the last one printed."""

    def __init__(self, app: ScriptedApp, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self._app, self._capsys, self._folder = app, capsys, folder
        self.out = ""

    def __call__(self, *options: str, toml: str = "", python: str = "", status: int = 0) -> Any:
        """Run with a scenario in TOML or Python, if any; return the summary's JSON."""
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
    """Loads of the app with the menu."""
    return Load(menu, capsys, tmp_path)


def test_callers_without_a_file(load: Load, menu: ScriptedApp) -> None:
    found = load("--callers", "5", "--speed", "5")
    assert found["callers"] == {"wanted": 5, "dialled": 5, "done": 5}
    assert (found["calls"], found["most_live_calls"]) == ({"completed": 5}, 5)
    assert (found["webhooks"]["total"], found["webhooks_by_kind"]) == (10, {"twiml": 5, "action": 5})
    assert found["answers"] == {"200": 10}
    assert found["heard"] == {"say Press 1 for Sales": 5, "say Sales": 5, "silence": 5}
    assert 0 < found["latency_ms"]["p50"] <= found["latency_ms"]["max"]
    assert len({visit.params["From"] for visit in menu.visits}) == 5
    assert menu.wrongly_signed == []


def test_a_scenario_in_toml(load: Load, menu: ScriptedApp) -> None:
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
    found = load("--speed", "100", toml=script)
    keys = [visit.params["Digits"] for visit in menu.visits if visit.path == "/menu"]
    assert 0 < len(keys) < 8
    assert (set(keys), found["callers"]["done"]) == ({"1"}, 8)
    assert found["heard"]["say Sales"] == len(keys)


def test_a_scenario_in_python(load: Load, menu: ScriptedApp) -> None:
    script = """
callers = 3
async def call(caller):
    await caller.hears("Press 1", within=9999)
    await caller.press("4")
    await caller.hears("Sales", within=9999)
"""
    assert load("--speed", "100", python=script)["callers"]["done"] == 3
    assert menu.visit("/menu").params["Digits"] == "4"


def test_what_is_waited_for_in_vain_is_a_failure(load: Load) -> None:
    script = 'callers = 2\ncaller = [{name = "deaf", steps = [{hears = "Support", within = 1}]}]'
    found = load("--speed", "10", toml=script, status=1)
    assert found["callers"]["deaf: did not hear 'Support' within 1 s"] == 2
    assert found["calls"] == {"completed": 2}


def test_an_app_that_fails_is_a_failure(load: Load, menu: ScriptedApp) -> None:
    menu.on("/start", Line("oh", status=500))
    found = load("--callers", "2", "--speed", "100", status=1)
    assert (found["answers"], found["warnings"]) == ({"500": 2}, {"11200 the app answered 500": 2})
    assert list(found["heard"]) == ["apology We are sorry, an application error has occurred. Goodbye."]


def test_an_app_that_hangs_up_cuts_the_caller_off(load: Load, menu: ScriptedApp) -> None:
    menu.on("/start", "<Say>Bye</Say>")
    script = (
        'callers = 2\ncaller = [{steps = [{hears = "Bye", within = 9999}, {ends = 9999}, {press = "1"}]}]'
    )
    assert load("--speed", "10", toml=script)["callers"]["cut off"] == 2


def test_a_running_emulator(load: Load, menu: ScriptedApp, twilio: Emulator) -> None:
    twilio.clock(mode="real", speed=5)
    menu.on("/menu", '<Dial timeout="99999">+15005550006</Dial>')
    found = load("--callers", "3", "--emulator", twilio.base_url)
    assert (found["calls"], found["callers"]["done"]) == ({"completed": 3}, 3)
    assert {phone.call["from"] for phone in twilio.phones(to="+14155550100")} == {
        "+16460000000",
        "+16460000001",
        "+16460000002",
    }


def test_a_clock_that_stands_is_refused(load: Load, twilio: Emulator) -> None:
    assert "stands still" in load("--emulator", twilio.base_url, status=1)


def test_the_summary_as_text(menu: ScriptedApp, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--callers", "2", "--rate", "100", "--speed", "5", "--voice-url", menu.url("/start")]
    assert main(options) == 0
    out = capsys.readouterr().out
    lines = [re.sub(r"\d+\.\d+", "0.0", line) for line in out.splitlines()]
    assert lines[1:5] == [
        "callers   done 2",
        "calls     completed 2",
        "webhooks  4, 0.0 a second: twiml 2, action 2",
        "answers   200 4",
    ]
    assert "        2 x say Press 1 for Sales" in lines


@pytest.mark.parametrize(
    ("options", "script", "says"),
    [
        ([], "", "--voice-url"),
        (["--voice-url", "x"], "", "not a URL"),
        (["--voice-url", "http://a/", "--callers", "0"], "", "above 0"),
        (["--voice-url", "http://a/", "--to", "x"], "", "--to x"),
        (["--voice-url", "http://a/"], "callers = ", "callers.toml"),
        (["--voice-url", "http://a/"], "speed = 7", "nobody knows speed"),
        (["--voice-url", "http://a/"], "callers = 'x'", "wrong kind"),
        (["--voice-url", "http://a/"], "[[caller]]\nsteps = [{dance = 1}]", "a step is one of"),
        (["--voice-url", "http://a/"], "[[caller]]\nname = 'x'", "steps"),
    ],
)
def test_nonsense_is_refused(
    options: list[str], script: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "callers.toml").write_text(script)
    with pytest.raises(SystemExit) as ended:
        main([str(tmp_path / "callers.toml"), *options])
    assert ended.value.code == 2
    assert says in capsys.readouterr().err


def test_options_win_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "callers.py").write_text("callers, rate, voice_url = 7, 3, 'http://127.0.0.1:1/a'")
    scenario = scenario_from(parser().parse_args([str(tmp_path / "callers.py"), "--callers", "9"]))
    assert (scenario.callers, scenario.rate, scenario.kinds[0].name) == (9, 3, "anybody")
    with pytest.raises(Unreadable):
        scenario_from(parser().parse_args([str(tmp_path / "missing.toml")]))


def test_when_callers_dial() -> None:
    steady = Scenario(callers=4, rate=2)
    assert list(_due_times(steady, random.Random(1))) == [0, 0.5, 1, 1.5]
    by_chance = list(_due_times(replace(steady, callers=4000, arrivals="random"), random.Random(1)))
    assert by_chance == sorted(by_chance)
    assert 1900 < by_chance[-1] < 2100


@pytest.mark.parametrize(("percent", "value"), [(50, 50), (90, 90), (99, 99), (100, 100)])
def test_percentiles(percent: int, value: int) -> None:
    assert percentile([float(number) for number in range(1, 101)], percent) == value
    assert percentile([7.0], percent) == 7
    assert percentile([], percent) == 0


def test_no_answer_at_all_is_not_well() -> None:
    figures = Figures()
    assert figures.is_well
    figures.count("response", {"kind": "twiml", "status": None, "milliseconds": 1}, is_ours=True)
    assert not figures.is_well


def test_the_scenarios_of_the_readme(load: Load, menu: ScriptedApp) -> None:
    text = README.read_text()
    [toml] = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    [python] = re.findall(r"```python\n# callers.py\n(.*?)```", text, re.DOTALL)
    menu.on("/start", MENU.replace("<Gather", '<Gather input="dtmf speech" speechTimeout="1"'))
    menu.on("/menu", "<Say>Sales</Say><Pause length='3'/>")
    found = load("--speed", "5", "--callers", "6", toml=toml)
    assert found["callers"]["dialled"] == sum(found["calls"].values()) == 6
    assert asyncio.iscoroutinefunction(_call_of(python))


def _call_of(python: str) -> Any:
    names: dict[str, Any] = {}
    exec(python, names)
    return names["call"]
