"""Url and Twiml in one update. https://www.twilio.com/docs/voice/api/call-resource#update-a-call-resource: they
exclude each other; what happens is not said."""

from __future__ import annotations

from midcall_emulator.verify.call_documents import quiet
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario("What does an update with Url and Twiml do?", switches="update_url_and_twiml", seconds=15)
async def run(stage: Stage) -> str:
    """Both documents lead to a request of their own."""
    sid = await stage.dial(quiet(60))
    await stage.pause(2)
    twiml = f"<Response><Redirect>{stage.url('twiml')}</Redirect></Response>"
    updated = await stage.post(f"/Calls/{sid}", Url=stage.url("new"), Twiml=twiml)
    if not updated.is_success:
        return "refuse"
    return "url-wins" if await stage.first_of("new", "twiml") == "new" else "twiml-wins"
