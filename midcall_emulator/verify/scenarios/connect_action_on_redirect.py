"""The action of a Connect that REST interrupts. https://www.twilio.com/docs/voice/twiml/connect does not say
it."""

from __future__ import annotations

from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "Does a Connect that a redirect over REST interrupts request its action?",
    switches="connect_action_on_redirect",
    seconds=15,
)
async def run(stage: Stage) -> bool:
    """A media stream is connected to the kit, which discards what it hears."""
    stream = f"<Stream {stage.socket_attribute('url', 'stream')}/>"
    sid = await stage.dial(f"<Connect {stage.attribute('action', 'action')}>{stream}</Connect>")
    await stage.require("stream")
    await stage.pause(2)
    await stage.redirect(sid)
    await stage.require("new")
    return await stage.visit("action", 5) is not None
