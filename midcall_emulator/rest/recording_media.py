"""The media of recordings, which needs no credentials (https://www.twilio.com/docs/voice/api/recording#fetch-media)."""

from __future__ import annotations

from typing import Protocol

from aiohttp import web

from midcall_emulator.media import wav
from midcall_emulator.media.recordings import HasRecordings
from midcall_emulator.rest.errors import RestError, body_for_status, body_of
from midcall_emulator.switches import HasSwitches

_HEADER_BYTES = 44


class MediaWorld(HasRecordings, HasSwitches, Protocol):
    """The parts of the world that the media of recordings use."""


async def send_media(request: web.Request, world: MediaWorld) -> web.StreamResponse:
    """Send a recording as a WAV file, second by second; 404 if it is unknown or not finished.

    ``RequestedChannels=2`` asks for two channels, which a recording of one channel does not have (16113). Without the
    parameter, the file has as many channels as the recording.
    """
    recording = world.recordings.get(request.match_info["recording_sid"])
    if recording is None or recording.status != "completed":
        return web.json_response(body_for_status(404, request.path), status=404)
    created = recording.channels if world.switches.recording_media == "as-created" else 1
    is_dual = request.query.get("RequestedChannels", str(created)) == "2"
    if is_dual and recording.channels == 1:
        error = RestError(16113)
        return web.json_response(body_of(error), status=error.status)
    here, there = recording.tracks()
    tracks = [here, there] if is_dual else [here + there]
    response = web.StreamResponse(headers={"Content-Type": "audio/x-wav"})
    response.content_length = _HEADER_BYTES + recording.duration * wav.RATE * len(tracks)
    await response.prepare(request)
    if request.method != "HEAD":
        for piece in wav.recording_file(recording.duration, tracks):
            await response.write(piece)
    await response.write_eof()
    return response
