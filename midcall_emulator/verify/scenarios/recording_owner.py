"""The call of a recording. https://www.twilio.com/docs/voice/api/recording: the CallSid of a two-leg call is
that of the parent."""

from __future__ import annotations

from midcall_emulator.verify.errors import UnclearError
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "Which call does the recording of a dialed leg belong to, its parent or the recorded leg?",
    switches="recording_owner",
    calls=2,
)
async def run(stage: Stage) -> str:
    """The recording of the leg is started over REST while the two talk."""
    parent = await stage.dial(stage.dial_caller())
    leg = await stage.leg_of(parent)
    started = await stage.post(f"/Calls/{leg}/Recordings")
    if not started.is_success:
        raise UnclearError(f"Twilio refused the recording: {started.problem}")
    owners = {parent: "parent", leg: "recorded"}
    return owners.get(started.fields["call_sid"], "another call")
