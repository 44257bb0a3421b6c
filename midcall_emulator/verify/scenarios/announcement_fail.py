"""An announcement whose document fails.
https://www.twilio.com/docs/voice/twiml/conference#attributes-statusCallbackEvent: announcement-fail is for
internal errors; what a failed document reports is not said."""

from __future__ import annotations

from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage
from midcall_emulator.verify.webhook_server import Reply


@scenario(
    "Does an announcement whose document fails report announcement-fail ('any'), or only internal errors?",
    switches="announcement_fail",
    calls=2,
    seconds=30,
)
async def run(stage: Stage) -> str:
    """The document of the announcement is answered with 500."""
    stage.answer("broken", Reply("", 500))
    callback = stage.attribute("statusCallback", "conference")
    sid = await stage.dial(stage.join(f'{callback} statusCallbackEvent="announcement"'))
    await stage.dial(stage.join(action="other-left"), "other", back=True)
    await stage.pause(4)
    await stage.post(f"{await stage.conference_path()}/Participants/{sid}", AnnounceUrl=stage.url("broken"))
    await stage.require("broken")
    await stage.visit("conference", 8)
    events = {visit.params["StatusCallbackEvent"] for visit in stage.visits("conference")}
    return "any" if "announcement-fail" in events else "internal"
