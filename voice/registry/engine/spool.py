"""The spool: a file of events that could not be recorded. They are recorded later, once and in order.

While the spool holds an event, every new event goes behind it. That keeps the order, and it is the circuit breaker
that spares each webhook its own wait for a database that is locked or unreachable. A host has one file. Its processes
share the file through a lock that each holds for one write at a time.
"""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from voice.calls import CallFacts
from voice.errors import RegistryUnavailable
from voice.events import NewEvent
from voice.registry.engine.private_files import make_private_folder, open_private
from voice.registry.engine.spool_line import Record, decode, encode

log = logging.getLogger(__name__)
MEMORY_LIMIT = 10_000  # events that wait in memory while the disk is full
READ_BYTES = 1_000_000
LOCK_SECONDS = 0.3  # a caller waits as long if another process holds the lock
RETRY_SECONDS = 0.002


class Spool:
    """A queue of events on disk. While the disk takes no more, they wait in memory, up to a limit."""

    def __init__(self, folder: Path):
        self._path = folder / "waiting.jsonl"
        self._rejected = folder / "rejected.jsonl"
        self._unwritten: deque[str] = deque(maxlen=MEMORY_LIMIT)

    @property
    def waiting(self) -> bool:
        """True while the spool holds an event. Cheap enough for every webhook."""
        try:
            return bool(self._unwritten) or self._path.stat().st_size > 0
        except OSError:
            return False

    def append(self, event: NewEvent, facts: CallFacts | None) -> None:
        """Keep the event for later. Never raises: if the disk is full or locked, the event waits in memory."""
        self._unwritten.append(encode(event, facts))
        try:
            self._flush()
        except OSError:
            log.exception("The spool cannot be written. %d events wait in memory.", len(self._unwritten))

    def drain(self, record: Record) -> int:
        """Record all events, oldest first; how many there were, or 0 if another process is draining.

        Raises RegistryUnavailable, and then the remaining events stay. A drain that was stopped can start again: each
        line has a dedupe key, so no event is recorded twice.
        """
        self._flush()
        try:
            with self._locked("draining.lock", 0):
                return self._drain(record)
        except TimeoutError:
            return 0

    def _drain(self, record: Record) -> int:
        done = offset = 0
        while batch := self._lines_from(offset):
            for line in batch:
                self._record(line, record)
                offset += len(line)
                done += 1
                time.sleep(0)  # lets other greenlets of a web worker run
            if self._is_emptied(offset):
                break
        return done

    def _flush(self) -> None:
        if not self._unwritten:
            return
        make_private_folder(self._path.parent)
        with self._locked("writing.lock"), open_private(self._path, "a+b") as file:
            written = _end_partial_line(file)
            try:
                while self._unwritten:
                    file.write(self._unwritten[0].encode() + b"\n")
                    file.flush()
                    written = file.tell()
                    self._unwritten.popleft()
                os.fsync(file.fileno())
            except OSError:
                file.truncate(written)  # the next line must not follow a partial one
                raise

    def _lines_from(self, offset: int) -> list[bytes]:
        """Lines from this offset. No process writes meanwhile, so a partial last line is from one that died."""
        try:
            with self._locked("writing.lock"), self._path.open("rb") as file:
                file.seek(offset)
                return file.readlines(READ_BYTES)
        except FileNotFoundError:
            return []

    def _record(self, line: bytes, record: Record) -> None:
        try:
            record(*decode(line))
        except RegistryUnavailable:
            raise
        except Exception:  # a bad line must not hold up the lines behind it
            log.exception("An event in the spool cannot be recorded. It is kept in %s.", self._rejected)
            with open_private(self._rejected, "ab") as file:
                file.write(line)

    def _is_emptied(self, offset: int) -> bool:
        """Empty the file, unless a process has appended to it since."""
        with self._locked("writing.lock"):
            if self._path.stat().st_size > offset:
                return False
            os.truncate(self._path, 0)
            return True

    @contextmanager
    def _locked(self, name: str, seconds: float = LOCK_SECONDS) -> Iterator[None]:
        """Hold a lock inside this block. Raises TimeoutError if another process holds it for so long.

        The waits are between the tries, where other greenlets run.
        """
        make_private_folder(self._path.parent)
        until = time.monotonic() + seconds
        with open_private(self._path.parent / name, "ab") as file:
            while not _lock(file):
                if time.monotonic() >= until:
                    raise TimeoutError(f"Another process holds {name}.")
                time.sleep(RETRY_SECONDS)
            yield


def _lock(file: BinaryIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _end_partial_line(file: BinaryIO) -> int:
    """Where the next line begins. A partial line, left by a process that died, gets its line end first."""
    end = file.seek(0, os.SEEK_END)
    if end == 0 or (file.seek(end - 1) and file.read(1) == b"\n"):
        return end
    file.write(b"\n")
    file.flush()
    return end + 1
