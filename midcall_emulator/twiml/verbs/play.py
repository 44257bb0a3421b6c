"""Play: an audio file, or keys (https://www.twilio.com/docs/voice/twiml/play)."""

from __future__ import annotations

from collections.abc import AsyncIterator

from midcall_emulator.core.outcomes import Problem
from midcall_emulator.media import wav
from midcall_emulator.twiml.attributes.urls import resolve
from midcall_emulator.twiml.attributes.values import matching, whole_number
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run, Segment
from midcall_emulator.twiml.performers import attributes, prompt
from midcall_emulator.wire.outgoing_request import OutgoingRequest

_SHORTEST_SECONDS = 0.1
_KEY_SECONDS = 0.25
_WAIT_SECONDS = {"w": 0.5, "W": 1.0}


@prompt("Play", attributes(loop=13410, digits=13430))
async def play(run: Run, verb: Verb) -> AsyncIterator[Segment]:
    """Yield the keys, then the audio; a missing file is a warning (13420) and yields nothing."""
    digits = matching(run, verb, "digits", "", "[0-9*#wW]*")
    if digits:
        seconds = sum(_WAIT_SECONDS.get(key, _KEY_SECONDS) for key in digits)
        yield Segment({"kind": "dtmf", "digits": digits}, seconds)
    if not verb.text:
        return
    url = resolve(run, verb.text)
    length = None if isinstance(url, Problem) else await _audio_seconds(run, url)
    if isinstance(url, Problem) or length is None:
        run.warn(13420, f"Play: cannot play {verb.text}", verb.text)
        return
    passes = whole_number(run, verb, "loop", 1) or run.world.switches.play_loop_cap or None
    yield Segment({"kind": "play", "url": url}, max(_SHORTEST_SECONDS, length), passes)


async def _audio_seconds(run: Run, url: str) -> float | None:
    """Request the file as Twilio does (GET, no parameters); return its length, None if it cannot be played."""
    switches = run.world.switches
    if switches.assume_remote_media and not wav.is_near(url, run.document.url):
        return switches.play_default_seconds
    reply = await run.world.webhooks.fetch(run.call, OutgoingRequest("media", url, "GET", is_bare=True))
    if reply.problem:
        return None
    if not reply.content_type.startswith("audio/"):
        if switches.play_strict_content_type:
            return None
        run.warn(13420, f"Play: {url} is {reply.content_type or 'of no type'}, not audio", url)
    return wav.wav_seconds(reply.body) or switches.play_default_seconds
