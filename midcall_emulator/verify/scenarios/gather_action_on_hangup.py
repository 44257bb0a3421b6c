"""A Gather that has keys when the caller hangs up. https://www.twilio.com/docs/voice/twiml/gather does not say
what happens to the keys."""

from __future__ import annotations

from midcall_emulator.verify.call_documents import quiet
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "Does a Gather request its action when the caller hangs up after keys?",
    switches="gather_action_on_hangup",
    seconds=20,
)
async def run(stage: Stage) -> bool:
    """The called number presses two keys of nine."""
    stage.answer("phone-called", quiet(3) + '<Play digits="12"/>' + quiet(60))
    await stage.dial(f'<Gather {stage.attribute("action", "action")} numDigits="9" timeout="30"/>')
    await stage.pause(7)
    await stage.hang_up(await stage.arrival("called"))
    return await stage.visit("action", 6) is not None
