"""Commands: what an operator does to a live call. Each is a small class with typed arguments.

Write one file here with one class, and everything else follows from the catalogue.
"""

from __future__ import annotations

import inspect
import sys
from typing import Any

from voice.catalogue import Catalogue, read
from voice.control.base import AccountCommand, Arguments, CallCommand, Command, CommandKind

__all__ = ["AccountCommand", "Arguments", "CallCommand", "Command", "all_commands"]


def _is_command(thing: Any) -> bool:
    return inspect.isclass(thing) and issubclass(thing, Command) and bool(getattr(thing, "name", ""))


def all_commands() -> Catalogue[CommandKind]:
    """The catalogue of commands, by name."""
    return read(sys.modules[__name__], _is_command)
