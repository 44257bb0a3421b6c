"""What a request says about answering machine detection
(https://www.twilio.com/docs/voice/answering-machine-detection#api-parameters)."""

from __future__ import annotations

from midcall_emulator.calls.detection import LONGEST, MILLISECONDS, MODES, SHORTEST, USUAL, Terms
from midcall_emulator.rest import Ask, parameters
from midcall_emulator.rest.errors import Refusal


def detection_of(ask: Ask, callback: str, always_async: bool = False) -> Terms | None:
    """Return how to detect, None for not at all, or refuse (21234). Keys to send make it ignored."""
    mode = ask.get("MachineDetection")
    for name, (low, high) in MILLISECONDS.items():
        parameters.seconds(ask, f"MachineDetection{name}", low, 21234, high, low)
    timeout = parameters.seconds(ask, "MachineDetectionTimeout", USUAL, 21234, LONGEST, SHORTEST)
    url, method = parameters.callback_url(ask, callback), parameters.method(ask, f"{callback}Method")
    if mode and mode not in MODES:
        raise Refusal(21234, mode)
    if not mode or ask.get("SendDigits"):
        return None
    return Terms(mode, timeout, always_async or ask.get("AsyncAmd").lower() == "true", url, method)
