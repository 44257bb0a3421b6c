"""The parameters of a request for wait music. https://www.twilio.com/docs/voice/twiml/conference#waiturl lists
none."""

from __future__ import annotations

from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "Does the request for a waitUrl have the parameters of the call?",
    switches="conference_request_parameters",
    seconds=15,
)
async def run(stage: Stage) -> str:
    """CallSid stands for all of them."""
    stage.answer("wait", '<Pause length="10"/>')
    await stage.dial(stage.join(stage.attribute("waitUrl", "wait")))
    return "call" if "CallSid" in (await stage.require("wait")).params else "none"
