"""Say: text to speech (https://www.twilio.com/docs/voice/twiml/say)."""

from __future__ import annotations

from collections.abc import AsyncIterator

from midcall_emulator.twiml.attributes.values import whole_number
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run, Segment
from midcall_emulator.twiml.performers import attributes, prompt

SSML = "break emphasis lang p phoneme prosody s say-as sub w"
_LONGEST_TEXT = 4096
_SHORTEST_SECONDS = 0.5


@prompt("Say", attributes("voice language", loop=13510), children=SSML)
async def say(run: Run, verb: Verb) -> AsyncIterator[Segment]:
    """Yield the text; nothing, with a warning, if it is empty (13520) or too long (13521)."""
    if not verb.text or len(verb.text) > _LONGEST_TEXT:
        run.warn(13521 if verb.text else 13520, "Say: the text is empty or longer than 4096 characters")
        return
    switches = run.world.switches
    seconds = max(_SHORTEST_SECONDS, len(verb.text) / switches.say_characters_per_second)
    passes = whole_number(run, verb, "loop", 1) or switches.say_loop_cap or None
    voice, language = verb.get("voice", "man"), verb.get("language", "en-US")
    item = {"kind": "say", "text": verb.text, "voice": voice, "language": language}
    yield Segment(item, seconds, passes)
