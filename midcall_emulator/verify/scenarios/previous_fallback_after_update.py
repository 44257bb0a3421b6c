"""The fallback URL of a call after an update without one.
https://www.twilio.com/docs/voice/api/call-resource#update-a-call-resource does not say it."""

from __future__ import annotations

from midcall_emulator.verify.call_documents import quiet
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage
from midcall_emulator.verify.webhook_server import Reply


@scenario(
    "Does an update with a new Url keep the call's earlier FallbackUrl?",
    switches="previous_fallback_after_update",
    seconds=20,
)
async def run(stage: Stage) -> bool:
    """The new document fails, so Twilio requests the fallback URL if the call still has one."""
    stage.answer("broken", Reply("", 500))
    sid = await stage.dial(quiet(60), FallbackUrl=stage.url("fallback"))
    await stage.pause(2)
    await stage.redirect(sid, "broken")
    await stage.require("broken")
    return await stage.visit("fallback", 10) is not None
