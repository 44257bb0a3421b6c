"""Batches of rows, one for each statement."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

from voice.registry.engine.limits import ROWS_PER_STATEMENT

Item = TypeVar("Item")


def in_batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """The items in batches, one for each statement. Between two batches other greenlets of the process run."""
    for start in range(0, len(items), ROWS_PER_STATEMENT):
        if start:
            time.sleep(0)
        yield items[start : start + ROWS_PER_STATEMENT]
