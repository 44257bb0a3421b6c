"""Catalogues: the commands, scenes or rules that the modules of a package define, by name.

A catalogue reads the package, so an entry needs no registration.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any, Generic, Protocol, TypeVar


class Named(Protocol):
    """What a catalogue can hold."""

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


def read(package: ModuleType, is_entry: Callable[[Any], bool]) -> Catalogue[Any]:
    """The catalogue of the entries that the modules of the package define; imported entries do not count."""
    entries = []
    for found in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{found.name}")
        values = vars(module).values()
        entries += [value for value in values if is_entry(value) and value.__module__ == module.__name__]
    return Catalogue(entries)
