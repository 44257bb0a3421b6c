"""Scenario files: callers as steps in TOML, or as coroutines in Python."""

from __future__ import annotations

import runpy
import tomllib
from collections.abc import Awaitable, Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

from midcall_emulator.load.caller import Caller
from midcall_emulator.load.scenario import Kind, Scenario, ScenarioError


def read(file: Path) -> dict[str, Any]:
    """Return the fields of a scenario from a file in TOML or Python (``.py``); ScenarioError if it is invalid."""
    try:
        content = runpy.run_path(str(file)) if file.suffix == ".py" else tomllib.loads(file.read_text())
        kinds = _python_kinds(content) if file.suffix == ".py" else _toml_kinds(content)
    except (OSError, ValueError, SyntaxError, KeyError, TypeError) as error:
        raise ScenarioError(f"{file}: {error if str(error) else repr(error)}") from error
    names = {field.name for field in fields(Scenario)} - {"kinds"}
    values = {name: value for name, value in content.items() if name in names}
    return values | ({"kinds": kinds} if kinds else {})


def _python_kinds(content: dict[str, Any]) -> tuple[Kind, ...]:
    """Return the ``kinds`` of a Python file, or one kind made of its coroutine ``call``."""
    kinds = content.get("kinds") or ([Kind("call", content["call"])] if "call" in content else ())
    if not all(isinstance(kind, Kind) for kind in kinds):
        raise ScenarioError("kinds must be a list of midcall_emulator.load.scenario.Kind")
    return tuple(kinds)


def _toml_kinds(content: dict[str, Any]) -> tuple[Kind, ...]:
    unknown = set(content) - {field.name for field in fields(Scenario)} - {"caller"}
    if unknown:
        raise ScenarioError(f"unknown setting: {', '.join(sorted(unknown))}")
    return tuple(_toml_kind(table, index) for index, table in enumerate(content.get("caller", [])))


def _toml_kind(table: dict[str, Any], index: int) -> Kind:
    steps, think = [dict(step) for step in table["steps"]], _span(table.get("think", 0))
    for step in steps:
        if not set(step) & set(_STEPS):
            raise ScenarioError(f"a step is one of {', '.join(_STEPS)}, not {step}")

    async def play(caller: Caller) -> None:
        for step in steps:
            name = next(name for name in _STEPS if name in step)
            if name in ("press", "speak", "hangup"):
                await caller.wait(*think)
            await _STEPS[name](caller, step)

    return Kind(table.get("name", f"caller {index + 1}"), play, table.get("share", 1.0))


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
