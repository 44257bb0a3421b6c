"""The recorder puts each event of a webhook into the database or, if that fails, into the spool."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.ports import free_port
from tests.support.spooled_events import lines_of, numbered_event, recorded_kinds, spool_with
from voice.registry import Registry
from voice.registry.engine.recorder import Recorder
from voice.registry.engine.spool import Spool

_OTHER_THREADS: set[threading.Thread] = set()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the spool."""
    return tmp_path / "spooled"


@pytest.fixture(autouse=True)
def end_threads() -> Iterator[None]:
    """Wait for draining threads of the test. Threads of other tests, whose database is gone, are ignored."""
    _OTHER_THREADS.clear()
    _OTHER_THREADS.update(threading.enumerate())
    yield
    wait_for_drain()


def wait_for_drain() -> None:
    """Wait for the threads that drain a spool in the background."""
    for thread in set(threading.enumerate()) - _OTHER_THREADS:
        if thread.name == "spool":
            thread.join()


@pytest.fixture(params=["closed port", "below a file"])
def unreachable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Registry]:
    """A registry whose database cannot be reached."""
    (tmp_path / "file").write_text("no folder")
    urls = {
        "closed port": f"postgresql+psycopg://midcall@127.0.0.1:{free_port()}/x",
        "below a file": f"sqlite:///{tmp_path / 'file' / 'midcall.db'}",
    }
    registry = Registry(urls[request.param])
    yield registry
    registry.close()


def test_an_event_that_can_be_recorded_is_not_spooled(folder, registry):
    recorder = Recorder(registry.events.record, Spool(folder))
    recorder.record(*numbered_event(1))
    assert (recorded_kinds(registry), recorder.spool.waiting, folder.exists()) == (["k1"], False, False)


def test_new_events_wait_behind_spooled_ones(folder, registry):
    recorder = Recorder(registry.events.record, spool_with(folder, 1, 2))
    recorder.record(*numbered_event(3))
    wait_for_drain()
    recorder.record(*numbered_event(4))
    assert (recorded_kinds(registry), recorder.spool.waiting) == (["k1", "k2", "k3", "k4"], False)


def test_an_unreachable_database_costs_no_event(folder, registry, unreachable):
    recorder = Recorder(unreachable.events.record, Spool(folder))
    for number in range(3):
        recorder.record(*numbered_event(number))
    assert "cannot be used" in unreachable.problem()
    other = Spool(folder)
    while other.waiting:
        other.drain(registry.events.record)
    assert recorded_kinds(registry) == ["k0", "k1", "k2"]


def test_a_repeat_in_the_spool_is_recorded_once(folder, registry):
    recorder = Recorder(registry.events.record, Spool(folder))
    event = numbered_event(1, "same")
    recorder.record(*event)
    recorder.spool.append(*event)
    recorder.spool.append(*event)
    recorder.spool.drain(registry.events.record)
    assert recorded_kinds(registry) == ["k1"]


def test_an_event_that_cannot_be_recorded_raises_no_error(folder, registry):
    event, facts = numbered_event(1)
    recorder = Recorder(registry.events.record, Spool(folder))
    recorder.record(event, replace(facts, status="meditating"))
    wait_for_drain()
    recorder.record(*numbered_event(2))
    wait_for_drain()
    assert recorded_kinds(registry) == ["k2"]
    assert len(lines_of(folder / "rejected.jsonl")) == 1


def test_events_of_an_earlier_process_are_drained_at_the_start(folder, registry):
    spool_with(folder, 1)
    Recorder(registry.events.record, Spool(folder)).drain_soon()
    wait_for_drain()
    assert recorded_kinds(registry) == ["k1"]


def test_a_closed_recorder_stops_draining_and_leaves_the_events_in_the_file(folder, unreachable):
    recorder = Recorder(unreachable.events.record, Spool(folder))
    recorder.record(*numbered_event(1))
    recorder.close()
    wait_for_drain()
    assert len(lines_of(folder / "waiting.jsonl")) == 1
