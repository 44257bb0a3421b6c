"""Status=canceled for a ringing leg of a Dial. https://www.twilio.com/docs/voice/api/call-resource: it
"attempts" to hang up queued or ringing calls."""

from __future__ import annotations

from midcall_emulator.verify.call_documents import ringing
from midcall_emulator.verify.errors import UnclearError
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "Does Status=canceled end a ringing leg of a Dial?",
    switches="cancel_dialed_leg",
    calls=2,
)
async def run(stage: Stage) -> str:
    """The number that calls rings as the leg of its own call's Dial."""
    stage.answer("phone-caller", ringing(25))
    sid = await stage.dial(stage.dial_caller())
    await stage.arrival("caller")
    legs = (await stage.get("/Calls", ParentCallSid=sid)).fields.get("calls")
    if not legs:
        raise UnclearError("Twilio lists no leg of the Dial")
    await stage.post(f"/Calls/{legs[0]['sid']}", Status="canceled")
    await stage.pause(3)
    return "no-effect" if await stage.status(legs[0]["sid"]) == "ringing" else "ends"
