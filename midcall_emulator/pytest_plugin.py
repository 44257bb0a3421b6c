"""The pytest plugin: ``pytest_plugins = ["midcall_emulator.pytest_plugin"]`` in conftest.py, or ``pytest -p …``.

Each option has three sources: the command line (``--emulator-voice-url``), pytest's settings
(``emulator_voice_url = …``) and the environment (``EMULATOR_VOICE_URL``). The first one with a value applies.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator

import pytest

from midcall_emulator.client import Emulator, EmulatorError, WaitTimeout, transcript
from midcall_emulator.core.numbers import Number
from midcall_emulator.server import Background
from midcall_emulator.settings import ACCOUNT, NUMBER, TOKEN, Settings

OPTIONS = {
    "url": ("", "address of a running emulator; without it, the plugin starts one in this process"),
    "port": ("0", "port of the emulator in this process; 0 is any free port"),
    "account": (ACCOUNT, "account SID"),
    "token": (TOKEN, "auth token"),
    "number": (NUMBER, "phone number of the account"),
    "voice_url": ("", "voice URL of the number"),
    "fallback_url": ("", "fallback URL of the number"),
    "status_callback": ("", "status callback URL of the number"),
    "switches": ("", "named set of switches: strict, slow or lenient; without it, those of the start"),
    "patience": ("60", "virtual seconds that 'hears' waits at most"),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add each option to the command line and to pytest's settings."""
    group = parser.getgroup("emulator", "Twilio Voice emulator")
    for name, (default, description) in OPTIONS.items():
        text = f"{description} ({default})" if default else description
        group.addoption(f"--emulator-{name.replace('_', '-')}", dest=f"emulator_{name}", help=text)
        parser.addini(f"emulator_{name}", text, default="")


def option(config: pytest.Config, name: str) -> str:
    """Return an option's value from the command line, the settings or the environment, or its default."""
    key = f"emulator_{name}"
    value = config.getoption(key) or config.getini(key) or os.environ.get(key.upper())
    return str(value or OPTIONS[name][0])


@pytest.fixture(scope="session")
def twilio_server(pytestconfig: pytest.Config) -> Iterator[str]:
    """The address of the emulator: a running one, or one in this process."""
    if running_url := option(pytestconfig, "url"):
        yield running_url
        return
    number = Number(option(pytestconfig, "number"), "PN" + "0" * 32)
    port, account, token = (option(pytestconfig, name) for name in ("port", "account", "token"))
    settings = Settings("127.0.0.1", int(port), account, token, numbers=(number,), clock_mode="manual")
    with Background(settings) as url:
        yield url


@pytest.fixture(scope="session")
def twilio_voice_url(pytestconfig: pytest.Config) -> str:
    """The app's voice URL. Override this fixture to start the app, or set the option."""
    return option(pytestconfig, "voice_url")


@pytest.fixture
def twilio(pytestconfig: pytest.Config, twilio_server: str, twilio_voice_url: str) -> Iterator[Emulator]:
    """The emulator after a reset, with a clock that only the test advances."""
    account, token = option(pytestconfig, "account"), option(pytestconfig, "token")
    emulator = Emulator(twilio_server, account, token, patience=float(option(pytestconfig, "patience")))
    emulator.reset()
    emulator.clock(mode="manual")
    if named_set := option(pytestconfig, "switches"):
        emulator.switches(set=named_set)
    emulator.number(option(pytestconfig, "number"), **_urls(pytestconfig, twilio_voice_url))
    yield emulator
    emulator.reset()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the transcripts of all calls to the report of a failed test. A WaitTimeout has one already."""
    report = yield
    emulator = getattr(item, "funcargs", {}).get("twilio")
    has_transcript = call.excinfo is not None and isinstance(call.excinfo.value, WaitTimeout)
    if report.when == "call" and report.failed and isinstance(emulator, Emulator) and not has_transcript:
        report.sections.append(("Twilio calls", _transcripts(emulator)))
    return report


def _urls(config: pytest.Config, voice_url: str) -> dict[str, str]:
    urls = {
        "voice_url": voice_url,
        "voice_fallback_url": option(config, "fallback_url"),
        "status_callback": option(config, "status_callback"),
    }
    return {name: url for name, url in urls.items() if url}


def _transcripts(emulator: Emulator) -> str:
    try:
        return "\n\n".join(map(transcript, emulator.calls())) or "none"
    except (EmulatorError, OSError) as error:
        return f"the emulator does not respond: {error}"
