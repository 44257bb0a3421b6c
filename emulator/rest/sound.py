"""The sound of recordings, which needs no credentials (https://www.twilio.com/docs/voice/api/recording#fetch-media)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from emulator import media
from emulator.rest.errors import body_for_status

if TYPE_CHECKING:
    from emulator.world import World


async def sound(request: web.Request, world: World) -> web.StreamResponse:
    """Send a recording as a WAV file, second by second; 404 for one that is not, or not finished."""
    recording = world.recordings.get(request.match_info["recording_sid"])
    if recording is None or recording.status != "completed":
        return web.json_response(body_for_status(404, request.path), status=404)
    response = web.StreamResponse(headers={"Content-Type": "audio/x-wav"})
    response.content_length = 44 + recording.duration * media.RATE
    await response.prepare(request)
    if request.method != "HEAD":
        for piece in media.recording(recording.duration, recording.segments()):
            await response.write(piece)
    await response.write_eof()
    return response
