"""Both parties of a Dial are redirected, the dialed leg first. In one measured case, the caller's redirect
ended the dialed leg that had not left yet."""

from __future__ import annotations

from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "Does the dialed leg live on if it and then at once its caller are redirected over REST?",
    emulator=True,
    calls=2,
    seconds=25,
)
async def run(stage: Stage) -> bool:
    """This is how two people who talk are moved to a conference."""
    sid = await stage.dial(stage.dial_caller())
    leg = await stage.leg_of(sid)
    await stage.redirect(leg, "leg")
    await stage.redirect(sid)
    await stage.require("new")
    await stage.pause(5)
    return await stage.status(leg) == "in-progress"
