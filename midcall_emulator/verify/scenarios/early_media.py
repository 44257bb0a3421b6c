"""EarlyMedia of a participant. https://www.twilio.com/docs/voice/api/conference-participant-resource: true by
default; when the join is reported is not said."""

from __future__ import annotations

from midcall_emulator.verify.call_documents import ringing
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "Does Twilio report a participant that REST adds as joined while the phone rings?",
    switches="early_media",
    calls=2,
    seconds=25,
)
async def run(stage: Stage) -> bool:
    """The callbacks of the conference are those of the participant who waits in it."""
    stage.answer("phone-caller", ringing(20))
    callback = stage.attribute("statusCallback", "conference")
    await stage.dial(stage.join(f'{callback} statusCallbackEvent="join"'))
    added = await stage.add_participant()
    await stage.arrival("caller")
    await stage.pause(6)
    return any(visit.params.get("CallSid") == added for visit in stage.visits("conference"))
