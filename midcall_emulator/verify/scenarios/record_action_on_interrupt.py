"""The action of a Record that REST interrupts. https://www.twilio.com/docs/voice/twiml/record does not say
it."""

from __future__ import annotations

from midcall_emulator.verify.call_documents import SENTENCE, quiet
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "Does a Record that a redirect over REST interrupts request its action?",
    switches="record_action_on_interrupt",
)
async def run(stage: Stage) -> bool:
    """The called number speaks, so that there is something to keep."""
    stage.answer("phone-called", quiet(2) + f"<Say>{SENTENCE}</Say>" + quiet(60))
    sid = await stage.dial(f"<Record {stage.attribute('action', 'action')}/>")
    await stage.pause(6)
    await stage.redirect(sid)
    await stage.require("new")
    return await stage.visit("action", 6) is not None
