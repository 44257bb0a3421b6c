"""Pausing, resuming and stopping a recording that runs (https://www.twilio.com/docs/voice/api/recording#update)."""

from __future__ import annotations

from typing import Any

from midcall_emulator.rest import Ask, representation
from midcall_emulator.rest.errors import Refusal


def change(ask: Ask, recording: Any) -> dict[str, Any]:
    """Do what ``Status`` and ``PauseBehavior`` say, or refuse (20001); return the recording as it is shown then."""
    status, behaviour, now = (
        ask.get("Status"),
        ask.get("PauseBehavior", "silence"),
        ask.world.clock.now(),
    )
    changes = {
        "paused": lambda: recording.pause(now, behaviour == "skip"),
        "in-progress": lambda: recording.resume(now),
        "stopped": lambda: ask.world.recordings.finish(recording, now),
    }
    if status not in changes or behaviour not in ("silence", "skip"):
        raise Refusal(20001, f"Status={status}")
    changes[status]()
    recording.updated = now
    return representation.recording(ask.world, recording) | (
        {"status": status} if status == "stopped" else {}
    )
