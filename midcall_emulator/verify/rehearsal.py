"""A rehearsal: the emulator plays Twilio, on a clock that stands still, so that a run takes no account and no money."""

from __future__ import annotations

from typing import Any

from midcall_emulator.core.numbers import Number
from midcall_emulator.settings import NUMBER, Settings

OTHER_NUMBER = "+14155550101"


def rehearsal_settings(switches: dict[str, Any]) -> Settings:
    """Return the settings of an emulator with two numbers."""
    numbers = (Number(NUMBER, "PN" + "0" * 32), Number(OTHER_NUMBER, "PN" + "1" * 32))
    return Settings(port=0, numbers=numbers, clock_mode="manual", switches=switches)
