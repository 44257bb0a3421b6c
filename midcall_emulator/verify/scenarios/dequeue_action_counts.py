"""The action of an Enqueue out of which REST takes the call.
https://www.twilio.com/docs/voice/twiml/enqueue#action: it is requested at once; whether the answer counts is
not said."""

from __future__ import annotations

from midcall_emulator.verify.call_documents import quiet
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "Does the answer to an Enqueue's action count after REST has dequeued the call?",
    emulator=False,
    seconds=20,
)
async def run(stage: Stage) -> bool:
    """The answer to the action leads to a request of its own."""
    stage.answer("action", f"<Redirect>{stage.url('counted')}</Redirect>")
    stage.answer("wait", quiet(60))
    urls = f"{stage.attribute('action', 'action')} {stage.attribute('waitUrl', 'wait')}"
    sid = await stage.dial(f"<Enqueue {urls}>{stage.conference}</Enqueue>")
    queue = (await stage.require("wait")).params["QueueSid"]
    stage.answer("new", quiet(30))
    await stage.post(f"/Queues/{queue}/Members/{sid}", Url=stage.url("new"))
    await stage.require("action")
    counted = await stage.visit("counted", 6) is not None
    await stage.hang_up(sid)
    await stage.around.api.delete(f"/Queues/{queue}")
    return counted
