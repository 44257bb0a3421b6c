"""The slots of event streams: processes of a host share them, and a process that dies frees its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from voice.web.stream_slots import StreamSlots

ROOT = Path(__file__).resolve().parents[3]
HOLD = """
import sys, pathlib
from voice.web.stream_slots import StreamSlots
slots = StreamSlots(5, pathlib.Path(sys.argv[1]))
print([slots.take() for _ in range(3)], flush=True)
sys.stdin.read()
"""


def taken(slots: StreamSlots) -> int:
    """Take all free slots; their number."""
    count = 0
    while slots.take():
        count += 1
    return count


def test_processes_share_the_slots_until_one_of_them_dies(tmp_path):
    path = tmp_path / "spool" / "streams.lock"
    slots = StreamSlots(5, path)
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "[True, True, True]\n"
        assert taken(slots) == 2
        other.kill()
        other.wait()
        assert taken(slots) == 3
    slots.free()
    assert taken(slots) == 1


def test_a_file_that_cannot_be_opened_leaves_all_slots_to_the_process(tmp_path):
    (tmp_path / "file").write_text("no folder")
    assert taken(StreamSlots(5, tmp_path / "file" / "streams.lock")) == 5
