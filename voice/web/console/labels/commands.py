"""Commands: the title, the arguments in one line, and the message after a command was sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voice.control.base import CommandKind
from voice.registry import CommandRecord, Plan
from voice.web.console.blueprint import blueprint
from voice.web.console.labels.arguments import command_arguments
from voice.web.guards import services

LONGEST_SUMMARY = 160  # characters
RESULTS = {
    "requested": "sent to Twilio.",
    "confirmed": "done.",
    "unconfirmed": "not confirmed. Midcall asks Twilio for the result.",
}


@blueprint.app_template_filter("command_title")
def command_title(name: str) -> str:
    """The title of a command; its name if the catalogue no longer has the command."""
    kind = services().commands.get(name)
    return kind.title if kind else name


@blueprint.app_template_filter("argument_summary")
def argument_summary(arguments: Mapping[str, Any], command: str) -> str:
    """The arguments of a command in one line: the first text without its label, the others with theirs."""
    values = command_arguments(services(), command, _without_defaults(arguments, command))
    first = [one.value for one in values[:1] if not one.value.isdigit()]  # a number needs its label
    parts = [*first, *(f"{one.label}: {one.value}" for one in values[len(first) :])]
    line = "; ".join(parts)
    return line if len(line) <= LONGEST_SUMMARY else f"{line[: LONGEST_SUMMARY - 1]}…"


def sent_message(kind: CommandKind, sent: CommandRecord | Plan) -> str:
    """The message after a command was sent or scheduled."""
    if isinstance(sent, Plan):
        return f"{kind.title}: scheduled."
    if sent.message:
        return f"{kind.title}: {sent.message}"
    if sent.state == "accepted":
        return f"{kind.sent_noun or f'{kind.title}:'} sent, waiting for confirmation"
    return f"{kind.title}: {RESULTS.get(sent.state, sent.state)}"


def _without_defaults(arguments: Mapping[str, Any], command: str) -> dict[str, Any]:
    kind = services().commands.get(command)
    fields = kind.Arguments.model_fields if kind else {}
    return {
        name: value
        for name, value in arguments.items()
        if name not in fields or value != fields[name].default
    }
