"""Parameters of answering machine detection
(https://www.twilio.com/docs/voice/answering-machine-detection#api-parameters)."""

from __future__ import annotations

from midcall_emulator.calls.machine_detection import (
    DEFAULT_TIMEOUT,
    LONGEST_TIMEOUT,
    MILLISECONDS,
    MODES,
    SHORTEST_TIMEOUT,
    MachineDetection,
)
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.operation import Request
from midcall_emulator.rest.parameters.values import callback_url, flag, method, seconds


def machine_detection(request: Request, callback: str, always_async: bool = False) -> MachineDetection | None:
    """Return the settings, or None without detection; RestError 21234 for invalid values.

    ``callback`` is the name of the callback's parameter. SendDigits turns detection off.
    """
    mode = request.get("MachineDetection")
    for name, (low, high) in MILLISECONDS.items():
        seconds(request, f"MachineDetection{name}", low, 21234, high, low)
    timeout = seconds(
        request, "MachineDetectionTimeout", DEFAULT_TIMEOUT, 21234, LONGEST_TIMEOUT, SHORTEST_TIMEOUT
    )
    url, callback_method = callback_url(request, callback), method(request, f"{callback}Method")
    if mode and mode not in MODES:
        raise RestError(21234, mode)
    if not mode or request.get("SendDigits"):
        return None
    return MachineDetection(mode, timeout, always_async or flag(request, "AsyncAmd"), url, callback_method)
