"""Recordings of a conference (https://www.twilio.com/docs/voice/api/recording#update)."""

from __future__ import annotations

from functools import partial

from midcall_emulator.media.recording import RUNNING, Recording
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.formats.paging import newest_first
from midcall_emulator.rest.operation import Request, operation
from midcall_emulator.rest.parameters import date_filters
from midcall_emulator.rest.recording_fields import NOT_ELIGIBLE, conference_recording, shown_status
from midcall_emulator.rest.resources.conferences.conferences import find_conference
from midcall_emulator.rest.response import Response

_RECORDING = "/Conferences/{conference}/Recordings/{recording_sid}.json"
_CURRENT = "/Conferences/{conference}/Recordings/Twilio.CURRENT.json"


@operation("GET", "/Conferences/{conference}/Recordings.json")
def list_recordings(request: Request) -> Response:
    """Return the recordings of a conference, filtered by ``DateCreated``."""
    conference = find_conference(request)
    date_filters.check(request, "DateCreated")
    recordings = (
        recording
        for recording in request.world.recordings
        if recording.conference_sid == conference.sid
        and shown_status(request.world, recording) is not None
        and date_filters.matches(request, "DateCreated", recording.started)
    )
    return newest_first(request, "recordings", recordings, partial(conference_recording, request.world))


@operation("GET", _RECORDING)
def fetch(request: Request) -> Response:
    """Return a recording."""
    return Response(200, conference_recording(request.world, _find(request)))


@operation("DELETE", _RECORDING)
def delete(request: Request) -> Response:
    """Delete a recording."""
    request.world.recordings.remove(_find(request).sid)
    return Response(204)


@operation("POST", _RECORDING, _CURRENT)
def update(request: Request) -> Response:
    """Pause, resume or stop the running recording."""
    recording, status = _find(request), request.get("Status")
    if recording.status not in RUNNING:
        raise RestError(21220, message=NOT_ELIGIBLE)
    _change(request, recording, status)
    recording.updated = request.world.clock.now()
    fields = conference_recording(request.world, recording)
    return Response(200, fields | ({"status": status} if status == "stopped" else {}))


def _find(request: Request) -> Recording:
    """Return the recording in the path; without a SID, that is the conference's latest one."""
    conference, sid = find_conference(request), request.ids.get("recording_sid")
    recording = request.world.recordings.get(sid) if sid else conference.recording
    if recording is None or recording.conference_sid != conference.sid:
        raise RestError(20404, request.path)
    return recording


def _change(request: Request, recording: Recording, status: str) -> None:
    now, behavior = request.world.clock.now(), request.get("PauseBehavior", "silence")
    changes = {
        "paused": lambda: recording.pause(now, behavior == "skip"),
        "in-progress": lambda: recording.resume(now),
        "stopped": lambda: request.world.recordings.finish(recording, now),
    }
    if status not in changes or behavior not in ("silence", "skip"):
        raise RestError(20001, f"Status={status}")
    changes[status]()
