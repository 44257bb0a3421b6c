"""The bridge between the caller of a Dial and the leg that answered."""

from __future__ import annotations

import asyncio
from typing import Protocol

from midcall_emulator.calls.dial_settings import DialSettings
from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.bridge import bridge, bridge_to_app
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.lifecycle import HasLifecycle
from midcall_emulator.core.tasks import release
from midcall_emulator.media.call_recordings import CallRecording, start_recording
from midcall_emulator.media.recordings import HasRecordings
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.webhooks import HasWebhooks


class BridgeWorld(
    HasAccount,
    HasAudio,
    HasCallLog,
    HasClock,
    HasLifecycle,
    HasRecordings,
    HasSwitches,
    HasWebhooks,
    Protocol,
):
    """The parts of the world that the bridge of a Dial uses."""


class DialBridge:
    """A bridge that is prepared, connected, and ended by either side, the time limit or a transfer.

    ``refer_target`` is the address to which the dialed phone has referred the caller.
    """

    def __init__(self, world: BridgeWorld, caller: Call, settings: DialSettings) -> None:
        self._world, self._caller, self._settings = world, caller, settings
        self._recording: CallRecording | None = None
        self._over: asyncio.Future[None] | None = None
        self.was_connected = False
        self.refer_target = ""

    def prepare(self) -> None:
        """Allow :meth:`end` to end the bridge, even before it is connected; forget an earlier transfer."""
        self._over = asyncio.get_running_loop().create_future()
        self.refer_target = ""

    def connect(self, leg: Call) -> None:
        """Let the caller and the leg hear each other; a caller who still hears ringing is answered."""
        world, caller = self._world, self._caller
        if caller.answered is None:
            world.lifecycle.answer(caller)
        if leg.application_sid:
            bridge_to_app(world.audio, caller, leg)
        else:
            bridge(world.audio, caller, leg)
        self.was_connected = True
        self.record()
        leg.run.on_refer = self._refer
        if self._settings.hangup_on_star:
            caller.run.on_star = lambda: world.lifecycle.end(leg, "completed")

    async def wait_until_over(self, leg: Call) -> None:
        """Wait until one side leaves; the time limit ends the leg."""
        assert self._over is not None
        clock, lifecycle = self._world.clock, self._world.lifecycle
        timer = clock.call_later(self._settings.time_limit, lambda: lifecycle.end(leg, "completed"))
        try:
            await clock.park(self._over)
        finally:
            timer.cancel()
            self.disconnect(leg)

    def end(self) -> None:
        """End the wait for the end of the bridge."""
        if self._over:
            release(self._over)

    def disconnect(self, leg: Call | None) -> None:
        """Separate the caller and the leg, and stop the recording."""
        self._caller.run.on_star = None
        self._caller.bridged_to = None
        if leg:
            leg.bridged_to = leg.person = leg.run.on_refer = None
        if self._recording:
            self._recording.stop()

    def record(self) -> None:
        """Start to record the caller, once, if the Dial is to be recorded."""
        if self._settings.record and self._recording is None:
            self._recording = start_recording(self._world, self._caller, self._settings.record)

    def recording_url(self) -> str:
        """Return the URL of the recording, "" if there is none."""
        return self._world.recordings.url(self._recording.recording) if self._recording else ""

    def _refer(self, target: str) -> None:
        """End the bridge for a transfer; 13802 if the Dial has no ``referUrl``."""
        if not self._settings.may_refer:
            self._world.log.error(self._caller, 13802, "Dial: No referUrl attribute specified")
        elif self._over and not self._over.done():
            self.refer_target = target
            self._over.set_result(None)
