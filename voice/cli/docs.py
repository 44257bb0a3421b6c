"""`flask docs`: the pages of docs/ that are made from the catalogues."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import click
from flask.cli import with_appcontext

from voice.cli.output import services
from voice.config import ROOT
from voice.control.base import GROUPS, CommandKind

COMMANDS_PAGE = ROOT / "docs" / "commands.md"
HEAD = """\
# Commands

Made from the catalogue by `flask docs`; a test holds it to the code. Each can be run from the API, the command
line and the console, at once or later (`at`, `after_seconds`); those for calls also in bulk and in rules. An
argument with a star is required.
"""


@click.command()
@with_appcontext
def docs() -> None:
    """Write docs/commands.md."""
    COMMANDS_PAGE.write_text(commands_page(services().commands))
    click.echo(f"{COMMANDS_PAGE.name} is written")


def commands_page(commands: Mapping[str, CommandKind]) -> str:
    """The page, in Markdown: a table for each group."""
    shown = [kind.as_json() for kind in commands.values()]
    tables = [_table(group, [one for one in shown if one["group"] == group]) for group in GROUPS]
    return "\n".join([HEAD, *(table for table in tables if table)])


def _table(group: str, commands: Iterable[dict[str, Any]]) -> str:
    rows = [_row(one) for one in commands]
    if not rows:
        return ""
    head = ("| command | what it does | arguments | role |", "|---|---|---|---|")
    return "\n".join([f"## {GROUPS[group]}\n", *head, *rows, ""])


def _row(command: dict[str, Any]) -> str:
    schema = command["schema"]
    required = schema.get("required", [])
    arguments = ", ".join(
        _argument(name, field, name in required) for name, field in schema["properties"].items()
    )
    cells = (
        f"`{command['name']}`",
        f"{command['title']}. {command['help']}",
        arguments or "none",
        command["role"],
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _argument(name: str, field: Mapping[str, Any], required: bool) -> str:
    default = field.get("default")
    told = "" if required or default in (None, {}, [], False) else f" ({default})"
    return f"`{name}`{'*' if required else ''}{told}"
