"""The action of a Dial whose caller hangs up. https://www.twilio.com/docs/voice/twiml/dial#action does not say
it."""

from __future__ import annotations

from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "Does a Dial request its action when the caller hangs up?", switches="dial_action_on_hangup", calls=2
)
async def run(stage: Stage) -> bool:
    """The called number hangs up while the call that it answered is connected to a third one."""
    await stage.dial(stage.dial_caller())
    await stage.arrival("caller")
    await stage.pause(3)
    await stage.hang_up(await stage.arrival("called"))
    return await stage.visit("action") is not None
