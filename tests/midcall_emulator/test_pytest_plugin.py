"""The pytest plugin, in separate test runs, as a reader of the README uses it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from midcall_emulator.client import Emulator
from tests.support.scripted_app import ScriptedApp

pytest_plugins = ["pytester"]
README = Path(__file__).parents[2] / "midcall_emulator" / "README.md"
RunTests = Callable[..., pytest.RunResult]
CALL_TEST = """
    def test_a_call(twilio):
        call = twilio.dial("+14155550100"); call.press("1"); call.hears("Sales"); twilio.advance(30)
        assert call.status == "completed"
"""


@pytest.fixture
def run_tests(pytester: pytest.Pytester, request: pytest.FixtureRequest) -> RunTests:
    """Run a test module with the plugin and options."""
    pytester.syspathinsert(README.parents[1])

    def run(module: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(module)
        return pytester.runpytest_inprocess(
            "-p", "midcall_emulator.pytest_plugin", "-p", "no:cacheprovider", "-p", "no:randomly", *options
        )

    return run


@pytest.fixture
def menu(shared_app: ScriptedApp) -> ScriptedApp:
    """An app with a menu that hangs up nine seconds after its last sentence."""
    shared_app.clear()
    shared_app.on("/voice", '<Gather numDigits="1" action="/menu"><Say>Press 1 for Sales</Say></Gather>')
    shared_app.on("/menu", '<Say>Sales</Say><Pause length="9"/>')
    return shared_app


def test_the_plugin_starts_an_emulator(run_tests: RunTests, menu: ScriptedApp) -> None:
    run_tests(CALL_TEST, "--emulator-voice-url", menu.url("/voice")).assert_outcomes(passed=1)
    assert menu.paths() == ["POST /voice", "POST /menu"]
    assert menu.bad_signatures == []


def test_the_plugin_uses_a_running_emulator(
    run_tests: RunTests, menu: ScriptedApp, emulator_url: str, pytester: pytest.Pytester
) -> None:
    pytester.makeini(f"[pytest]\nemulator_url = {emulator_url}\nemulator_voice_url = {menu.url('/voice')}\n")
    run_tests(CALL_TEST).assert_outcomes(passed=1)
    assert menu.paths() == ["POST /voice", "POST /menu"]
    assert Emulator(emulator_url).calls() == []


def test_environment_variables_set_the_options(
    run_tests: RunTests, menu: ScriptedApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMULATOR_VOICE_URL", menu.url("/voice"))
    monkeypatch.setenv("EMULATOR_NUMBER", "+14155550199")
    monkeypatch.setenv("EMULATOR_STATUS_CALLBACK", menu.url("/status"))
    result = run_tests(CALL_TEST.replace("0100", "0199"))
    result.assert_outcomes(passed=1)
    assert menu.paths(status=True)[-1] == "POST /status"


def test_every_test_starts_with_a_reset_emulator(run_tests: RunTests, menu: ScriptedApp) -> None:
    result = run_tests(
        """
        import pytest

        @pytest.mark.parametrize("turn", [1, 2])
        def test_alone(twilio, turn):
            assert (twilio.calls(), twilio.clock()["mode"], twilio.switches()["queue_seconds"]) == ([], "manual", 0)
            twilio.switches(queue_seconds=7)
            twilio.dial("+14155550100")
            twilio.settle()
        """,
        "--emulator-voice-url",
        menu.url("/voice"),
    )
    result.assert_outcomes(passed=2)


def test_hears_advances_the_clock_no_further_than_needed(run_tests: RunTests, menu: ScriptedApp) -> None:
    menu.on("/voice", '<Pause length="40"/><Say>Late</Say><Pause length="600"/><Say>Too late</Say>')
    result = run_tests(
        """
        import pytest

        def test_in_time(twilio):
            twilio.dial("+14155550100").hears("Late")
            assert twilio.clock()["seconds"] == 40

        def test_too_late(twilio):
            with pytest.raises(AssertionError, match="60 s on the emulator's clock"):
                twilio.dial("+14155550100").hears("Too late")
            assert twilio.clock()["seconds"] == 60
        """,
        "--emulator-voice-url",
        menu.url("/voice"),
    )
    result.assert_outcomes(passed=2)


def test_a_failed_wait_prints_the_transcript(run_tests: RunTests, menu: ScriptedApp) -> None:
    result = run_tests(
        """
        def test_support(twilio):
            twilio.dial("+14155550100").press("1").hears("Support")
        """,
        "--emulator-voice-url",
        menu.url("/voice"),
    )
    result.assert_outcomes(failed=1)
    lines = ["*no hears='Support'*", "*heard:", "*'Press 1 for Sales'*", "*'Sales'*", "*requests:"]
    result.stdout.fnmatch_lines(
        [*lines, "*POST http://*/voice -> 200", "*POST http://*/menu -> 200", "*Digits*"]
    )
    result.stdout.no_fnmatch_line("*midcall_emulator/client/*")


def test_a_failed_test_prints_its_calls(run_tests: RunTests, menu: ScriptedApp) -> None:
    result = run_tests(CALL_TEST.replace("completed", "busy"), "--emulator-voice-url", menu.url("/voice"))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Twilio calls*", "call CA*: completed*", "*'Sales'*", "*/menu -> 200"])


def test_the_example_of_the_readme_passes(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = dict(re.findall(r"```python\n# (\w+)\.py\n(.*?)```", README.read_text(), re.DOTALL))
    pytester.makepyfile(**{name: blocks[name] for name in ("app", "conftest", "test_menu")})
    monkeypatch.setenv("PYTHONPATH", str(README.parents[1]))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)
