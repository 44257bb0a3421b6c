"""A dialed leg that REST redirects. One measured call: the Dial's action came 320 ms after the update, the leg
had left after 166 ms."""

from __future__ import annotations

from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "How long after the redirect of a dialed leg does its Dial request the action?",
    switches="leg_leaves_dial_least_ms leg_leaves_dial_most_ms",
    calls=2,
    tolerance=150,
    unit="ms",
)
async def run(stage: Stage) -> float:
    """The leg is the child of the call with the Dial."""
    sid = await stage.dial(stage.dial_caller())
    leg = await stage.leg_of(sid)
    asked = stage.around.pace.now()
    await stage.redirect(leg)
    return round(1000 * ((await stage.require("action")).at - asked))
