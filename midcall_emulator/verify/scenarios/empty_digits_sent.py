"""Digits of a Gather without input. https://www.twilio.com/docs/voice/twiml/gather#actiononemptyresult does not
say which parameters the request has."""

from __future__ import annotations

from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "Does the action of a Gather without input have an empty Digits (actionOnEmptyResult)?",
    switches="empty_digits_sent",
    seconds=10,
)
async def run(stage: Stage) -> bool:
    """The called number presses no key."""
    action = stage.attribute("action", "action")
    await stage.dial(f'<Gather {action} actionOnEmptyResult="true" timeout="3"/>')
    return "Digits" in (await stage.require("action")).params
