"""What every test may use: a page in Chromium. The app's fixtures are in tests/support/fixtures.py.

With ``-p midcall_emulator.pytest_plugin --emulator-switches slow``, the emulators of the tests start with that set.
"""

import os

import pytest

from tests.support.browser import browser, complaints, page  # noqa: F401 (fixtures)


def pytest_configure(config: pytest.Config) -> None:
    """Pass the set of switches on to the emulators that tests start."""
    if named_set := config.getoption("emulator_switches", ""):
        os.environ["EMULATOR_SWITCHES"] = named_set
