"""The action of a Dial that is redirected while it rings. https://www.twilio.com/docs/voice/twiml/dial#action
does not say it."""

from __future__ import annotations

from midcall_emulator.verify.call_documents import ringing
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "Does a Dial request its action when REST redirects the call while the other phone rings?",
    switches="dial_action_when_ringing",
    calls=2,
)
async def run(stage: Stage) -> bool:
    """The third call rings without an answer: a Pause at the beginning delays it."""
    stage.answer("phone-caller", ringing(25))
    sid = await stage.dial(stage.dial_caller())
    await stage.arrival("caller")
    await stage.pause(2)
    await stage.redirect(sid)
    await stage.require("new")
    return await stage.visit("action", 5) is not None
