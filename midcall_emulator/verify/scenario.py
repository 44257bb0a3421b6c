"""The declaration of a scenario: the question, the switches that it decides, and what it needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from midcall_emulator.verify.stage import Stage

Value = bool | str | float
Run = Callable[[Stage], Awaitable[Value]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One question to Twilio.

    ``switches`` are the emulator's switches that the answer decides. Without a switch, ``emulator`` is the emulator's
    answer. ``calls`` is how many times one number calls the other, ``seconds`` the usual duration. Answers that are
    measured in ``unit`` may differ by ``tolerance``.
    """

    name: str
    question: str
    run: Run
    switches: tuple[str, ...]
    emulator: Value | None
    calls: int
    seconds: int
    tolerance: float
    unit: str


def scenario(
    question: str,
    *,
    switches: str = "",
    emulator: Value | None = None,
    calls: int = 1,
    seconds: int = 20,
    tolerance: float = 0.0,
    unit: str = "",
) -> Callable[[Run], Scenario]:
    """Make the decorated function a scenario with the name of its module; ``switches`` is separated by spaces."""

    def declare(run: Run) -> Scenario:
        name = run.__module__.rpartition(".")[2]
        return Scenario(
            name, question, run, tuple(switches.split()), emulator, calls, seconds, tolerance, unit
        )

    return declare
