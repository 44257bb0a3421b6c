"""Recordings of a call. Midcall fetches the sound from Twilio with its own credentials."""

from __future__ import annotations

import re
from typing import Annotated, Any

from flask import Response, request, url_for
from pydantic import WithJsonSchema

from voice.calls import is_call_sid
from voice.errors import CallNotFound, NotFound
from voice.twilio.resources import Resource, as_json
from voice.web.admin.route import Answer, route
from voice.web.guards import limits, operator, services

RECORDING_SID = re.compile(r"RE[0-9a-fA-F]{32}", re.ASCII)
COMPLETE = 200  # the status of an answer to a request without a Range
TwilioRecording = Annotated[
    dict[str, Any],
    WithJsonSchema(
        {
            "type": "object",
            "description": "Twilio's Recording resource; `media` is the address of its sound",
            "required": ["sid", "call_sid", "status", "media"],
        }
    ),
]


class RecordingList(Answer):
    """The recordings of a call."""

    recordings: list[TwilioRecording]


@route("GET", "/calls/<call_sid>/recordings", role="viewer")
def recordings(call_sid: str) -> RecordingList:
    """List Twilio's recordings of this leg, newest first, each with the address of its sound."""
    if not is_call_sid(call_sid):
        raise CallNotFound(f"{call_sid[:64]!r} is not a CallSid.")
    found = recordings_at_twilio(call_sid)
    return RecordingList(recordings=[{**as_json(one), "media": _address(one["sid"])} for one in found])


def recordings_at_twilio(call_sid: str) -> list[Resource]:
    """Twilio's recordings of the call; a look-up at Twilio, and bounded as such. Raises TooManyRequests."""
    limits().count_twilio(operator().name)
    return services().twilio.recordings.of_call(call_sid)


@route("GET", "/recordings/<recording_sid>/media", role="operator", media_type="audio/x-wav")
def recording_media(recording_sid: str) -> Response:
    """Send the sound as a WAV file, or the part that the header `Range` asks for. 404 until Twilio has finished it."""
    if not RECORDING_SID.fullmatch(recording_sid):
        raise NotFound("There is no such recording.")
    sound = services().twilio.recordings.media(recording_sid, request.headers.get("Range"))
    response = Response(sound.chunks, sound.status, sound.headers)
    response.call_on_close(sound.close)
    if sound.status == COMPLETE and response.content_length is not None:
        response.make_conditional(request, accept_ranges=True, complete_length=response.content_length)
    return response


def _address(recording_sid: str) -> str:
    return url_for("admin.recording_media", recording_sid=recording_sid)
