"""The participants of a conference with one participant. https://www.twilio.com/docs/api/errors/16001: the
conference is not currently active; which requests that means is not said."""

from __future__ import annotations

from midcall_emulator.verify.errors import UnclearError
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "Does REST list the one participant of a conference that has not started?",
    switches="waiting_participants",
    seconds=15,
)
async def run(stage: Stage) -> str:
    """The conference is looked up under each status: a list without a status leaves some conferences out."""
    await stage.dial(stage.join())
    await stage.pause(3)
    for status in ("init", "in-progress"):
        listed = await stage.get("/Conferences", FriendlyName=stage.conference, Status=status)
        for conference in listed.fields.get("conferences", []):
            found = await stage.get(f"/Conferences/{conference['sid']}/Participants")
            return "shown" if found.fields.get("participants") else "hidden"
    raise UnclearError("Twilio lists no conference")
