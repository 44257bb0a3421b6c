"""A recording: its pauses, and the speech in it by the time of its file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from midcall_emulator.core.call_record import Call
from midcall_emulator.core.history import History
from midcall_emulator.core.status_callback import StatusCallback

RUNNING = frozenset({"in-progress", "paused"})
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause from one virtual moment to another, None if it has not ended; ``skip`` leaves it out of the file."""

    start: float
    end: float | None
    skip: bool


@dataclass(slots=True)
class Recording:
    """A recording of a call.

    ``started`` and the spans of speech are virtual moments, ``duration`` is whole seconds. ``inbound_speech`` is that
    of the caller, ``outbound_speech`` that of the other party; ``said`` are the caller's words. ``history`` holds each
    status.
    """

    sid: str
    call: Call
    source: str
    started: float
    callback: StatusCallback | None = None
    status: str = "in-progress"
    history: History[str] = field(default_factory=History)
    duration: int = 0
    updated: float = 0.0
    inbound_speech: list[Span] = field(default_factory=list)
    outbound_speech: list[Span] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    channels: int = 1
    track: str = "both"
    pauses: list[Pause] = field(default_factory=list)
    conference_sid: str | None = None

    def enter(self, status: str) -> None:
        """Set the status, and keep it for a REST API that lags behind."""
        self.status = status
        self.history.note(status)

    def status_as_of(self, lag_seconds: float) -> str | None:
        """Return the status of ``lag_seconds`` real seconds ago, None before the recording."""
        return self.history.as_of(lag_seconds) if lag_seconds > 0 else self.status

    def tracks(self) -> list[list[Span]]:
        """Return the recorded speech of both parties, in seconds from the start of the file."""
        return [self._in_file(self.inbound_speech), self._in_file(self.outbound_speech)]

    def position(self, at: float) -> float:
        """Return the position of a virtual moment in the file; skipped pauses take no time in it."""
        skipped = [pause for pause in self.pauses if pause.skip and pause.start < at]
        return at - self.started - sum(_seconds_until(pause, at) for pause in skipped)

    def pause(self, at: float, skip: bool) -> None:
        """Pause: the file has silence from here, or nothing if ``skip`` is true."""
        if self.status == "in-progress":
            self.enter("paused")
            self.pauses.append(Pause(at, None, skip))

    def resume(self, at: float) -> None:
        """End the pause."""
        if self.status == "paused":
            self.enter("in-progress")
            self.pauses[-1] = replace(self.pauses[-1], end=at)

    def _in_file(self, speech: list[Span]) -> list[Span]:
        for pause in self.pauses:
            speech = [part for span in speech for part in _outside(span, pause)]
        return [(self.position(start), self.position(end)) for start, end in speech]


def _seconds_until(pause: Pause, at: float) -> float:
    return min(at, at if pause.end is None else pause.end) - pause.start


def _outside(span: Span, pause: Pause) -> list[Span]:
    """Return the parts of a span before and after a pause."""
    start, end = span
    pause_end = float("inf") if pause.end is None else pause.end
    parts = [(start, min(end, pause.start)), (max(start, pause_end), end)]
    return [part for part in parts if part[0] < part[1]]
