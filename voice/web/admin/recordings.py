"""Recordings in the admin API: what there is of a call, and its sound, fetched from Twilio with our credentials."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, request, url_for

from voice.calls import is_call_sid
from voice.errors import CallNotFound, NotFound
from voice.twilio.resources import as_json
from voice.web.guards import services

blueprint = Blueprint("recordings", __name__)
RECORDING_SID = re.compile(r"RE[0-9a-fA-F]{32}", re.ASCII)
WHOLE, PART = 200, 206


@blueprint.get("/calls/<call_sid>/recordings")
def recordings(call_sid: str) -> dict[str, Any]:
    """Twilio's recordings of this leg, newest first, each with the address of its sound."""
    if not is_call_sid(call_sid):
        raise CallNotFound(f"{call_sid[:64]!r} is not a CallSid")
    found = services().twilio.recordings.of_call(call_sid)
    return {"recordings": [{**as_json(one), "media": _address(one["sid"])} for one in found]}


@blueprint.get("/recordings/<recording_sid>/media")
def recording_media(recording_sid: str) -> Response:
    """The sound, as a WAV file; of a part of it where the request has a Range. 404 while it is not ready."""
    if not RECORDING_SID.fullmatch(recording_sid):
        raise NotFound("there is no such recording")
    sound = services().twilio.recordings.media(recording_sid, request.headers.get("Range"))
    response = Response(sound.chunks, sound.status, sound.headers)
    response.call_on_close(sound.close)
    if sound.status == WHOLE and response.content_length is not None:
        response.make_conditional(request, accept_ranges=True, complete_length=response.content_length)
    return response


def _address(recording_sid: str) -> str:
    return url_for(".recording_media", recording_sid=recording_sid)
