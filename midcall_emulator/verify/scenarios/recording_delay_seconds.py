"""The status callback of a recording. https://www.twilio.com/docs/voice/twiml/record: sent when the recording
is available; how late that is, is not said."""

from __future__ import annotations

from midcall_emulator.verify.call_documents import SENTENCE, quiet
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "How long after the end of a recording does its status callback come?",
    switches="recording_delay_seconds",
    seconds=30,
    tolerance=1,
    unit="s",
)
async def run(stage: Stage) -> float:
    """The action shows the end of the recording."""
    stage.answer("phone-called", quiet(1) + f"<Say>{SENTENCE}</Say>" + quiet(60))
    stage.answer("action", quiet(60))
    urls = f"{stage.attribute('action', 'action')} {stage.attribute('recordingStatusCallback', 'recorded')}"
    await stage.dial(f'<Record {urls} maxLength="3"/>')
    ended = (await stage.require("action", 20)).at
    return round(max(0.0, (await stage.require("recorded", 60)).at - ended), 2)
