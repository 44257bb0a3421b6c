"""Recordings of a whole call, which run beside whatever it does (https://www.twilio.com/docs/voice/api/recording)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.media.forks import Fork
from midcall_emulator.media.recordings import Callback, HasRecordings
from midcall_emulator.wire.webhooks import HasWebhooks

CHANNELS = {"mono": 1, "dual": 2}


class CallRecordingWorld(HasAccount, HasCallLog, HasClock, HasRecordings, HasWebhooks, Protocol):
    """The parts of the world that the recording of a call uses."""


@dataclass(frozen=True, slots=True)
class CallRecordingSettings:
    """How a call is to be recorded: who asked for it, who is told, how many channels of which tracks."""

    source: str
    callback: Callback | None = None
    channels: int = 1
    track: str = "both"
    name: str = ""


class CallRecording(Fork):
    """A recording that runs until it is stopped or the call ends."""

    resource = "Recordings"
    world: CallRecordingWorld

    def __init__(self, world: CallRecordingWorld, call: Call, terms: CallRecordingSettings) -> None:
        self.recording = world.recordings.start(
            call, terms.source, terms.callback, terms.channels, terms.track
        )
        super().__init__(world, call, self.recording.sid, terms.name)

    def spoke(self, text: str, seconds: float, track: str) -> None:
        """Remember when somebody spoke."""
        if self.recording.track in ("both", track):
            now = self.world.clock.now()
            there = self.recording.spoken_there if track == "outbound" else self.recording.spoken
            there.append((now, now + seconds))

    def stopped(self) -> None:
        """Complete the recording."""
        self.world.recordings.finish(self.recording, self.world.clock.now())


def begin(world: CallRecordingWorld, call: Call, terms: CallRecordingSettings) -> CallRecording:
    """Record a call from now on."""
    fork = CallRecording(world, call, terms)
    fork.start()
    return fork


def running(call: Call, sources: frozenset[str] | None = None) -> list[CallRecording]:
    """Return the recordings that run on a call, oldest first; of these sources only, if any are given."""
    forks = [fork for fork in call.run.forks if isinstance(fork, CallRecording)]
    return [fork for fork in forks if sources is None or fork.recording.source in sources]
