"""docs/commands.md: every command of the catalogue, in a table for each group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from voice.cli.markdown import table
from voice.control.base import GROUPS, CommandKind

COLUMNS = ("Command", "What it does", "Arguments", "Role")
HEAD = """\
# Commands

`flask docs` generates this page from the catalogue of commands, and a test compares the two. Run a command from the
API, the command line or the console, at once or later (`at`, `after_seconds`). Commands for calls also work in bulk
runs and in rules. A star marks a required argument.
"""


def commands_page(commands: Mapping[str, CommandKind]) -> str:
    """The page, in Markdown."""
    entries = [kind.as_json() for kind in commands.values()]
    sections = [
        _section(title, [entry for entry in entries if entry["group"] == group])
        for group, title in GROUPS.items()
    ]
    return "\n".join([HEAD, *filter(None, sections)])


def _section(title: str, entries: Sequence[dict[str, Any]]) -> str:
    return f"## {title}\n\n{table(COLUMNS, map(_row, entries))}" if entries else ""


def _row(entry: dict[str, Any]) -> Sequence[str]:
    schema = entry["schema"]
    required = schema.get("required", [])
    arguments = [_argument(name, field, name in required) for name, field in schema["properties"].items()]
    about = f"{entry['title']}. {entry['help']}"
    return f"`{entry['name']}`", about, ", ".join(arguments) or "none", entry["role"]


def _argument(name: str, field: Mapping[str, Any], required: bool) -> str:
    default = field.get("default")
    shown = "" if required or default in (None, {}, [], False) else f" ({default})"
    return f"`{name}`{'*' if required else ''}{shown}"
