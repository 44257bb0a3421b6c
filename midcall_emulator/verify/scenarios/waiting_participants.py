"""The participants of a conference with one participant. https://www.twilio.com/docs/api/errors/16001: the
conference is not currently active; which requests that means is not said."""

from __future__ import annotations

from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "Does REST list the one participant of a conference that has not started?",
    switches="waiting_participants",
    seconds=15,
)
async def run(stage: Stage) -> str:
    await stage.dial(stage.join())
    await stage.pause(3)
    conference = await stage.conference_path("init", "in-progress")
    found = await stage.get(f"{conference}/Participants")
    return "shown" if found.fields.get("participants") else "hidden"
