"""Hangup: the end of the call (https://www.twilio.com/docs/voice/twiml/hangup)."""

from __future__ import annotations

from midcall_emulator.core.outcomes import End, Outcome
from midcall_emulator.twiml.attributes.parameters import return_parameters
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.performers import attributes, performs


@performs("Hangup", attributes(), children="Parameter")
async def hangup(run: Run, verb: Verb) -> Outcome:
    """End the call; its parameters go to the Dial that called this application."""
    run.call.run.return_params = return_parameters(verb)
    return End("completed")
