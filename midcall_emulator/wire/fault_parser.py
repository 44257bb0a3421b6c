"""Reads injected faults from JSON."""

from __future__ import annotations

from typing import Any

from midcall_emulator.wire.faults import KINDS, WEBHOOK_FAULTS, Fault

_SIDES = ("rest", "webhook")
_DEFAULT_VALUES = {"status": 500, "execute-then-status": 500, "shuffle": 10, "late": 10}


def parse_fault(item: Any) -> Fault:
    """Return the rule that a JSON object describes. ValueError says what is wrong with it."""
    if not isinstance(item, dict):
        raise ValueError("a fault is an object")
    on, do = _place(item)
    return Fault(on, _match(item), _times(item), do, _value(item, do))


def _place(item: dict[str, Any]) -> tuple[str, str]:
    on, do = item.get("on"), item.get("do")
    if on not in _SIDES or do not in KINDS:
        raise ValueError(
            f"a fault needs 'on' (one of {', '.join(_SIDES)}) and 'do' (one of {', '.join(KINDS)})"
        )
    if on == "rest" and do in WEBHOOK_FAULTS:
        raise ValueError(f"{do!r} is only for webhooks")
    return on, do


def _match(item: dict[str, Any]) -> str | dict[str, Any]:
    match = item.get("match") or ""
    if not isinstance(match, str | dict):
        raise ValueError("'match' is a string or an object")
    return match


def _times(item: dict[str, Any]) -> int | None:
    times = item.get("times", 1)
    if not (times is None or type(times) is int):
        raise ValueError("'times' is a whole number, or -1 or null for always")
    return None if times is None or times < 0 else times


def _value(item: dict[str, Any], do: str) -> float:
    value = item.get("value")
    if value is None:
        return _DEFAULT_VALUES.get(do, 0)
    if not isinstance(value, int | float) or value < 0:
        raise ValueError("'value' is a number, 0 or more")
    return value
