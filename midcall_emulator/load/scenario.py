"""A scenario: how many callers, how often one dials, and what each kind of caller does; read from a file."""

from __future__ import annotations

import runpy
import tomllib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from midcall_emulator.load.caller import Caller, CutOff
from midcall_emulator.settings import NUMBER

Play = Callable[[Caller], Awaitable[None]]
ARRIVALS = ("steady", "random")


class Unreadable(ValueError):
    """What is wrong with a scenario."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of caller: ``play`` is what they do, ``share`` how many of them there are beside the others."""

    name: str
    play: Play
    share: float = 1.0


async def anybody(caller: Caller) -> None:
    """Listen, think, press 1, listen, hang up; an app that hangs up first is all right."""
    await caller.hears()
    with suppress(CutOff):
        await caller.wait(1, 3)
        await caller.press("1")
        await caller.wait(2, 5)


@dataclass(frozen=True, slots=True)
class Scenario:
    """``rate`` is callers per real second; ``arrivals`` are steady, or random with that rate on average."""

    callers: int = 100
    rate: float = 10.0
    arrivals: str = "steady"
    to: str = NUMBER
    voice_url: str = ""
    seed: int = 1
    kinds: tuple[Kind, ...] = (Kind("anybody", anybody),)

    def __post_init__(self) -> None:
        if not (self.callers > 0 and self.rate > 0 and self.arrivals in ARRIVALS):
            raise Unreadable(
                f"callers and rate must be above 0, arrivals one of {', '.join(ARRIVALS)}; there are "
                f"callers {self.callers}, rate {self.rate}, arrivals {self.arrivals!r}"
            )


def read(file: Path) -> dict[str, Any]:
    """Return the fields of a scenario in TOML, or in Python (``.py``); Unreadable says what is wrong."""
    try:
        found = runpy.run_path(str(file)) if file.suffix == ".py" else tomllib.loads(file.read_text())
        kinds = _functions(found) if file.suffix == ".py" else _scripts(found)
    except (OSError, ValueError, SyntaxError, KeyError, TypeError) as error:
        raise Unreadable(f"{file}: {error if str(error) else repr(error)}") from error
    names = {field.name for field in fields(Scenario)} - {"kinds"}
    return {name: value for name, value in found.items() if name in names} | (
        {"kinds": kinds} if kinds else {}
    )


def _functions(found: dict[str, Any]) -> tuple[Kind, ...]:
    """Return the kinds of a Python file: its ``kinds``, or its coroutine ``call``."""
    kinds = found.get("kinds") or ([Kind("call", found["call"])] if "call" in found else ())
    if not all(isinstance(kind, Kind) for kind in kinds):
        raise Unreadable("kinds must be a list of midcall_emulator.load.scenario.Kind")
    return tuple(kinds)


def _scripts(found: dict[str, Any]) -> tuple[Kind, ...]:
    strange = set(found) - {field.name for field in fields(Scenario)} - {"caller"}
    if strange:
        raise Unreadable(f"nobody knows {', '.join(sorted(strange))}")
    return tuple(_script(kind, index) for index, kind in enumerate(found.get("caller", [])))


def _script(kind: dict[str, Any], index: int) -> Kind:
    steps, think = [dict(step) for step in kind["steps"]], _span(kind.get("think", 0))
    for step in steps:
        if not set(step) & set(_STEPS):
            raise Unreadable(f"a step is one of {', '.join(_STEPS)}, not {step}")

    async def play(caller: Caller) -> None:
        for step in steps:
            name = next(name for name in _STEPS if name in step)
            if name in ("press", "speak", "hangup"):
                await caller.wait(*think)
            await _STEPS[name](caller, step)

    return Kind(kind.get("name", f"caller {index + 1}"), play, kind.get("share", 1.0))


def _span(value: Any) -> tuple[float, float]:
    low, high = value if isinstance(value, list) else (value, value)
    return float(low), float(high)


_STEPS: dict[str, Callable[[Caller, dict[str, Any]], Awaitable[None]]] = {
    "hears": lambda caller, step: caller.hears(step["hears"], step.get("within", 30)),
    "press": lambda caller, step: caller.press(step["press"]),
    "speak": lambda caller, step: caller.speak(step["speak"], step.get("seconds")),
    "wait": lambda caller, step: caller.wait(*_span(step["wait"])),
    "hangup": lambda caller, step: caller.hangup(),
    "ends": lambda caller, step: caller.ends(step["ends"]),
}
