"""Emergency stop: while it is active, stop the calls that it has not reached."""

from __future__ import annotations

from voice.control.emergency_stop import stop_late_calls
from voice.worker.duty import Duty


class EmergencyStopDuty(Duty):
    """Stops calls that came in while the stop started."""

    name = "emergency_stop"

    def run(self) -> None:
        """Stop the calls that the emergency stop has not reached."""
        stop_late_calls(self.services)
