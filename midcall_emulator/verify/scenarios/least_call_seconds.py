"""The smallest TimeLimit. https://www.twilio.com/docs/voice/api/call-resource states none."""

from __future__ import annotations

from midcall_emulator.verify.call_documents import quiet
from midcall_emulator.verify.errors import UnclearError
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "What is the smallest TimeLimit of a call: 60, 30 or 1 second?",
    switches="least_call_seconds",
    seconds=10,
    unit="s",
)
async def run(stage: Stage) -> float:
    """The limits are set one after the other; the last one may end the call."""
    sid = await stage.dial(quiet(30))
    accepted = 0
    for limit in (60, 30, 1):
        if not (await stage.post(f"/Calls/{sid}", TimeLimit=str(limit))).is_success:
            break
        accepted = limit
    if not accepted:
        raise UnclearError("Twilio refused all three limits")
    return accepted
