"""What the control API uses of the emulator and its world."""

from __future__ import annotations

from typing import Protocol

from midcall_emulator.calls.placement import HasPlacement
from midcall_emulator.conferences.handset import HasHandset
from midcall_emulator.core.account import HasAccount, HasBaseUrl
from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import HasCalls
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.events import Events
from midcall_emulator.core.lifecycle import HasLifecycle
from midcall_emulator.core.numbers import HasNumbers
from midcall_emulator.core.people import HasPeople
from midcall_emulator.media.recordings import HasRecordings
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.faults import HasFaults


class ControlWorld(
    HasAccount,
    HasAudio,
    HasBaseUrl,
    HasCallLog,
    HasCalls,
    HasClock,
    HasHandset,
    HasFaults,
    HasLifecycle,
    HasNumbers,
    HasPeople,
    HasPlacement,
    HasRecordings,
    HasSwitches,
    Protocol,
):
    """The parts of the world that the control API uses."""


class ControlledEmulator(Protocol):
    """The emulator behind the control API. A reset replaces its world."""

    events: Events

    @property
    def world(self) -> ControlWorld: ...

    async def reset(self) -> None:
        """Replace the world with a new one."""
