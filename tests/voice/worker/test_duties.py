"""The worker's duties: each module is one duty, and an error in one of them does not stop the others."""

from __future__ import annotations

import gc
import signal
from pathlib import Path

import pytest

from voice.errors import RegistryUnavailable
from voice.worker import duties
from voice.worker.loop import Worker


def test_every_module_in_the_folder_is_a_duty_named_like_its_file():
    files = {path.stem for path in Path(duties.__file__).parent.glob("*.py")} - {"__init__"}
    assert set(duties.all_duties()) == files


def test_a_worker_is_registered_from_its_first_round_until_it_stops(services, monkeypatch):
    worker = Worker(services)
    seen = []
    for name, duty in worker.duties.items():
        monkeypatch.setattr(duty, "every_seconds", 0.0)
        if name != "heartbeat":
            monkeypatch.setattr(duty, "run", lambda: None)
    beat = worker.duties["heartbeat"].run

    def beat_and_stop() -> None:
        beat()
        seen.append(len(services.registry.workers.live()))
        worker.stop()

    monkeypatch.setattr(worker.duties["heartbeat"], "run", beat_and_stop)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    worker.run()
    gc.unfreeze()
    for number, handler in handlers.items():
        signal.signal(number, handler)
    assert seen == [1]
    assert services.registry.workers.live() == []


@pytest.mark.parametrize("error", [RegistryUnavailable("the database is busy"), ZeroDivisionError()])
def test_a_duty_that_fails_does_not_stop_the_others(services, monkeypatch, error):
    worker, ran = Worker(services), []

    def fail() -> None:
        raise error

    for name, duty in worker.duties.items():
        monkeypatch.setattr(duty, "run", fail if name == "bulk_runs" else lambda name=name: ran.append(name))
    worker.tick()
    assert ran == [name for name in worker.duties if name != "bulk_runs"]
