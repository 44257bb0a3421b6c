"""Bulk runs: run their command on each of their calls."""

from __future__ import annotations

from threading import Event

from voice.bulk.worker import BulkWorker
from voice.services import Services
from voice.worker.duty import Duty


class BulkRunsDuty(Duty):
    """Works on due bulk runs."""

    name = "bulk_runs"
    every_seconds = 0.1  # an operator has just pressed the button and waits

    def __init__(self, services: Services, stopping: Event):
        super().__init__(services, stopping)
        self._bulk = BulkWorker(services, stopping)

    def run(self) -> None:
        """Work until no call can be claimed, or the worker stops."""
        self._bulk.run_due()
