"""Conferences: end or reconnect those in which a participant is alone."""

from __future__ import annotations

from threading import Event

from voice.conferences.keeper import ConferenceKeeper
from voice.services import Services
from voice.worker.duty import Duty


class ConferencesDuty(Duty):
    """Tends the conferences that Midcall opened."""

    name = "conferences"

    def __init__(self, services: Services, stopping: Event):
        super().__init__(services, stopping)
        self._keeper = ConferenceKeeper(services)

    def run(self) -> None:
        """Look at each conference that may hold a lonely participant."""
        self._keeper.tend()
