"""The spool: what could not be recorded is recorded later, once, in order, whatever happens to file and process."""

from __future__ import annotations

import fcntl
import multiprocessing
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.clients import new_call_sid
from tests.support.ports import free_port
from voice.calls import CallFacts
from voice.errors import RegistryUnavailable
from voice.events import NewEvent
from voice.registry import Registry
from voice.registry.engine.recorder import Recorder
from voice.registry.engine.spool import Spool

MOMENT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the spool is."""
    return tmp_path / "spooled"


@pytest.fixture(autouse=True)
def threads_end() -> Iterator[None]:
    """No thread that drains goes on after its test; those of other tests, whose database is gone, do."""
    _OTHERS.clear()
    _OTHERS.update(threading.enumerate())
    yield
    drained()


def drained() -> None:
    """Wait for the threads that empty a spool in the background."""
    for thread in set(threading.enumerate()) - _OTHERS:
        if thread.name == "spool":
            thread.join()


_OTHERS: set[threading.Thread] = set()


def fact(number: int, key: str | None = None) -> tuple[NewEvent, CallFacts]:
    """One event and what it says of its call."""
    call_sid = new_call_sid()
    return NewEvent(f"k{number}", "twilio", call_sid, {"n": number}, key, at=MOMENT), CallFacts(
        call_sid, "ringing"
    )


def spooled(folder: Path, *numbers: int) -> Spool:
    """A spool in which events wait."""
    spool = Spool(folder)
    for number in numbers:
        spool.append(*fact(number))
    return spool


def kinds(registry: Registry) -> list[str]:
    return [event.kind for event in registry.events.after(0)]


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines() if path.exists() else []


def test_what_waits_is_recorded_in_order_and_once(folder, registry):
    spool = spooled(folder, 1, 2, 3)
    assert spool.waiting
    assert spool.drain(registry.events.record) == 3
    assert kinds(registry) == ["k1", "k2", "k3"]
    assert not spool.waiting
    assert spool.drain(registry.events.record) == 0
    assert kinds(registry) == ["k1", "k2", "k3"]


def test_an_event_comes_out_as_it_went_in(folder, registry):
    call_sid, words = new_call_sid(), "\U0001f600 \u2028 <Hangup/>\n\"'"
    event = NewEvent("webhook.scene", "twilio", call_sid, {"said": words}, "key", 7, MOMENT)
    facts = CallFacts(
        call_sid, "completed", words, "+2", "inbound", None, MOMENT, MOMENT, 5, "menu", "https://x"
    )
    Spool(folder).append(event, facts)
    Spool(folder).append(NewEvent("alone", "worker", None, at=MOMENT), None)
    Spool(folder).drain(registry.events.record)
    first, second = registry.events.after(0)
    assert (first.kind, first.at, first.details, first.command_id) == (
        "webhook.scene",
        MOMENT,
        {"said": words},
        7,
    )
    assert (second.kind, second.call_sid) == ("alone", None)
    call = registry.calls.get(call_sid)
    assert (call.from_, call.status, call.ended_at, call.duration_seconds) == (words, "completed", MOMENT, 5)
    assert (call.scene, call.scene_url) == ("menu", "https://x")


def test_another_process_finds_what_the_last_one_left(folder, registry):
    spooled(folder, 1, 2)
    assert Spool(folder).waiting
    assert Spool(folder).drain(registry.events.record) == 2


def test_draining_the_same_lines_twice_is_harmless(folder, registry):
    spool = spooled(folder, 1, 2)
    copy = (folder / "waiting.jsonl").read_bytes()
    spool.drain(registry.events.record)
    (folder / "waiting.jsonl").write_bytes(copy)  # as after a crash before the file was emptied
    assert spool.drain(registry.events.record) == 2
    assert kinds(registry) == ["k1", "k2"]


def test_a_drain_that_dies_is_begun_again(folder, registry):
    spool, told = spooled(folder, 1, 2, 3), []

    def dies(event: NewEvent, facts: CallFacts | None) -> None:
        if event.kind == "k3" and not told:
            told.append(event.kind)
            raise RegistryUnavailable("gone in the middle")
        registry.events.record(event, facts)

    with pytest.raises(RegistryUnavailable):
        spool.drain(dies)
    assert kinds(registry) == ["k1", "k2"]
    assert spool.waiting
    spool.drain(dies)
    assert kinds(registry) == ["k1", "k2", "k3"]


def test_only_one_drains_at_a_time(folder, registry):
    spool = spooled(folder, 1)
    with (folder / "draining.lock").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert spool.drain(registry.events.record) == 0
    assert (kinds(registry), spool.waiting) == ([], True)
    assert spool.drain(registry.events.record) == 1


def test_what_comes_during_a_drain_is_drained_too(folder, registry):
    spool = spooled(folder, 1)

    def another(event: NewEvent, facts: CallFacts | None) -> None:
        if event.kind == "k1":
            Spool(folder).append(*fact(2))
        registry.events.record(event, facts)

    assert spool.drain(another) == 2
    assert (kinds(registry), spool.waiting) == (["k1", "k2"], False)


@pytest.mark.parametrize(
    "bad", [b"no json", b"{}", b"[]", b"null", b'{"event":{"at":"soon"},"facts":null}', b"\xff"]
)
def test_a_line_that_cannot_be_read_is_kept_aside(folder, registry, bad):
    spool = spooled(folder, 1)
    with (folder / "waiting.jsonl").open("ab") as file:
        file.write(bad + b"\n")
    spool.append(*fact(2))
    assert spool.drain(registry.events.record) == 3
    assert kinds(registry) == ["k1", "k2"]
    assert lines(folder / "rejected.jsonl") == [bad]


def test_an_event_that_nobody_can_record_does_not_hold_up_the_others(folder, registry):
    """A status that nobody knows is a bug of ours: no state of the database, and no reason to wait."""
    spool = spooled(folder, 1)
    event, facts = fact(2)
    spool.append(event, replace(facts, status="meditating"))
    spool.append(*fact(3))
    spool.drain(registry.events.record)
    assert (kinds(registry), spool.waiting) == (["k1", "k3"], False)
    assert len(lines(folder / "rejected.jsonl")) == 1


def test_a_half_line_costs_no_other_line(folder, registry):
    """A process was killed, or the machine lost power, in the middle of a line."""
    spooled(folder, 1, 2)
    waiting = folder / "waiting.jsonl"
    waiting.write_bytes(waiting.read_bytes()[:-20])
    spool = spooled(folder, 3)
    spool.drain(registry.events.record)
    assert kinds(registry) == ["k1", "k3"]
    assert len(lines(folder / "rejected.jsonl")) == 1


def test_without_a_disk_memory_has_to_do(tmp_path, registry):
    obstacle = tmp_path / "obstacle"
    obstacle.write_text("a file where the folder should be")
    spool = spooled(obstacle / "spool", 1, 2)
    assert spool.waiting
    with pytest.raises(OSError):
        spool.drain(registry.events.record)
    assert kinds(registry) == []
    obstacle.unlink()
    spool.append(*fact(3))
    assert len(lines(obstacle / "spool" / "waiting.jsonl")) == 3
    assert spool.drain(registry.events.record) == 3
    assert (kinds(registry), spool.waiting) == (["k1", "k2", "k3"], False)


def append_some(folder: Path, process: int, start: Any) -> None:
    """In a process of its own: 50 events, some of them longer than any buffer."""
    spool = Spool(folder)
    start.wait()
    for number in range(50):
        call_sid = f"CA{process:032x}"
        spool.append(
            NewEvent(f"k{number}", "twilio", call_sid, {"long": "x" * (number % 3) * 20_000}),
            CallFacts(call_sid, None),
        )


def test_several_processes_append_while_another_drains(folder, registry):
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(3, timeout=60)
    processes = [context.Process(target=append_some, args=[folder, number, start]) for number in range(2)]
    for process in processes:
        process.start()
    start.wait()
    spool = Spool(folder)
    while any(process.is_alive() for process in processes) or spool.waiting:
        spool.drain(registry.events.record)
    assert [process.exitcode for process in processes] == [0, 0]
    assert lines(folder / "rejected.jsonl") == []
    for number in range(2):
        told = [event.kind for event in registry.events.of_call(f"CA{number:032x}")]
        assert told == [f"k{number}" for number in range(50)]


# The recorder, which decides between database and spool


@pytest.fixture(params=["nobody listens", "below a file"])
def unreachable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Registry]:
    """A registry whose database cannot be reached."""
    (tmp_path / "file").write_text("no folder")
    urls = {
        "nobody listens": f"postgresql+psycopg://midcall@127.0.0.1:{free_port()}/x",
        "below a file": f"sqlite:///{tmp_path / 'file' / 'midcall.db'}",
    }
    registry = Registry(urls[request.param])
    yield registry
    registry.close()


def test_what_can_be_recorded_is_not_spooled(folder, registry):
    recorder = Recorder(registry.events.record, Spool(folder))
    recorder.record(*fact(1))
    assert (kinds(registry), recorder.spool.waiting, folder.exists()) == (["k1"], False, False)


def test_new_events_wait_behind_the_spool(folder, registry):
    recorder = Recorder(registry.events.record, spooled(folder, 1, 2))
    recorder.record(*fact(3))
    drained()
    recorder.record(*fact(4))
    assert (kinds(registry), recorder.spool.waiting) == (["k1", "k2", "k3", "k4"], False)


def test_an_unreachable_database_costs_no_event(folder, registry, unreachable):
    recorder = Recorder(unreachable.events.record, Spool(folder))
    for number in range(3):
        recorder.record(*fact(number))
    assert "cannot be used" in unreachable.problem()
    other = Spool(folder)
    while other.waiting:
        other.drain(registry.events.record)
    assert kinds(registry) == ["k0", "k1", "k2"]


def test_a_repeat_that_was_spooled_is_still_a_repeat(folder, registry):
    recorder = Recorder(registry.events.record, Spool(folder))
    first = fact(1, "same")
    recorder.record(*first)
    recorder.spool.append(*first)
    recorder.spool.append(*first)
    recorder.spool.drain(registry.events.record)
    assert kinds(registry) == ["k1"]


def test_a_bug_in_recording_costs_nobody_a_call(folder, registry):
    event, facts = fact(1)
    recorder = Recorder(registry.events.record, Spool(folder))
    recorder.record(event, replace(facts, status="meditating"))
    drained()
    recorder.record(*fact(2))
    drained()
    assert kinds(registry) == ["k2"]
    assert len(lines(folder / "rejected.jsonl")) == 1


def test_the_last_runs_leavings_are_drained_at_the_start(folder, registry):
    spooled(folder, 1)
    Recorder(registry.events.record, Spool(folder)).drain_soon()
    drained()
    assert kinds(registry) == ["k1"]
