"""The request for an outgoing call."""

from __future__ import annotations

from dataclasses import dataclass

from midcall_emulator.calls.machine_detection import MachineDetection
from midcall_emulator.core.call_record import Handlers
from midcall_emulator.core.outcomes import Source
from midcall_emulator.media.call_recordings import CallRecordingSettings


@dataclass(frozen=True, slots=True)
class OutboundCall:
    """An outgoing call as a REST request describes it; ``timeout`` and ``time_limit`` are in seconds."""

    from_: str
    to: str
    source: Source
    handlers: Handlers
    timeout: float = 60
    time_limit: float = 14400
    send_digits: str = ""
    record: CallRecordingSettings | None = None
    application_sid: str = ""
    machine_detection: MachineDetection | None = None
