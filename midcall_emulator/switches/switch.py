"""One switch: its value in each set, what it does, and what is known of Twilio's behavior."""

from __future__ import annotations

from dataclasses import Field, field
from typing import Any, Literal

Basis = Literal["official", "measured", "undecided", "emulator"]

SETS = ("strict", "slow", "lenient")
"""The named sets: ``strict`` is the default, ``slow`` adds latency and disorder, ``lenient`` is version 0.1."""

_SAME = object()


def switch(
    strict: Any, description: str, basis: Basis, source: str = "", *, slow: Any = _SAME, lenient: Any = _SAME
) -> Any:
    """Return the dataclass field of a switch.

    ``strict`` is its default, and its value in every set that names no other. ``basis`` says what is known of
    Twilio: ``official`` (documented), ``measured`` (by others, on real calls), ``undecided`` (nothing settles it),
    or ``emulator`` (the switch is about the emulator, not about Twilio). ``source`` is the page under
    https://www.twilio.com, or what was measured.
    """
    values = {"strict": strict, "slow": slow, "lenient": lenient}
    values = {name: strict if value is _SAME else value for name, value in values.items()}
    return field(
        default=strict,
        metadata={"description": description, "basis": basis, "source": source, "values": values},
    )


def convert(item: Field[Any], value: Any) -> Any:
    """Return the value in the type of the switch's default. ValueError names the switch and its type."""
    kind = type(item.default)
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise ValueError(f"the value of {item.name} must be a {kind.__name__}, not {value!r}")
    return value
