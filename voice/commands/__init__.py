"""Commands: what an operator does to a call or to the account. Each is a small class with typed arguments.

To add one, write a class in a module of this package; see docs/extending.md.
"""

from __future__ import annotations

import inspect
import sys
from typing import Any

from voice.catalogue import Catalogue, read
from voice.control.base import AccountCommand, Arguments, CallCommand, Command, CommandKind

__all__ = ["AccountCommand", "Arguments", "CallCommand", "Command", "all_commands"]


def _is_command(value: Any) -> bool:
    return inspect.isclass(value) and issubclass(value, Command) and bool(value.name)


def all_commands() -> Catalogue[CommandKind]:
    """The catalogue of commands, by name."""
    return read(sys.modules[__name__], _is_command)
