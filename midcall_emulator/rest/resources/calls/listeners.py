"""What Streams, Siprec and Transcriptions have in common: start, and stop by SID or name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from midcall_emulator.core.call_record import Call
from midcall_emulator.media import listeners
from midcall_emulator.media.listeners import CallListener
from midcall_emulator.media.media_session import TRACKS, StreamSettings
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.fields import date, path
from midcall_emulator.rest.lookup import find_call
from midcall_emulator.rest.operation import Request
from midcall_emulator.rest.parameters import values
from midcall_emulator.rest.resources.calls.fields import visible_status
from midcall_emulator.rest.response import Response

TOO_MANY_FORKS = "The call has as many forked streams as Twilio allows"


def start(request: Request, resource: str, make: Callable[[Call], CallListener]) -> Response:
    """Start a listener on a call in progress; RestError 20409 if its name is taken.

    20001 if the call has too many forks; Twilio's code for that is not documented.
    """
    call, name = find_call(request), request.get("Name")
    if visible_status(request.world, call) != "in-progress" or call.is_over:
        raise RestError(21220)
    if name and listeners.find(call, resource, name):
        raise RestError(20409, name)
    listener = make(call)
    if listeners.exceeds_forks(call, listener):
        raise RestError(20001, message=TOO_MANY_FORKS)
    listener.start()
    return Response(200, _fields(request, resource, listener))


def stop(request: Request, resource: str) -> Response:
    """Stop the listener in the path; RestError 20404 if there is none."""
    listener = listeners.find(find_call(request), resource, request.ids["listener_sid"])
    if listener is None:
        raise RestError(20404, request.path)
    if request.get("Status") != "stopped":
        raise RestError(20001, f"Status={request.get('Status')}")
    listener.stop()
    return Response(200, _fields(request, resource, listener))


def track(request: Request, default: str) -> str:
    """Return the track; RestError 20001 if there is no such track."""
    name = request.get("Track", default)
    if name not in TRACKS:
        raise RestError(20001, f"Track={name}")
    return name


def settings(request: Request, default_track: str, url: str = "") -> StreamSettings:
    """Return the settings of a stream or a SIPREC session."""
    return StreamSettings(
        url,
        request.get("Name"),
        track(request, default_track),
        values.callback_url(request),
        values.method(request, "StatusCallbackMethod"),
        _custom_parameters(request),
    )


def _custom_parameters(request: Request) -> dict[str, str]:
    """Return the custom parameters: ``Parameter1.Name`` with ``Parameter1.Value``, up to 99."""
    pairs = ((f"Parameter{number}.Name", f"Parameter{number}.Value") for number in range(1, 100))
    return {request.get(name): request.get(value) for name, value in pairs if request.get(name)}


def _fields(request: Request, resource: str, listener: CallListener) -> dict[str, Any]:
    return {
        "sid": listener.sid,
        "account_sid": request.world.account,
        "call_sid": listener.call.sid,
        "name": listener.name or None,
        "status": listener.status,
        "date_updated": date(request.world, listener.updated),
        "uri": path(request.world, f"Calls/{listener.call.sid}/{resource}/{listener.sid}.json"),
    }
