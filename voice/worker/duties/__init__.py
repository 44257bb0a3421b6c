"""The duties of the worker. A new module here is a new duty."""

from __future__ import annotations

import sys
from typing import Any

from voice.catalogue import Catalogue, read
from voice.worker.duty import Duty


def all_duties() -> Catalogue[type[Duty]]:
    """All duties, by name."""
    return read(sys.modules[__name__], _is_duty)


def _is_duty(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, Duty)
