"""The lag of REST. https://www.twilio.com/docs/voice/api/call-resource: fetched calls are eventually
consistent; the time is not said."""

from __future__ import annotations

from midcall_emulator.verify.call_documents import quiet
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "How long after the answer does REST still show the call as not answered?",
    switches="rest_lag_ms",
    seconds=10,
    tolerance=100,
    unit="ms",
)
async def run(stage: Stage) -> float:
    """The request for the first document shows the answer. 0 ms: the first response of REST showed it."""
    sid = await stage.dial(quiet(30))
    return 1000 * await stage.real_seconds_until_status(sid, "in-progress", 5)
