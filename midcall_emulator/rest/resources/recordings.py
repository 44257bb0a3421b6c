"""Recordings of the account, and the finished recordings of a call (https://www.twilio.com/docs/voice/api/recording)."""

from __future__ import annotations

from functools import partial
from typing import Any

from midcall_emulator.media.recording import Recording
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.formats.paging import newest_first
from midcall_emulator.rest.lookup import find, find_call
from midcall_emulator.rest.operation import Request, operation
from midcall_emulator.rest.parameters import date_filters
from midcall_emulator.rest.recording_fields import account_recording, call_recording, shown_status
from midcall_emulator.rest.response import Response


@operation("GET", "/Recordings.json")
def list_all(request: Request) -> Response:
    """Return the account's recordings, filtered by ``CallSid``, ``ConferenceSid`` and ``DateCreated``."""
    return _list(request, request.get("CallSid"), request.get("ConferenceSid"))


@operation("GET", "/Calls/{call_sid}/Recordings.json")
def list_of_call(request: Request) -> Response:
    """Return the recordings of a call, filtered by ``DateCreated``."""
    return _list(request, find_call(request).sid)


@operation("GET", "/Recordings/{recording_sid}.json", "/Calls/{call_sid}/Recordings/{recording_sid}.json")
def fetch(request: Request) -> Response:
    """Return a recording."""
    return Response(200, _fields(request, _find(request)))


@operation("DELETE", "/Recordings/{recording_sid}.json", "/Calls/{call_sid}/Recordings/{recording_sid}.json")
def delete(request: Request) -> Response:
    """Delete a recording."""
    request.world.recordings.remove(_find(request).sid)
    return Response(204)


def _find(request: Request) -> Recording:
    recording = find(request, request.world.recordings, "recording_sid")
    is_of_call = request.ids.get("call_sid", recording.call.sid) == recording.call.sid
    if not is_of_call or shown_status(request.world, recording) is None:
        raise RestError(20404, request.path)
    return recording


def _list(request: Request, call_sid: str, conference_sid: str = "") -> Response:
    date_filters.check(request, "DateCreated")
    recordings = (
        recording
        for recording in request.world.recordings
        if shown_status(request.world, recording) is not None
        and call_sid in ("", recording.call.sid)
        and conference_sid in ("", recording.conference_sid)
        and date_filters.matches(request, "DateCreated", recording.started)
    )
    return newest_first(request, "recordings", recordings, partial(_fields, request))


def _fields(request: Request, recording: Recording) -> dict[str, Any]:
    fields = call_recording if "call_sid" in request.ids else account_recording
    return fields(request.world, recording) | {"status": shown_status(request.world, recording)}
