"""Reject: a call that is not answered (https://www.twilio.com/docs/voice/twiml/reject)."""

from __future__ import annotations

from midcall_emulator.core.outcomes import End, Outcome
from midcall_emulator.twiml.attributes.parameters import return_parameters
from midcall_emulator.twiml.attributes.values import choice
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.performers import attributes, performs


@performs("Reject", attributes(reason=13810), answers=False, children="Parameter")
async def reject(run: Run, verb: Verb) -> Outcome:
    """End a ringing call as busy or unanswered; a call that is answered is hung up."""
    run.call.run.return_params = return_parameters(verb)
    if run.call.answered is not None:
        return End("completed")
    if choice(run, verb, "reason", "rejected", "busy") == "busy":
        run.play("busy")
        return End("busy")
    return End("no-answer")
