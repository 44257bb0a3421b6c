"""Recordings of a live call: started, paused, resumed, stopped (https://www.twilio.com/docs/voice/api/recording)."""

from __future__ import annotations

from collections.abc import Callable

from midcall_emulator.media import call_recordings
from midcall_emulator.media.call_recordings import CHANNELS, CallRecording, Terms
from midcall_emulator.media.recordings import Callback
from midcall_emulator.rest import Answer, Ask, operation, parameters, representation
from midcall_emulator.rest.errors import Refusal

NOT_ELIGIBLE = "Requested resource is not eligible for recording"
_API = frozenset({"StartCallRecordingAPI"})
_TRACKS = ("inbound", "outbound", "both")


@operation("POST", "/Calls/{call_sid}/Recordings.json")
def start(ask: Ask) -> Answer:
    """Record a call in progress: 201. A second one by this way changes nothing, unless a switch refuses it."""
    call = parameters.call_of(ask)
    if representation.shown_status(ask.world, call) != "in-progress" or call.is_over or call.run.has_relay:
        raise Refusal(21220, message=NOT_ELIGIBLE)
    terms = terms_of(ask, "StartCallRecordingAPI")
    already = call_recordings.running(call, _API)
    if already and ask.world.switches.second_recording == "refuse":
        raise Refusal(16108)
    fork = already[0] if already else call_recordings.begin(ask.world, call, terms)
    return Answer(201, representation.recording(ask.world, fork.recording, "Calls"))


@operation("POST", "/Calls/{call_sid}/Recordings/{recording_sid}.json")
@operation("POST", "/Calls/{call_sid}/Recordings/Twilio.CURRENT.json")
def update(ask: Ask) -> Answer:
    """Pause, resume or stop; ``Twilio.CURRENT`` is the latest that runs."""
    fork, change = _fork(ask), _CHANGES.get(ask.get("Status"))
    if change is None or ask.get("PauseBehavior", "silence") not in ("silence", "skip"):
        raise Refusal(20001, f"Status={ask.get('Status')}")
    change(ask, fork)
    fork.recording.updated = ask.world.clock.now()
    shown = representation.recording(ask.world, fork.recording, "Calls")
    return Answer(200, shown | ({"status": "stopped"} if ask.get("Status") == "stopped" else {}))


def terms_of(ask: Ask, source: str) -> Terms:
    """Return how a request wants a call recorded."""
    channels, track = ask.get("RecordingChannels", "mono"), ask.get("RecordingTrack", "both")
    if channels not in CHANNELS or track not in _TRACKS:
        raise Refusal(20001, f"RecordingChannels={channels} RecordingTrack={track}")
    url = parameters.callback_url(ask, "RecordingStatusCallback")
    events = " ".join(ask.params.getall("RecordingStatusCallbackEvent", [])) or "completed"
    method = parameters.method(ask, "RecordingStatusCallbackMethod")
    callback = Callback(url, method, frozenset(events.split())) if url else None
    return Terms(source, callback, CHANNELS[channels], track)


def _fork(ask: Ask) -> CallRecording:
    """Return the running recording that the path names; 21220 for one that is over."""
    call, sid = parameters.call_of(ask), ask.ids.get("recording_sid")
    found = [fork for fork in call_recordings.running(call) if sid in (None, fork.sid)]
    if found:
        return found[-1]
    known = ask.world.recordings.get(sid) if sid else None
    raise Refusal(21220, message=NOT_ELIGIBLE) if known and known.call is call else Refusal(20404, ask.path)


def _pause(ask: Ask, fork: CallRecording) -> None:
    fork.recording.pause(ask.world.clock.now(), ask.get("PauseBehavior") == "skip")


def _resume(ask: Ask, fork: CallRecording) -> None:
    fork.recording.resume(ask.world.clock.now())


def _stop(ask: Ask, fork: CallRecording) -> None:
    fork.stop()


_CHANGES: dict[str, Callable[[Ask, CallRecording], None]] = {
    "paused": _pause,
    "in-progress": _resume,
    "stopped": _stop,
}
