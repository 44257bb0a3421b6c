"""Pause: silence (https://www.twilio.com/docs/voice/twiml/pause)."""

from __future__ import annotations

from collections.abc import AsyncIterator

from midcall_emulator.twiml.attributes.values import whole_number
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run, Segment
from midcall_emulator.twiml.performers import attributes, prompt


@prompt("Pause", attributes(length=13910), answers=False)
async def pause(run: Run, verb: Verb) -> AsyncIterator[Segment]:
    """Yield silence; before the answer, a switch decides whether it counts as heard."""
    seconds = whole_number(run, verb, "length", 1, 1)
    if run.call.answered is None and not run.world.switches.silence_before_answer:
        await run.sleep(seconds)
    else:
        yield Segment({"kind": "silence", "seconds": seconds}, seconds)
