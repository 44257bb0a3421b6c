"""The timeout of a Dial. https://www.twilio.com/docs/voice/twiml/dial#timeout: Twilio adds 5 seconds."""

from __future__ import annotations

from midcall_emulator.verify.call_documents import ringing
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage

_TIMEOUT = 5


@scenario(
    "How much longer than its timeout does a Dial ring?",
    switches="dial_timeout_extra_seconds",
    calls=2,
    seconds=30,
    tolerance=2,
    unit="s",
)
async def run(stage: Stage) -> float:
    """The time runs from the arrival of the call at the other number to the action."""
    stage.answer("phone-caller", ringing(40))
    await stage.dial(stage.dial_caller(f'timeout="{_TIMEOUT}"'))
    rang = (await stage.require("phone-caller", 20)).at
    return round((await stage.require("action", 40)).at - rang - _TIMEOUT, 1)
