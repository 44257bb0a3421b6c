"""The end of a conference over REST. https://www.twilio.com/docs/voice/api/conference-resource says that it
ends the conference; older pages say that all participants are hung up on."""

from __future__ import annotations

from midcall_emulator.verify.call_documents import quiet
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "Are the participants hung up on when REST ends their conference?",
    switches="rest_end_of_conference",
    seconds=20,
)
async def run(stage: Stage) -> str:
    """Both ends of the call are participants; after the conference, their Dial's action is silent for a while."""
    stage.answer("phone-called", stage.join(action="action-of-called"))
    stage.answer("action", quiet(30))
    stage.answer("action-of-called", quiet(30))
    sid = await stage.dial(stage.join())
    await stage.arrival("called")
    await stage.pause(3)
    await stage.post(await stage.conference_path(), Status="completed")
    await stage.pause(4)
    return "hang-up" if await stage.status(sid) == "completed" else "continue"
