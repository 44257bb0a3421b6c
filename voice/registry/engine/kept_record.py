"""The last known state of a record, kept in a file: it survives a restart while the database is unavailable."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from voice.registry.engine.private_files import make_private_folder, open_private

Record = TypeVar("Record")
log = logging.getLogger(__name__)
_Signature = tuple[int, int, int]


class KeptRecord(Generic[Record]):
    """A record or None. All processes of a host share the file; without a file the record is kept in memory."""

    def __init__(self, kind: type[Record], path: Path | None):
        self._adapter: TypeAdapter[Record] = TypeAdapter(kind)
        self._path = path
        self._known: Record | None = None
        self._signature: _Signature | None = None  # of the file that `_known` was read from

    def get(self) -> Record | None:
        """The record that was kept last. Reads the file only if it has changed."""
        signature = self._sign()
        if signature != self._signature:
            self._known, self._signature = self._read(), signature
        return self._known

    def keep(self, record: Record | None) -> None:
        """Keep the record. Never raises: if the disk takes no more, this process keeps it in memory."""
        form = self._form(record)
        if self._form(self.get()) == form:
            return
        self._known = record
        try:
            self._write(form)
        except OSError as error:
            log.warning("%s cannot be written: %s", self._path, error)
        self._signature = self._sign()

    def _sign(self) -> _Signature | None:
        try:
            found = self._path.stat() if self._path else None
        except OSError:
            return None
        return (found.st_ino, found.st_mtime_ns, found.st_size) if found else None

    def _read(self) -> Record | None:
        try:
            record: Record | None = (
                self._adapter.validate_json(self._path.read_bytes()) if self._path else None
            )
        except (OSError, ValueError) as error:
            log.warning("%s cannot be read: %s", self._path, error)
            return None
        return record

    def _form(self, record: Record | None) -> bytes | None:
        """What the file holds for the record. Its times have milliseconds; those of the database are more precise."""
        return None if record is None else self._adapter.dump_json(record)

    def _write(self, form: bytes | None) -> None:
        """Replace the file in one step: other processes read the old record or the new one."""
        if self._path is None:
            return
        if form is None:
            self._path.unlink(missing_ok=True)
            return
        make_private_folder(self._path.parent)
        new = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with open_private(new, "wb") as file:
            file.write(form)
        new.replace(self._path)
