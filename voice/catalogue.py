"""A catalogue: everything of one kind that the modules of a package define, by name.

Nothing registers itself: the package is read, so that a new file is in the catalogue by being there.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any, Generic, Protocol, TypeVar


class Named(Protocol):
    """What can stand in a catalogue."""

    name: str


Entry = TypeVar("Entry", bound=Named)


class Catalogue(Mapping[str, Entry], Generic[Entry]):
    """The entries by name, in alphabetical order."""

    def __init__(self, entries: list[Entry]):
        self._entries = {entry.name: entry for entry in sorted(entries, key=lambda entry: entry.name)}

    def __getitem__(self, name: str) -> Entry:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def read(package: ModuleType, belongs: Callable[[Any], bool]) -> Catalogue[Any]:
    """The catalogue of all that belongs, found in the modules of `package` where it is defined."""
    entries = []
    for found in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{found.name}")
        entries += [
            thing for thing in vars(module).values() if belongs(thing) and thing.__module__ == module.__name__
        ]
    return Catalogue(entries)
