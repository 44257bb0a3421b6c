"""The settings of the emulator at the start. A reset restores them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from midcall_emulator.core.numbers import Number
from midcall_emulator.core.people import Person

ACCOUNT = "AC" + "0" * 32
TOKEN = "emulator-token"
NUMBER = "+14155550100"


@dataclass(frozen=True, slots=True)
class Settings:
    """Address, account, numbers, clock and switches.

    ``keys`` are the secrets of API keys by their SID. ``people`` is the person at every number that a call rings.
    """

    host: str = "127.0.0.1"
    port: int = 8001
    account: str = ACCOUNT
    token: str = TOKEN
    keys: dict[str, str] = field(default_factory=dict)
    numbers: tuple[Number, ...] = (Number(NUMBER, "PN" + "0" * 32),)
    clock_mode: str = "real"
    clock_speed: float = 1.0
    switches: dict[str, Any] = field(default_factory=dict)
    people: Person = field(default_factory=Person)
