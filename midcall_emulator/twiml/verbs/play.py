"""Say, Play and Pause: what the caller hears (https://www.twilio.com/docs/voice/twiml/say, /play, /pause)."""

from __future__ import annotations

from collections.abc import AsyncIterator

from midcall_emulator.core.outcomes import Outcome, Problem
from midcall_emulator.media import wav
from midcall_emulator.twiml.attributes.values import matching, resolve, whole
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.performers import PROMPTS, Segment, performs, prompts
from midcall_emulator.wire.webhooks import OutgoingRequest

SSML = "break emphasis lang p phoneme prosody s say-as sub w"
_MAX_TEXT = 4096
_SHORTEST = 0.1
_KEY_SECONDS = {"w": 0.5, "W": 1.0}


@prompts("Say")
async def say(run: Run, verb: Verb) -> AsyncIterator[Segment]:
    """Yield the text; nothing if it is empty (13520) or too long (13521)."""
    if not verb.text or len(verb.text) > _MAX_TEXT:
        run.warn(13521 if verb.text else 13520, "Say: the text is empty or longer than 4096 characters")
        return
    voice, language = verb.get("voice", "man"), verb.get("language", "en-US")
    seconds = max(0.5, len(verb.text) / run.world.switches.say_characters_per_second)
    item = {"kind": "say", "text": verb.text, "voice": voice, "language": language}
    yield Segment(item, seconds, _passes(run, verb, run.world.switches.say_loop_cap))


@prompts("Play")
async def play(run: Run, verb: Verb) -> AsyncIterator[Segment]:
    """Yield the keys, then the audio; a missing file is a warning and yields nothing."""
    digits = matching(run, verb, "digits", "", "[0-9*#wW]*")
    if digits:
        yield Segment({"kind": "dtmf", "digits": digits}, sum(_KEY_SECONDS.get(key, 0.25) for key in digits))
    if not verb.text:
        return
    url = resolve(run, verb.text)
    seconds = None if isinstance(url, Problem) else await _length(run, url)
    if isinstance(url, Problem) or seconds is None:
        run.warn(13420, f"Play: cannot play {verb.text}", verb.text)
        return
    passes = _passes(run, verb, run.world.switches.play_loop_cap)
    yield Segment({"kind": "play", "url": url}, max(_SHORTEST, seconds), passes)


@prompts("Pause")
async def pause(run: Run, verb: Verb) -> AsyncIterator[Segment]:
    """Yield silence."""
    seconds = whole(run, verb, "length", 1, 1)
    if run.call.answered is None and not run.world.switches.silence_before_answer:
        await run.sleep(seconds)
    elif seconds:
        yield Segment({"kind": "silence", "seconds": seconds}, seconds)


@performs("Say", "voice language loop", children=SSML)
@performs("Play", "loop digits")
@performs("Pause", "length", answers=False)
async def perform(run: Run, verb: Verb) -> Outcome:
    """Let the caller hear it to the end, and go on."""
    async for segment in PROMPTS[verb.name](run, verb):
        await run.play_segment(segment)
    return None


async def _length(run: Run, url: str) -> float | None:
    """Get the file as the platform does (GET, no parameters); return its seconds, None if it cannot be played."""
    switches = run.world.switches
    if switches.assume_remote_media and not wav.is_near(url, run.document.url):
        return switches.play_default_seconds
    reply = await run.world.webhooks.fetch(run.call, OutgoingRequest("media", url, "GET", bare=True))
    if reply.problem:
        return None
    if not reply.content_type.startswith("audio/"):
        if switches.play_strict_content_type:
            return None
        run.warn(13420, f"Play: {url} is {reply.content_type or 'of no type'}, not audio", url)
    return wav.wav_seconds(reply.body) or switches.play_default_seconds


def _passes(run: Run, verb: Verb, cap: int) -> int | None:
    return whole(run, verb, "loop", 1) or cap or None
