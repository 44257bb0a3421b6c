"""Attributes of Number and Sip about answering machine detection
(https://www.twilio.com/docs/voice/twiml/number#attributes)."""

from __future__ import annotations

from midcall_emulator.calls.machine_detection import (
    DEFAULT_TIMEOUT,
    LONGEST_TIMEOUT,
    MILLISECONDS,
    MODES,
    SHORTEST_TIMEOUT,
    MachineDetection,
)
from midcall_emulator.twiml.attributes.urls import optional_url
from midcall_emulator.twiml.attributes.values import choice, http_method, whole_number
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run

NAMES = (
    "machineDetection machineDetectionTimeout machineDetectionSpeechThreshold machineDetectionSpeechEndThreshold "
    "machineDetectionSilenceTimeout amdStatusCallback amdStatusCallbackMethod"
)


def machine_detection(run: Run, noun: Verb) -> MachineDetection | None:
    """Return how to detect who answers, None if the noun does not ask for it."""
    mode = choice(run, noun, "machineDetection", "", *MODES)
    timeout = whole_number(
        run, noun, "machineDetectionTimeout", DEFAULT_TIMEOUT, SHORTEST_TIMEOUT, LONGEST_TIMEOUT
    )
    for name, (low, high) in MILLISECONDS.items():
        if f"machineDetection{name}" in noun.attributes:
            whole_number(run, noun, f"machineDetection{name}", low, low, high)
    url = optional_url(run, noun, "amdStatusCallback")
    if not mode:
        return None
    return MachineDetection(mode, timeout, True, url, http_method(run, noun, "amdStatusCallbackMethod"))
