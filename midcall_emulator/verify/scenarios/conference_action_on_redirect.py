"""The action of a Dial to a conference out of which REST redirects the call.
https://www.twilio.com/docs/voice/twiml/conference does not say it."""

from __future__ import annotations

from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "Does a Dial request its action when REST redirects the call out of a conference?",
    switches="conference_action_on_redirect",
    seconds=15,
)
async def run(stage: Stage) -> bool:
    """The call is alone in the conference."""
    sid = await stage.dial(stage.join())
    await stage.pause(3)
    await stage.redirect(sid)
    await stage.require("new")
    return await stage.visit("action", 5) is not None
