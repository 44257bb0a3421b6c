"""The cores of the webhook part: one for the server under test, one for the load."""

import os
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cores:
    """The core of the server and the core of the load; None on a machine with one core."""

    server: int | None
    load: int | None


def cores() -> Cores:
    """The first two cores that this process may use."""
    allowed = sorted(os.sched_getaffinity(0))
    return Cores(allowed[0], allowed[1]) if len(allowed) > 1 else Cores(None, None)


def pinned(core: int | None, command: Sequence[str]) -> list[str]:
    """The command, bound to one core; None leaves the choice to the system."""
    return list(command) if core is None else ["taskset", "-c", str(core), *command]
