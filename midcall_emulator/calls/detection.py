"""Answering machine detection: whether a person or a machine answers an outgoing call
(https://www.twilio.com/docs/voice/answering-machine-detection). Who it is, a switch says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.callbacks import note_failed_callback
from midcall_emulator.wire.webhooks import HasWebhooks, OutgoingRequest

MODES = ("Enable", "DetectMessageEnd")
MILLISECONDS = {
    "SpeechThreshold": (1000, 6000),
    "SpeechEndThreshold": (500, 5000),
    "SilenceTimeout": (2000, 10000),
}
SHORTEST, LONGEST, USUAL = 3, 60, 30


class DetectionWorld(HasAccount, HasCallLog, HasClock, HasSwitches, HasWebhooks, Protocol):
    """The parts of the world that machine detection uses."""


@dataclass(frozen=True, slots=True)
class MachineDetection:
    """How to detect: ``mode`` of ``MODES``, seconds at most; beside the call, or before its document."""

    mode: str
    timeout: float = USUAL
    is_async: bool = True
    url: str = ""
    method: str = "POST"


async def detect(world: DetectionWorld, call: Call, terms: MachineDetection) -> str:
    """Take the time that it takes; return ``AnsweredBy``, which the call has from then on."""
    takes = world.switches.machine_detection_seconds
    await world.clock.sleep(min(takes, terms.timeout))
    found = world.switches.answered_by if takes <= terms.timeout else "unknown"
    ends = {"Enable": "machine_start", "DetectMessageEnd": "machine_end_beep"}
    call.answered_by = ends[terms.mode] if found == "machine" else found
    return call.answered_by


def begin(world: DetectionWorld, call: Call, terms: MachineDetection) -> None:
    """Detect beside whatever the call does, and report; without a URL nobody is told (21262)."""
    if not terms.url:
        world.log.warning(call, 21262, "No AMD status callback URL provided")
    world.clock.spawn(_report(world, call, terms))


async def _report(world: DetectionWorld, call: Call, terms: MachineDetection) -> None:
    since = world.clock.now()
    found = await detect(world, call, terms)
    if call.is_over or not terms.url:
        return
    params = {
        "CallSid": call.sid,
        "AccountSid": world.account,
        "AnsweredBy": found,
        "MachineDetectionDuration": str(round((world.clock.now() - since) * 1000)),
    }
    request = OutgoingRequest("detection", terms.url, terms.method, tuple(params.items()), bare=True)
    note_failed_callback(world.log, call, request.kind, await world.webhooks.fetch(call, request))
