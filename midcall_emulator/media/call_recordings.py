"""Recordings of a whole call, beside its TwiML (https://www.twilio.com/docs/voice/api/recording)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.status_callback import StatusCallback
from midcall_emulator.media.listeners import CallListener
from midcall_emulator.media.recordings import HasRecordings
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.webhooks import HasWebhooks

CHANNELS = {"mono": 1, "dual": 2}


class CallRecordingWorld(HasAccount, HasCallLog, HasClock, HasRecordings, HasSwitches, HasWebhooks, Protocol):
    """The parts of the world that the recording of a call uses."""


@dataclass(frozen=True, slots=True)
class CallRecordingSettings:
    """How to record a call; ``source`` is Twilio's ``RecordingSource``, ``track`` both, inbound or outbound."""

    source: str
    callback: StatusCallback | None = None
    channels: int = 1
    track: str = "both"
    name: str = ""


class CallRecording(CallListener):
    """A recording that runs until it is stopped or the call ends; that of a single track has one channel
    (https://www.twilio.com/docs/voice/tutorials/how-record-single-side-call)."""

    resource = "Recordings"
    world: CallRecordingWorld

    def __init__(self, world: CallRecordingWorld, call: Call, settings: CallRecordingSettings) -> None:
        owner, channels = (
            world.recordings.owner_of(call),
            settings.channels if settings.track == "both" else 1,
        )
        self.recording = world.recordings.start(
            owner, settings.source, settings.callback, channels, settings.track
        )
        super().__init__(world, call, self.recording.sid, settings.name)

    def on_speech(self, text: str, seconds: float, track: str) -> None:
        """Record speech on its track."""
        if self.recording.track in ("both", track):
            now = self.world.clock.now()
            is_outbound = track == "outbound"
            speech = self.recording.outbound_speech if is_outbound else self.recording.inbound_speech
            speech.append((now, now + seconds))

    def on_stop(self) -> None:
        """Complete the recording."""
        self.world.recordings.finish(self.recording, self.world.clock.now())


def start_recording(world: CallRecordingWorld, call: Call, settings: CallRecordingSettings) -> CallRecording:
    """Record a call from now on."""
    recording = CallRecording(world, call, settings)
    recording.start()
    return recording


def running_recordings(
    calls: Iterable[Call], owner: Call, sources: frozenset[str] | None = None
) -> list[CallRecording]:
    """Return the running recordings that belong to a call, oldest first; of the given sources only, if there are any.

    They listen to the call or to one of its legs, which are among ``calls``.
    """
    legs = (call for call in calls if owner.sid in (call.sid, call.parent_sid))
    listeners = (listener for leg in legs for listener in leg.run.listeners)
    found = [one for one in listeners if isinstance(one, CallRecording) and one.recording.call is owner]
    return [one for one in found if sources is None or one.recording.source in sources]
