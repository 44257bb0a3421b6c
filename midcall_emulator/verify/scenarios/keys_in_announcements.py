"""Keys in an announcement. https://www.twilio.com/docs/voice/api/conference-participant-resource allows Play in
the document of an announcement; whether its keys are sent is not said."""

from __future__ import annotations

from midcall_emulator.verify.errors import UnclearError
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "Does a Play with keys in an announcement to a participant reach the phone?",
    emulator=True,
    calls=2,
    seconds=30,
)
async def run(stage: Stage) -> bool:
    """The called number gathers the keys of the announcement to its caller."""
    stage.answer("phone-called", f'<Gather {stage.attribute("action", "keys")} numDigits="2" timeout="60"/>')
    stage.answer("announcement", '<Play digits="12"/>')
    sid = await stage.dial(stage.join())
    await stage.dial(stage.join(action="other-left"), "other", back=True)
    await stage.pause(4)
    participant = f"{await stage.conference_path()}/Participants/{sid}"
    announced = await stage.post(participant, AnnounceUrl=stage.url("announcement"))
    if not announced.is_success:
        raise UnclearError(f"Twilio refused the announcement: {announced.problem}")
    return await stage.visit("keys", 10) is not None
