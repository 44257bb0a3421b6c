"""The spool records each event later, once and in order, whatever happens to its file or a process."""

from __future__ import annotations

import fcntl
import multiprocessing
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.clients import new_call_sid
from tests.support.spooled_events import MOMENT, lines_of, numbered_event, recorded_kinds, spool_with
from voice.calls import CallFacts
from voice.errors import RegistryUnavailable
from voice.events import NewEvent
from voice.registry.engine.spool import Spool


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the spool."""
    return tmp_path / "spooled"


def test_spooled_events_are_recorded_once_and_in_order(folder, registry):
    spool = spool_with(folder, 1, 2, 3)
    assert spool.waiting
    assert spool.drain(registry.events.record) == 3
    assert recorded_kinds(registry) == ["k1", "k2", "k3"]
    assert not spool.waiting
    assert spool.drain(registry.events.record) == 0
    assert recorded_kinds(registry) == ["k1", "k2", "k3"]


def test_an_event_is_recorded_with_all_its_fields(folder, registry):
    call_sid, words = new_call_sid(), "\U0001f600 \u2028 <Hangup/>\n\"'"
    event = NewEvent("webhook.scene", "twilio", call_sid, {"said": words}, "key", 7, MOMENT)
    facts = CallFacts(
        call_sid, "completed", words, "+2", "inbound", None, MOMENT, MOMENT, 5, "menu", "https://x"
    )
    Spool(folder).append(event, facts)
    Spool(folder).append(NewEvent("alone", "worker", None, at=MOMENT), None)
    Spool(folder).drain(registry.events.record)
    first, second = registry.events.after(0)
    assert (first.kind, first.at) == ("webhook.scene", MOMENT)
    assert (first.details, first.command_id) == ({"said": words}, 7)
    assert (second.kind, second.call_sid) == ("alone", None)
    call = registry.calls.get(call_sid)
    assert (call.from_, call.status, call.ended_at, call.duration_seconds) == (words, "completed", MOMENT, 5)
    assert (call.scene, call.scene_url) == ("menu", "https://x")


def test_another_process_drains_what_the_last_one_left(folder, registry):
    spool_with(folder, 1, 2)
    assert Spool(folder).waiting
    assert Spool(folder).drain(registry.events.record) == 2


def test_a_line_that_is_drained_twice_is_recorded_once(folder, registry):
    spool = spool_with(folder, 1, 2)
    copy = (folder / "waiting.jsonl").read_bytes()
    spool.drain(registry.events.record)
    (folder / "waiting.jsonl").write_bytes(copy)  # as after a crash before the file was emptied
    assert spool.drain(registry.events.record) == 2
    assert recorded_kinds(registry) == ["k1", "k2"]


def test_a_drain_that_fails_halfway_can_be_repeated(folder, registry):
    spool, failed = spool_with(folder, 1, 2, 3), []

    def fail_once(event: NewEvent, facts: CallFacts | None) -> None:
        if event.kind == "k3" and not failed:
            failed.append(event.kind)
            raise RegistryUnavailable("gone in the middle")
        registry.events.record(event, facts)

    with pytest.raises(RegistryUnavailable):
        spool.drain(fail_once)
    assert recorded_kinds(registry) == ["k1", "k2"]
    assert spool.waiting
    spool.drain(fail_once)
    assert recorded_kinds(registry) == ["k1", "k2", "k3"]


def test_one_process_drains_at_a_time(folder, registry):
    spool = spool_with(folder, 1)
    with (folder / "draining.lock").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert spool.drain(registry.events.record) == 0
    assert (recorded_kinds(registry), spool.waiting) == ([], True)
    assert spool.drain(registry.events.record) == 1


def test_an_event_that_arrives_during_a_drain_is_drained(folder, registry):
    spool = spool_with(folder, 1)

    def append_another(event: NewEvent, facts: CallFacts | None) -> None:
        if event.kind == "k1":
            Spool(folder).append(*numbered_event(2))
        registry.events.record(event, facts)

    assert spool.drain(append_another) == 2
    assert (recorded_kinds(registry), spool.waiting) == (["k1", "k2"], False)


@pytest.mark.parametrize(
    "damaged", [b"no json", b"{}", b"[]", b"null", b'{"event":{"at":"soon"},"facts":null}', b"\xff"]
)
def test_a_damaged_line_goes_to_the_file_of_rejected_lines(folder, registry, damaged):
    spool = spool_with(folder, 1)
    with (folder / "waiting.jsonl").open("ab") as file:
        file.write(damaged + b"\n")
    spool.append(*numbered_event(2))
    assert spool.drain(registry.events.record) == 3
    assert recorded_kinds(registry) == ["k1", "k2"]
    assert lines_of(folder / "rejected.jsonl") == [damaged]


def test_an_event_that_cannot_be_recorded_does_not_hold_up_the_others(folder, registry):
    """An unknown status is a bug of Midcall, not a state of the database, so waiting does not help."""
    spool = spool_with(folder, 1)
    event, facts = numbered_event(2)
    spool.append(event, replace(facts, status="meditating"))
    spool.append(*numbered_event(3))
    spool.drain(registry.events.record)
    assert (recorded_kinds(registry), spool.waiting) == (["k1", "k3"], False)
    assert len(lines_of(folder / "rejected.jsonl")) == 1


def test_a_partial_line_costs_no_other_line(folder, registry):
    """A process was killed, or the machine lost power, in the middle of a line."""
    spool_with(folder, 1, 2)
    waiting = folder / "waiting.jsonl"
    waiting.write_bytes(waiting.read_bytes()[:-20])
    spool = spool_with(folder, 3)
    spool.drain(registry.events.record)
    assert recorded_kinds(registry) == ["k1", "k3"]
    assert len(lines_of(folder / "rejected.jsonl")) == 1


def test_events_wait_in_memory_while_the_disk_cannot_be_written(tmp_path, registry):
    obstacle = tmp_path / "obstacle"
    obstacle.write_text("a file where the folder should be")
    spool = spool_with(obstacle / "spool", 1, 2)
    assert spool.waiting
    with pytest.raises(OSError):
        spool.drain(registry.events.record)
    assert recorded_kinds(registry) == []
    obstacle.unlink()
    spool.append(*numbered_event(3))
    assert len(lines_of(obstacle / "spool" / "waiting.jsonl")) == 3
    assert spool.drain(registry.events.record) == 3
    assert (recorded_kinds(registry), spool.waiting) == (["k1", "k2", "k3"], False)


@contextmanager
def full_disk(file: Path, left: int) -> Iterator[None]:
    """A limit for the size of files, which cuts a write in the middle of a line as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + left, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("left", [0, 40])
