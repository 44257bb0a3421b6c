"""Switches of outgoing calls and of updates."""

from __future__ import annotations

from dataclasses import dataclass

from midcall_emulator.switches.switch import switch


@dataclass
class CallSwitches:
    """Switches of outgoing calls and of updates; a part of ``Switches``."""

    redirect_delay_seconds: float = switch(
        0.0,
        "time between a REST update and the request for the new document",
        "measured",
        "one call: the new URL was requested 651 ms after the update",
        slow=0.4,
    )
    queue_seconds: float = switch(
        0.0,
        "how long an outgoing call stays queued",
        "official",
        "docs/voice/api/call-resource: queued is a state of its own, its duration is not stated",
    )
    calls_per_second: float = switch(
        0.0,
        "calls that REST starts per second; the others wait. 0: no limit",
        "official",
        "docs/voice/api/call-resource: one call per second by default, more are queued",
        slow=1.0,
    )
    seed: int = switch(0, "seed of what is drawn by lot", "emulator")
    answer_after_seconds: float = switch(
        2.0, "how long a dialed phone rings before the person answers, unless `people` sets it", "emulator"
    )
    answered_by: str = switch(
        "human", "result of machine detection: 'human', 'machine', 'fax' or 'unknown'", "emulator"
    )
    machine_detection_seconds: float = switch(3.0, "how long machine detection takes", "emulator")
