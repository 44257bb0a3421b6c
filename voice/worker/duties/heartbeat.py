"""Heartbeat: report that this worker lives."""

from __future__ import annotations

import secrets
import socket
from threading import Event

from voice.services import Services
from voice.worker.duty import Duty


class HeartbeatDuty(Duty):
    """Web processes show a warning while no worker reports."""

    name = "heartbeat"

    def __init__(self, services: Services, stopping: Event):
        super().__init__(services, stopping)
        self._id, self._host = secrets.token_hex(8), socket.gethostname()

    def run(self) -> None:
        """Report once."""
        self.services.registry.workers.beat(self._id, self._host)

    def end(self) -> None:
        """Report that the worker has stopped."""
        self.services.registry.workers.leave(self._id)