def test_a_full_disk_loses_no_line_and_keeps_their_order(folder, registry, left):
    spool = spool_with(folder, 1)
    waiting = folder / "waiting.jsonl"
    with full_disk(waiting, left):
        spool.append(*numbered_event(2))
        spool.append(*numbered_event(3))
    assert len(lines_of(waiting)) - bool(left) <= 1
    spool.append(*numbered_event(4))
    spool.drain(registry.events.record)
    assert (recorded_kinds(registry), spool.waiting) == (["k1", "k2", "k3", "k4"], False)


def append_events(folder: Path, process: int, start: Any) -> None:
    """Append 50 events, some of them longer than any buffer. Runs in its own process."""
    spool = Spool(folder)
    start.wait()
    for number in range(50):
        facts = CallFacts(f"CA{process:032x}", None)
        details = {"long": "x" * (number % 3) * 20_000}
        spool.append(NewEvent(f"k{number}", "twilio", facts.call_sid, details), facts)


def test_processes_append_while_another_one_drains(folder, registry):
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(3, timeout=60)
    processes = [context.Process(target=append_events, args=[folder, number, start]) for number in range(2)]
    for process in processes:
        process.start()
    start.wait()
    spool = Spool(folder)
    while any(process.is_alive() for process in processes) or spool.waiting:
        spool.drain(registry.events.record)
    assert [process.exitcode for process in processes] == [0, 0]
    assert lines_of(folder / "rejected.jsonl") == []
    for number in range(2):
        kinds = [event.kind for event in registry.events.of_call(f"CA{number:032x}")]
        assert kinds == [f"k{number}" for number in range(50)]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", ["writing.lock", "draining.lock"])
def test_a_process_that_keeps_a_lock_delays_no_webhook_and_loses_no_event(folder, registry, name):
    spool = spool_with(folder, 1)
    with (folder / name).open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        for number in (2, 3):
            spool.append(*numbered_event(number))
        assert spool.waiting
        with suppress(TimeoutError):
            assert spool.drain(registry.events.record) == 0
    assert recorded_kinds(registry) == []
    assert spool.drain(registry.events.record) == 3
    assert recorded_kinds(registry) == ["k1", "k2", "k3"]
