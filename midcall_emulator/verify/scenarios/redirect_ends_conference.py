"""REST redirects a participant with endConferenceOnExit.
https://www.twilio.com/docs/voice/twiml/conference speaks of participants who leave."""

from __future__ import annotations

from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "Does a redirect of a participant with endConferenceOnExit end the conference for the other one?",
    switches="redirect_ends_conference",
    calls=2,
    seconds=30,
)
async def run(stage: Stage) -> bool:
    """The action of the other participant's Dial shows that the conference has ended."""
    moderator = await stage.dial(stage.join('endConferenceOnExit="true"', action="moderator-left"))
    await stage.dial(stage.join(action="other-left"), "other", back=True)
    await stage.pause(4)
    await stage.redirect(moderator)
    await stage.require("new")
    return await stage.visit("other-left", 8) is not None
