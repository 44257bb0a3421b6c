"""A document with nothing but Pause. https://www.twilio.com/docs/voice/twiml/pause: a Pause at the beginning
delays the answer; whether the end of the document answers is not said."""

from __future__ import annotations

from midcall_emulator.verify.call_documents import quiet
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "Does a document with nothing but Pause answer the call after it?",
    switches="pause_only_answers",
    seconds=15,
)
async def run(stage: Stage) -> bool:
    """A call that was answered ends as completed."""
    stage.answer("phone-called", '<Pause length="3"/>')
    await stage.place(quiet(20))
    return await stage.final_status(await stage.arrival("called")) == "completed"
