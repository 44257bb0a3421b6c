"""A second recording of a call over REST. Others have measured 201 with the first recording, though
https://www.twilio.com/docs/api/errors/16108 exists."""

from __future__ import annotations

from midcall_emulator.verify.call_documents import quiet
from midcall_emulator.verify.errors import UnclearError
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario("What does a second recording of a call over REST do?", switches="second_recording", seconds=15)
async def run(stage: Stage) -> str:
    """Two recordings are started; REST may lag behind the answer, hence the pause."""
    sid = await stage.dial(quiet(60))
    await stage.pause(3)
    first, second = [await stage.post(f"/Calls/{sid}/Recordings") for _ in range(2)]
    if not first.is_success:
        raise UnclearError(f"Twilio refused the first recording: {first.problem}")
    if not second.is_success:
        return "refuse"
    return "ignore" if first.fields["sid"] == second.fields["sid"] else "start"
