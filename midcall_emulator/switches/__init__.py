"""The switches: one for each behavior that Twilio does not document, or whose strictness a test may choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, asdict, dataclass, fields
from typing import Any, Protocol

from midcall_emulator.switches.account import AccountSwitches
from midcall_emulator.switches.calls import CallSwitches
from midcall_emulator.switches.chance import Chance
from midcall_emulator.switches.conferences import ConferenceSwitches
from midcall_emulator.switches.dial import DialSwitches
from midcall_emulator.switches.documents import DocumentSwitches
from midcall_emulator.switches.inputs import InputSwitches
from midcall_emulator.switches.rest import RestSwitches
from midcall_emulator.switches.switch import SETS, convert
from midcall_emulator.switches.webhooks import WebhookSwitches


@dataclass
class Switches(
    WebhookSwitches,
    ConferenceSwitches,
    DialSwitches,
    InputSwitches,
    DocumentSwitches,
    CallSwitches,
    RestSwitches,
    AccountSwitches,
):
    """The values of the switches. Seconds are virtual, unless the description says otherwise.

    ``chance`` draws by lot; a new ``seed`` starts it again.
    """

    def __post_init__(self) -> None:
        self.chance = Chance(self.seed)

    def as_dict(self) -> dict[str, Any]:
        """Return every switch with its value."""
        return asdict(self)

    def set(self, changes: dict[str, Any]) -> None:
        """Set switches by name; ``set`` names a set, which is applied first.

        ValueError names an unknown switch or set, or a value of another type. Then no switch has changed.
        """
        values = values_of(changes["set"]) if "set" in changes else {}
        values |= {name: _converted(name, value) for name, value in changes.items() if name != "set"}
        for name, value in values.items():
            setattr(self, name, value)
        if "seed" in values:
            self.chance = Chance(self.seed)


def values_of(name: str) -> dict[str, Any]:
    """Return the value of each switch in a set. ValueError lists the sets if there is none of this name."""
    if name not in SETS:
        raise ValueError(f"unknown set {name!r}; the sets of switches are {', '.join(SETS)}")
    return {item.name: item.metadata["values"][name] for item in fields(Switches)}


def descriptions() -> dict[str, str]:
    """Return the description of each switch."""
    return {name: item.metadata["description"] for name, item in _fields().items()}


def coverage_rows(asked_by: Mapping[str, str]) -> list[str]:
    """Return a row of COVERAGE.md's table for each switch; ``asked_by`` is what asks Twilio about it."""
    return [f"{_row(item)} {asked_by.get(item.name, '')} |".replace("  |", " |") for item in fields(Switches)]


def undecided() -> list[str]:
    """Return the switches whose behavior nothing settles."""
    return [item.name for item in fields(Switches) if item.metadata["basis"] == "undecided"]


def _row(item: Field[Any]) -> str:
    about = item.metadata
    values = " | ".join(f"`{about['values'][name]!r}`" for name in SETS)
    known = f"{about['basis']}: {about['source']}" if about["source"] else about["basis"]
    return f"| `{item.name}` | {values} | {about['description']} | {known} |"


def _converted(name: str, value: Any) -> Any:
    known = _fields()
    if name not in known:
        raise ValueError(f"unknown switch {name!r}; the switches are {', '.join(sorted(known))}")
    return convert(known[name], value)


def _fields() -> dict[str, Field[Any]]:
    return {item.name: item for item in fields(Switches)}


class HasSwitches(Protocol):
    """Offers the switches."""

    switches: Switches
