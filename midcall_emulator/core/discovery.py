"""Discovery: the modules below a package are read, so a new file takes effect without an entry in any list."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import TypeVar

Kind = TypeVar("Kind")


def modules_below(package: ModuleType) -> Iterator[ModuleType]:
    """Import and yield every module below a package, in alphabetical order."""
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def instances_of(kind: type[Kind], package: ModuleType) -> list[Kind]:
    """Return every instance of a class that a module below a package has as a global name."""
    values = [value for module in modules_below(package) for value in vars(module).values()]
    return list({id(value): value for value in values if isinstance(value, kind)}.values())
