"""The discarded action of an interrupted Dial and the new document. One measured call: 331 ms lay between the
two; whether the second waits for the first is not known."""

from __future__ import annotations

import asyncio
import time

from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage
from midcall_emulator.verify.webhook_server import Reply

_MOST_SECONDS = 8


@scenario(
    "How long does Twilio wait for the action of an interrupted Dial before it requests the new document?",
    switches="dial_action_lead_seconds",
    calls=2,
    seconds=25,
    tolerance=0.7,
    unit="s",
)
async def run(stage: Stage) -> float:
    """The action is not answered until the new document was requested."""

    async def hold() -> None:
        began = time.monotonic()
        while not stage.visits("new") and time.monotonic() - began < _MOST_SECONDS:
            await asyncio.sleep(0.02)

    sid = await stage.dial(stage.dial_caller())
    await stage.leg_of(sid)
    stage.answer("action", Reply(hold=hold))
    await stage.redirect(sid)
    new = await stage.require("new", 20)
    return round(max(0.0, new.real - (await stage.require("action")).real), 2)
