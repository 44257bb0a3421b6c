"""Verbs that Twilio knows and this emulator does not perform yet: a warning on the call, and on to the next verb."""

from __future__ import annotations

from midcall_emulator.core.outcomes import Outcome
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.performers import performs

NAMES = ("Prompt", "Sms", "Echo", "Queue")


async def skip(run: Run, verb: Verb) -> Outcome:
    """Say that the verb is not performed."""
    run.warn(
        12200, f"<{verb.name}> is a verb of Twilio's that this emulator does not perform; it was skipped"
    )
    return None


for _name in NAMES:
    performs(_name, "*", children="*")(skip)
