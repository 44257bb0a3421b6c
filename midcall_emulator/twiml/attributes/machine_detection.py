"""What Number and Sip say about answering machine detection
(https://www.twilio.com/docs/voice/twiml/number#attributes)."""

from __future__ import annotations

from midcall_emulator.calls.detection import LONGEST, MILLISECONDS, MODES, SHORTEST, USUAL, MachineDetection
from midcall_emulator.core.outcomes import Problem
from midcall_emulator.twiml.attributes.values import method, one_of, resolve, whole
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run


def detection(run: Run, noun: Verb) -> MachineDetection | None:
    """Return how to detect who answers, None for not at all."""
    mode = one_of(run, noun, "machineDetection", "", *MODES)
    timeout = whole(run, noun, "machineDetectionTimeout", USUAL, SHORTEST, LONGEST)
    for name, (low, high) in MILLISECONDS.items():
        if f"machineDetection{name}" in noun.attributes:
            whole(run, noun, f"machineDetection{name}", low, low, high)
    url = resolve(run, noun.get("amdStatusCallback")) if noun.get("amdStatusCallback") else ""
    if isinstance(url, Problem):
        run.warn(url.code, url.message)
        url = ""
    return (
        MachineDetection(mode, timeout, True, url, method(run, noun, "amdStatusCallbackMethod"))
        if mode
        else None
    )
