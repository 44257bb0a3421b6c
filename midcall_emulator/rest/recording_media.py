"""The sound of recordings, which needs no credentials (https://www.twilio.com/docs/voice/api/recording#fetch-media)."""

from __future__ import annotations

from aiohttp import web

from midcall_emulator.media import wav
from midcall_emulator.media.recordings import HasRecordings
from midcall_emulator.rest.errors import Refusal, body_for_status, body_of


async def sound(request: web.Request, world: HasRecordings) -> web.StreamResponse:
    """Send a recording as a WAV file, second by second; 404 for one that is not, or not finished.

    One channel, or two with ``RequestedChannels=2``, which a recording of one channel has not (16113).
    """
    recording = world.recordings.get(request.match_info["recording_sid"])
    if recording is None or recording.status != "completed":
        return web.json_response(body_for_status(404, request.path), status=404)
    wanted = request.query.get("RequestedChannels", "1")
    if wanted == "2" and recording.channels == 1:
        refusal = Refusal(16113)
        return web.json_response(body_of(refusal), status=refusal.status)
    here, there = recording.tracks()
    tracks = [here, there] if wanted == "2" else [here + there]
    response = web.StreamResponse(headers={"Content-Type": "audio/x-wav"})
    response.content_length = 44 + recording.duration * wav.RATE * len(tracks)
    await response.prepare(request)
    if request.method != "HEAD":
        for piece in wav.recording(recording.duration, tracks):
            await response.write(piece)
    await response.write_eof()
    return response
