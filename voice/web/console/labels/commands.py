"""What was asked for, in few words: filters for templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voice.web.console.blueprint import blueprint
from voice.web.console.labels import arguments as outcomes
from voice.web.guards import services

LONGEST = 160


@blueprint.app_template_filter("command_title")
def command_title(name: str) -> str:
    """A command's title; its name if there is no such command any more."""
    kind = services().commands.get(name)
    return kind.title if kind else name


@blueprint.app_template_filter("asked_with")
def asked_with(arguments: Mapping[str, Any], command: str) -> str:
    """The arguments of a command in one line: the first words by themselves, the others with their titles."""
    said = outcomes.arguments(services(), command, _chosen(arguments, command))
    first = [one.value for one in said[:1] if not one.value.isdigit()]  # a number says nothing by itself
    parts = [*first, *(f"{one.title}: {one.value}" for one in said[len(first) :])]
    line = "; ".join(parts)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _chosen(arguments: Mapping[str, Any], command: str) -> dict[str, Any]:
    """Without what is as it would be anyway."""
    kind = services().commands.get(command)
    fields = kind.Arguments.model_fields if kind else {}
    return {
        name: value
        for name, value in arguments.items()
        if name not in fields or value != fields[name].default
    }
