"""Status=completed for a call that rings. https://www.twilio.com/docs/voice/api/call-resource: it hangs up; the
final status is not said."""

from __future__ import annotations

from midcall_emulator.verify.call_documents import quiet, ringing
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "What is the final status of a ringing call after Status=completed?",
    switches="cancel_by_completed",
    seconds=15,
)
async def run(stage: Stage) -> str:
    """The called number rings without an answer."""
    stage.answer("phone-called", ringing(25))
    sid = await stage.place(quiet(10))
    await stage.arrival("called")
    await stage.pause(2)
    await stage.hang_up(sid)
    return await stage.final_status(sid)
