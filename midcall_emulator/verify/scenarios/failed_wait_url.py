"""A conference's waitUrl that fails. https://www.twilio.com/docs/voice/twiml/conference#waiturl: it "can
disconnect"."""

from __future__ import annotations

from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage
from midcall_emulator.verify.webhook_server import Reply


@scenario(
    "What does a waitUrl that answers with 500 do to the participant who waits?",
    switches="failed_wait_url",
    seconds=25,
)
async def run(stage: Stage) -> str:
    """The fallback URL of the call shows that the participant was taken out of the conference."""
    stage.answer("broken", Reply("", 500))
    await stage.dial(stage.join(stage.attribute("waitUrl", "broken")), FallbackUrl=stage.url("fallback"))
    await stage.require("broken")
    return "silence" if await stage.visit("fallback", 10) is None else "disconnect"
