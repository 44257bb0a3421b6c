"""SIPREC sessions of a call (https://www.twilio.com/docs/voice/api/siprec)."""

from __future__ import annotations

from midcall_emulator.core.call_record import Call
from midcall_emulator.media.siprec import Siprec, has_connector
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.operation import Request, operation
from midcall_emulator.rest.resources.calls import listeners
from midcall_emulator.rest.response import Response


@operation("POST", "/Calls/{call_sid}/Siprec.json")
def start(request: Request) -> Response:
    """Start a session on a call in progress; RestError 31940 if the account has no such connector."""
    connector = request.get("ConnectorName")
    if not has_connector(request.world, connector):
        raise RestError(31940, connector)

    def make(call: Call) -> Siprec:
        return Siprec(request.world, call, listeners.settings(request, "both_tracks"))

    return listeners.start(request, "Siprec", make)


@operation("POST", "/Calls/{call_sid}/Siprec/{listener_sid}.json")
def stop(request: Request) -> Response:
    """Stop a session by its SID or name."""
    return listeners.stop(request, "Siprec")
