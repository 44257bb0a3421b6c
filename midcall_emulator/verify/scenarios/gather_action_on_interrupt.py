"""A Gather that has keys when REST redirects the call. https://www.twilio.com/docs/voice/twiml/gather does not
say what happens to the keys."""

from __future__ import annotations

from midcall_emulator.verify.call_documents import quiet
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "Does a Gather request its action when a redirect over REST interrupts it after keys?",
    switches="gather_action_on_interrupt",
    seconds=20,
)
async def run(stage: Stage) -> bool:
    """The called number presses two keys of nine."""
    stage.answer("phone-called", quiet(3) + '<Play digits="12"/>' + quiet(60))
    sid = await stage.dial(f'<Gather {stage.attribute("action", "action")} numDigits="9" timeout="30"/>')
    await stage.pause(7)
    await stage.redirect(sid)
    await stage.require("new")
    return await stage.visit("action", 6) is not None
