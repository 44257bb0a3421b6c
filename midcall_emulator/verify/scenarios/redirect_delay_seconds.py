"""The time that a redirect takes. One measured call: 651 ms; Twilio's documentation states none
(https://www.twilio.com/docs/voice/api/call-resource#update-a-call-resource)."""

from __future__ import annotations

from midcall_emulator.verify.call_documents import quiet
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "How long after a redirect over REST does Twilio request the new document?",
    switches="redirect_delay_seconds",
    seconds=10,
    tolerance=0.3,
    unit="s",
)
async def run(stage: Stage) -> float:
    """A silent call is redirected."""
    sid = await stage.dial(quiet(60))
    await stage.pause(2)
    asked = stage.around.pace.now()
    await stage.redirect(sid)
    return round((await stage.require("new")).at - asked, 2)
