"""Answering machine detection: whether a person or a machine answers an outgoing call
(https://www.twilio.com/docs/voice/answering-machine-detection). A switch sets the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.callbacks import CallbackQueue
from midcall_emulator.wire.outgoing_request import OutgoingRequest
from midcall_emulator.wire.webhooks import HasWebhooks

MODES = ("Enable", "DetectMessageEnd")
MILLISECONDS = {
    "SpeechThreshold": (1000, 6000),
    "SpeechEndThreshold": (500, 5000),
    "SilenceTimeout": (2000, 10000),
}
SHORTEST_TIMEOUT, LONGEST_TIMEOUT, DEFAULT_TIMEOUT = 3, 60, 30
_MACHINE = {"Enable": "machine_start", "DetectMessageEnd": "machine_end_beep"}


class DetectionWorld(HasAccount, HasCallLog, HasClock, HasSwitches, HasWebhooks, Protocol):
    """The parts of the world that machine detection uses."""


@dataclass(frozen=True, slots=True)
class MachineDetection:
    """How to detect: ``mode`` is one of ``MODES``, ``timeout`` is in seconds.

    Asynchronous detection runs beside the call and reports to ``url``; the other kind delays the first document.
    """

    mode: str
    timeout: float = DEFAULT_TIMEOUT
    is_async: bool = True
    url: str = ""
    method: str = "POST"


async def detect_machine(world: DetectionWorld, call: Call, settings: MachineDetection) -> str:
    """Wait as long as detection takes; set the call's ``AnsweredBy`` and return it."""
    seconds = world.switches.machine_detection_seconds
    await world.clock.sleep(min(seconds, settings.timeout))
    result = world.switches.answered_by if seconds <= settings.timeout else "unknown"
    call.answered_by = _MACHINE[settings.mode] if result == "machine" else result
    return call.answered_by


def start_machine_detection(world: DetectionWorld, call: Call, settings: MachineDetection) -> None:
    """Detect beside the call, and report the result; without a URL there is a warning (21262) and no report."""
    if not settings.url:
        world.log.warning(call, 21262, "No AMD status callback URL provided")
    world.clock.spawn(_detect_and_report(world, call, settings))


async def _detect_and_report(world: DetectionWorld, call: Call, settings: MachineDetection) -> None:
    started = world.clock.now()
    result = await detect_machine(world, call, settings)
    if call.is_over or not settings.url:
        return
    params = {
        "CallSid": call.sid,
        "AccountSid": world.account,
        "AnsweredBy": result,
        "MachineDetectionDuration": str(round((world.clock.now() - started) * 1000)),
    }
    request = OutgoingRequest.callback("detection", settings.url, settings.method, params)
    CallbackQueue(world).send(call, request)
