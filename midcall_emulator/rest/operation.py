"""Operations of the REST API: functions from a request to a response, with a method and paths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from multidict import MultiMapping

from midcall_emulator.rest.response import Response
from midcall_emulator.rest.world import RestWorld


@dataclass(frozen=True, slots=True)
class Request:
    """An authenticated request. ``ids`` are the variable parts of the path, ``params`` the query or the form.

    Parameter names are case-sensitive.
    """

    world: RestWorld
    path: str
    ids: dict[str, str]
    params: MultiMapping[str]

    def get(self, name: str, default: str = "") -> str:
        """Return a parameter, or the default if it is missing or empty."""
        return self.params.get(name) or default

    def get_all(self, name: str, default: str) -> list[str]:
        """Return all values of a repeated parameter, or the default if it is missing."""
        return self.params.getall(name, [default])


Perform = Callable[[Request], Response]


@dataclass(frozen=True, slots=True)
class Operation:
    """A function with the method and the paths that it serves, below the account."""

    method: str
    paths: tuple[str, ...]
    perform: Perform


def operation(method: str, *paths: str) -> Callable[[Perform], Operation]:
    """Make the decorated function an operation. Paths end in ``.json``; the other formats follow from that."""
    return lambda perform: Operation(method, paths, perform)
