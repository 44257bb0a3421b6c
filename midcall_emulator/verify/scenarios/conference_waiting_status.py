"""The status of a conference with one participant. https://www.twilio.com/docs/voice/api/conference-resource:
init until the second participant joins; others have measured in-progress."""

from __future__ import annotations

from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "What is the REST status of a conference with one participant?",
    switches="conference_waiting_status",
    seconds=15,
)
async def run(stage: Stage) -> str:
    await stage.dial(stage.join())
    await stage.pause(3)
    found = await stage.find_conference("init", "in-progress")
    return str(found["status"]) if found else "not listed"
