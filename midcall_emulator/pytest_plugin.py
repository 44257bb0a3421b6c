"""The emulator in pytest: ``pytest_plugins = ["midcall_emulator.pytest_plugin"]`` in conftest.py, or ``pytest -p …``.

Each option can be given on the command line (``--emulator-voice-url``), in pytest's settings
(``emulator_voice_url = …``) or in the environment (``EMULATOR_VOICE_URL``); the first that is there wins.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from midcall_emulator.client import Emulator, EmulatorError, InVain, transcript
from midcall_emulator.core.numbers import Number
from midcall_emulator.server import Background
from midcall_emulator.settings import ACCOUNT, NUMBER, TOKEN, Settings

OPTIONS = {
    "url": ("", "a running emulator's address; none: one is started in this process"),
    "port": ("0", "port of the one in this process; 0 is any free one"),
    "account": (ACCOUNT, "account sid"),
    "token": (TOKEN, "auth token"),
    "number": (NUMBER, "the account's number"),
    "voice_url": ("", "where calls to the number go"),
    "fallback_url": ("", "where they go if that fails"),
    "status_callback": ("", "where their end is reported"),
    "patience": ("60", "seconds on the emulator's clock that 'hears' waits at most"),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, each as an option and as a setting."""
    group = parser.getgroup("emulator", "Twilio Voice emulator")
    for name, (default, says) in OPTIONS.items():
        text = f"{says} ({default})" if default else says
        group.addoption(f"--emulator-{name.replace('_', '-')}", dest=f"emulator_{name}", help=text)
        parser.addini(f"emulator_{name}", text, default="")


def option(config: pytest.Config, name: str) -> str:
    """Return an option's value: command line, settings, environment, default."""
    key = f"emulator_{name}"
    given = config.getoption(key) or config.getini(key) or os.environ.get(key.upper())
    return str(given or OPTIONS[name][0])


@pytest.fixture(scope="session")
def twilio_server(pytestconfig: pytest.Config) -> Iterator[str]:
    """The emulator's address, for the app that is tested: a running one's, or that of one in this process."""
    running = option(pytestconfig, "url")
    if running:
        yield running
        return
    number = Number(option(pytestconfig, "number"), "PN" + "0" * 32)
    port, account, token = (option(pytestconfig, name) for name in ("port", "account", "token"))
    settings = Settings("127.0.0.1", int(port), account, token, numbers=(number,), clock_mode="manual")
    with Background(settings) as url:
        yield url


@pytest.fixture(scope="session")
def twilio_voice_url(pytestconfig: pytest.Config) -> str:
    """Where calls go. Make a fixture of this name that starts the app and returns its URL, or use the option."""
    return option(pytestconfig, "voice_url")


@pytest.fixture
def twilio(pytestconfig: pytest.Config, twilio_server: str, twilio_voice_url: str) -> Iterator[Emulator]:
    """The emulator as new, time standing still until the test turns it."""
    account, token = option(pytestconfig, "account"), option(pytestconfig, "token")
    emulator = Emulator(twilio_server, account, token, patience=float(option(pytestconfig, "patience")))
    emulator.reset()
    emulator.clock(mode="manual")
    emulator.number(option(pytestconfig, "number"), **_urls(pytestconfig, twilio_voice_url))
    yield emulator
    emulator.reset()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Show with a failed test what its calls were like, unless the failure says so itself."""
    report = yield
    emulator = getattr(item, "funcargs", {}).get("twilio")
    told = call.excinfo is not None and isinstance(call.excinfo.value, InVain)
    if report.when == "call" and report.failed and isinstance(emulator, Emulator) and not told:
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
        return "\n\n".join(map(transcript, emulator.calls())) or "there were none"
    except (EmulatorError, OSError) as error:
        return f"the emulator does not say: {error}"
