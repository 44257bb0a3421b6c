"""Recordings of a live call: start, pause, resume, stop (https://www.twilio.com/docs/voice/api/recording)."""

from __future__ import annotations

from collections.abc import Callable

from midcall_emulator.media import call_recordings
from midcall_emulator.media.call_recordings import CallRecording
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.lookup import find_call
from midcall_emulator.rest.operation import Request, operation
from midcall_emulator.rest.parameters.recording import call_recording as recording_settings
from midcall_emulator.rest.recording_fields import NOT_ELIGIBLE, call_recording
from midcall_emulator.rest.resources.calls.fields import visible_status
from midcall_emulator.rest.response import Response

_API = "StartCallRecordingAPI"
_RECORDING = "/Calls/{call_sid}/Recordings/{recording_sid}.json"
_CURRENT = "/Calls/{call_sid}/Recordings/Twilio.CURRENT.json"


@operation("POST", "/Calls/{call_sid}/Recordings.json")
def start(request: Request) -> Response:
    """Start a recording. If the API has started one before, that one continues, unless a switch refuses the second."""
    call, world = find_call(request), request.world
    if visible_status(world, call) != "in-progress" or call.is_over or call.run.has_relay:
        raise RestError(21220, message=NOT_ELIGIBLE)
    settings = recording_settings(request, _API)
    owner = world.recordings.owner_of(call)
    earlier = call_recordings.running_recordings(world.calls, owner, frozenset({_API}))
    if earlier and world.switches.second_recording == "refuse":
        raise RestError(16108)
    running = earlier[0] if earlier else call_recordings.start_recording(world, call, settings)
    return Response(201, call_recording(world, running.recording))


@operation("POST", _RECORDING, _CURRENT)
def update(request: Request) -> Response:
    """Pause, resume or stop a recording; ``Twilio.CURRENT`` is the latest running one."""
    running, status = _find(request), request.get("Status")
    change = _CHANGES.get(status)
    if change is None or request.get("PauseBehavior", "silence") not in ("silence", "skip"):
        raise RestError(20001, f"Status={status}")
    change(request, running)
    running.recording.updated = request.world.clock.now()
    fields = call_recording(request.world, running.recording)
    return Response(200, fields | ({"status": "stopped"} if status == "stopped" else {}))


def _find(request: Request) -> CallRecording:
    """Return the running recording in the path; RestError 21220 if it has ended."""
    call, sid = find_call(request), request.ids.get("recording_sid")
    of_call = call_recordings.running_recordings(request.world.calls, call)
    running = [one for one in of_call if sid in (None, one.sid)]
    if running:
        return running[-1]
    ended = request.world.recordings.get(sid) if sid else None
    if ended and ended.call is call:
        raise RestError(21220, message=NOT_ELIGIBLE)
    raise RestError(20404, request.path)


def _pause(request: Request, running: CallRecording) -> None:
    running.recording.pause(request.world.clock.now(), request.get("PauseBehavior") == "skip")


def _resume(request: Request, running: CallRecording) -> None:
    running.recording.resume(request.world.clock.now())


def _stop(_: Request, running: CallRecording) -> None:
    running.stop()


_CHANGES: dict[str, Callable[[Request, CallRecording], None]] = {
    "paused": _pause,
    "in-progress": _resume,
    "stopped": _stop,
}
