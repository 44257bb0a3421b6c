"""SequenceNumber of conference callbacks. https://www.twilio.com/docs/voice/twiml/conference#statuscallback
does not say whether it starts at 0 or 1."""

from __future__ import annotations

from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "What is the SequenceNumber of a conference's first status callback?",
    switches="conference_first_sequence_number",
    seconds=15,
)
async def run(stage: Stage) -> float:
    """Callbacks may come in any order, so the smallest number of the first seconds counts."""
    callback = stage.attribute("statusCallback", "conference")
    await stage.dial(stage.join(f'{callback} statusCallbackEvent="start end join leave"'))
    await stage.require("conference")
    await stage.pause(4)
    return min(int(visit.params["SequenceNumber"]) for visit in stage.visits("conference"))
