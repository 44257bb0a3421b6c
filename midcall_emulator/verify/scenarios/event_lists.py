"""Repeated events of a participant. https://www.twilio.com/docs/voice/api/conference-participant-resource:
separate them with a space; Twilio's libraries repeat the parameter."""

from __future__ import annotations

from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage

_EVENTS = ("ringing", "answered")


@scenario(
    "Do all of several StatusCallbackEvent parameters of a participant count?",
    switches="event_lists",
    calls=2,
    seconds=25,
)
async def run(stage: Stage) -> str:
    """The participant answers, and the callbacks of the call are counted."""
    await stage.dial(stage.join())
    events = [("StatusCallbackEvent", event) for event in _EVENTS]
    await stage.add_participant([*events, ("StatusCallback", stage.url("progress"))])
    await stage.arrival("caller")
    await stage.pause(6)
    reported = {visit.params["CallStatus"] for visit in stage.visits("progress")}
    return "any" if reported >= {"ringing", "in-progress"} else "documented"
