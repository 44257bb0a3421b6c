"""What could not be recorded: kept in a file, written later, once, in order.

While anything waits here, everything new waits behind it: that keeps the order, and it is the breaker that
spares each webhook its own wait for a database that is locked or gone. One file per host, shared by its
processes through a lock that is held for one write at a time.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

from voice.calls import CallFacts
from voice.errors import RegistryUnavailable
from voice.events import NewEvent

log = logging.getLogger(__name__)
MEMORY_LIMIT = 10_000
DRAIN_SECONDS = 0.5
Record = Callable[[NewEvent, CallFacts | None], Any]


class Spool:
    """A queue of events on disk; in memory, bounded, for as long as not even the disk takes them."""

    def __init__(self, folder: Path):
        self._path = folder / "waiting.jsonl"
        self._rejected = folder / "rejected.jsonl"
        self._unwritten: deque[str] = deque(maxlen=MEMORY_LIMIT)

    @property
    def waiting(self) -> bool:
        """True while something is in the spool: cheap enough to ask in every webhook."""
        try:
            return bool(self._unwritten) or self._path.stat().st_size > 0
        except OSError:
            return False

    def append(self, event: NewEvent, facts: CallFacts | None) -> None:
        """Keep the event for later. Never raises: when the disk is full, memory has to do."""
        key = event.dedupe_key or f"spool:{uuid4()}"
        line = json.dumps(
            {"event": {**asdict(event), "dedupe_key": key}, "facts": facts and asdict(facts)}, default=_iso
        )
        self._unwritten.append(line)
        try:
            self._flush()
        except OSError:
            log.exception("the spool cannot be written; %d events wait in memory", len(self._unwritten))

    def drain(self, record: Record) -> int:
        """Record all that waits, oldest first; how many there were: 0 if another process is at it.

        Raises RegistryUnavailable, and what was not recorded stays.
        Nothing is done twice: each line has a dedupe key, so that a drain that died may start again.
        """
        self._flush()
        try:
            with self._locked("draining.lock", fcntl.LOCK_NB):
                return self._drained(record)
        except BlockingIOError:
            return 0

    def _drained(self, record: Record) -> int:
        done = offset = 0
        while batch := self._lines_from(offset):
            for line in batch:
                self._record(line, record)
                offset += len(line)
                done += 1
                time.sleep(0)  # lets the other greenlets of a web worker have their turn
            if self._emptied(offset):
                break
        return done

    def _flush(self) -> None:
        if not self._unwritten:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._locked("writing.lock"), self._path.open("a+b") as file:
            before = _end_half_line(file)
            try:
                while self._unwritten:
                    file.write(self._unwritten[0].encode() + b"\n")
                    file.flush()
                    before = file.tell()
                    self._unwritten.popleft()
                os.fsync(file.fileno())
            except OSError:
                file.truncate(before)  # no half line may stand before the next one
                raise

    def _lines_from(self, offset: int) -> list[bytes]:
        """Whole lines only: nobody writes meanwhile, so that half a line at the end is from a process that died."""
        try:
            with self._locked("writing.lock"), self._path.open("rb") as file:
                file.seek(offset)
                return file.readlines(1_000_000)
        except FileNotFoundError:
            return []

    def _record(self, line: bytes, record: Record) -> None:
        try:
            record(*_read(line))
        except RegistryUnavailable:
            raise
        except Exception:  # whatever is wrong with it, the others must not wait behind it for ever
            log.exception("an event in the spool cannot be recorded; it is kept in %s", self._rejected)
            with self._rejected.open("ab") as file:
                file.write(line)

    def _emptied(self, offset: int) -> bool:
        """Cut the file to nothing, unless somebody added to it meanwhile."""
        with self._locked("writing.lock"):
            if self._path.stat().st_size > offset:
                return False
            os.truncate(self._path, 0)
            return True

    @contextmanager
    def _locked(self, name: str, how: int = 0) -> Iterator[None]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with (self._path.parent / name).open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX | how)
            yield


def _end_half_line(file: BinaryIO) -> int:
    """Where the next line begins; a half one, left by a process that died, gets its end first."""
    end = file.seek(0, os.SEEK_END)
    if end == 0 or (file.seek(end - 1) and file.read(1) == b"\n"):
        return end
    file.write(b"\n")
    file.flush()
    return end + 1


def _iso(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not for the spool")


def _read(line: bytes) -> tuple[NewEvent, CallFacts | None]:
    kept = json.loads(line)
    event = NewEvent(**{**kept["event"], "at": datetime.fromisoformat(kept["event"]["at"])})
    facts = kept["facts"]
    if facts is None:
        return event, None
    for moment in ("started_at", "ended_at"):
        facts[moment] = facts[moment] and datetime.fromisoformat(facts[moment])
    return event, CallFacts(**facts)


class Recorder:
    """Records an event where it can be recorded now, and spools it where it cannot. Never raises."""

    def __init__(self, record: Record, spool: Spool):
        self._record = record
        self.spool = spool
        self._draining = threading.Lock()

    def record(self, event: NewEvent, facts: CallFacts | None = None) -> None:
        """The event is in the database or in the spool when this returns."""
        if not self.spool.waiting and self._recorded(event, facts):
            return
        self.spool.append(event, facts)
        self.drain_soon()

    def drain_soon(self) -> None:
        """Empty the spool in the background, trying again until it is empty; at most one try at a time."""
        if self.spool.waiting and self._draining.acquire(blocking=False):
            threading.Thread(target=self._drain, name="spool", daemon=True).start()

    def _recorded(self, event: NewEvent, facts: CallFacts | None) -> bool:
        try:
            self._record(event, facts)
        except RegistryUnavailable as error:
            log.warning("recorded later: %s", error.message)
            return False
        except Exception:  # a bug of ours must not cost the caller their call
            log.exception("an event could not be recorded; it waits in the spool")
            return False
        return True

    def _drain(self) -> None:
        try:
            while self.spool.waiting:
                self._try_to_drain()
        finally:
            self._draining.release()

    def _try_to_drain(self) -> None:
        try:
            if self.spool.drain(self._record):
                return
        except (RegistryUnavailable, OSError) as error:
            log.info("the spool waits on: %s", error)
        time.sleep(DRAIN_SECONDS)
