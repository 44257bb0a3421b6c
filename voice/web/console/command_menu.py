"""The commands that an operator may run on a call, in the order in which the console offers them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypedDict

from voice.calls import Call
from voice.control.base import GROUPS, CallCommand, call_commands
from voice.operators.roles import Operator
from voice.services import Services

QUICK = 2  # buttons in a row of the list


class MenuEntry(TypedDict):
    """One command in the menu of the list. `group` is empty for the first commands; `quick` is a button in the row."""

    name: str
    title: str
    group: str
    quick: bool
    danger: bool
    shortcut: str


class CommandMenu(NamedTuple):
    """The commands of one call: the first buttons, then the others by the title of their group."""

    buttons: list[type[CallCommand]]
    groups: dict[str, list[type[CallCommand]]]


def menu_of_list(services: Services, operator: Operator) -> list[MenuEntry]:
    """All commands for the list of live calls, the buttons first, then group by group."""
    kinds = _allowed(services, operator)
    buttons = _buttons(kind for kind in kinds if not is_danger(kind))
    rest = [kind for group in GROUPS for kind in kinds if kind.group == group and kind not in buttons]
    quick = buttons[:QUICK]
    return [
        MenuEntry(
            name=kind.name,
            title=kind.title,
            group="" if kind in buttons else GROUPS[kind.group],
            quick=kind in quick,
            danger=is_danger(kind),
            shortcut=kind.shortcut if kind in quick or is_danger(kind) else "",
        )
        for kind in [*buttons, *rest]
    ]


def menu_of_call(services: Services, operator: Operator, call: Call) -> CommandMenu:
    """The commands that are available in the present state of the call."""
    kinds = [kind for kind in _allowed(services, operator) if kind.is_available(services, call)]
    buttons = _buttons(kinds)
    rest = sorted((kind for kind in kinds if kind not in buttons), key=lambda kind: kind.title)
    groups = {title: [kind for kind in rest if kind.group == group] for group, title in GROUPS.items()}
    return CommandMenu(buttons, {title: some for title, some in groups.items() if some})


def is_danger(kind: type[CallCommand]) -> bool:
    """True for a command that ends calls."""
    return kind.group == "end"


def _allowed(services: Services, operator: Operator) -> list[type[CallCommand]]:
    return [kind for kind in call_commands(services.commands).values() if operator.has_role(kind.role)]


def _buttons(kinds: Iterable[type[CallCommand]]) -> list[type[CallCommand]]:
    return sorted((kind for kind in kinds if kind.button), key=lambda kind: kind.button)
