"""The catalogue of scenarios: every file in ``scenarios/``, and the switches that cannot be asked."""

from __future__ import annotations

from functools import cache

from midcall_emulator.core.discovery import instances_of
from midcall_emulator.verify import scenarios as package
from midcall_emulator.verify.errors import RefusalError
from midcall_emulator.verify.scenario import Scenario

NOT_ASKED = {
    "keep_connections": "a tunnel hides Twilio's connections from the kit",
    "pay_action_on_failure": "Pay needs a payment connector, which has to be installed in the account first",
}
"""The undecided switches that no scenario can ask, with the reason."""


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Return every scenario, in the order of their names."""
    return tuple(sorted(instances_of(Scenario, package), key=lambda item: item.name))


def chosen(names: list[str]) -> tuple[Scenario, ...]:
    """Return the scenarios with these names, all without names. RefusalError names an unknown one."""
    known = {item.name: item for item in scenarios()}
    if unknown := [name for name in names if name not in known]:
        raise RefusalError(f"There is no scenario {unknown[0]}. `verify --list` shows all of them.")
    return tuple(known[name] for name in known if name in names) if names else scenarios()


def scenario_names() -> dict[str, str]:
    """Return the name of the scenario that decides each switch, or why it cannot be asked."""
    asked = {switch: f"`{item.name}`" for item in scenarios() for switch in item.switches}
    return {switch: f"not asked: {reason}" for switch, reason in NOT_ASKED.items()} | asked
