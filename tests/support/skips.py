"""Skip a test if a program that it needs is not installed."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def left_out(reason: str) -> NoReturn:
    """Skip the test with the name of what is missing. In CI, where nothing may be skipped, fail."""
    if os.environ.get("NOTHING_LEFT_OUT"):
        pytest.fail(f"no test may be skipped here, but this is missing: {reason}")
    pytest.skip(reason)
