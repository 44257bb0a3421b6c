"""The recordings of this world: started, finished, dropped, and reported to whoever asked to be told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from email.utils import format_datetime
from typing import Protocol

from midcall_emulator.core.account import HasAccount, HasBaseUrl
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.sids import BySid, new_sid
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.callbacks import note_failed_callback
from midcall_emulator.wire.webhooks import HasWebhooks, OutgoingRequest

RUNNING = frozenset({"in-progress", "paused"})


class RecordingWorld(HasAccount, HasBaseUrl, HasCallLog, HasClock, HasSwitches, HasWebhooks, Protocol):
    """The parts of the world that recordings use."""


@dataclass(frozen=True, slots=True)
class Callback:
    """Where the fate of a recording is reported."""

    url: str
    method: str
    events: frozenset[str]


@dataclass(frozen=True, slots=True)
class Break:
    """A pause of a recording, from one virtual moment to another (None: it lasts); ``skip`` leaves it out."""

    start: float
    end: float | None
    skip: bool


@dataclass(slots=True)
class Recording:
    """A recording; ``started``, ``spoken`` (by the person on the call) and ``spoken_there`` (on the other side) are
    virtual moments, ``duration`` whole seconds, ``said`` the words."""

    sid: str
    call: Call
    source: str
    started: float
    callback: Callback | None = None
    status: str = "in-progress"
    duration: int = 0
    updated: float = 0.0
    spoken: list[tuple[float, float]] = field(default_factory=list)
    spoken_there: list[tuple[float, float]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    channels: int = 1
    track: str = "both"
    breaks: list[Break] = field(default_factory=list)
    conference_sid: str | None = None

    def tracks(self) -> list[list[tuple[float, float]]]:
        """Return when somebody spoke and was recorded, here and there, in seconds from the start of the file."""
        return [self._segments(self.spoken), self._segments(self.spoken_there)]

    def _segments(self, pieces: list[tuple[float, float]]) -> list[tuple[float, float]]:
        for pause in self.breaks:
            pieces = [piece for whole in pieces for piece in _outside(whole, pause)]
        return [(self.position(start), self.position(end)) for start, end in pieces]

    def position(self, at: float) -> float:
        """Return how far into the file a virtual moment is: pauses that were skipped take no room in it."""
        skipped = [pause for pause in self.breaks if pause.skip and pause.start < at]
        return at - self.started - sum(min(at, at if p.end is None else p.end) - p.start for p in skipped)

    def pause(self, at: float, skip: bool) -> None:
        """Record nothing from now on: silence, or nothing at all."""
        if self.status == "in-progress":
            self.status = "paused"
            self.breaks.append(Break(at, None, skip))

    def resume(self, at: float) -> None:
        """Go on after a pause."""
        if self.status == "paused":
            self.status = "in-progress"
            self.breaks[-1] = replace(self.breaks[-1], end=at)


class Recordings(BySid[Recording]):
    """All recordings, oldest first."""

    def __init__(self, world: RecordingWorld) -> None:
        super().__init__()
        self._world = world

    def start(
        self, call: Call, source: str, callback: Callback | None, channels: int = 1, track: str = "both"
    ) -> Recording:
        """Begin a recording of ``call``."""
        recording = Recording(new_sid("RE"), call, source, self._world.clock.now(), callback)
        recording.channels, recording.track = channels, track
        self.add(recording)
        self._report(recording)
        return recording

    def finish(self, recording: Recording, at: float) -> None:
        """End it at a virtual moment; its callback follows by itself."""
        if recording.status in RUNNING:
            recording.status = "completed"
            recording.duration = round(recording.position(at))
            recording.updated = self._world.clock.now()
            self._report(recording)

    def drop(self, recording: Recording) -> None:
        """Forget a recording in which there is nothing."""
        recording.status = "absent"
        self._report(recording)
        self.remove(recording.sid)

    def url(self, recording: Recording) -> str:
        """Return where the sound is; the resource is at the same address with ``.json``."""
        return f"{self._world.base_url}/2010-04-01/Accounts/{self._world.account}/Recordings/{recording.sid}"

    def parameters(self, recording: Recording) -> dict[str, str]:
        """Return what the last status callback of a call says about its recording."""
        return {
            "RecordingUrl": self.url(recording),
            "RecordingSid": recording.sid,
            "RecordingDuration": str(recording.duration),
        }

    def _report(self, recording: Recording) -> None:
        callback = recording.callback
        if callback and recording.status in callback.events:
            self._world.clock.spawn(self._send(recording, callback, recording.status))

    async def _send(self, recording: Recording, callback: Callback, status: str) -> None:
        if status != "in-progress":
            await self._world.clock.sleep(self._world.switches.recording_delay_seconds)
        params = self._parameters(recording, status)
        request = OutgoingRequest(
            "recording", callback.url, callback.method, tuple(params.items()), bare=True
        )
        reply = await self._world.webhooks.fetch(recording.call, request)
        note_failed_callback(self._world.log, recording.call, request.kind, reply)

    def _parameters(self, recording: Recording, status: str) -> dict[str, str]:
        """Return what https://www.twilio.com/docs/voice/twiml/record lists; the duration once completed."""
        params = {
            "AccountSid": self._world.account,
            "CallSid": recording.call.sid,
            "RecordingSid": recording.sid,
            "RecordingUrl": self.url(recording),
            "RecordingStatus": status,
            "RecordingChannels": str(recording.channels),
            "RecordingStartTime": format_datetime(self._world.clock.date(recording.started)),
            "RecordingSource": recording.source,
            "RecordingTrack": recording.track,
        }
        if recording.conference_sid:
            params["ConferenceSid"] = recording.conference_sid
        return params | ({"RecordingDuration": str(recording.duration)} if status == "completed" else {})


def _outside(piece: tuple[float, float], pause: Break) -> list[tuple[float, float]]:
    """Return what is left of a piece of speech without a pause."""
    start, end = piece
    pause_end = float("inf") if pause.end is None else pause.end
    parts = [(start, min(end, pause.start)), (max(start, pause_end), end)]
    return [part for part in parts if part[0] < part[1]]


class HasRecordings(Protocol):
    """Offers the recordings."""

    recordings: Recordings
