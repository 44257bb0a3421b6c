"""Slots for event streams, shared by the web workers of a host.

The kernel spreads connections unevenly over the workers. With a limit for each worker, one would refuse a stream while
another has room. A slot is a locked byte of a file, so a worker that dies frees its slots.
"""

from __future__ import annotations

import fcntl
import logging
import threading
from pathlib import Path
from typing import BinaryIO

from voice.registry.engine.private_files import make_private_folder, open_private

log = logging.getLogger(__name__)


class StreamSlots:
    """A number of slots. Without a file, this process has all of them."""

    def __init__(self, limit: int, path: Path | None = None):
        self._limit, self._path = limit, path
        self._held: set[int] = set()
        self._lock = threading.Lock()
        self._file: BinaryIO | None = None

    def take(self) -> bool:
        """Take a free slot; False if there is none."""
        with self._lock:
            for slot in range(self._limit):
                if slot not in self._held and self._lock_byte(slot):
                    self._held.add(slot)
                    return True
            return False

    def free(self) -> None:
        """Free one of the slots of this process. They are all alike."""
        with self._lock:
            slot = self._held.pop()
            if self._file is not None:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, slot)

    def _lock_byte(self, slot: int) -> bool:
        file = self._opened()
        if file is None:
            return True
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, slot)
        except OSError:
            return False
        return True

    def _opened(self) -> BinaryIO | None:
        """The file, open as long as the process lives: closing it would free all slots. None if it cannot be opened."""
        if self._file is None and self._path is not None:
            try:
                make_private_folder(self._path.parent)
                self._file = open_private(self._path, "ab")
            except OSError as error:
                log.warning("%s cannot be opened, so workers do not share streams: %s", self._path, error)
                self._path = None
        return self._file
