"""The last known state of a record, in a file that all processes of a host share."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from voice.registry import EmergencyStop
from voice.registry.engine.kept_record import KeptRecord

STOP = EmergencyStop("Closed.", "ann", datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=UTC))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "folder" / "stop.json"


def kept(path) -> KeptRecord[EmergencyStop]:
    """The record as a new process sees it."""
    return KeptRecord(EmergencyStop, path)


def test_a_record_is_known_to_other_processes_until_it_is_removed(path):
    one, other = kept(path), kept(path)
    assert other.get() is None
    one.keep(STOP)
    assert other.get().message == kept(path).get().message == "Closed."
    one.keep(None)
    assert (one.get(), other.get(), kept(path).get()) == (None, None, None)


def test_an_unchanged_record_is_not_written_again(path):
    kept(path).keep(STOP)
    written = path.stat().st_ino, path.stat().st_mtime_ns
    kept(path).keep(STOP)
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == written


def test_a_file_that_cannot_be_written_leaves_the_record_in_memory(path):
    path.parent.write_text("a file in place of the folder")
    record = kept(path)
    record.keep(STOP)
    assert record.get() == STOP


@pytest.mark.parametrize("content", [b"", b"{", b'{"message": 1}', b"\xff"])
def test_a_damaged_file_counts_as_no_record(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    assert kept(path).get() is None


def test_without_a_file_the_record_is_kept_in_memory():
    record = kept(None)
    record.keep(STOP)
    assert record.get() == STOP
