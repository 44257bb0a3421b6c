"""A recording of silence. https://www.twilio.com/docs/voice/twiml/record says that the next verb runs, and that
the action is requested."""

from __future__ import annotations

from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario("What happens to a recording of silence?", switches="silent_recording", seconds=15)
async def run(stage: Stage) -> str:
    """The called number is silent until the recording's timeout."""
    action = stage.attribute("action", "action")
    await stage.dial(f'<Record {action} timeout="3" maxLength="20"/><Redirect>{stage.url("next")}</Redirect>')
    path = await stage.first_of("action", "next", seconds=20)
    return "keep" if path == "action" else "fall-through"
