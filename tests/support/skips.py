"""What a test does that needs a program which is not there."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def left_out(reason: str) -> NoReturn:
    """Skip by name; where nothing may be left out (CI), fail instead."""
    if os.environ.get("NOTHING_LEFT_OUT"):
        pytest.fail(f"nothing may be left out here, but: {reason}")
    pytest.skip(reason)
