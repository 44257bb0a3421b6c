"""Streams, Siprec and Transcriptions of a call: started and stopped
(https://www.twilio.com/docs/voice/api/stream-resource)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from midcall_emulator.core.call_record import Call
from midcall_emulator.media import forks, transcriptions
from midcall_emulator.media.forks import Fork
from midcall_emulator.media.reported import TRACKS, Terms
from midcall_emulator.media.siprec import Siprec
from midcall_emulator.media.streams import Stream
from midcall_emulator.media.transcriptions import Transcription
from midcall_emulator.rest import Answer, Ask, operation, parameters, representation
from midcall_emulator.rest.errors import Refusal
from midcall_emulator.wire.sockets import is_socket_url


@operation("POST", "/Calls/{call_sid}/Streams.json")
def start_stream(ask: Ask) -> Answer:
    """Stream a call in progress to an app's WebSocket: 200."""
    url = ask.get("Url").strip()
    if not is_socket_url(url):
        raise Refusal(21205, url)
    return _start(ask, "Streams", lambda call: Stream(ask.world, call, _terms(ask, "inbound_track", url)))


@operation("POST", "/Calls/{call_sid}/Streams/{fork_sid}.json")
def stop_stream(ask: Ask) -> Answer:
    """Stop a stream by its sid or name."""
    return _stop(ask, "Streams")


@operation("POST", "/Calls/{call_sid}/Siprec.json")
def start_siprec(ask: Ask) -> Answer:
    """Start a SIPREC session: 200 (https://www.twilio.com/docs/voice/api/siprec)."""
    return _start(ask, "Siprec", lambda call: Siprec(ask.world, call, _terms(ask, "both_tracks")))


@operation("POST", "/Calls/{call_sid}/Siprec/{fork_sid}.json")
def stop_siprec(ask: Ask) -> Answer:
    """Stop a SIPREC session by its sid or name."""
    return _stop(ask, "Siprec")


@operation("POST", "/Calls/{call_sid}/Transcriptions.json")
def start_transcription(ask: Ask) -> Answer:
    """Transcribe a call in progress: 200 (https://www.twilio.com/docs/voice/api/realtime-transcription-resource)."""
    track = ask.get("Track", "both_tracks")
    if track not in TRACKS:
        raise Refusal(20001, f"Track={track}")
    terms = transcriptions.Terms(
        ask.get("Name"),
        TRACKS[track],
        parameters.callback_url(ask, "StatusCallbackUrl"),
        parameters.method(ask, "StatusCallbackMethod"),
        ask.get("LanguageCode", "en-US"),
        ask.get("PartialResults").lower() == "true",
    )
    return _start(ask, "Transcriptions", lambda call: Transcription(ask.world, call, terms))


@operation("POST", "/Calls/{call_sid}/Transcriptions/{fork_sid}.json")
def stop_transcription(ask: Ask) -> Answer:
    """Stop a transcription by its sid or name."""
    return _stop(ask, "Transcriptions")


def _start(ask: Ask, resource: str, make: Callable[[Call], Fork]) -> Answer:
    call = parameters.call_of(ask)
    if representation.shown_status(ask.world, call) != "in-progress" or call.is_over:
        raise Refusal(21220)
    if ask.get("Name") and forks.named(call, resource, ask.get("Name")):
        raise Refusal(20409, ask.get("Name"))
    fork = make(call)
    fork.start()
    return Answer(200, _shown(ask, resource, fork))


def _stop(ask: Ask, resource: str) -> Answer:
    fork = forks.named(parameters.call_of(ask), resource, ask.ids["fork_sid"])
    if fork is None:
        raise Refusal(20404, ask.path)
    if ask.get("Status") != "stopped":
        raise Refusal(20001, f"Status={ask.get('Status')}")
    fork.stop()
    return Answer(200, _shown(ask, resource, fork))


def _shown(ask: Ask, resource: str, fork: Fork) -> dict[str, Any]:
    return {
        "sid": fork.sid,
        "account_sid": ask.world.account,
        "call_sid": fork.call.sid,
        "name": fork.name or None,
        "status": fork.status,
        "date_updated": representation.date(ask.world, fork.updated),
        "uri": representation.path(ask.world, f"Calls/{fork.call.sid}/{resource}/{fork.sid}.json"),
    }


def _terms(ask: Ask, track: str, url: str = "") -> Terms:
    wanted = ask.get("Track", track)
    if wanted not in TRACKS:
        raise Refusal(20001, f"Track={wanted}")
    callback = parameters.callback_url(ask)
    method = parameters.method(ask, "StatusCallbackMethod")
    return Terms(url, ask.get("Name"), wanted, callback, method, _parameters(ask))


def _parameters(ask: Ask) -> dict[str, str]:
    """Return the custom parameters: ``Parameter1.Name`` with ``Parameter1.Value``, up to 99."""
    pairs = ((f"Parameter{number}.Name", f"Parameter{number}.Value") for number in range(1, 100))
    return {ask.get(name): ask.get(value) for name, value in pairs if ask.get(name)}
