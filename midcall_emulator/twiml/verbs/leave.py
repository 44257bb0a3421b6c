"""Leave: the caller leaves the queue (https://www.twilio.com/docs/voice/twiml/leave)."""

from __future__ import annotations

from midcall_emulator.core.outcomes import End, Outcome
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.performers import attributes, performs


@performs("Leave", attributes(), answers=False)
async def leave(run: Run, verb: Verb) -> Outcome:
    """Leave the queue: the call continues after its Enqueue. Outside of a queue the verb has no effect."""
    member = run.world.queues.member_of(run.call)
    if member is None:
        return None
    member.leave("leave")
    return End()
