"""The idempotency token. https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides speaks of
retries; others have seen it in first requests."""

from __future__ import annotations

from midcall_emulator.verify.call_documents import quiet
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage


@scenario(
    "Which requests have the header I-Twilio-Idempotency-Token?", switches="idempotency_token", seconds=10
)
async def run(stage: Stage) -> str:
    """The first request of a call is no retry."""
    await stage.dial(quiet(5))
    return "all" if (await stage.require("start")).has_token else "retries"
