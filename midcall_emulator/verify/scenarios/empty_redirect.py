"""An empty Redirect. https://www.twilio.com/docs/voice/twiml/redirect: it loops;
https://www.twilio.com/docs/api/errors/11100: it fails."""

from __future__ import annotations

from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario("What does an empty Redirect do?", switches="empty_redirect", seconds=15)
async def run(stage: Stage) -> str:
    """The fallback URL shows an error; a second request for the document shows the loop, which ends there."""
    stage.answer("start", "<Redirect/>", "<Hangup/>")
    await stage.dial(FallbackUrl=stage.url("fallback"))
    await stage.around.pace.wait(lambda: len(stage.visits("start")) > 1 or bool(stage.visits("fallback")), 10)
    if stage.visits("fallback"):
        return "error"
    return "loop" if len(stage.visits("start")) > 1 else "end"
