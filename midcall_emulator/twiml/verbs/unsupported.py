"""Verbs of Twilio that the emulator does not perform: a warning, and the next verb runs."""

from __future__ import annotations

from midcall_emulator.core.outcomes import Outcome
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import SCHEMA_WARNING, Run
from midcall_emulator.twiml.performers import performs


async def _skip(run: Run, verb: Verb) -> Outcome:
    run.warn(
        SCHEMA_WARNING,
        f"<{verb.name}> is a verb of Twilio's that this emulator does not perform; it was skipped",
    )
    return None


prompt, sms, echo, queue = (
    performs(name, None, children=None)(_skip) for name in ("Prompt", "Sms", "Echo", "Queue")
)
